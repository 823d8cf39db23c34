//! Language, theme and the server's address.

use amethyst_model::{Language, SafetyLevel, Theme};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum LanguageView {
    /// Français.
    Fr,
    /// English.
    En,
}

/// Color scheme of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ThemeView {
    /// Dark.
    Dark,
    /// Light.
    Light,
    /// As the operating system.
    System,
}

/// Address and public key of a Supabase project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ServerAddressView {
    /// Base URL, such as `https://abc.supabase.co`.
    pub url: String,
    /// The project's public (anon or publishable) key.
    pub anon_key: String,
}

/// Which server to use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ServerChange {
    /// The project; `None` follows the local backend's file again.
    pub address: Option<ServerAddressView>,
}

/// Settings in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SettingsView {
    /// Language: the account's while signed in, else this device's.
    pub language: LanguageView,
    /// Theme, likewise.
    pub theme: ThemeView,
    /// Display name; empty when there is none. `None` while the account is not known.
    pub full_name: Option<String>,
    /// Address of a picture, likewise.
    pub avatar_url: Option<String>,
    /// Whether to be told of anything at all.
    pub notifications_enabled: Option<bool>,
    /// Whether to get mail about offers.
    pub marketing_emails_enabled: Option<bool>,
    /// Whether ads may be offered for credits.
    pub ads_enabled: Option<bool>,
    /// Whether prompts are suggested.
    pub prompt_suggestions_enabled: Option<bool>,
    /// What is hidden.
    pub ai_safety_level: Option<SafetyLevelView>,
    /// The server set by hand; `None` while the local backend's file is followed.
    pub server: Option<ServerAddressView>,
    /// URL in use at present, if one is known.
    pub server_url: Option<String>,
    /// Folder of the library on this machine.
    pub library_folder: Option<String>,
    /// Version of this program.
    pub version: String,
}

/// A change of settings; absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct SettingsPatch {
    /// New language.
    pub language: Option<LanguageView>,
    /// New theme.
    pub theme: Option<ThemeView>,
    /// New display name; empty takes it away.
    pub full_name: Option<String>,
    /// New picture; empty takes it away.
    pub avatar_url: Option<String>,
    /// Whether to be told of anything at all.
    pub notifications_enabled: Option<bool>,
    /// Whether to get mail about offers.
    pub marketing_emails_enabled: Option<bool>,
    /// Whether ads may be offered for credits.
    pub ads_enabled: Option<bool>,
    /// Whether prompts are suggested.
    pub prompt_suggestions_enabled: Option<bool>,
    /// What is hidden.
    pub ai_safety_level: Option<SafetyLevelView>,
}

/// How strictly images are kept from the user's eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum SafetyLevelView {
    /// Hides what is not fit for everybody.
    Standard,
    /// Hides more.
    Strict,
    /// Hides less.
    Relaxed,
}

impl From<SafetyLevel> for SafetyLevelView {
    fn from(level: SafetyLevel) -> Self {
        match level {
            SafetyLevel::Standard => Self::Standard,
            SafetyLevel::Strict => Self::Strict,
            SafetyLevel::Relaxed => Self::Relaxed,
        }
    }
}

impl From<SafetyLevelView> for SafetyLevel {
    fn from(level: SafetyLevelView) -> Self {
        match level {
            SafetyLevelView::Standard => Self::Standard,
            SafetyLevelView::Strict => Self::Strict,
            SafetyLevelView::Relaxed => Self::Relaxed,
        }
    }
}

impl From<Language> for LanguageView {
    fn from(language: Language) -> Self {
        match language {
            Language::Fr => Self::Fr,
            Language::En => Self::En,
        }
    }
}

impl From<LanguageView> for Language {
    fn from(language: LanguageView) -> Self {
        match language {
            LanguageView::Fr => Self::Fr,
            LanguageView::En => Self::En,
        }
    }
}

impl From<Theme> for ThemeView {
    fn from(theme: Theme) -> Self {
        match theme {
            Theme::Dark => Self::Dark,
            Theme::Light => Self::Light,
            Theme::System => Self::System,
        }
    }
}

impl From<ThemeView> for Theme {
    fn from(theme: ThemeView) -> Self {
        match theme {
            ThemeView::Dark => Self::Dark,
            ThemeView::Light => Self::Light,
            ThemeView::System => Self::System,
        }
    }
}
