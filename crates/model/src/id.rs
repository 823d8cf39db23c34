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
    /// One collection: the row of `collections`. Made by the client.
    CollectionId
);
uuid_id!(
    /// One line of the credit ledger: the row of `credit_transactions`.
    LedgerEntryId
);
uuid_id!(
    /// One better wording: the row of `prompt_suggestions`.
    SuggestionId
);
uuid_id!(
    /// One thing the user did that the server has not confirmed yet. The server knows a repetition by it.
    IntentId
);

/// Key of the server's row for a pair: an image and its tag, a collection and an image in it. The hosted
/// schema's `private.pair_id`, a UUID of version 3 (RFC 9562 §5.3).
#[must_use]
pub fn pair_id(first: Uuid, second: &str) -> Uuid {
    Uuid::new_v3(&first, second.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_has_the_servers_key() {
        let image = Uuid::parse_str("0193f0a0-0000-7000-8000-0000000000aa").unwrap();
        let key = Uuid::parse_str("f0d93db4-ae78-3c50-bbb1-f1695e066e50").unwrap();
        // The same pair is in supabase/tests/offline.sql.
        assert_eq!(pair_id(image, "forêt"), key);
    }
}
