//! Whether a webhook's body is Stripe's: `Stripe-Signature: t=<seconds>,v1=<hex>[,v1=…]`, where `v1` is the
//! HMAC-SHA256 of `<t>.<body>` under the endpoint's secret (Stripe: "Verify webhook signatures manually"). While a
//! secret is being replaced there is one `v1` for each.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::config::Key;

/// How far the time in the header may be from ours, in seconds, either way: Stripe's own default.
const TOLERANCE: i64 = 300;

/// Signatures that are looked at; more than an endpoint ever has secrets.
const MAX_SIGNATURES: usize = 8;

/// Whether `body`, the bytes as they came, was signed with `secret` around `now`, in seconds since 1970. The
/// comparison takes the same time wherever signatures differ.
pub(crate) fn verify(secret: &Key, header: &str, body: &[u8], now: i64) -> bool {
    let fields = || header.split(',').filter_map(|field| field.split_once('='));
    let Some((_, stamp)) = fields().find(|(name, _)| name.trim() == "t") else {
        return false;
    };
    let stamp = stamp.trim();
    let is_recent = stamp
        .parse::<i64>()
        .is_ok_and(|at| at.abs_diff(now) <= TOLERANCE.unsigned_abs());
    if !is_recent {
        return false;
    }
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()) else {
        return false;
    };
    mac.update(stamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    fields()
        .filter(|(name, _)| name.trim() == "v1")
        .take(MAX_SIGNATURES)
        .filter_map(|(_, hex)| hex::decode(hex.trim()).ok())
        .any(|signature| mac.clone().verify_slice(&signature).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1","type":"ping"}"#;
    const AT: i64 = 1_750_000_000;
    /// `printf '1750000000.{"id":"evt_1","type":"ping"}' | openssl dgst -sha256 -hmac whsec_test`
    const GOOD: &str = "4c399ebfe89f6d57e88f381aa99fe12176d1ecc807108610a45ac70ead69a72d";

    fn check(header: &str, body: &[u8], now: i64) -> bool {
        verify(&Key::new("whsec_test"), header, body, now)
    }

    #[test]
    fn what_stripe_signed_is_accepted_within_five_minutes() {
        let header = format!("t={AT},v1={GOOD},v0=ignored");
        assert!(check(&header, BODY, AT));
        assert!(check(&header, BODY, AT + 300) && check(&header, BODY, AT - 300));
        assert!(!check(&header, BODY, AT + 301) && !check(&header, BODY, AT - 301));
    }

    #[test]
    fn one_of_several_signatures_is_enough() {
        let other = "00".repeat(32);
        assert!(check(&format!("t={AT},v1={other},v1={GOOD}"), BODY, AT));
        assert!(!check(&format!("t={AT},v1={other}"), BODY, AT));
    }

    #[test]
    fn anything_else_is_refused() {
        let good = format!("t={AT},v1={GOOD}");
        assert!(!check(&good, b"{\"id\":\"evt_2\",\"type\":\"ping\"}", AT));
        assert!(!verify(&Key::new("whsec_other"), &good, BODY, AT));
        for header in [
            String::new(),
            "t=".to_owned(),
            "nonsense".to_owned(),
            format!("v1={GOOD}"),
            format!("t={},v1={GOOD}", AT + 1),
            format!("t={AT},v0={GOOD}"),
            format!("t={AT},v1={}", &GOOD[..62]),
            format!("t={AT},v1=zz"),
            format!("t={}9223372036854775807,v1={GOOD}", AT),
        ] {
            assert!(!check(&header, BODY, AT), "{header}");
        }
    }
}
