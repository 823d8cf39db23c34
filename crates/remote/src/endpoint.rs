//! Where a project is and the key that opens its gateway.

use std::fmt;

use crate::debug::Redacted;

/// Address of a Supabase project.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Such as `https://abc.supabase.co` or `http://127.0.0.1:54321`.
    pub url: String,
    /// The public (anon or publishable) key.
    pub anon_key: String,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("url", &self.url)
            .field("anon_key", &Redacted)
            .finish()
    }
}
