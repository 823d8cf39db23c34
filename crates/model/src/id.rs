//! Ids as newtypes, so that an image's id cannot stand where a generation's is meant.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

uuid_id!(
    /// An account; the id Supabase Auth gave it.
    UserId
);
uuid_id!(
    /// One request for images: the row of `prompts`. Made by the client (`UUIDv7`), so that sending it
    /// twice is one request.
    GenerationId
);
uuid_id!(
    /// One picture: the row of `generated_images`.
    ImageId
);
uuid_id!(
    /// One line of the credit ledger: the row of `credit_transactions`.
    LedgerEntryId
);
uuid_id!(
    /// One thing the user did that the server has not confirmed yet. Local to this library.
    IntentId
);
