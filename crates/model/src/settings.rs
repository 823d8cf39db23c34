//! What follows a user from device to device: language and theme of the profile.

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

/// A change of profile settings; absent fields stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AccountSettings {
    /// New language, if it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// New theme, if it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
}

impl AccountSettings {
    /// This change with `later` on top of it.
    #[must_use]
    pub fn then(self, later: Self) -> Self {
        Self {
            language: later.language.or(self.language),
            theme: later.theme.or(self.theme),
        }
    }
}
