//! The local library: SQLite cache, outbox and content-addressed media files.
