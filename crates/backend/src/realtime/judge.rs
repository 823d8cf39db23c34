//! Decides, for the changes of one table, which subscriptions get them.
//!
//! All questions to the database are asked once for all changes of a reading: how the columns compare
//! with the filters, what each role may read, and which rows each caller's policies show him now.

use std::collections::{HashMap, HashSet};

use sqlx::PgPool;

use super::change::Change;
use super::filter::Condition;
use super::hub::Subscription;
use super::join::{Binding, ChangeKind};
use super::pgoutput::TupleValue;
use super::table::{self, Table};
use super::visibility;
use crate::app::App;
use crate::claims::Caller;

/// What was found out about the changes of one table.
pub(crate) struct Verdict {
    /// The table as of now.
    pub(crate) table: Table,
    readable: HashMap<String, HashSet<String>>,
    matching: HashMap<Condition, HashSet<usize>>,
    visible: HashMap<String, HashSet<usize>>,
}

/// A subscription as of this reading.
pub(crate) struct Listener {
    /// The subscription.
    pub(crate) subscription: Subscription,
    /// Its claims, which do not change during a reading.
    pub(crate) caller: std::sync::Arc<Caller>,
}

/// A change and its position in the reading.
pub(crate) type Numbered<'a> = (usize, &'a Change);

impl Verdict {
    /// Looks into all changes of one table; nothing if nobody listens to it or it is gone. What the
    /// database refuses to answer, for instance because a policy fails, counts as not allowed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn reach(
        app: &App,
        listeners: &[Listener],
        changes: &[Numbered<'_>],
    ) -> Result<Option<Self>, sqlx::Error> {
        let Some(relation) = changes.first().map(|(_, change)| &change.relation) else {
            return Ok(None);
        };
        let concerned: Vec<(&Listener, Vec<&Binding>)> = listeners
            .iter()
            .map(|listener| {
                let covers = |b: &&Binding| b.covers(&relation.schema, &relation.table);
                (
                    listener,
                    listener
                        .subscription
                        .bindings
                        .iter()
                        .filter(covers)
                        .collect::<Vec<_>>(),
                )
            })
            .filter(|(_, bindings)| !bindings.is_empty())
            .collect();
        if concerned.is_empty() {
            return Ok(None);
        }
        let Some(table) = Table::load(app.pool(), relation.id).await? else {
            return Ok(None);
        };
        let mut verdict = Self {
            table,
            readable: HashMap::new(),
            matching: HashMap::new(),
            visible: HashMap::new(),
        };
        for (listener, bindings) in &concerned {
            verdict
                .learn_role(app.pool(), &listener.caller.role)
                .await?;
            for condition in bindings.iter().flat_map(|binding| &binding.conditions) {
                verdict
                    .learn_condition(app.pool(), condition, changes)
                    .await?;
            }
        }
        for (listener, bindings) in &concerned {
            let wanted: Vec<Numbered<'_>> = changes
                .iter()
                .copied()
                .filter(|(at, change)| {
                    bindings
                        .iter()
                        .any(|b| verdict.wants(b, &listener.caller.role, *at, change))
                })
                .collect();
            verdict
                .learn_visibility(app, &listener.caller, &wanted)
                .await?;
        }
        Ok(Some(verdict))
    }

    /// The ids of the listener's bindings that get this change; none if it is not for him.
    pub(crate) fn ids(&self, listener: &Listener, at: usize, change: &Change) -> Vec<u32> {
        let shown = change.kind == ChangeKind::Delete
            || self
                .visible
                .get(&claims_key(&listener.caller))
                .is_some_and(|set| set.contains(&at));
        if !shown {
            return Vec::new();
        }
        let covers = |b: &&Binding| b.covers(&change.relation.schema, &change.relation.table);
        listener
            .subscription
            .bindings
            .iter()
            .filter(covers)
            .filter(|binding| self.wants(binding, &listener.caller.role, at, change))
            .map(|binding| binding.id)
            .collect()
    }

    /// The columns that a role may read.
    pub(crate) fn readable(&self, role: &str) -> Option<&HashSet<String>> {
        self.readable.get(role)
    }

    fn wants(&self, binding: &Binding, role: &str, at: usize, change: &Change) -> bool {
        // A filter on a column that the role may not read would tell its value by yes and no.
        let readable = self.readable.get(role);
        binding.events.include(change.kind)
            && binding.conditions.iter().all(|condition| {
                readable.is_some_and(|names| names.contains(&condition.column))
                    && self
                        .matching
                        .get(condition)
                        .is_some_and(|set| set.contains(&at))
            })
    }

    async fn learn_role(&mut self, pool: &PgPool, role: &str) -> Result<(), sqlx::Error> {
        if !self.readable.contains_key(role) {
            let names = table::readable(pool, role, self.table.id).await?;
            self.readable.insert(role.to_owned(), names);
        }
        Ok(())
    }

    async fn learn_condition(
        &mut self,
        pool: &PgPool,
        condition: &Condition,
        changes: &[Numbered<'_>],
    ) -> Result<(), sqlx::Error> {
        if self.matching.contains_key(condition) {
            return Ok(());
        }
        let mut met = HashSet::new();
        if let Some(column) = self.table.column(&condition.column) {
            let values: Vec<Option<String>> = changes
                .iter()
                .map(|(_, change)| compared_value(change, &condition.column))
                .collect();
            let found = visibility::matching(pool, column, condition, &values).await;
            met = numbered(&unless_refused(found)?, changes);
        }
        self.matching.insert(condition.clone(), met);
        Ok(())
    }

    async fn learn_visibility(
        &mut self,
        app: &App,
        caller: &Caller,
        wanted: &[Numbered<'_>],
    ) -> Result<(), sqlx::Error> {
        let known = self.visible.entry(claims_key(caller)).or_default();
        let keyed: Vec<(Numbered<'_>, Vec<String>)> = wanted
            .iter()
            .copied()
            .filter(|(at, change)| change.kind != ChangeKind::Delete && !known.contains(at))
            .filter_map(|numbered| Some((numbered, key_of(&self.table, numbered.1)?)))
            .collect();
        if keyed.is_empty() {
            return Ok(());
        }
        let (numbers, keys): (Vec<Numbered<'_>>, Vec<Vec<String>>) = keyed.into_iter().unzip();
        // Without row-level security there is nothing to ask, and without a key no way to ask: such
        // rows are withheld when the payload is written.
        if !self.table.row_security || self.table.key().next().is_none() {
            known.extend(numbers.iter().map(|(at, _)| *at));
        } else {
            let found = ask(app, caller, &self.table, &keys).await;
            known.extend(numbered(&unless_refused(found)?, &numbers));
        }
        Ok(())
    }
}

/// A refusal of the database is an answer, namely no; a database that is not there is none.
fn unless_refused(
    found: Result<HashSet<usize>, sqlx::Error>,
) -> Result<HashSet<usize>, sqlx::Error> {
    match found {
        Err(error @ sqlx::Error::Database(_)) => {
            tracing::warn!(%error, "a question about realtime changes was refused");
            Ok(HashSet::new())
        }
        found => found,
    }
}

async fn ask(
    app: &App,
    caller: &Caller,
    table: &Table,
    keys: &[Vec<String>],
) -> Result<HashSet<usize>, sqlx::Error> {
    let mut tx = app.begin_as(caller).await?;
    let found = visibility::visible(&mut tx, table, keys).await;
    tx.rollback().await?;
    found
}

/// The value a filter compares: the present one, and of a deleted row what its identity tells.
fn compared_value(change: &Change, column: &str) -> Option<String> {
    let at = change.position(column)?;
    let value = match change.kind {
        ChangeKind::Delete => change.identity_value(at),
        ChangeKind::Insert | ChangeKind::Update => change.new_value(at),
    };
    match value {
        Some(TupleValue::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

/// The present key of a changed row, nothing if the stream does not tell all of it.
fn key_of(table: &Table, change: &Change) -> Option<Vec<String>> {
    table
        .key()
        .map(
            |column| match change.new_value(change.position(&column.name)?) {
                Some(TupleValue::Text(text)) => Some(text.clone()),
                _ => None,
            },
        )
        .collect()
}

/// From positions in a question back to positions in the reading.
fn numbered(found: &HashSet<usize>, asked: &[Numbered<'_>]) -> HashSet<usize> {
    found
        .iter()
        .filter_map(|position| asked.get(*position))
        .map(|(at, _)| *at)
        .collect()
}

/// Callers with equal claims see the same rows.
fn claims_key(caller: &Caller) -> String {
    format!("{} {}", caller.role, caller.claims)
}
