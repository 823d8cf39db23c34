//! Text inside of XML 1.0: what would be markup is escaped, and what no document may hold is replaced.

/// As the content of an element.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            // Alone it is harmless, but `]]>` is not.
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(c),
            // A reader would turn it into a line's end.
            '\r' => out.push_str("&#13;"),
            // Neither as themselves nor as a reference (XML 1.0, production 2).
            '\0'..'\u{20}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            _ => out.push(c),
        }
    }
    out
}

/// The longest beginning whose escaped form has at most `limit` bytes, and whether anything is missing.
pub(super) fn shortened(text: &str, limit: usize) -> (&str, bool) {
    let mut length = 0;
    for (at, c) in text.char_indices() {
        length += match c {
            '&' | '\r' => 5,
            '<' | '>' => 4,
            '"' => 6,
            '\0'..'\u{20}' if c != '\t' && c != '\n' => 3,
            _ => c.len_utf8(),
        };
        if length > limit {
            return (text.get(..at).unwrap_or_default(), true);
        }
    }
    (text, false)
}
