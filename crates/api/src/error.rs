//! Errors as the UI sees them: a small closed set of codes, each with a retry rule.
//!
//! `message` is English, for logs and the details fold; the words on screen are chosen by `code` in the
//! UI. Secrets, tokens and prompts never enter an error.

use amethyst_model::{FieldError, FieldProblem};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// What the UI can act on. A code exists only if some screen behaves differently for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The server cannot be reached. A state, not an error.
    Offline,
    /// Nobody is signed in, or the server no longer accepts the session.
    NeedsSignIn,
    /// E-mail and password do not match.
    WrongCredentials,
    /// The address has not been confirmed yet.
    EmailNotConfirmed,
    /// The address already has an account.
    EmailTaken,
    /// The password is too short or too weak.
    WeakPassword,
    /// The confirmation code is wrong or has expired.
    WrongCode,
    /// What answers at the address is not an Amethyst server.
    WrongServer,
    /// Too many attempts; wait.
    RateLimited,
    /// No keychain answers: choose a passphrase or this run only.
    KeychainLocked,
    /// The passphrase does not open the stored session.
    WrongPassphrase,
    /// The server does not allow it.
    Forbidden,
    /// It does not exist (any more).
    NotFound,
    /// One or more fields are wrong; see `fields`.
    Invalid,
    /// It was changed elsewhere.
    Conflict,
    /// Not enough credits.
    InsufficientCredits,
    /// The server is there but answers with errors.
    ServerTrouble,
    /// The disk is full.
    DiskFull,
    /// The library was damaged and has been rebuilt or cannot be opened.
    LibraryDamaged,
    /// Another running Amethyst owns this library.
    LibraryInUse,
    /// A defect; `report_id` finds it in the log.
    Internal,
}

/// When asking again makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "when", rename_all = "snake_case")]
pub enum Retry {
    /// Never unchanged.
    No,
    /// At once, by hand.
    Now,
    /// Not before so many milliseconds.
    After {
        /// Milliseconds to wait.
        ms: i64,
    },
    /// As soon as the server answers again; the core does it by itself where something is queued.
    WhenOnline,
    /// After signing in.
    AfterSignIn,
}

/// A wrong field of a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FieldErrorView {
    /// Name of the field in the request's JSON.
    pub field: String,
    /// What is wrong with it.
    pub problem: FieldProblemView,
    /// Smallest allowed value.
    pub min: Option<f64>,
    /// Largest allowed value or length.
    pub max: Option<f64>,
}

/// The kinds of mistakes a field can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FieldProblemView {
    /// Nothing but white space.
    Empty,
    /// Longer than `max`.
    TooLong,
    /// Outside `min` to `max`.
    OutOfRange,
    /// Not of the expected form.
    Malformed,
    /// As many LoRAs as scales are needed.
    LengthMismatch,
    /// No such model.
    UnknownModel,
    /// The model takes no new requests.
    InactiveModel,
}

impl From<&FieldError> for FieldErrorView {
    fn from(error: &FieldError) -> Self {
        let problem = match error.problem {
            FieldProblem::Empty => FieldProblemView::Empty,
            FieldProblem::TooLong => FieldProblemView::TooLong,
            FieldProblem::OutOfRange => FieldProblemView::OutOfRange,
            FieldProblem::Malformed => FieldProblemView::Malformed,
            FieldProblem::LengthMismatch => FieldProblemView::LengthMismatch,
            FieldProblem::UnknownModel => FieldProblemView::UnknownModel,
            FieldProblem::InactiveModel => FieldProblemView::InactiveModel,
        };
        Self {
            field: error.field.clone(),
            problem,
            min: error.min,
            max: error.max,
        }
    }
}

/// The answer of a command that did not succeed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ApiError {
    /// What the UI acts on.
    pub code: ErrorCode,
    /// English, for logs and the details fold.
    pub message: String,
    /// Wrong fields, for [`ErrorCode::Invalid`].
    pub fields: Vec<FieldErrorView>,
    /// When asking again makes sense.
    pub retry: Retry,
    /// Ties the error to a line of the log.
    #[ts(type = "string")]
    pub report_id: Uuid,
}

impl ApiError {
    /// A new error with a report id of its own.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>, retry: Retry) -> Self {
        let report_id = amethyst_engine::new_report_id();
        Self {
            code,
            message: message.into(),
            fields: Vec::new(),
            retry,
            report_id,
        }
    }

    /// Arguments that are not of the command's form: a defect of the caller.
    #[must_use]
    pub fn bad_arguments(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Internal, message, Retry::No)
    }
}
