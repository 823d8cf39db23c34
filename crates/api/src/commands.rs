//! The command table: the only list of what a face can ask for.
//!
//! From each line come the dispatch by name, the JSON of arguments and result, and a line of the
//! TypeScript table. A command without a function does not compile; a transport cannot forget one.

use amethyst_engine::Core;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::ApiError;
use crate::command::*;
use crate::view::*;

/// Which command failed or succeeded, for TypeScript: name, arguments, result.
pub(crate) struct CommandSignature {
    pub(crate) name: &'static str,
    pub(crate) arguments: fn(&ts_rs::Config) -> String,
    pub(crate) result: fn(&ts_rs::Config) -> String,
}

macro_rules! commands {
    ($($name:ident ( $arguments:ty ) -> $result:ty;)+) => {
        async fn run(core: &Core, name: &str, arguments: Value) -> Result<Value, ApiError> {
            match name {
                $(stringify!($name) => {
                    let arguments: $arguments = decode(arguments)?;
                    let result: $result = $name(core, arguments).await?;
                    encode(&result)
                })+
                _ => Err(ApiError::bad_arguments(format!("no command `{name}`"))),
            }
        }

        /// All commands in the order of the table.
        pub(crate) const SIGNATURES: &[CommandSignature] = &[
            $(CommandSignature {
                name: stringify!($name),
                arguments: |config| <$arguments as ts_rs::TS>::name(config),
                result: |config| <$result as ts_rs::TS>::name(config),
            }),+
        ];
    };
}

commands! {
    session_current(()) -> SessionView;
    session_sign_up(SignUpRequest) -> SessionView;
    session_sign_in(SignInRequest) -> SessionView;
    session_resend(EmailRequest) -> ();
    session_recover(EmailRequest) -> ();
    session_verify(VerifyRequest) -> SessionView;
    session_unlock(UnlockRequest) -> SessionView;
    session_sign_out(SignOutRequest) -> SessionView;
    settings_current(()) -> SettingsView;
    settings_change(SettingsPatch) -> SettingsView;
    server_change(ServerChange) -> SettingsView;
    model_list(()) -> Vec<ModelView>;
    suggestion_list(SuggestionQuery) -> SuggestionsView;
    suggestion_ask(SuggestionQuery) -> SuggestionsView;
    suggestion_reword(RewordRequest) -> RewordView;
    generation_quote(DraftView) -> QuoteView;
    generation_request(GenerationRequest) -> GenerationView;
    generation_cancel(GenerationRef) -> GenerationView;
    generation_get(GenerationRef) -> GenerationView;
    generation_list(GenerationListQuery) -> Vec<GenerationView>;
    gallery_index(GalleryQuery) -> GalleryIndex;
    images_by_ids(ImageIds) -> Vec<ImageView>;
    image_detail(ImageRef) -> ImageDetailView;
    image_open(ImageRef) -> ();
    image_set_favorite(SetFavorite) -> ImageView;
    images_change(ImagesChange) -> Vec<ImageView>;
    tag_list(()) -> Vec<TagView>;
    collection_list(()) -> Vec<CollectionView>;
    collection_images(CollectionRef) -> Vec<String>;
    collection_make(CollectionSheetView) -> CollectionRef;
    collection_change(CollectionChange) -> ();
    collection_delete(CollectionRef) -> ();
    collection_collect(CollectRequest) -> ();
    preferences_get(PreferencesRef) -> PreferencesView;
    preferences_change(PreferencesPatch) -> PreferencesView;
    model_preferences_list(()) -> Vec<ModelPreferencesView>;
    model_preferences_change(ModelPreferencesPatch) -> ModelPreferencesView;
    conflict_list(()) -> Vec<ConflictView>;
    conflict_settle(ConflictChoice) -> ();
    storage_current(()) -> StorageView;
    storage_change(StoragePolicyView) -> StorageView;
    account_current(()) -> Option<AccountView>;
    ledger_page(LedgerQuery) -> LedgerPage;
    outbox_list(()) -> Vec<IntentView>;
    outbox_retry(IntentRef) -> ();
    outbox_discard(IntentRef) -> ();
    sync_current(()) -> SyncView;
    sync_now(()) -> SyncView;
}

/// Runs one command. `arguments` is the command's JSON, `null` for those without any.
///
/// A panic of a command ends that command only; it becomes [`crate::ErrorCode::Internal`].
///
/// # Errors
/// What the command answers, or a defect of the caller (unknown name, arguments of the wrong form).
pub async fn dispatch(core: &Core, name: &str, arguments: Value) -> Result<Value, ApiError> {
    use futures_util::FutureExt;

    let call = std::panic::AssertUnwindSafe(run(core, name, arguments)).catch_unwind();
    let result = match call.await {
        Ok(result) => result,
        // The payload may quote what the user typed, so only the place is told, by the panic hook.
        Err(_panic) => Err(ApiError::new(
            crate::ErrorCode::Internal,
            format!("`{name}` panicked"),
            crate::Retry::Now,
        )),
    };
    if let Err(error) = &result {
        tracing::info!(
            command = name,
            code = ?error.code,
            report_id = %error.report_id,
            message = error.message,
            "a command failed"
        );
    }
    result
}

fn decode<T: DeserializeOwned>(arguments: Value) -> Result<T, ApiError> {
    // serde's message can quote the input, which may hold a password or a prompt.
    serde_json::from_value(arguments)
        .map_err(|error| ApiError::bad_arguments(format!("arguments: {:?}", error.classify())))
}

fn encode<T: Serialize>(result: &T) -> Result<Value, ApiError> {
    serde_json::to_value(result).map_err(|error| ApiError::bad_arguments(error.to_string()))
}
