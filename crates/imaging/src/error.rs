//! What can be wrong with a picture.

use thiserror::Error;

use crate::Format;

/// Why bytes could not become pixels, or pixels bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The first bytes are those of no format known here.
    #[error("not a WebP, PNG or JPEG file")]
    UnknownFormat,
    /// The file breaks off or contradicts itself.
    #[error("damaged {format} file: {reason}")]
    Damaged {
        /// What the first bytes claim.
        format: Format,
        /// The decoder's words, for logs.
        reason: String,
    },
    /// A valid file of a kind that is not handled, such as an animation.
    #[error("unsupported {format} file: {reason}")]
    Unsupported {
        /// The format.
        format: Format,
        /// What is not handled.
        reason: &'static str,
    },
    /// More pixels than the caller allows, or than the format can hold.
    #[error("{width}×{height} pixels are more than allowed")]
    TooLarge {
        /// Width that the file claims.
        width: u32,
        /// Height that the file claims.
        height: u32,
    },
    /// A bitmap without pixels, or whose buffer does not match its size.
    #[error("{width}×{height} pixels do not match a buffer of {bytes} bytes")]
    Shape {
        /// Width given.
        width: u32,
        /// Height given.
        height: u32,
        /// Bytes given.
        bytes: usize,
    },
    /// The encoder refused; in practice: out of memory.
    #[error("cannot write {format}: {reason}")]
    Encode {
        /// The format asked for.
        format: Format,
        /// The encoder's words, for logs.
        reason: String,
    },
}

impl Error {
    pub(crate) fn damaged(format: Format, reason: impl Into<String>) -> Self {
        Self::Damaged {
            format,
            reason: reason.into(),
        }
    }

    pub(crate) fn encode(format: Format, reason: impl Into<String>) -> Self {
        Self::Encode {
            format,
            reason: reason.into(),
        }
    }
}
