//! Language, theme and the server's address.

use amethyst_engine::{Core, Endpoint, Settings};
use amethyst_model::AccountSettings;

use crate::ApiError;
use crate::view::{ServerAddressView, ServerChange, SettingsPatch, SettingsView};

/// The view of the settings in force.
pub(crate) fn settings_view(core: &Core, settings: Settings) -> SettingsView {
    SettingsView {
        language: settings.language.into(),
        theme: settings.theme.into(),
        full_name: settings.account.full_name,
        avatar_url: settings.account.avatar_url,
        notifications_enabled: settings.account.notifications_enabled,
        marketing_emails_enabled: settings.account.marketing_emails_enabled,
        ads_enabled: settings.account.ads_enabled,
        prompt_suggestions_enabled: settings.account.prompt_suggestions_enabled,
        ai_safety_level: settings.account.ai_safety_level.map(Into::into),
        server: settings.server.map(|server| ServerAddressView {
            url: server.url,
            anon_key: server.anon_key,
        }),
        server_url: settings.server_url,
        library_folder: settings
            .library_folder
            .map(|path| path.display().to_string()),
        version: core.version().to_owned(),
    }
}

pub(crate) async fn settings_current(core: &Core, (): ()) -> Result<SettingsView, ApiError> {
    Ok(settings_view(core, core.settings().await?))
}

pub(crate) async fn settings_change(
    core: &Core,
    patch: SettingsPatch,
) -> Result<SettingsView, ApiError> {
    let change = AccountSettings {
        language: patch.language.map(Into::into),
        theme: patch.theme.map(Into::into),
        full_name: patch.full_name,
        avatar_url: patch.avatar_url,
        notifications_enabled: patch.notifications_enabled,
        marketing_emails_enabled: patch.marketing_emails_enabled,
        ads_enabled: patch.ads_enabled,
        prompt_suggestions_enabled: patch.prompt_suggestions_enabled,
        ai_safety_level: patch.ai_safety_level.map(Into::into),
    };
    Ok(settings_view(core, core.change_settings(change).await?))
}

pub(crate) async fn server_change(
    core: &Core,
    change: ServerChange,
) -> Result<SettingsView, ApiError> {
    let endpoint = change.address.map(|address| Endpoint {
        url: address.url.trim().trim_end_matches('/').to_owned(),
        anon_key: address.anon_key.trim().to_owned(),
    });
    Ok(settings_view(core, core.change_server(endpoint).await?))
}
