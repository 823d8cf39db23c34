//! What is changed in a request before the crate sees it.

/// The query with quotes taken off the names in `columns`, as supabase-js sends them for bulk inserts:
/// `columns="id","m"` means the same as `columns=id,m`, which is all the crate takes.
pub(super) fn unquote_columns(query: &str) -> String {
    let fixed = query.split('&').map(|pair| match pair.split_once('=') {
        Some(("columns", names)) => {
            format!("columns={}", names.replace("%22", "").replace('"', ""))
        }
        _ => pair.to_owned(),
    });
    fixed.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::unquote_columns;

    #[test]
    fn only_columns_lose_their_quotes() {
        assert_eq!(
            unquote_columns("columns=%22id%22,%22m%22&name=eq.%22a%22"),
            "columns=id,m&name=eq.%22a%22"
        );
        assert_eq!(unquote_columns("select=*"), "select=*");
    }
}
