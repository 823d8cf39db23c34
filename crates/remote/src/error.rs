//! Why a call gave no answer, in the few ways a caller can act on.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use amethyst_model::RetryClass;
use thiserror::Error as ThisError;

use crate::debug::Redacted;
use crate::retry;

/// Any failure of a call. Texts of the server may quote what was sent, so neither `Display` nor `Debug`
/// shows them; [`Error::detail`] hands them out on purpose.
#[derive(ThisError)]
pub enum Error {
    /// No server's address is set.
    #[error("no server address is set")]
    NoEndpoint,
    /// Nothing came back, or the connection broke in the answer.
    #[error("the server does not answer: {0}")]
    Network(#[source] Box<dyn StdError + Send + Sync>),
    /// The server answered that it will not or cannot.
    #[error("the server answered {status}{}", Code(code.as_deref()))]
    Server {
        /// HTTP status; for Storage the one in the body, because the outer one is nearly always 400.
        status: u16,
        /// Stable code: of Auth and Storage as they are, of REST the SQLSTATE or `PGRST…`, and for our
        /// own functions the word they refuse with, such as `price_changed`.
        code: Option<String>,
        /// The server's sentence.
        message: String,
        /// More of it; JSON text for our own functions.
        detail: Option<String>,
        /// What the server advises.
        hint: Option<String>,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// Something answered, but not the server we mean.
    #[error("the address does not answer as an Amethyst server: {mismatch}")]
    NotSupabase {
        /// HTTP status, if one came.
        status: Option<u16>,
        /// Content type, if one came.
        content_type: Option<String>,
        /// What is wrong.
        mismatch: Mismatch,
    },
    /// The server we mean answered in a form this version does not understand.
    #[error("the server's answer to {0} is not understood")]
    Decode(&'static str),
}

/// What is wrong with a server that is not the one we mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum Mismatch {
    /// Not an `http` or `https` URL.
    #[error("it is not an http(s) URL")]
    Address,
    /// HTML, plain text or garbage instead of JSON.
    #[error("the answer is not JSON")]
    Answer,
    /// A Supabase gateway that does not know the public key.
    #[error("the public key is not accepted")]
    Key,
    /// A Supabase project without Amethyst's schema.
    #[error("the schema is missing")]
    Schema,
}

impl Error {
    /// What the failure means for a queue.
    #[must_use]
    pub fn retry(&self) -> RetryClass {
        retry::class(self)
    }

    /// The server's stable code, if it gave one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Server { code, .. } => code.as_deref(),
            _ => None,
        }
    }

    /// HTTP status of the server's refusal.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Server { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The server's own words about its refusal: the detail, else the message. English or JSON; may
    /// quote what was sent, so it belongs on the screen of who sent it and not in a log.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Server {
                detail: Some(detail),
                ..
            } => Some(detail),
            Self::Server { message, .. } if !message.is_empty() => Some(message),
            _ => None,
        }
    }

    /// A failure below HTTP. The URL is taken off: it may hold ids and keys.
    pub(crate) fn network(error: reqwest::Error) -> Self {
        Self::Network(Box::new(error.without_url()))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEndpoint => f.write_str("NoEndpoint"),
            Self::Network(source) => f.debug_tuple("Network").field(source).finish(),
            Self::Server {
                status,
                code,
                retry_after,
                ..
            } => f
                .debug_struct("Server")
                .field("status", status)
                .field("code", code)
                .field("message", &Redacted)
                .field("retry_after", retry_after)
                .finish(),
            Self::NotSupabase {
                status,
                content_type,
                mismatch,
            } => f
                .debug_struct("NotSupabase")
                .field("status", status)
                .field("content_type", content_type)
                .field("mismatch", mismatch)
                .finish(),
            Self::Decode(what) => f.debug_tuple("Decode").field(what).finish(),
        }
    }
}

/// Writes ` (code)`, or nothing.
struct Code<'a>(Option<&'a str>);

impl fmt::Display for Code<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |code| write!(f, " ({code})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_words_stay_out_of_logs() {
        let error = Error::Server {
            status: 409,
            code: Some("23505".into()),
            message: "a fox in the mist".into(),
            detail: Some("Key (email)=(a@b.c)".into()),
            hint: Some("a fox".into()),
            retry_after: None,
        };
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains("fox") && !shown.contains("a@b.c"),
            "{shown}"
        );
        assert_eq!(error.to_string(), "the server answered 409 (23505)");
        assert_eq!(error.detail(), Some("Key (email)=(a@b.c)"));
    }
}
