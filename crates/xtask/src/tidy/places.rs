//! Things that have one place: Tauri's JavaScript, colors, module docs; and things that have none.

use super::files::is_code;

/// Breaches of all rules about places.
pub(super) fn check(files: &[String]) -> anyhow::Result<Vec<String>> {
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| is_code(file)) {
        let text = fs_err::read_to_string(file)?;
        let mut breach = |what: &str| breaches.push(format!("{file}: {what}"));
        if file.ends_with(".rs") && !documented(&text) {
            breach("does not begin with `//!`: what is it for?");
        }
        let ui = file.starts_with("ui/src/");
        if ui && text.contains("@tauri-apps/") && !file.starts_with("ui/src/lib/host/") {
            breach("only ui/src/lib/host knows Tauri");
        }
        let colors = file.ends_with(".svelte") || file.ends_with(".css");
        if ui && colors && !file.ends_with("styles/tokens.css") && has_hex_color(&text) {
            breach("colors belong into styles/tokens.css");
        }
        // Written apart, so that this very line is not a breach.
        for place in [
            concat!("/ro", "ot/"),
            concat!("/wo", "rk/"),
            concat!("/ho", "me/"),
        ] {
            if text.contains(place) {
                breach("names a folder of somebody's machine");
            }
        }
    }
    for file in ["README.md", "CHANGELOG.md", "docs/architecture.md"] {
        if !files.iter().any(|known| known == file) {
            breaches.push(format!("{file} is missing"));
        }
    }
    Ok(breaches)
}

fn documented(text: &str) -> bool {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .is_some_and(|line| line.starts_with("//!"))
}

/// `#` followed by 3, 6 or 8 hex digits and no further letter.
fn has_hex_color(text: &str) -> bool {
    text.match_indices('#').any(|(at, _)| {
        let rest = &text[at + 1..];
        let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
        let ends = !rest
            .chars()
            .nth(digits)
            .is_some_and(|c| c.is_alphanumeric() || c == '-');
        matches!(digits, 3 | 6 | 8) && ends
    })
}
