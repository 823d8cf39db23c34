//! `/rest/v1`: the crate `postrust-server` behind a thin layer that corrects its differences from
//! PostgREST. What is corrected, and what is not, is listed in `docs/decisions/0005-rest.md`; the tests
//! in `tests/rest` run it all over HTTP.

mod catalog;
mod correct;
mod count;
mod error;
mod guard;
mod nulls;
mod query;
mod serve;

pub(crate) use serve::{Rest, router};
