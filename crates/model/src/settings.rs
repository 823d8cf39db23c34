//! What follows a user from device to device in the profile itself.

use serde::{Deserialize, Serialize};

/// Language of the interface. French is written first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Français.
    #[default]
    Fr,
    /// English.
    En,
}

/// Color scheme of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Dark surfaces; the document's default.
    #[default]
    Dark,
    /// Light surfaces.
    Light,
    /// Follows the operating system.
    System,
}

/// How strictly images are kept from the user's eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SafetyLevel {
    /// Hides what is not fit for everybody.
    #[default]
    Standard,
    /// Hides more.
    Strict,
    /// Hides less.
    Relaxed,
}

/// A change of the profile; absent fields stay as they are. Also the whole of its editable fields, when
/// none is absent.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountSettings {
    /// Interface language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Interface theme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// Display name of at most 200 characters; empty takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// Address of a picture, at most 2 000 characters; empty takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    /// Whether to be told of anything at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notifications_enabled: Option<bool>,
    /// Whether to get mail about offers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketing_emails_enabled: Option<bool>,
    /// Whether ads may be offered for credits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ads_enabled: Option<bool>,
    /// Whether prompts are suggested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_suggestions_enabled: Option<bool>,
    /// What is hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ai_safety_level: Option<SafetyLevel>,
}

impl AccountSettings {
    /// This change with `later` on top of it.
    #[must_use]
    pub fn then(self, later: Self) -> Self {
        Self {
            language: later.language.or(self.language),
            theme: later.theme.or(self.theme),
            full_name: later.full_name.or(self.full_name),
            avatar_url: later.avatar_url.or(self.avatar_url),
            notifications_enabled: later.notifications_enabled.or(self.notifications_enabled),
            marketing_emails_enabled: later
                .marketing_emails_enabled
                .or(self.marketing_emails_enabled),
            ads_enabled: later.ads_enabled.or(self.ads_enabled),
            prompt_suggestions_enabled: later
                .prompt_suggestions_enabled
                .or(self.prompt_suggestions_enabled),
            ai_safety_level: later.ai_safety_level.or(self.ai_safety_level),
        }
    }
}
