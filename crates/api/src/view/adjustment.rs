//! What a model does differently from what is asked.

use amethyst_model::{Adjustment, AdjustmentKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// How what is made differs from what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentKindView {
    /// The nearest value that the model takes is used.
    Clamped,
    /// The model has no such parameter.
    Dropped,
    /// The provider decides.
    Decided,
    /// Made as another one and converted.
    Converted,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AdjustmentView {
    /// Name of the field in the draft; `size` for width and height together.
    pub field: String,
    /// How.
    pub kind: AdjustmentKindView,
    /// The value asked for, as text; `null` where it is a text of the user's or a mere yes.
    pub asked: Option<String>,
    /// The value used, as text.
    pub used: Option<String>,
}

impl From<Adjustment> for AdjustmentView {
    fn from(adjustment: Adjustment) -> Self {
        Self {
            field: adjustment.field,
            kind: match adjustment.kind {
                AdjustmentKind::Clamped => AdjustmentKindView::Clamped,
                AdjustmentKind::Dropped => AdjustmentKindView::Dropped,
                AdjustmentKind::Decided => AdjustmentKindView::Decided,
                AdjustmentKind::Converted => AdjustmentKindView::Converted,
            },
            asked: text(&adjustment.asked),
            used: text(&adjustment.used),
        }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        // Width and height.
        Value::Array(sides) => {
            let sides: Vec<String> = sides.iter().filter_map(text).collect();
            Some(sides.join(" × "))
        }
        Value::Null | Value::Bool(_) | Value::Object(_) => None,
    }
}
