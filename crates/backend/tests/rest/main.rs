//! `/rest/v1` against the contract of PostgREST 14 as Supabase ships it, over HTTP: sections 1 to 4 of
//! the wire contract, one file each. Where the server differs knowingly, `docs/decisions/0005-rest.md`
//! names it and the test asserts what it does today.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

mod errors;
mod fixture;
mod reads;
mod rpc;
mod tokens;
#[path = "../wire/mod.rs"]
mod wire;
mod writes;
