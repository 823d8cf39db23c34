//! What is said to a request: who may ask, what a repeated key answers, and errors in their documented shape.

use serde_json::{Value, json};

use super::{Store, StripeAsked, StripeDouble, objects};

/// Status and body.
pub(super) type Answer = (u16, Value);

pub(super) fn answer(
    store: &mut Store,
    authorization: Option<&str>,
    asked: &StripeAsked,
) -> Answer {
    if authorization != Some(&format!("Bearer {}", StripeDouble::KEY)) {
        let message = "Invalid API Key provided: sk_test_****";
        return error(401, "invalid_request_error", None, None, message);
    }
    if let Some(status) = store.failures.pop_front() {
        return failure(status);
    }
    let Some(key) = &asked.idempotency_key else {
        if asked.method == "POST" {
            let message = "The product never posts without an Idempotency-Key.";
            return error(400, "invalid_request_error", None, None, message);
        }
        return objects::answer(store, asked);
    };
    if let Some((first, status, body)) = store.answers.get(key) {
        if (&first.path, &first.fields) != (&asked.path, &asked.fields) {
            let message = "Keys for idempotent requests can only be used with the same parameters they were first used with.";
            return error(400, "idempotency_error", None, None, message);
        }
        return (*status, body.clone());
    }
    let (status, body) = objects::answer(store, asked);
    // Refused parameters are not remembered: nothing was begun.
    if status != 400 {
        let first = (asked.clone(), status, body.clone());
        store.answers.insert(key.clone(), first);
    }
    (status, body)
}

fn failure(status: u16) -> Answer {
    match status {
        402 => error(
            402,
            "card_error",
            Some("card_declined"),
            None,
            "Your card was declined.",
        ),
        429 => error(
            429,
            "invalid_request_error",
            Some("rate_limit"),
            None,
            "Request rate limit exceeded.",
        ),
        401 => error(
            401,
            "invalid_request_error",
            None,
            None,
            "Expired API Key provided: sk_test_****",
        ),
        status => error(
            status,
            "api_error",
            None,
            None,
            "Sorry! There was an error while talking to one of our backends. Support has been notified.",
        ),
    }
}

pub(super) fn missing(what: &str, id: &str, parameter: &str) -> Answer {
    // In the path it is the object itself that is not there; in a parameter, the request is wrong.
    let status = if parameter == "id" { 404 } else { 400 };
    let message = format!("No such {what}: '{id}'");
    error(
        status,
        "invalid_request_error",
        Some("resource_missing"),
        Some(parameter),
        &message,
    )
}

pub(super) fn error(
    status: u16,
    kind: &str,
    code: Option<&str>,
    parameter: Option<&str>,
    message: &str,
) -> Answer {
    let mut error = json!({ "message": message, "type": kind });
    if let Some(code) = code {
        error["code"] = code.into();
        error["doc_url"] = format!(
            "https://stripe.com/docs/error-codes/{}",
            code.replace('_', "-")
        )
        .into();
    }
    if let Some(parameter) = parameter {
        error["param"] = parameter.into();
    }
    (status, json!({ "error": error }))
}
