//! What each service's refusals mean.

use super::*;
use crate::wire::fixture;
use amethyst_model::RetryClass;

fn read_fixture(status: u16, name: &str) -> Error {
    read_text(
        status,
        &[("content-type", "application/json")],
        &fixture(name).to_string(),
    )
}

fn read_text(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Error {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    read(
        StatusCode::from_u16(status).unwrap(),
        &headers,
        body.as_bytes(),
    )
}

fn mismatch(error: &Error) -> Option<Mismatch> {
    match error {
        Error::NotSupabase { mismatch, .. } => Some(*mismatch),
        _ => None,
    }
}

#[test]
fn our_functions_refuse_with_a_word_and_details() {
    let error = read_fixture(409, "rest_error_price_changed");
    assert_eq!(
        (error.status(), error.code()),
        (Some(409), Some("price_changed"))
    );
    assert_eq!(error.detail(), Some(r#"{"cost": 4, "max_cost": 2}"#));
    assert_eq!(error.retry(), RetryClass::Conflict);

    let error = read_fixture(402, "rest_error_insufficient_credits");
    assert_eq!(
        (error.status(), error.code()),
        (Some(402), Some("insufficient_credits"))
    );
    assert_eq!(error.retry(), RetryClass::Permanent);
}

#[test]
fn rest_errors_keep_their_codes() {
    let error = read_fixture(401, "rest_error_jwt_expired");
    assert_eq!(
        (error.code(), error.retry()),
        (Some("PGRST303"), RetryClass::Auth)
    );
    let error = read_fixture(403, "rest_error_forbidden");
    assert_eq!(
        (error.code(), error.retry()),
        (Some("42501"), RetryClass::Permanent)
    );
}

#[test]
fn a_project_without_our_schema_is_another_server() {
    let error = read_fixture(404, "rest_error_no_function");
    assert_eq!(mismatch(&error), Some(Mismatch::Schema));
    assert_eq!(error.retry(), RetryClass::Offline, "unsent work waits");
}

#[test]
fn both_forms_of_auth_errors_are_read() {
    for name in ["auth_error", "auth_error_legacy"] {
        let error = read_fixture(400, name);
        assert_eq!(error.code(), Some("invalid_credentials"), "{name}");
        assert_eq!(error.detail(), Some("Invalid login credentials"), "{name}");
    }
    let oauth = r#"{"error":"invalid_request","error_description":"refresh_token required"}"#;
    assert_eq!(read_text(400, &[], oauth).code(), Some("invalid_request"));
    let header = [("x-sb-error-code", "refresh_token_not_found")];
    let error = read_text(400, &header, r#"{"message":"Invalid Refresh Token"}"#);
    assert_eq!(error.code(), Some("refresh_token_not_found"));
}

#[test]
fn auth_tells_how_long_to_wait_in_its_sentence() {
    let error = read_fixture(429, "auth_error_too_many");
    assert_eq!(
        error.retry(),
        RetryClass::Transient(Some(Duration::from_secs(34)))
    );
    let header = [("retry-after", "7")];
    let error = read_text(503, &header, r#"{"code":"PGRST002","message":"x"}"#);
    assert_eq!(
        error.retry(),
        RetryClass::Transient(Some(Duration::from_secs(7)))
    );
}

#[test]
fn storage_is_judged_by_the_status_in_its_body() {
    let error = read_fixture(400, "storage_error_not_found");
    assert_eq!(
        (error.status(), error.code()),
        (Some(404), Some("NoSuchKey"))
    );
    assert_eq!(error.retry(), RetryClass::Permanent);
    let error = read_fixture(400, "storage_error_expired_token");
    assert_eq!(
        (error.status(), error.retry()),
        (Some(403), RetryClass::Auth)
    );
    let legacy = r#"{"statusCode":"404","error":"not_found","message":"Object not found"}"#;
    assert_eq!(read_text(400, &[], legacy).code(), Some("not_found"));
}

#[test]
fn a_wrong_key_is_no_reason_to_sign_out() {
    for body in [
        fixture("gateway_error_key").to_string(),
        r#"{"message":"No API key found in request"}"#.to_owned(),
        r#"{"message":"Invalid authentication credentials"}"#.to_owned(),
    ] {
        assert_eq!(
            mismatch(&read_text(401, &[], &body)),
            Some(Mismatch::Key),
            "{body}"
        );
    }
    let plain = read_text(401, &[("content-type", "text/plain")], "Unauthorized");
    assert_eq!(mismatch(&plain), Some(Mismatch::Key));
}

#[test]
fn pages_in_place_of_json() {
    let html = [("content-type", "text/html; charset=utf-8")];
    for status in [200, 301, 401, 403, 404] {
        let error = read_text(status, &html, "<html>Sign in to the Wi-Fi</html>");
        assert_eq!(mismatch(&error), Some(Mismatch::Answer), "{status}");
        assert_eq!(error.retry(), RetryClass::Offline, "{status}");
    }
    for status in [429, 500, 502, 503, 504, 522, 540] {
        let error = read_text(status, &html, "<html>Bad gateway</html>");
        assert_eq!((error.status(), error.code()), (Some(status), None));
        assert!(
            matches!(error.retry(), RetryClass::Transient(_)),
            "{status}"
        );
    }
    let json = read_text(404, &[], r#"{"error":"Not Found"}"#);
    assert_eq!(
        mismatch(&json),
        Some(Mismatch::Answer),
        "some other server's API"
    );
}

#[test]
fn sentences_are_not_codes() {
    let error = read_text(400, &[], r#"{"code":"a fox in the mist","message":"x"}"#);
    assert_eq!(error.code(), None);
    let error = read_text(400, &[], r#"{"code":400,"msg":"x"}"#);
    assert_eq!((error.code(), error.detail()), (None, Some("x")));
}
