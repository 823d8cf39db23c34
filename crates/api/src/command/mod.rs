//! The functions behind the command table, one file per noun.

mod account;
mod collection;
mod generation;
mod image;
mod outbox;
mod preferences;
mod session;
mod settings;
mod storage;
mod suggestion;
mod sync;

pub(crate) use account::{account_current, ledger_page};
pub(crate) use collection::{
    collection_change, collection_collect, collection_delete, collection_images, collection_list,
    collection_make,
};
pub(crate) use generation::{
    generation_cancel, generation_get, generation_list, generation_quote, generation_request,
    model_list,
};
pub(crate) use image::{
    gallery_index, image_detail, image_open, image_set_favorite, images_by_ids, images_change,
    tag_list,
};
pub(crate) use outbox::{outbox_discard, outbox_list, outbox_retry};
pub(crate) use preferences::{
    conflict_list, conflict_settle, model_preferences_change, model_preferences_list,
    preferences_change, preferences_get,
};
pub(crate) use session::session_view;
pub(crate) use session::{
    session_current, session_recover, session_resend, session_sign_in, session_sign_out,
    session_sign_up, session_unlock, session_verify,
};
pub(crate) use settings::{server_change, settings_change, settings_current, settings_view};
pub(crate) use storage::{storage_change, storage_current};
pub(crate) use suggestion::{suggestion_ask, suggestion_list, suggestion_reword};
pub(crate) use sync::{sync_current, sync_now, sync_view};

use std::str::FromStr;

use crate::{ApiError, ErrorCode, Retry};

/// An id from a face; one that cannot be an id names nothing that exists.
pub(crate) fn parse_id<T: FromStr>(text: &str) -> Result<T, ApiError> {
    text.parse()
        .map_err(|_| ApiError::new(ErrorCode::NotFound, "not an id", Retry::No))
}
