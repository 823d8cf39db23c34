//! `POST /object/list/{bucket}`: the names under a prefix, one level deep.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use sqlx::AssertSqlSafe;

use super::caller::{Authorized, JsonBody, Named};
use super::error::StorageError;
use super::row;
use super::service::Storage;

/// More rows than this are not given at once, as in the hosted service.
const MAX_LIMIT: i64 = 1500;

/// The body of the request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListRequest {
    prefix: String,
    #[serde(default)]
    limit: Option<i64>,
    #[serde(default)]
    offset: Option<i64>,
    #[serde(default)]
    sort_by: Option<SortBy>,
    #[serde(default)]
    search: Option<String>,
}

#[derive(Debug, Deserialize)]
struct SortBy {
    #[serde(default)]
    column: Option<Column>,
    #[serde(default)]
    order: Option<Order>,
}

#[derive(Debug, Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Column {
    Name,
    UpdatedAt,
    CreatedAt,
    LastAccessedAt,
}

#[derive(Debug, Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Order {
    Asc,
    Desc,
}

/// Lists what the caller may see; folders come first unless sorted by name.
pub(crate) async fn list(
    State(storage): State<Storage>,
    Named(bucket): Named<String>,
    Authorized(caller): Authorized,
    JsonBody(request): JsonBody<ListRequest>,
) -> Result<Json<Value>, StorageError> {
    let mut prefix = request.prefix;
    if !prefix.is_empty() && !prefix.ends_with('/') {
        prefix.push('/');
    }
    let sort = request.sort_by;
    let column = sort
        .as_ref()
        .and_then(|sort| sort.column)
        .unwrap_or(Column::Name);
    let order = match sort.and_then(|sort| sort.order).unwrap_or(Order::Asc) {
        Order::Asc => "asc",
        Order::Desc => "desc",
    };
    let sort = match column {
        Column::Name => format!("name collate \"C\" {order}"),
        Column::UpdatedAt => format!("updated_at {order} nulls first, name collate \"C\""),
        Column::CreatedAt => format!("created_at {order} nulls first, name collate \"C\""),
        Column::LastAccessedAt => {
            format!("last_accessed_at {order} nulls first, name collate \"C\"")
        }
    };
    let sql = format!(
        "with seen as (
           select substr(o.name, length($2) + 1) as rest, o.*
           from storage.objects o
           where o.bucket_id = $1 and starts_with(o.name, $2)
         ), entries as (
           select rest as name, id, updated_at, created_at, last_accessed_at, metadata
           from seen where rest <> '' and position('/' in rest) = 0
           union all
           select distinct split_part(rest, '/', 1), null::uuid, null::timestamptz, null::timestamptz,
                  null::timestamptz, null::jsonb
           from seen where position('/' in rest) > 0
         ), page as (
           select * from entries where starts_with(lower(name), lower($3))
           order by {sort} limit $4 offset $5
         )
         select coalesce(jsonb_agg(to_jsonb(page) order by {sort}), '[]'::jsonb) from page"
    );
    let mut tx = row::begin_as(storage.app(), &caller, "storage.object.list").await?;
    let listed: Value = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(&bucket)
        .bind(&prefix)
        .bind(request.search.unwrap_or_default())
        .bind(request.limit.unwrap_or(100).clamp(1, MAX_LIMIT))
        .bind(request.offset.unwrap_or_default().max(0))
        .fetch_one(&mut *tx)
        .await?;
    tx.rollback().await?;
    Ok(Json(listed))
}
