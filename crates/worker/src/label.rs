//! The label inside each file: what made the picture, in the words that other programs read.

/// XMP that calls the picture what it is: made by an algorithm, neither a photograph nor the output of a
/// trained model.
pub(crate) fn sketch_xmp() -> String {
    concat!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>",
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">",
        "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">",
        "<rdf:Description rdf:about=\"\"",
        " xmlns:dc=\"http://purl.org/dc/elements/1.1/\"",
        " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"",
        " xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\"",
        " xmp:CreatorTool=\"Amethyst sketch ",
        env!("CARGO_PKG_VERSION"),
        "\"",
        " Iptc4xmpExt:DigitalSourceType=\"http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia\">",
        "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">Amethyst sketch, procedural</rdf:li>",
        "<rdf:li xml:lang=\"fr\">Esquisse d’Amethyst, procédurale</rdf:li></rdf:Alt></dc:description>",
        "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>",
    )
    .to_owned()
}
