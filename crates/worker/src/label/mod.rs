//! The label inside each file: what made the picture, in the words that other programs read.
//!
//! XMP (ISO 16684-1) with IPTC's `DigitalSourceType` and, for trained models, its `AISystemUsed` (IPTC Photo
//! Metadata Standard 2025.1); parameters as JSON under a name of our own. The mark is never dropped: where room is
//! short, parameters are. The same origin gives the same bytes, so that a second attempt writes the same file.

mod escape;
mod job;
mod packet;
mod public;
mod recipe;

use chrono::{DateTime, SecondsFormat, Utc};

use packet::Packet;
pub(crate) use public::public_xmp;
pub(crate) use recipe::Recipe;

/// Name of the engine that is no trained model.
const SKETCH: &str = "sketch";

/// What made a picture, and how.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// Name of the provider, `sketch` for the embedded painter.
    pub(crate) provider: String,
    /// Key of the model in the catalogue.
    pub(crate) model: String,
    /// The provider's own name and version of it.
    pub(crate) version: String,
    /// Whether a trained model started from an image.
    pub(crate) from_source: bool,
    /// When it was asked for.
    pub(crate) at: Option<DateTime<Utc>>,
    /// The parameters that were used.
    pub(crate) recipe: Recipe,
}

impl Origin {
    /// IPTC's word (<https://cv.iptc.org/newscodes/digitalsourcetype/>).
    fn source_type(&self) -> &'static str {
        match (self.provider.as_str(), self.from_source) {
            (SKETCH, _) => "algorithmicMedia",
            (_, false) => "trainedAlgorithmicMedia",
            (_, true) => "compositeWithTrainedAlgorithmicMedia",
        }
    }

    /// `model (provider)`, or as much of it as is known.
    fn system(&self) -> String {
        let names = [self.model.as_str(), self.provider_name()];
        match names.map(str::is_empty) {
            [false, false] => format!("{} ({})", names[0], names[1]),
            _ => names.concat(),
        }
    }

    /// English and French.
    fn description(&self) -> (String, String) {
        let system = self.system();
        let (colon, french_colon) = match system.is_empty() {
            true => ("", ""),
            false => (": ", " : "),
        };
        match (self.provider.as_str(), self.from_source) {
            (SKETCH, _) => (
                "Amethyst sketch, procedural".to_owned(),
                "Esquisse d’Amethyst, procédurale".to_owned(),
            ),
            (_, false) => (
                format!("Made by artificial intelligence{colon}{system}"),
                format!("Image créée par une intelligence artificielle{french_colon}{system}"),
            ),
            (_, true) => (
                format!("Made by artificial intelligence from another image{colon}{system}"),
                format!(
                    "Image créée par une intelligence artificielle d’après une autre{french_colon}{system}"
                ),
            ),
        }
    }

    fn provider_name(&self) -> &str {
        match self.provider.as_str() {
            "replicate" => "Replicate",
            "stability" => "Stability AI",
            "openai" => "OpenAI",
            other => other,
        }
    }

    fn tool(&self) -> &'static str {
        match self.provider.as_str() {
            SKETCH => concat!("Amethyst sketch ", env!("CARGO_PKG_VERSION")),
            _ => concat!("Amethyst ", env!("CARGO_PKG_VERSION")),
        }
    }

    /// What every file says, thumbnails too.
    fn marked(&self) -> Packet {
        let mut packet = Packet::new();
        let source = self.source_type();
        let term = format!("http://cv.iptc.org/newscodes/digitalsourcetype/{source}");
        packet.text("Iptc4xmpExt:DigitalSourceType", &term);
        packet.text("xmp:CreatorTool", self.tool());
        let (english, french) = self.description();
        packet.languages("dc:description", &english, &french);
        packet
    }
}

/// The label of a thumbnail: the mark, and nothing that takes room.
pub(crate) fn mark(origin: &Origin) -> String {
    origin.marked().finish()
}

/// The label of an original: the mark, the model and its parameters.
pub(crate) fn xmp(origin: &Origin) -> String {
    let mut packet = origin.marked();
    if let Some(at) = origin.at {
        let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
        packet.text("xmp:CreateDate", &at);
    }
    if origin.provider != SKETCH {
        packet.text("Iptc4xmpExt:AISystemUsed", &origin.system());
        packet.text("Iptc4xmpExt:AISystemVersionUsed", &origin.version);
        packet.prompt(&origin.recipe.prompt);
    }
    packet.text("amethyst:Provider", &origin.provider);
    packet.text("amethyst:Model", &origin.model);
    packet.text("amethyst:ModelVersion", &origin.version);
    packet.parameters(&origin.recipe);
    packet.finish()
}

#[cfg(test)]
mod exiftool;
#[cfg(test)]
mod tests;
