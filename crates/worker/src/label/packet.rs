//! An XMP packet under construction. Every property is an element with plain text inside, so that one is found and
//! cut out again by its name.

use serde_json::Value;

use super::escape::{escaped, shortened};
use super::recipe::Recipe;

/// Longest prompt in IPTC's own field, escaped, in bytes. The whole one is among the parameters.
const MAX_PROMPT: usize = 8 << 10;

/// Longest other text, escaped, in bytes: names out of the catalogue.
const MAX_TEXT: usize = 1 << 10;

pub(super) const PROMPT: &str = "Iptc4xmpExt:AIPromptInformation";
pub(super) const PARAMETERS: &str = "amethyst:Parameters";

const HEAD: &str = concat!(
    "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>",
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">",
    "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">",
    "<rdf:Description rdf:about=\"\"",
    " xmlns:dc=\"http://purl.org/dc/elements/1.1/\"",
    " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"",
    " xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\"",
    " xmlns:amethyst=\"https://github.com/amethyst-app/amethyst/ns/1.0/\">",
);
pub(super) const FOOT: &str = "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>";

pub(super) struct Packet(String);

impl Packet {
    pub(super) fn new() -> Self {
        Self(HEAD.to_owned())
    }

    /// A property of one text; an empty one is left out.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        let (text, _) = shortened(text, MAX_TEXT);
        self.element(name, text);
    }

    /// A property in two languages, the first of them for everybody else.
    pub(super) fn languages(&mut self, name: &str, english: &str, french: &str) {
        let (english, french) = (
            shortened(english, MAX_TEXT).0,
            shortened(french, MAX_TEXT).0,
        );
        self.0.push_str(&format!(
            "<{name}><rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li>\
             <rdf:li xml:lang=\"fr\">{}</rdf:li></rdf:Alt></{name}>",
            escaped(english),
            escaped(french)
        ));
    }

    pub(super) fn prompt(&mut self, prompt: &str) {
        let (text, is_short) = shortened(prompt, MAX_PROMPT);
        let dots = if is_short { "…" } else { "" };
        self.element(PROMPT, &format!("{text}{dots}"));
    }

    pub(super) fn parameters(&mut self, recipe: &Recipe) {
        if let Some(json) = recipe.json() {
            self.element(PARAMETERS, &json);
        }
    }

    fn element(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.0
                .push_str(&format!("<{name}>{}</{name}>", escaped(text)));
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push_str(FOOT);
        self.0
    }

    /// A packet that was written before, to be changed: only one of our own.
    pub(super) fn reopen(packet: &str) -> Option<Self> {
        let body = packet.strip_suffix(FOOT)?;
        let is_marked = body.contains("Iptc4xmpExt:DigitalSourceType");
        is_marked.then(|| Self(body.to_owned()))
    }

    /// Takes a property out, every time that it is there. Escaped text holds no `<`, so that nothing inside of a
    /// property can look like its end.
    pub(super) fn cut(&mut self, name: &str) {
        let (begin, end) = (format!("<{name}>"), format!("</{name}>"));
        while let Some(from) = self.0.find(&begin) {
            let to = self.0[from..]
                .find(&end)
                .map_or(self.0.len(), |at| from + at + end.len());
            self.0.replace_range(from..to, "");
        }
    }

    /// Whether a namespace of our own is declared, which packets of old have not.
    pub(super) fn can_tell(&self) -> bool {
        self.0.contains(" xmlns:amethyst=")
    }

    /// Whether it names a trained model, to which a prompt in IPTC's sense belongs.
    pub(super) fn names_a_system(&self) -> bool {
        self.0.contains("<Iptc4xmpExt:AISystemUsed>")
    }
}

/// The text at `key` of a JSON object.
pub(super) fn text_of(object: &Value, key: &str) -> String {
    object
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
