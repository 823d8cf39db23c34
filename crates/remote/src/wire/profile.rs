//! Row of `profiles`, and its editable fields.

use amethyst_model::{AccountSettings, Profile, UserId};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct ProfileWire {
    id: UserId,
    email: String,
    credits_balance: i64,
    subscription_tier: String,
    total_generations: i64,
    #[serde(flatten)]
    settings: SettingsWire,
    updated_at: DateTime<Utc>,
}

/// The fields that a user may change.
#[derive(Deserialize)]
pub(crate) struct SettingsWire {
    full_name: Option<String>,
    avatar_url: Option<String>,
    language: Value,
    theme: Value,
    notifications_enabled: bool,
    marketing_emails_enabled: bool,
    ads_enabled: bool,
    prompt_suggestions_enabled: bool,
    ai_safety_level: Value,
}

impl From<SettingsWire> for AccountSettings {
    fn from(wire: SettingsWire) -> Self {
        // A language of a newer version must not keep the balance from being seen.
        Self {
            language: Some(Deserialize::deserialize(wire.language).unwrap_or_default()),
            theme: Some(Deserialize::deserialize(wire.theme).unwrap_or_default()),
            full_name: Some(wire.full_name.unwrap_or_default()),
            avatar_url: Some(wire.avatar_url.unwrap_or_default()),
            notifications_enabled: Some(wire.notifications_enabled),
            marketing_emails_enabled: Some(wire.marketing_emails_enabled),
            ads_enabled: Some(wire.ads_enabled),
            prompt_suggestions_enabled: Some(wire.prompt_suggestions_enabled),
            ai_safety_level: Some(
                Deserialize::deserialize(wire.ai_safety_level).unwrap_or_default(),
            ),
        }
    }
}

impl From<ProfileWire> for Box<Profile> {
    fn from(wire: ProfileWire) -> Self {
        Self::new(Profile {
            id: wire.id,
            email: wire.email,
            credits_balance: wire.credits_balance,
            subscription_tier: wire.subscription_tier,
            total_generations: wire.total_generations,
            settings: wire.settings.into(),
            updated_at: wire.updated_at,
        })
    }
}
