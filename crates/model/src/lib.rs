//! What Amethyst is about: ids, entities, drafts, prices, intents and the pure decisions over them.
//!
//! Nothing here touches a file, a socket, the clock or randomness. Every other crate of the client may
//! import this one; it imports none of them.

mod account;
mod catalog;
mod clock;
mod draft;
mod generation;
mod id;
mod image;
mod intent;
mod ledger;
mod overlay;
mod price;
mod retry;
mod secret;
mod server_row;
mod settings;
mod sync_state;

pub use account::Profile;
pub use catalog::GenerationModel;
pub use clock::Clock;
pub use draft::{
    AspectRatio, FieldError, FieldProblem, GenerationDraft, InvalidDraft, OutputFormat,
};
pub use generation::{Generation, GenerationStatus, Progress};
pub use id::{GenerationId, ImageId, IntentId, LedgerEntryId, UserId};
pub use image::{Image, MediaFile, MediaVariant};
pub use intent::{INTENT_VERSION, Intent, IntentState, Lane, ParkReason, QueuedIntent};
pub use ledger::{LedgerEntry, LedgerKind};
pub use overlay::{overlay_favorite, overlay_generation_status, overlay_settings};
pub use price::{Quote, price};
pub use retry::{Backoff, RetryClass};
pub use secret::{SecretError, SecretStore};
pub use server_row::{ChangePage, ServerChange, ServerRow};
pub use settings::{AccountSettings, Language, Theme};
pub use sync_state::{Connectivity, SyncPhase, SyncState};
