//! The TypeScript of the command table and its types, made from the Rust ones.

use ts_rs::{Config, TS};

use crate::commands::SIGNATURES;
use crate::view::*;
use crate::{ApiError, EntityView, ErrorCode, FieldErrorView, FieldProblemView, Notice, Retry};

const HEAD: &str = "// Made by `cargo xtask bindings` from crates/api. Do not edit.\n";

macro_rules! declarations {
    ($config:expr; $($type:ty),+ $(,)?) => {
        [$(declaration::<$type>($config)),+]
    };
}

/// The whole generated file.
#[must_use]
pub fn typescript() -> String {
    // No integer of the contract exceeds 2^53, and JSON has no bigint.
    let config = &Config::default().with_large_int("number");
    let types = declarations!(config;
        ApiError, ErrorCode, Retry, FieldErrorView, FieldProblemView, EntityView, Notice,
        SessionView, SessionState, SignUpRequest, SignInRequest, EmailRequest, VerifyKindView,
        VerifyRequest, SignOutScope, SignOutRequest, UnlockRequest, LanguageView, ThemeView,
        ServerAddressView, ServerChange, SettingsView, SettingsPatch, AspectRatioView,
        OutputFormatView, DraftView, AdjustmentKindView, AdjustmentView, QuoteView, GenerationStatusView, ProgressView,
        GenerationView, GenerationRequest, GenerationRef, GenerationListQuery, MediaVariantView,
        ImageView, ImageDetailView, GalleryQuery, GalleryIndex, ShelfView, ImageRef, ImageIds, SetFavorite,
        PickView, TagChange, ImageChangeView, ImagesChange, TagView, CollectionKindView,
        CollectionSheetView, CollectionView, CollectionRef, CollectionChange, CollectRequest,
        PreferenceKindView, PreferencesRef, PreferencesView, PreferencesPatch,
        ModelPreferencesView, ModelPreferencesPatch, ConflictView, ConflictChoice, OriginalsView,
        StoragePolicyView, StorageView, SafetyLevelView,
        SuggestionSourceView, WordChangeKind, WordChangeView, SuggestionView, SuggestionQuery,
        SuggestionsView, RewordRequest, WordingStateView, RewordView,
        AccountView, LedgerKindView, LedgerEntryView, LedgerQuery, LedgerPage, ModelView,
        ParkReasonView, IntentStateView, IntentView, IntentRef, SyncPhaseView, SyncProgressView, SyncView,
    );
    let mut text = HEAD.to_owned();
    for declaration in types {
        text.push('\n');
        text.push_str(&declaration);
        text.push('\n');
    }
    text.push_str(
        "\n/** Every command: its arguments and its result. */\nexport type Commands = {\n",
    );
    for command in SIGNATURES {
        let (arguments, result) = ((command.arguments)(config), (command.result)(config));
        text.push_str(&format!("  {}: [{arguments}, {result}];\n", command.name));
    }
    text.push_str("};\n");
    text
}

fn declaration<T: TS>(config: &Config) -> String {
    let docs = T::docs().unwrap_or_default();
    format!("{docs}export {}", T::decl(config))
}
