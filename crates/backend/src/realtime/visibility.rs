//! Who may see a change: the two questions that only the database can answer.
//!
//! Both take all rows of one reading at once, so that a page of changes costs one statement per
//! subscriber and not one per row.

use std::collections::HashSet;

use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};

use super::filter::{Condition, Operator};
use super::table::{Column, Table};

/// Which of the rows with these keys the caller's policies let him see now, as positions in `keys`.
/// `tx` must already speak as the caller; each key lists its values in the order of [`Table::key`].
///
/// # Errors
/// When a policy fails or the role may not read the table at all.
pub(crate) async fn visible(
    tx: &mut Transaction<'static, Postgres>,
    table: &Table,
    keys: &[Vec<String>],
) -> Result<HashSet<usize>, sqlx::Error> {
    let key: Vec<&Column> = table.key().collect();
    let list = |each: &dyn Fn(usize, &Column) -> String, between: &str| {
        let parts: Vec<String> = key
            .iter()
            .enumerate()
            .map(|(at, column)| each(at + 1, column))
            .collect();
        parts.join(between)
    };
    // Names and types come quoted from the catalog; values are bound.
    let sql = format!(
        "select k.at from unnest({arrays}) with ordinality as k({names}, at)
         where exists (select from {table} t where {equal})",
        arrays = list(&|at, _| format!("${at}::text[]"), ", "),
        names = list(&|at, _| format!("c{at}"), ", "),
        table = table.sql_name,
        equal = list(
            &|at, c| format!("t.{} = k.c{at}::{}", c.sql_name, c.sql_type),
            " and "
        ),
    );
    let mut query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql));
    for at in 0..key.len() {
        let values: Vec<Option<String>> = keys.iter().map(|key| key.get(at).cloned()).collect();
        query = query.bind(values);
    }
    Ok(positions(query.fetch_all(&mut **tx).await?))
}

/// Which of the values meet the condition, as positions in `values`. Null meets none.
///
/// # Errors
/// When the condition's values do not fit the column's type, or the type has no such comparison.
pub(crate) async fn matching(
    pool: &PgPool,
    column: &Column,
    condition: &Condition,
    values: &[Option<String>],
) -> Result<HashSet<usize>, sqlx::Error> {
    let right = if condition.operator == Operator::In {
        format!("any ($2::text[]::{}[])", column.sql_type)
    } else {
        format!("($2::text[])[1]::{}", column.sql_type)
    };
    let sql = format!(
        "select k.at from unnest($1::text[]) with ordinality as k(v, at)
         where {not} (k.v::{kind} {operator} {right})",
        not = if condition.negated { "not" } else { "" },
        kind = column.sql_type,
        operator = condition.operator.sql(),
    );
    let found = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql))
        .bind(values)
        .bind(&condition.values)
        .fetch_all(pool)
        .await?;
    Ok(positions(found))
}

/// PostgreSQL counts from one.
fn positions(found: Vec<i64>) -> HashSet<usize> {
    found
        .into_iter()
        .filter_map(|at| usize::try_from(at - 1).ok())
        .collect()
}
