//! Why the library could not do what it was asked.
//!
//! Messages never hold content of rows: they end up in logs.

use std::io;

use sqlx::migrate::MigrateError;
use thiserror::Error;

/// Any failure of the library.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process owns the library; open it read-only, or wait.
    #[error("another process owns this library")]
    InUse,
    /// The library was opened for reading only.
    #[error("this library is open for reading only")]
    ReadOnly,
    /// No room on the disk. Nothing was written; the same call can be repeated when there is.
    #[error("the disk is full")]
    DiskFull,
    /// The database file is damaged. Opening the library again rebuilds it and keeps the outbox.
    #[error("the library's file is damaged")]
    Damaged,
    /// A newer version of the program has changed the library's form.
    #[error("the library was made by a newer version of the program")]
    Newer,
    /// The bytes are not those that were announced; what had been written of them is deleted.
    #[error("a file does not have the announced size and content")]
    HashMismatch,
    /// The same content is being written by somebody else in this process.
    #[error("the file is being written already")]
    Busy,
    /// A stored value is not one this version writes.
    #[error("a stored {0} cannot be read")]
    Unreadable(&'static str),
    /// The file system refused.
    #[error("the file system refused: {0}")]
    Io(#[source] io::Error),
    /// The database refused.
    #[error("the database refused: {0}")]
    Database(#[source] sqlx::Error),
    /// The library's form could not be brought up to date.
    #[error("the library could not be brought up to date: {0}")]
    Migrate(#[source] Box<MigrateError>),
}

/// What every function of this crate answers.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// Primary result codes of SQLite.
mod code {
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const NOT_A_DATABASE: i32 = 26;
    /// Extended: the index of the write-ahead log could not grow, which only a full disk causes.
    pub(super) const IOERR_SHMSIZE: i32 = 4874;
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let error = match error {
            sqlx::Error::Io(io) => return io.into(),
            other => other,
        };
        let extended = error
            .as_database_error()
            .and_then(|error| error.code())
            .and_then(|code| code.parse::<i32>().ok());
        match extended.map(|extended| (extended, extended & 0xff)) {
            Some((code::IOERR_SHMSIZE, _) | (_, code::FULL)) => Self::DiskFull,
            Some((_, code::CORRUPT | code::NOT_A_DATABASE)) => Self::Damaged,
            _ => Self::Database(error),
        }
    }
}

impl From<MigrateError> for Error {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            MigrateError::VersionMissing(_) => Self::Newer,
            other => Self::Migrate(Box::new(other)),
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// `/dev/full` refuses every write as a full disk does.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_named_for_what_it_is() {
        let mut full = fs_err::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let refused = full.write_all(b"x").unwrap_err();
        assert!(matches!(Error::from(refused), Error::DiskFull));
    }

    #[test]
    fn other_refusals_keep_their_cause() {
        let missing = fs_err::read("/no such file").unwrap_err();
        let error = Error::from(missing);
        assert!(matches!(&error, Error::Io(_)));
        assert!(error.to_string().contains("/no such file"), "{error}");
    }
}
