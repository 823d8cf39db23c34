//! Content types: what a bucket takes, and what is sent back.

/// Whether a bucket with this list takes `mime`. An absent or empty list takes all; an entry is an
/// exact type or `type/*`. Parameters such as `; charset=utf-8` do not count.
pub(crate) fn is_allowed(mime: &str, allowed: Option<&[String]>) -> bool {
    let Some(allowed) = allowed.filter(|list| !list.is_empty()) else {
        return true;
    };
    let essence = essence(mime);
    allowed.iter().any(|entry| {
        let entry = entry.trim().to_ascii_lowercase();
        match entry.strip_suffix("/*") {
            Some("*") => true,
            Some(kind) => essence.split('/').next() == Some(kind),
            None => entry == essence,
        }
    })
}

/// The type to serve an object of this type with. Pages are served as text, so that an uploaded page
/// never runs as a script of this origin.
pub(crate) fn served(mime: &str) -> String {
    let parameters = mime.find(';').map_or("", |at| &mime[at..]);
    let served = if essence(mime) == "text/html" {
        format!("text/plain{parameters}")
    } else {
        mime.to_owned()
    };
    served
        .chars()
        .filter(|c| c.is_ascii() && !c.is_ascii_control())
        .collect()
}

fn essence(mime: &str) -> String {
    mime.split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&str]) -> Vec<String> {
        entries.iter().map(|entry| (*entry).to_owned()).collect()
    }

    #[test]
    fn lists_match_exactly_or_by_kind() {
        let images = list(&["image/webp", "image/png"]);
        assert!(is_allowed("image/png", Some(&images)));
        assert!(is_allowed("IMAGE/PNG; q=1", Some(&images)));
        assert!(!is_allowed("image/gif", Some(&images)));
        assert!(!is_allowed("", Some(&images)));
        assert!(is_allowed("image/gif", Some(&list(&["image/*"]))));
        assert!(!is_allowed("imagex/gif", Some(&list(&["image/*"]))));
        assert!(is_allowed("a/b", Some(&list(&["*/*"]))));
        assert!(is_allowed("a/b", None) && is_allowed("a/b", Some(&[])));
    }

    #[test]
    fn pages_become_text() {
        assert_eq!(
            served("text/html; charset=utf-8"),
            "text/plain; charset=utf-8"
        );
        assert_eq!(served("TEXT/HTML"), "text/plain");
        assert_eq!(served("a/b\r\nx: y"), "a/bx: y");
        assert_eq!(served("image/png"), "image/png");
    }
}
