//! The local Supabase: PostgreSQL with the hosted schema, REST, auth, storage, realtime.
