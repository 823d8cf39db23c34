//! What a client asks for when it joins a channel, read from the payload of `phx_join`.
//!
//! Pure. The payload is read leniently, as the hosted server does: booleans may be texts, unknown
//! fields are passed over, absent ones have defaults.

use serde_json::{Map, Value, json};

use super::filter::{self, Condition};

/// A channel may ask for at most this many kinds of changes.
const MAX_BINDINGS: usize = 100;

/// A join request.
#[derive(Debug)]
pub(crate) struct Join {
    /// The kinds of changes asked for, in the client's order.
    pub(crate) bindings: Vec<Binding>,
    /// Whether `presence` was asked for.
    pub(crate) presence: bool,
    /// Whether the channel is a private one.
    pub(crate) private: bool,
    /// The user's token; absent when the connection's own is to be used.
    pub(crate) access_token: Option<String>,
}

/// One kind of change that a channel listens to.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    /// The number that changes are labelled with.
    pub(crate) id: u32,
    /// Which changes.
    pub(crate) events: Events,
    /// The schema, or nothing for every schema.
    pub(crate) schema: Option<String>,
    /// The table, or nothing for every table.
    pub(crate) table: Option<String>,
    /// What must hold for the row.
    pub(crate) conditions: Vec<Condition>,
    /// What the client sent, which the reply must repeat word for word: the official client compares.
    echo: Map<String, Value>,
}

impl Binding {
    /// The binding as the reply to the join tells it.
    pub(crate) fn echoed(&self) -> Value {
        let mut echo = self.echo.clone();
        echo.insert("id".to_owned(), json!(self.id));
        Value::Object(echo)
    }

    /// Whether changes of this table are meant.
    pub(crate) fn covers(&self, schema: &str, table: &str) -> bool {
        self.schema.as_deref().is_none_or(|own| own == schema)
            && self.table.as_deref().is_none_or(|own| own == table)
    }
}

/// Which changes a binding listens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Events {
    /// `*`
    All,
    /// One of them.
    Only(ChangeKind),
}

impl Events {
    /// Whether this kind of change is among them.
    pub(crate) fn include(self, kind: ChangeKind) -> bool {
        match self {
            Self::All => true,
            Self::Only(own) => own == kind,
        }
    }
}

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ChangeKind {
    /// `INSERT`
    Insert,
    /// `UPDATE`
    Update,
    /// `DELETE`
    Delete,
}

impl ChangeKind {
    /// The word the protocol has for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }
}

/// Reads the payload of a join. The ids of the bindings start at `first_id`.
///
/// # Errors
/// A sentence for the client when a kind of change is asked for in a way that is not served.
pub(crate) fn parse(payload: &Value, first_id: u32) -> Result<Join, String> {
    let config = payload.get("config").unwrap_or(&Value::Null);
    let asked = config
        .get("postgres_changes")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    if asked.len() > MAX_BINDINGS {
        return Err(format!(
            "a channel takes at most {MAX_BINDINGS} kinds of changes"
        ));
    }
    let bindings = asked
        .iter()
        .zip(first_id..)
        .map(|(asked, id)| binding(asked, id))
        .collect::<Result<_, _>>()?;
    Ok(Join {
        bindings,
        presence: truthy(config.pointer("/presence/enabled")),
        private: truthy(config.get("private")),
        access_token: access_token(payload),
    })
}

/// The user's token in a payload. Keys (`sb_…`) are no user tokens and count as absent.
pub(crate) fn access_token(payload: &Value) -> Option<String> {
    payload
        .get("access_token")
        .and_then(Value::as_str)
        .filter(|token| !token.is_empty() && !token.starts_with("sb_"))
        .map(str::to_owned)
}

fn binding(asked: &Value, id: u32) -> Result<Binding, String> {
    let Value::Object(echo) = asked else {
        return Err("an entry of postgres_changes is no object".to_owned());
    };
    let text = |name: &str| match echo.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(format!("{name} of a postgres_changes entry is no text")),
    };
    if echo.get("select").is_some_and(|select| !select.is_null()) {
        return Err("select in postgres_changes is not served by the local backend".to_owned());
    }
    let events = match text("event")?.map(str::to_ascii_uppercase).as_deref() {
        None | Some("*") => Events::All,
        Some("INSERT") => Events::Only(ChangeKind::Insert),
        Some("UPDATE") => Events::Only(ChangeKind::Update),
        Some("DELETE") => Events::Only(ChangeKind::Delete),
        Some(other) => return Err(format!("unknown event {other:?}")),
    };
    let unless_all =
        |name: &str| text(name).map(|text| text.filter(|text| *text != "*").map(str::to_owned));
    let conditions = text("filter")?
        .filter(|text| !text.is_empty())
        .map(filter::parse);
    Ok(Binding {
        id,
        events,
        schema: unless_all("schema")?,
        table: unless_all("table")?,
        conditions: conditions.transpose()?.unwrap_or_default(),
        echo: echo.clone(),
    })
}

fn truthy(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(value)) => *value,
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bindings_are_echoed_word_for_word_with_ids() {
        let asked = json!([
            {"event": "INSERT", "schema": "public", "table": "sync_changes", "filter": "user_id=eq.1"},
            {"event": "*", "schema": "public"},
        ]);
        let payload = json!({"config": {"postgres_changes": asked}, "access_token": "t"});
        let join = parse(&payload, 7).unwrap();
        let echoed: Vec<Value> = join.bindings.iter().map(Binding::echoed).collect();
        assert_eq!(
            json!(echoed),
            json!([
                {"id": 7, "event": "INSERT", "schema": "public", "table": "sync_changes", "filter": "user_id=eq.1"},
                {"id": 8, "event": "*", "schema": "public"},
            ])
        );
        assert_eq!(join.access_token.as_deref(), Some("t"));
    }

    #[test]
    fn stars_cover_everything() {
        let payload =
            json!({"config": {"postgres_changes": [{"event": "*", "schema": "*", "table": "*"}]}});
        let binding = &parse(&payload, 1).unwrap().bindings[0];
        assert!(binding.covers("public", "a") && binding.events.include(ChangeKind::Delete));
        let payload = json!({"config": {"postgres_changes": [{"event": "UPDATE", "schema": "public", "table": "a"}]}});
        let binding = &parse(&payload, 1).unwrap().bindings[0];
        assert!(!binding.covers("public", "b") && !binding.covers("auth", "a"));
        assert!(!binding.events.include(ChangeKind::Insert));
    }

    #[test]
    fn a_sparse_payload_has_defaults() {
        let join = parse(&json!({}), 1).unwrap();
        assert!(join.bindings.is_empty() && !join.private && !join.presence);
        let join = parse(
            &json!({"config": {"private": "true"}, "access_token": "sb_publishable_x"}),
            1,
        );
        let join = join.unwrap();
        assert!(join.private && join.access_token.is_none());
    }

    #[test]
    fn what_is_not_served_is_said() {
        for asked in [
            json!([1]),
            json!([{"event": "TRUNCATE"}]),
            json!([{"event": "*", "table": 5}]),
            json!([{"event": "*", "filter": "a=like.b"}]),
            json!([{"event": "*", "select": ["a"]}]),
            json!(vec![json!({"event": "*"}); 101]),
        ] {
            assert!(
                parse(&json!({"config": {"postgres_changes": asked}}), 1).is_err(),
                "{asked}"
            );
        }
    }
}
