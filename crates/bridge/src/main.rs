//! The command table over HTTP and WebSocket on loopback, for browser tests and UI work.

fn main() {}
