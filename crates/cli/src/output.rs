//! What people and scripts read: results on standard output, progress and errors on standard error.

use std::io::Write;

use amethyst_engine::Error;
use serde_json::Value;

/// A line of result.
pub(crate) fn line(text: &str) {
    // A closed pipe is the reader's choice; the work itself is done.
    let _closed = writeln!(std::io::stdout(), "{text}");
}

/// A JSON result.
pub(crate) fn json(value: &Value) {
    line(&value.to_string());
}

/// A line of progress.
pub(crate) fn progress(text: &str) {
    let _closed = writeln!(std::io::stderr(), "{text}");
}

/// An error with its next step.
pub(crate) fn failure(error: &anyhow::Error) {
    progress(&format!("error: {error:#}"));
    if let Some(hint) = error.downcast_ref::<Error>().and_then(hint) {
        progress(&format!("hint: {hint}"));
    }
}

fn hint(error: &Error) -> Option<String> {
    let text = match error {
        Error::NotSignedIn => "sign in first: amethyst-cli sign-in EMAIL".to_owned(),
        Error::SessionRejected => "sign in again: amethyst-cli sign-in EMAIL".to_owned(),
        Error::NoServer => {
            "start the local backend, or name a project with --url and --anon-key".to_owned()
        }
        Error::ReadOnly => "close the other Amethyst, or work there".to_owned(),
        Error::InsufficientCredits { .. } => {
            "nothing was charged; ask for fewer or smaller images".to_owned()
        }
        Error::PriceChanged { price, .. } => {
            format!("nothing was charged; agree with --max-cost {price}")
        }
        Error::InvalidDraft(invalid) => {
            let fields = invalid.0.iter().map(|field| {
                let range = match (field.min, field.max) {
                    (Some(min), Some(max)) => format!(" (allowed: {min} to {max})"),
                    (None, Some(max)) => format!(" (at most {max})"),
                    _ => String::new(),
                };
                format!("`{}` is {}{range}", field.field, problem(field.problem))
            });
            format!(
                "nothing was charged; {}",
                fields.collect::<Vec<_>>().join("; ")
            )
        }
        Error::Remote(remote) if remote.retry() == amethyst_model::RetryClass::Offline => {
            "the server does not answer; what was queued goes out when it does".to_owned()
        }
        _ => return None,
    };
    Some(text)
}

fn problem(problem: amethyst_model::FieldProblem) -> &'static str {
    use amethyst_model::FieldProblem;
    match problem {
        FieldProblem::Empty => "empty",
        FieldProblem::TooLong => "too long",
        FieldProblem::OutOfRange => "out of range",
        FieldProblem::Malformed => "not of the right form",
        FieldProblem::LengthMismatch => "not as long as the list of LoRAs",
        FieldProblem::UnknownModel => "not a known model",
        FieldProblem::InactiveModel => "a retired model",
    }
}
