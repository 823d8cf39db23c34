//! The document the product was asked for, read statement by statement: each of its objects, columns and
//! constraints exists under its name. What it may be instead is listed here, and why in `docs/schema.md`.

mod parse;

use sqlx::{Connection, PgConnection};

use crate::support::{Own, read};
use parse::{Column, Item, items};

/// The auth service's own table: its columns are that service's business.
const FOREIGN: &str = "auth.users";

/// Constraints that are not word for word the document's.
const WIDER: &[&str] = &["models.valid_provider"];

#[tokio::test(flavor = "multi_thread")]
async fn everything_in_the_document_exists_under_its_name() {
    let own = Own::start().await;
    let url = own.server.copy("document").await.unwrap();
    let mut db = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("create schema document; set search_path = public, extensions")
        .execute(&mut db)
        .await
        .unwrap();
    let items = items(&read("support/document.md"));
    assert_eq!(
        counts(&items),
        [13, 2, 17, 5, 7, 5],
        "the document is read whole"
    );
    let mut missing = Vec::new();
    for item in &items {
        check(&mut db, item, &mut missing).await;
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    db.close().await.unwrap();
    own.stop().await;
}

/// Tables, views, indexes, triggers, functions, policies.
fn counts(items: &[Item]) -> [usize; 6] {
    let count = |is: fn(&Item) -> bool| items.iter().filter(|item| is(item)).count();
    [
        count(|item| matches!(item, Item::Table { .. })),
        count(|item| matches!(item, Item::View { .. })),
        count(|item| matches!(item, Item::Index { .. })),
        count(|item| matches!(item, Item::Trigger { .. })),
        count(|item| matches!(item, Item::Function { .. })),
        count(|item| matches!(item, Item::Policy { .. })),
    ]
}

async fn check(db: &mut PgConnection, item: &Item, missing: &mut Vec<String>) {
    match item {
        Item::Table { name, columns, checks, key } => {
            if !holds(db, "select to_regclass($1) is not null", &[name]).await {
                missing.push(format!("table {name}"));
            } else if name != FOREIGN {
                for column in columns {
                    check_column(db, name, column, missing).await;
                }
                check_checks(db, name, columns, checks, missing).await;
                if let Some(key) = key
                    && !holds(db, KEY, &[name, key]).await
                {
                    missing.push(format!("{name}: primary key {key}"));
                }
            }
        }
        Item::View { name, columns } => {
            for column in columns {
                if !holds(db, "select exists (select from pg_attribute where attrelid = to_regclass($1) and attname = $2)", &[name, column]).await {
                    missing.push(format!("view {name}: {column}"));
                }
            }
        }
        Item::Index { name, table } => {
            if !holds(db, "select exists (select from pg_index where indexrelid = to_regclass($1) and indrelid = to_regclass($2))", &[name, table]).await {
                missing.push(format!("index {name} on {table}"));
            }
        }
        Item::Trigger { name, table, function } => {
            if !holds(db, "select exists (select from pg_trigger where tgname = $1 and tgrelid = to_regclass($2) and tgfoid::regproc::text = $3)", &[name, table, function]).await {
                missing.push(format!("trigger {name} on {table} calling {function}"));
            }
        }
        Item::Function { name, arguments } => {
            if !holds(db, "select exists (select from pg_proc where proname = $1 and pronamespace = 'public'::regnamespace and pg_get_function_identity_arguments(oid) = $2)", &[name, arguments]).await {
                missing.push(format!("function {name}({arguments})"));
            }
        }
        Item::Policy { name, table, command } => {
            if !holds(db, "select exists (select from pg_policies where schemaname = 'public' and policyname = $1 and tablename = $2 and cmd = $3)", &[name, table, command]).await {
                missing.push(format!("policy {name:?} on {table} for {command}"));
            }
        }
        Item::RowSecurity { table } => {
            if !holds(db, "select relrowsecurity from pg_class where oid = to_regclass($1)", &[table]).await {
                missing.push(format!("row-level security on {table}"));
            }
        }
    }
}

const KEY: &str = "select exists (select from pg_index i where i.indrelid = to_regclass($1) and i.indisprimary
    and (select string_agg(a.attname, ', ' order by k.place) from unnest(i.indkey::int2[]) with ordinality as k (number, place)
         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number) = $2)";
const UNIQUE: &str = "select exists (select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attname = $2
    where i.indrelid = to_regclass($1) and i.indisunique and i.indpred is null and i.indkey::text = a.attnum::text)";
const REFERENCES: &str = "select exists (select from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attname = $2
    where c.conrelid = to_regclass($1) and c.contype = 'f' and c.conkey = array[a.attnum]
      and c.confrelid = to_regclass($3) and c.confdeltype = $4::\"char\")";

async fn check_column(
    db: &mut PgConnection,
    table: &str,
    column: &Column,
    missing: &mut Vec<String>,
) {
    let found: Option<(String, bool, Option<String>)> = sqlx::query_as(
        "select format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
           from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
          where a.attrelid = to_regclass($1) and a.attname = $2",
    )
    .bind(table)
    .bind(&column.name)
    .fetch_optional(&mut *db)
    .await
    .unwrap();
    let at = format!("{table}.{}", column.name);
    let Some((kind, not_null, default)) = found else {
        missing.push(at);
        return;
    };
    if kind != column.kind {
        missing.push(format!("{at}: {} and not {kind}", column.kind));
    }
    if column.not_null && !not_null {
        missing.push(format!("{at}: not null"));
    }
    if column.unique && !holds(db, UNIQUE, &[table, &column.name]).await {
        missing.push(format!("{at}: unique"));
    }
    if column.primary && !holds(db, KEY, &[table, &column.name]).await {
        missing.push(format!("{at}: primary key"));
    }
    if let Some((target, on_delete)) = &column.references
        && !holds(db, REFERENCES, &[table, &column.name, target, on_delete]).await
    {
        missing.push(format!("{at}: references {target} ({on_delete})"));
    }
    if let Some(wanted) = &column.default {
        let same = match default {
            None => false,
            // Right in every time zone, and the same function without an extension.
            Some(found) if wanted.contains("timezone(") => found == "now()",
            Some(found) if wanted.contains("uuid_generate_v4") => found == "gen_random_uuid()",
            Some(found) => {
                let question = format!("select ({wanted})::{kind} = ({found})::{kind}");
                holds(db, &question, &[]).await
            }
        };
        if !same {
            missing.push(format!("{at}: default {wanted}"));
        }
    }
}

/// The document's checks, made on a table of the document's columns, read the same as ours.
async fn check_checks(
    db: &mut PgConnection,
    table: &str,
    columns: &[Column],
    checks: &[(String, String)],
    missing: &mut Vec<String>,
) {
    let bare = table.rsplit('.').next().unwrap();
    let mut parts: Vec<String> = columns
        .iter()
        .map(|column| format!("{} {}", column.name, column.kind))
        .collect();
    parts.extend(
        checks
            .iter()
            .map(|(name, check)| format!("constraint {name} {check}")),
    );
    let create = format!("create table document.{bare} ({})", parts.join(", "));
    sqlx::raw_sql(sqlx::AssertSqlSafe(create))
        .execute(&mut *db)
        .await
        .unwrap();
    for (name, _) in checks {
        let same = "select (select pg_get_constraintdef(oid) from pg_constraint where conrelid = to_regclass($1) and conname = $3)
                         = (select pg_get_constraintdef(oid) from pg_constraint where conrelid = to_regclass($2) and conname = $3)";
        let exists = "select exists (select from pg_constraint where conrelid = to_regclass($1) and conname = $3 and $2 <> '')";
        let question = if WIDER.contains(&format!("{bare}.{name}").as_str()) {
            exists
        } else {
            same
        };
        if !holds(db, question, &[table, &format!("document.{bare}"), name]).await {
            missing.push(format!("{table}: {name}"));
        }
    }
}

async fn holds(db: &mut PgConnection, question: &str, values: &[&str]) -> bool {
    let mut query = sqlx::query_scalar::<_, Option<bool>>(sqlx::AssertSqlSafe(question.to_owned()));
    for value in values {
        query = query.bind((*value).to_owned());
    }
    query
        .fetch_optional(db)
        .await
        .unwrap()
        .flatten()
        .unwrap_or(false)
}
