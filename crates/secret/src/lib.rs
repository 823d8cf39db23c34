//! The session file, sealed by a key that lies in the OS keychain.
