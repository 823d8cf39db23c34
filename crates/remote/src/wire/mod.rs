//! The server's JSON, one struct per shape, and the way from it to the model.
//!
//! The change feed is read leniently: a row that this version does not understand is passed over with
//! a line in the log, so that the cursor can get past a newer server's rows. Nothing here is shared
//! with the local backend; both are held against `tests/fixtures/wire`.

mod change;
mod image;
mod ledger;
mod model;
mod organization;
mod profile;
mod prompt;
mod request;
mod session;
mod suggestion;

pub(crate) use change::ChangePageWire;
pub(crate) use profile::SettingsWire;
pub(crate) use request::{GenerationRequestWire, RequestedWire};
pub(crate) use session::{SessionWire, UserWire};
pub(crate) use suggestion::suggestions;

/// Reads `tests/fixtures/wire/<name>.json`.
#[cfg(test)]
pub(crate) fn fixture(name: &str) -> serde_json::Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/wire");
    let text = fs_err::read_to_string(format!("{folder}/{name}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}
