//! The JSON of a change as one role may read it.
//!
//! Pure: what the role may read and how the columns are typed is given.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::change::Change;
use super::join::ChangeKind;
use super::pgoutput::TupleValue;
use super::table::Table;
use super::value;

/// Larger changes are sent without their larger fields.
const MAX_BYTES: usize = 1024 * 1024;
/// What counts as a larger field then.
const MAX_FIELD_BYTES: usize = 64;
/// 2000-01-01 UTC, where PostgreSQL begins to count, in microseconds since 1970.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// Writes the `data` of a `postgres_changes` event.
pub(crate) fn data(change: &Change, table: &Table, readable: &HashSet<String>) -> String {
    let head = json!({
        "schema": change.relation.schema,
        "table": change.relation.table,
        "type": change.kind.word(),
        "commit_timestamp": timestamp(change.committed_at),
    });
    let Value::Object(mut data) = head else {
        return head.to_string();
    };
    if let Some(error) = refusal(change, table, readable) {
        data.insert("errors".to_owned(), json!([error]));
        return Value::Object(data).to_string();
    }
    data.insert("columns".to_owned(), columns(change, table, readable));
    data.insert("errors".to_owned(), Value::Null);
    if change.kind != ChangeKind::Insert {
        data.insert(
            "old_record".to_owned(),
            Value::Object(old_record(change, table, readable)),
        );
    }
    if change.kind != ChangeKind::Delete {
        let record = row(change, table, readable, |at| change.new_value(at));
        data.insert("record".to_owned(), Value::Object(record));
    }
    let text = Value::Object(data.clone()).to_string();
    if text.len() <= MAX_BYTES {
        return text;
    }
    for part in ["record", "old_record"] {
        if let Some(Value::Object(fields)) = data.get_mut(part) {
            fields.retain(|_, field| field.to_string().len() <= MAX_FIELD_BYTES);
        }
    }
    data.insert("errors".to_owned(), json!(["Error 413: Payload Too Large"]));
    Value::Object(data).to_string()
}

/// Why the row itself is withheld from this role, in the server's words.
fn refusal(change: &Change, table: &Table, readable: &HashSet<String>) -> Option<&'static str> {
    if table.key().next().is_none() && change.kind != ChangeKind::Delete {
        return Some("Error 400: Bad Request, no primary key");
    }
    let unreadable = readable.is_empty() || table.key().any(|key| !readable.contains(&key.name));
    unreadable.then_some("Error 401: Unauthorized")
}

fn columns(change: &Change, table: &Table, readable: &HashSet<String>) -> Value {
    change
        .relation
        .columns
        .iter()
        .filter(|column| readable.contains(&column.name))
        .filter_map(|column| table.column(&column.name))
        .map(|column| json!({ "name": column.name, "type": column.type_name }))
        .collect()
}

/// What is told of the former row: its identity, and of a deleted row under row-level security no
/// more than its key, since no policy can be asked about a row that is gone.
fn old_record(change: &Change, table: &Table, readable: &HashSet<String>) -> Map<String, Value> {
    let key_only = change.kind == ChangeKind::Delete && table.row_security;
    let mut old = row(change, table, readable, |at| change.identity_value(at));
    if key_only {
        old.retain(|name, _| table.column(name).is_some_and(|column| column.in_key));
    }
    old
}

fn row<'a>(
    change: &'a Change,
    table: &Table,
    readable: &HashSet<String>,
    value_at: impl Fn(usize) -> Option<&'a TupleValue>,
) -> Map<String, Value> {
    let mut fields = Map::new();
    for (at, column) in change.relation.columns.iter().enumerate() {
        let Some(typed) = table
            .column(&column.name)
            .filter(|_| readable.contains(&column.name))
        else {
            continue;
        };
        let field = match value_at(at) {
            None | Some(TupleValue::Unchanged) => continue,
            Some(TupleValue::Null) => Value::Null,
            Some(TupleValue::Text(text)) => value::to_json(text, &typed.shape),
        };
        fields.insert(column.name.clone(), field);
    }
    fields
}

fn timestamp(micros: i64) -> String {
    let instant = DateTime::<Utc>::from_timestamp_micros(micros.saturating_add(POSTGRES_EPOCH));
    instant
        .unwrap_or_default()
        .format("%Y-%m-%dT%H:%M:%S%.3fZ")
        .to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::realtime::pgoutput::{Relation, RelationColumn};
    use crate::realtime::table::Column;
    use crate::realtime::value::Shape;

    const COLUMNS: [(&str, &str, Shape); 3] = [
        ("id", "int8", Shape::Number),
        ("tags", "_text", Shape::Text),
        ("secret", "text", Shape::Text),
    ];

    fn table(row_security: bool, with_key: bool) -> Table {
        let columns = COLUMNS.iter().map(|(name, type_name, shape)| Column {
            name: (*name).to_owned(),
            sql_name: (*name).to_owned(),
            type_name: (*type_name).to_owned(),
            sql_type: (*type_name).to_owned(),
            shape: shape.clone(),
            in_key: with_key && *name == "id",
        });
        Table {
            id: 1,
            sql_name: "public.t".to_owned(),
            row_security,
            columns: columns.collect(),
        }
    }

    fn change(kind: ChangeKind, full_identity: bool) -> Change {
        let columns = COLUMNS.iter().map(|(name, ..)| RelationColumn {
            name: (*name).to_owned(),
            type_id: 0,
            in_identity: full_identity || *name == "id",
        });
        let relation = Relation {
            id: 1,
            schema: "public".to_owned(),
            table: "t".to_owned(),
            columns: columns.collect(),
        };
        let tuple = |id: &str| {
            vec![
                TupleValue::Text(id.to_owned()),
                TupleValue::Null,
                TupleValue::Text("s".to_owned()),
            ]
        };
        Change {
            relation: Arc::new(relation),
            kind,
            committed_at: 1_500,
            new: if kind == ChangeKind::Delete {
                Vec::new()
            } else {
                tuple("7")
            },
            old: if kind == ChangeKind::Delete || full_identity {
                tuple("6")
            } else {
                Vec::new()
            },
        }
    }

    fn names(names: &[&str]) -> HashSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn told(change: &Change, table: &Table, readable: &[&str]) -> Value {
        serde_json::from_str(&data(change, table, &names(readable))).unwrap()
    }

    #[test]
    fn an_insert_tells_the_columns_that_the_role_may_read() {
        assert_eq!(
            told(
                &change(ChangeKind::Insert, false),
                &table(true, true),
                &["id", "tags"]
            ),
            json!({
                "schema": "public", "table": "t", "type": "INSERT",
                "commit_timestamp": "2000-01-01T00:00:00.001Z",
                "columns": [{"name": "id", "type": "int8"}, {"name": "tags", "type": "_text"}],
                "record": {"id": 7, "tags": null}, "errors": null,
            })
        );
    }

    #[test]
    fn an_update_tells_the_former_identity() {
        let plain = told(
            &change(ChangeKind::Update, false),
            &table(true, true),
            &["id", "secret"],
        );
        assert_eq!(
            (&plain["old_record"], &plain["record"]),
            (&json!({"id": 7}), &json!({"id": 7, "secret": "s"}))
        );
        let full = told(
            &change(ChangeKind::Update, true),
            &table(true, true),
            &["id", "secret"],
        );
        assert_eq!(full["old_record"], json!({"id": 6, "secret": "s"}));
    }

    #[test]
    fn a_deleted_row_under_row_security_is_its_key_alone() {
        let hidden = told(
            &change(ChangeKind::Delete, true),
            &table(true, true),
            &["id", "secret"],
        );
        assert_eq!(hidden["old_record"], json!({"id": 6}));
        assert!(hidden.get("record").is_none());
        let open = told(
            &change(ChangeKind::Delete, true),
            &table(false, true),
            &["id", "secret"],
        );
        assert_eq!(open["old_record"], json!({"id": 6, "secret": "s"}));
    }

    #[test]
    fn a_row_without_key_or_right_is_withheld() {
        let insert = change(ChangeKind::Insert, false);
        let refused = told(&insert, &table(true, false), &["id"]);
        assert_eq!(
            refused["errors"],
            json!(["Error 400: Bad Request, no primary key"])
        );
        let refused = told(&insert, &table(true, true), &["secret"]);
        assert_eq!(refused["errors"], json!(["Error 401: Unauthorized"]));
        assert!(refused.get("record").is_none());
    }

    #[test]
    fn a_huge_row_keeps_its_small_fields() {
        let mut huge = change(ChangeKind::Insert, false);
        huge.new[2] = TupleValue::Text("x".repeat(MAX_BYTES));
        let cut = told(&huge, &table(true, true), &["id", "tags", "secret"]);
        assert_eq!(cut["record"], json!({"id": 7, "tags": null}));
        assert_eq!(cut["errors"], json!(["Error 413: Payload Too Large"]));
    }
}
