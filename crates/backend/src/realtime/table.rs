//! What the catalog says of a published table: its key, the types of its columns, and what a role may
//! read of it. Asked anew for every reading of the stream, so that no migration or grant is missed.

use std::collections::HashSet;

use sqlx::{PgPool, Row as _};

use super::value::Shape;

/// A table as of now.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// Its object id.
    pub(crate) id: u32,
    /// Its name with schema, quoted for SQL.
    pub(crate) sql_name: String,
    /// Whether row-level security is on.
    pub(crate) row_security: bool,
    /// Its columns.
    pub(crate) columns: Vec<Column>,
}

/// A column as of now.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// Its name.
    pub(crate) name: String,
    /// Its name, quoted for SQL.
    pub(crate) sql_name: String,
    /// The short name of its type, as clients are told it (`int4`, `_text`).
    pub(crate) type_name: String,
    /// Its type with schema, quoted for SQL.
    pub(crate) sql_type: String,
    /// How its text form is read.
    pub(crate) shape: Shape,
    /// Whether it belongs to the primary key.
    pub(crate) in_key: bool,
}

impl Table {
    /// Loads a table; nothing if it is gone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn load(pool: &PgPool, id: u32) -> Result<Option<Self>, sqlx::Error> {
        let id = i64::from(id);
        let head = sqlx::query(
            "select format('%I.%I', n.nspname, c.relname), c.relrowsecurity
             from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
             where c.oid = $1::oid",
        )
        .bind(id)
        .fetch_optional(pool)
        .await?;
        let Some(head) = head else {
            return Ok(None);
        };
        let rows = sqlx::query(
            "select a.attname::text, quote_ident(a.attname), t.typname::text,
                    format('%I.%I', n.nspname, t.typname),
                    (case when t.typtype = 'd' then t.typbasetype else t.oid end)::int8,
                    (case when t.typcategory = 'A' then t.typelem else 0::oid end)::int8,
                    coalesce(a.attnum = any (i.indkey), false)
             from pg_catalog.pg_attribute a
             join pg_catalog.pg_type t on t.oid = a.atttypid
             join pg_catalog.pg_namespace n on n.oid = t.typnamespace
             left join pg_catalog.pg_index i on i.indrelid = a.attrelid and i.indisprimary
             where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped
             order by a.attnum",
        )
        .bind(id)
        .fetch_all(pool)
        .await?;
        let columns = rows
            .iter()
            .map(column)
            .collect::<Result<_, sqlx::Error>>()?;
        let id = u32::try_from(id).unwrap_or_default();
        Ok(Some(Self {
            id,
            sql_name: head.try_get(0)?,
            row_security: head.try_get(1)?,
            columns,
        }))
    }

    /// The column of that name.
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The columns of the primary key; none if the table has no key.
    pub(crate) fn key(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.in_key)
    }
}

/// The tables of the publication that a name pattern covers; nothing in `schema` or `table` stands for
/// all.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn published(
    pool: &PgPool,
    schema: Option<&str>,
    table: Option<&str>,
) -> Result<Vec<u32>, sqlx::Error> {
    let ids: Vec<i64> = sqlx::query_scalar(
        "select c.oid::int8
         from pg_catalog.pg_publication_tables p
         join pg_catalog.pg_namespace n on n.nspname = p.schemaname
         join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = p.tablename
         where p.pubname = $1 and ($2::text is null or p.schemaname = $2)
           and ($3::text is null or p.tablename = $3)",
    )
    .bind(super::PUBLICATION)
    .bind(schema)
    .bind(table)
    .fetch_all(pool)
    .await?;
    Ok(ids
        .into_iter()
        .filter_map(|id| u32::try_from(id).ok())
        .collect())
}

/// The names of the columns that a role may read.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn readable(
    pool: &PgPool,
    role: &str,
    table: u32,
) -> Result<HashSet<String>, sqlx::Error> {
    let names: Vec<String> = sqlx::query_scalar(
        "select a.attname::text
         from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
         where a.attrelid = $2::oid and a.attnum > 0 and not a.attisdropped
           and has_schema_privilege($1, c.relnamespace, 'USAGE')
           and has_column_privilege($1, a.attrelid, a.attnum, 'SELECT')",
    )
    .bind(role)
    .bind(i64::from(table))
    .fetch_all(pool)
    .await?;
    Ok(names.into_iter().collect())
}

fn column(row: &sqlx::postgres::PgRow) -> Result<Column, sqlx::Error> {
    let builtin = |at| -> Result<Shape, sqlx::Error> {
        let id: i64 = row.try_get(at)?;
        Ok(Shape::of_builtin(u32::try_from(id).unwrap_or_default()))
    };
    let is_array = row.try_get::<i64, _>(5)? != 0;
    let shape = if is_array {
        Shape::Array(Box::new(builtin(5)?))
    } else {
        builtin(4)?
    };
    Ok(Column {
        name: row.try_get(0)?,
        sql_name: row.try_get(1)?,
        type_name: row.try_get(2)?,
        sql_type: row.try_get(3)?,
        shape,
        in_key: row.try_get(6)?,
    })
}
