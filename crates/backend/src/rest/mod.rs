//! `/rest/v1`: the crate `postrust-server` behind a thin layer that corrects its known differences from
//! PostgREST. What is corrected, and what is not, is listed in `docs/decisions/0005-rest.md`; the tests
//! in `tests/rest.rs` run every row of it.

mod correct;
mod error;
mod query;
mod serve;

pub(crate) use serve::{Rest, router};
