//! Fields as they are sent: `application/x-www-form-urlencoded`, nested by brackets.

/// Reads a form or a query.
pub(super) fn pairs(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text).into_owned().collect()
}
