//! From the messages of the replication stream to changes of rows.

use std::collections::HashMap;
use std::sync::Arc;

use super::join::ChangeKind;
use super::pgoutput::{Message, Relation, Tuple, TupleValue};

/// One change of one row, as committed.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// The table's shape at that time.
    pub(crate) relation: Arc<Relation>,
    /// What happened.
    pub(crate) kind: ChangeKind,
    /// When its transaction committed: microseconds since 2000-01-01 UTC.
    pub(crate) committed_at: i64,
    /// The row as it is now; empty for a row that went.
    pub(crate) new: Tuple,
    /// What is told of the former row; empty if nothing.
    pub(crate) old: Tuple,
}

impl Change {
    /// The value of a column now, where the stream tells it: values that an update left alone are
    /// taken from the former row if the table's replica identity has them.
    pub(crate) fn new_value(&self, column: usize) -> Option<&TupleValue> {
        match self.new.get(column) {
            Some(TupleValue::Unchanged) => match self.old.get(column) {
                Some(TupleValue::Text(_)) => self.old.get(column),
                _ => None,
            },
            told => told,
        }
    }

    /// The former value of an identity column. An update that does not touch the identity repeats
    /// nothing, so there the present value is the former one.
    pub(crate) fn identity_value(&self, column: usize) -> Option<&TupleValue> {
        if !self.relation.columns.get(column)?.in_identity {
            return None;
        }
        if self.old.is_empty() {
            self.new_value(column)
        } else {
            self.old.get(column)
        }
    }

    /// The position of a column of that name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.relation
            .columns
            .iter()
            .position(|column| column.name == name)
    }
}

/// Puts changes together. Lives as long as one reading of the slot: every reading tells the shapes of
/// the tables anew.
#[derive(Debug, Default)]
pub(crate) struct Assembler {
    relations: HashMap<u32, Arc<Relation>>,
    committed_at: i64,
}

impl Assembler {
    /// Takes the next message. A row of a table whose shape was not told is passed over; PostgreSQL
    /// does not send such.
    pub(crate) fn take(&mut self, message: Message) -> Option<Change> {
        let (id, kind, new, old) = match message {
            Message::Begin { committed_at } => {
                self.committed_at = committed_at;
                return None;
            }
            Message::Relation(relation) => {
                self.relations.insert(relation.id, Arc::new(relation));
                return None;
            }
            Message::Commit | Message::Other => return None,
            Message::Insert { relation, new } => (relation, ChangeKind::Insert, new, Vec::new()),
            Message::Update { relation, old, new } => {
                (relation, ChangeKind::Update, new, old.unwrap_or_default())
            }
            Message::Delete { relation, old } => (relation, ChangeKind::Delete, Vec::new(), old),
        };
        let relation = Arc::clone(self.relations.get(&id)?);
        Some(Change {
            relation,
            kind,
            committed_at: self.committed_at,
            new,
            old,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::realtime::pgoutput::RelationColumn;

    fn text(value: &str) -> TupleValue {
        TupleValue::Text(value.to_owned())
    }

    fn relation() -> Relation {
        let column = |name: &str, in_identity| RelationColumn {
            name: name.to_owned(),
            type_id: 25,
            in_identity,
        };
        Relation {
            id: 1,
            schema: "public".to_owned(),
            table: "t".to_owned(),
            columns: vec![column("id", true), column("body", false)],
        }
    }

    fn assembled(messages: Vec<Message>) -> Vec<Change> {
        let mut assembler = Assembler::default();
        messages
            .into_iter()
            .filter_map(|message| assembler.take(message))
            .collect()
    }

    #[test]
    fn rows_get_the_commit_time_and_shape_of_their_transaction() {
        let changes = assembled(vec![
            Message::Begin { committed_at: 5 },
            Message::Relation(relation()),
            Message::Insert {
                relation: 1,
                new: vec![text("a"), TupleValue::Null],
            },
            Message::Commit,
            Message::Begin { committed_at: 9 },
            Message::Delete {
                relation: 1,
                old: vec![text("a"), TupleValue::Null],
            },
            Message::Commit,
        ]);
        let told: Vec<_> = changes.iter().map(|c| (c.kind, c.committed_at)).collect();
        assert_eq!(told, [(ChangeKind::Insert, 5), (ChangeKind::Delete, 9)]);
        assert_eq!(changes[0].relation.table, "t");
        assert_eq!(changes[0].position("body"), Some(1));
    }

    #[test]
    fn a_row_without_a_shape_is_passed_over() {
        assert!(
            assembled(vec![Message::Insert {
                relation: 1,
                new: vec![]
            }])
            .is_empty()
        );
    }

    #[test]
    fn unchanged_large_values_come_from_the_former_row_or_not_at_all() {
        let update = |old| Message::Update {
            relation: 1,
            old,
            new: vec![text("a"), TupleValue::Unchanged],
        };
        let changes = assembled(vec![
            Message::Relation(relation()),
            update(None),
            update(Some(vec![text("a"), text("large")])),
        ]);
        assert_eq!(changes[0].new_value(1), None);
        assert_eq!(changes[1].new_value(1), Some(&text("large")));
        assert_eq!(changes[0].identity_value(0), Some(&text("a")));
        assert_eq!(changes[0].identity_value(1), None);
    }
}
