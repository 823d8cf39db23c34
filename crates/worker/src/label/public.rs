//! The label of a public copy: the same mark, and of the parameters what the image's page tells everybody.

use serde_json::Value;

use super::packet::{PARAMETERS, PROMPT, Packet, text_of};
use super::recipe::Recipe;
use super::{Origin, mark};

/// The packet for a public copy of a file that says `stored`. `recipe` is what anybody may read about the image;
/// without it the copy tells no parameter. A file without a label gets the mark of its provider.
pub(crate) fn public_xmp(stored: Option<&str>, provider: &str, recipe: Option<&Value>) -> String {
    let Some(mut packet) = stored.and_then(Packet::reopen) else {
        return mark(&Origin {
            provider: provider.to_owned(),
            model: recipe.map_or_else(String::new, |recipe| text_of(recipe, "model_id")),
            version: String::new(),
            from_source: false,
            at: None,
            recipe: Recipe::default(),
        });
    };
    packet.cut(PARAMETERS);
    packet.cut(PROMPT);
    if let Some(recipe) = recipe.and_then(Recipe::of_public)
        && packet.can_tell()
    {
        if packet.names_a_system() {
            packet.prompt(&recipe.prompt);
        }
        packet.parameters(&recipe);
    }
    packet.finish()
}
