//! Row of `models`.

use amethyst_model::GenerationModel;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct ModelWire {
    id: String,
    name: String,
    description: Option<String>,
    provider: String,
    version: String,
    is_active: bool,
    credits_cost: i64,
    #[serde(default)]
    metadata: Value,
}

impl From<ModelWire> for Box<GenerationModel> {
    fn from(wire: ModelWire) -> Self {
        Self::new(GenerationModel {
            id: wire.id,
            name: wire.name,
            description: wire.description,
            provider: wire.provider,
            version: wire.version,
            is_active: wire.is_active,
            credits_cost: wire.credits_cost,
            metadata: wire.metadata,
        })
    }
}
