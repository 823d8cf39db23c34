//! What travels to the faces of Amethyst and back, as JSON.
//!
//! Field names are snake_case everywhere, the same in SQL, Rust, JSON and TypeScript, so that a field
//! error or a log line names what the reader can search for. Instants are milliseconds since the Unix
//! epoch in fields ending in `_at`.

mod account;
mod draft;
mod generation;
mod image;
mod model;
mod outbox;
mod session;
mod settings;
mod sync;

pub use account::{AccountView, LedgerEntryView, LedgerKindView, LedgerPage, LedgerQuery};
pub use draft::{AspectRatioView, DraftView, OutputFormatView, QuoteView};
pub use generation::{
    GenerationListQuery, GenerationRef, GenerationRequest, GenerationStatusView, GenerationView,
    ProgressView,
};
pub use image::{
    GalleryIndex, GalleryQuery, ImageDetailView, ImageIds, ImageRef, ImageView, MediaVariantView,
    SetFavorite,
};
pub use model::ModelView;
pub use outbox::{IntentRef, IntentStateView, IntentView, ParkReasonView};
pub use session::{
    EmailRequest, SessionState, SessionView, SignInRequest, SignOutRequest, SignOutScope,
    SignUpRequest, UnlockRequest, VerifyKindView, VerifyRequest,
};
pub use settings::{
    LanguageView, ServerAddressView, ServerChange, SettingsPatch, SettingsView, ThemeView,
};
pub use sync::{SyncPhaseView, SyncView};
