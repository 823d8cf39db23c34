//! Until when a token counts. There is no leeway: the hosted server has none either.

use crate::claims::Caller;

/// When the caller's token ends, in seconds since 1970; nothing if it never does.
pub(crate) fn expires_at(caller: &Caller) -> Option<i64> {
    let exp = caller.claims.get("exp")?;
    exp.as_i64()
        .or_else(|| exp.as_f64().map(|seconds| seconds as i64))
}

/// Whether the caller's token has ended at `now`, in seconds since 1970.
pub(crate) fn has_expired(caller: &Caller, now: i64) -> bool {
    expires_at(caller).is_some_and(|end| end <= now)
}
