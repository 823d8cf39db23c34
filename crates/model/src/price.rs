//! What a request costs, by the hosted schema's own rule, so that the price stands on the button with
//! no network.

use crate::{GenerationDraft, GenerationModel};

/// A price and what it does to the balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Credits the request costs.
    pub cost: i64,
    /// Balance left once this and everything still waiting to be sent is paid; negative when it does
    /// not suffice.
    pub balance_after: i64,
}

/// Credits for `draft` with `model`: `ceil(credits_cost × images × ceil(pixels ÷ 1024²))`, the formula
/// of `calculate_generation_cost` in the hosted schema.
///
/// `None` where that function raises: an inactive model, or images or sides out of range.
#[must_use]
pub fn price(draft: &GenerationDraft, model: &GenerationModel) -> Option<i64> {
    let (width, height) = draft.size();
    let in_range = (1..=4).contains(&draft.num_outputs)
        && (1..=16384).contains(&width)
        && (1..=16384).contains(&height);
    if !model.is_active || !in_range {
        return None;
    }
    const MEGAPIXEL: i64 = 1024 * 1024;
    let megapixels = (width * height + MEGAPIXEL - 1) / MEGAPIXEL;
    model
        .credits_cost
        .checked_mul(draft.num_outputs)?
        .checked_mul(megapixels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn model(credits_cost: i64) -> GenerationModel {
        GenerationModel {
            id: "m".into(),
            name: "M".into(),
            description: None,
            provider: "local".into(),
            version: "1".into(),
            is_active: true,
            credits_cost,
            metadata: Value::Null,
        }
    }

    fn sized(width: i64, height: i64, num_outputs: i64) -> GenerationDraft {
        GenerationDraft {
            width: Some(width),
            height: Some(height),
            num_outputs,
            ..Default::default()
        }
    }

    #[test]
    fn follows_the_documents_table() {
        // Sizes and factors as observed on the document's function: REPORT §3, line 547.
        for (width, height, factor) in [
            (512, 512, 1),
            (1024, 1024, 1),
            (1344, 768, 1),
            (1025, 1024, 2),
            (1920, 1080, 2),
            (2048, 2048, 4),
        ] {
            assert_eq!(price(&sized(width, height, 3), &model(2)), Some(6 * factor));
        }
    }

    #[test]
    fn refuses_what_the_server_refuses() {
        assert_eq!(price(&sized(1024, 1024, 0), &model(1)), None);
        assert_eq!(price(&sized(0, 1024, 1), &model(1)), None);
        assert_eq!(
            price(
                &sized(1024, 1024, 1),
                &GenerationModel {
                    is_active: false,
                    ..model(1)
                }
            ),
            None
        );
        assert_eq!(price(&sized(1024, 1024, 1), &model(0)), Some(0));
    }
}
