//! What is changed in a request's query before the crate sees it.

/// The query as the crate reads it right: `+` is a space, as forms and the crate `postgrest` write it,
/// and the names in `columns`, which supabase-js quotes for bulk inserts, stand without quotes.
pub(super) fn readable(query: &str) -> String {
    let fixed = query.split('&').map(|pair| {
        let pair = pair.replace('+', "%20");
        match pair.split_once('=') {
            Some(("columns", names)) => {
                format!("columns={}", names.replace("%22", "").replace('"', ""))
            }
            _ => pair,
        }
    });
    fixed.collect::<Vec<_>>().join("&")
}

/// Whether the query names any row: everything that is no other parameter is a filter.
pub(super) fn has_filter(query: Option<&str>) -> bool {
    const OTHERS: [&str; 6] = [
        "select",
        "columns",
        "order",
        "limit",
        "offset",
        "on_conflict",
    ];
    let names = query.unwrap_or_default().split('&');
    names
        .filter_map(|pair| pair.split_once('='))
        .any(|(name, _)| {
            // `parts.limit` is the limit of an embedded table.
            let last = name.rsplit('.').next().unwrap_or(name);
            !OTHERS.contains(&last)
        })
}

#[cfg(test)]
mod tests {
    use super::{has_filter, readable};

    #[test]
    fn only_columns_lose_their_quotes() {
        assert_eq!(
            readable("columns=%22id%22,%22m%22&name=eq.%22a%22"),
            "columns=id,m&name=eq.%22a%22"
        );
        assert_eq!(readable("select=*"), "select=*");
    }

    #[test]
    fn a_plus_is_a_space() {
        assert_eq!(readable("name=eq.a+b%2Bc"), "name=eq.a%20b%2Bc");
    }

    #[test]
    fn filters_are_told_from_other_parameters() {
        assert!(!has_filter(None));
        assert!(!has_filter(Some("select=id,name&limit=1&parts.order=id")));
        assert!(has_filter(Some("select=id&id=eq.1")));
        assert!(has_filter(Some("or=(id.eq.1,id.eq.2)")));
    }
}
