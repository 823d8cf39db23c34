//! What may be wrong with the settings, said so that an operator knows which one to change.

use std::path::PathBuf;

use thiserror::Error;

/// A setting that is missing, unknown or impossible. Never shows a value: it may be a secret.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// Not set anywhere, or empty.
    #[error(
        "{what} is missing: set the environment variable {variable}, or `{key}` in the configuration file"
    )]
    Missing {
        /// What it is for.
        what: &'static str,
        /// Its environment variable.
        variable: &'static str,
        /// Its key in the file.
        key: &'static str,
    },
    /// Set to something unusable.
    #[error("{place} is not {expected}")]
    Invalid {
        /// The variable, or the key and its file.
        place: String,
        /// What it should be.
        expected: &'static str,
    },
    /// Said twice in one place: as itself and as the name of a file.
    #[error("{place} is set twice, as a value and as a file: keep one of them")]
    Twice {
        /// The variable, or the key and its file.
        place: String,
    },
    /// A key of the file that means nothing.
    #[error("the configuration file {} has an unknown key `{key}`{}", file.display(), hint(near))]
    Unknown {
        /// The configuration file.
        file: PathBuf,
        /// What nobody knows.
        key: String,
        /// The known key that looks most like it.
        near: Option<&'static str>,
    },
    /// The configuration file is no TOML.
    #[error("the configuration file {} cannot be read: {reason}", file.display())]
    Syntax {
        /// The configuration file.
        file: PathBuf,
        /// Where and why, without the line itself.
        reason: String,
    },
    /// A file that cannot be opened.
    #[error("{place} names a file that cannot be read: {source}")]
    File {
        /// The variable, or the key and its file.
        place: String,
        /// What the system says; names the file.
        source: std::io::Error,
    },
}

fn hint(near: &Option<&'static str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}
