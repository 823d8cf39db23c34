//! Where a link in a mail may lead back to.

/// The target to go to: the asked one when it is on loopback, else the inbox. Anything else would make
/// the server an open redirector that hands out tokens.
pub(super) fn target(asked: Option<&str>, base: &str) -> String {
    match asked {
        Some(target) if is_allowed(target, base) => target.to_owned(),
        _ => format!("{base}/_/inbox"),
    }
}

fn is_allowed(target: &str, base: &str) -> bool {
    if target == base || target.starts_with(&format!("{base}/")) {
        return true;
    }
    // A browser runs `javascript:` whatever stands behind it.
    let Some(rest) = ["http://", "https://", "amethyst://"]
        .iter()
        .find_map(|scheme| target.strip_prefix(scheme))
    else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "[::1]")
}

/// Percent-encodes everything but unreserved characters (RFC 3986, 2.3).
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn only_loopback_is_led_to() {
        let base = "http://127.0.0.1:54321";
        let inbox = "http://127.0.0.1:54321/_/inbox";
        for allowed in [
            "http://127.0.0.1:9/cb",
            "http://[::1]:9/",
            "http://127.0.0.1:54321/x",
        ] {
            assert_eq!(target(Some(allowed), base), allowed);
        }
        for refused in [
            "https://evil.example/",
            "http://127.0.0.1.evil.example/",
            "http://127.0.0.1@evil.example/",
            "http://127.0.0.1:54321.evil.example/",
            "javascript:alert(1)",
            "javascript://127.0.0.1/%0aalert(1)",
        ] {
            assert_eq!(target(Some(refused), base), inbox, "{refused}");
        }
        assert_eq!(target(None, base), inbox);
    }
}
