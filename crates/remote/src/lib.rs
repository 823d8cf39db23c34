//! Typed client of a Supabase project: auth, rest, storage, realtime.
