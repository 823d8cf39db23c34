//! What travels to the faces of Amethyst and back, as JSON.
//!
//! Field names are snake_case everywhere, the same in SQL, Rust, JSON and TypeScript, so that a field
//! error or a log line names what the reader can search for. Instants are milliseconds since the Unix
//! epoch in fields ending in `_at`.

mod account;
mod adjustment;
mod collection;
mod draft;
mod generation;
mod image;
mod model;
mod outbox;
mod preferences;
mod session;
mod settings;
mod storage;
mod suggestion;
mod sync;

pub use account::{AccountView, LedgerEntryView, LedgerKindView, LedgerPage, LedgerQuery};
pub use adjustment::{AdjustmentKindView, AdjustmentView};
pub use collection::{
    CollectRequest, CollectionChange, CollectionKindView, CollectionRef, CollectionSheetView,
    CollectionView,
};
pub use draft::{AspectRatioView, DraftView, OutputFormatView, QuoteView};
pub use generation::{
    GenerationListQuery, GenerationRef, GenerationRequest, GenerationStatusView, GenerationView,
    ProgressView,
};
pub use image::{
    GalleryIndex, GalleryQuery, ImageChangeView, ImageDetailView, ImageIds, ImageRef, ImageView,
    ImagesChange, MediaVariantView, PickView, SetFavorite, ShelfView, TagChange, TagView,
};
pub use model::ModelView;
pub use outbox::{IntentRef, IntentStateView, IntentView, ParkReasonView};
pub use preferences::{
    ConflictChoice, ConflictView, ModelPreferencesPatch, ModelPreferencesView, PreferenceKindView,
    PreferencesPatch, PreferencesRef, PreferencesView,
};
pub use session::{
    EmailRequest, SessionState, SessionView, SignInRequest, SignOutRequest, SignOutScope,
    SignUpRequest, UnlockRequest, VerifyKindView, VerifyRequest,
};
pub use settings::{
    LanguageView, SafetyLevelView, ServerAddressView, ServerChange, SettingsPatch, SettingsView,
    ThemeView,
};
pub use storage::{OriginalsView, StoragePolicyView, StorageView};
pub use suggestion::{
    RewordRequest, RewordView, SuggestionQuery, SuggestionSourceView, SuggestionView,
    SuggestionsView, WordChangeKind, WordChangeView, WordingStateView,
};
pub use sync::{SyncPhaseView, SyncProgressView, SyncView};
