//! What the crate does not tell: looked up in PostgreSQL's catalog when an answer needs it.

use sqlx::PgPool;

/// Applies the timeouts of the role that a request runs as: PostgREST does so, the crate does not.
/// Called by the crate at the start of each request's transaction.
const ROLE_TIMEOUTS: &str = "
    create schema if not exists amethyst_local;
    grant usage on schema amethyst_local to anon, authenticated, service_role;
    create or replace function amethyst_local.role_timeouts() returns void language plpgsql as $$
    declare
      setting text;
    begin
      for setting in
        select unnest(s.setconfig) from pg_catalog.pg_db_role_setting s
          join pg_catalog.pg_roles r on r.oid = s.setrole
         where r.rolname = current_user and s.setdatabase = 0
      loop
        if setting ~ '^(statement|lock)_timeout=' then
          perform set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), true);
        end if;
      end loop;
    end $$;
    grant execute on function amethyst_local.role_timeouts() to anon, authenticated, service_role;";

/// The name of that function.
pub(super) const PRE_REQUEST: &str = "amethyst_local.role_timeouts";

/// Makes the function.
pub(super) async fn lay(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(ROLE_TIMEOUTS).execute(pool).await?;
    Ok(())
}

/// Whether a table or view of this name exists, granted to anybody or not.
pub(super) async fn has_table(pool: &PgPool, name: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from pg_catalog.pg_class
                         where relnamespace = 'public'::regnamespace and relname = $1
                           and relkind in ('r', 'v', 'm', 'f', 'p'))",
    )
    .bind(name)
    .fetch_one(pool)
    .await
}

/// Of these parameters of a function, those whose default is null.
pub(super) async fn null_by_default(
    pool: &PgPool,
    function: &str,
    parameters: &[&str],
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "select distinct a.name
           from pg_catalog.pg_proc p
          cross join unnest(p.proargnames) with ordinality as a (name, position)
          where p.pronamespace = 'public'::regnamespace and p.proname = $1 and a.name = any ($2)
            and a.position > p.pronargs - p.pronargdefaults and a.position <= p.pronargs
            and pg_catalog.pg_get_function_arg_default(p.oid, a.position::integer) ~* '^null(::|$)'",
    )
    .bind(function)
    .bind(parameters)
    .fetch_all(pool)
    .await
}
