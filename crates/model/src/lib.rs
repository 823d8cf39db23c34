//! What Amethyst is about: ids, entities, drafts, prices, intents and the pure decisions over them.
//!
//! Nothing here touches a file, a socket, the clock or randomness. Every other crate of the client may
//! import this one; it imports none of them.

mod account;
mod adapt;
mod catalog;
mod clock;
mod draft;
mod generation;
mod id;
mod image;
mod intent;
mod ledger;
mod organization;
mod overlay;
mod preferences;
mod price;
mod retry;
mod secret;
mod server_row;
mod settings;
mod storage_policy;
mod suggestion;
mod sync_state;

pub use account::Profile;
pub use adapt::{Adapted, Adjustment, AdjustmentKind, adapt};
pub use catalog::GenerationModel;
pub use clock::Clock;
pub use draft::{
    AspectRatio, FieldError, FieldProblem, GenerationDraft, InvalidDraft, OutputFormat,
};
pub use generation::{Generation, GenerationStatus, Progress};
pub use id::{
    CollectionId, GenerationId, ImageId, IntentId, LedgerEntryId, SuggestionId, UserId, pair_id,
};
pub use image::{Image, MediaFile, MediaVariant};
pub use intent::{
    INTENT_VERSION, Intent, IntentState, Lane, MOST_IMAGES, ParkReason, QueuedIntent,
};
pub use ledger::{LedgerEntry, LedgerKind};
pub use organization::{
    Collection, CollectionKind, CollectionSheet, ImageMarks, LONGEST_NAME, LONGEST_TAG, Pick,
    normal_tag,
};
pub use overlay::{
    ImageState, overlay_collection, overlay_fields, overlay_generation_status, overlay_image,
    overlay_marks, overlay_member, overlay_model, overlay_settings, overlay_tag,
};
pub use preferences::{
    FieldConflict, ModelPreferenceChange, ModelPreferences, PreferenceKind, base_of, merge_fields,
};
pub use price::{Quote, price};
pub use retry::{Backoff, LONGEST_WAIT, RetryClass, has_come};
pub use secret::{SecretError, SecretStore};
pub use server_row::{ChangePage, ServerChange, ServerRow};
pub use settings::{AccountSettings, Language, SafetyLevel, Theme};
pub use storage_policy::{Originals, RECENT_DAYS, StoragePolicy, StorageUse};
pub use suggestion::{
    PromptSuggestion, SuggestionSource, WordChange, by_rank, suggestion_rank, suggestions_for,
    wilson_lower_bound, word_diff,
};
pub use sync_state::{Connectivity, PullProgress, SyncPhase, SyncState};
