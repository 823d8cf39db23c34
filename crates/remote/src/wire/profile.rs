//! Row of `profiles`.

use amethyst_model::{Language, Profile, Theme, UserId};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct ProfileWire {
    id: UserId,
    email: String,
    full_name: Option<String>,
    credits_balance: i64,
    subscription_tier: String,
    total_generations: i64,
    language: Value,
    theme: Value,
    ai_safety_level: String,
    updated_at: DateTime<Utc>,
}

impl From<ProfileWire> for Box<Profile> {
    fn from(wire: ProfileWire) -> Self {
        Self::new(Profile {
            id: wire.id,
            email: wire.email,
            full_name: wire.full_name,
            credits_balance: wire.credits_balance,
            subscription_tier: wire.subscription_tier,
            total_generations: wire.total_generations,
            // A language of a newer version must not keep the balance from being seen.
            language: Language::deserialize(wire.language).unwrap_or_default(),
            theme: Theme::deserialize(wire.theme).unwrap_or_default(),
            ai_safety_level: wire.ai_safety_level,
            updated_at: wire.updated_at,
        })
    }
}
