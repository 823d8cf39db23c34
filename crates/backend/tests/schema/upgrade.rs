//! The migrations, one by one, over what earlier ones left: accounts that are older than the schema, and data
//! made between two migrations.

use amethyst_backend::{migrations, platform_sql};
use sqlx::{Connection, PgConnection, PgPool};

use crate::support::{Own, assert_ledgers, framed, read, run, scripts};

const OLD_ACCOUNT: &str = "
    insert into auth.users (id, aud, role, email, raw_user_meta_data, raw_app_meta_data, created_at, updated_at)
    values ('00000000-0000-4000-8000-000000000001', 'authenticated', 'authenticated', 'old@example.test', '{}', '{}', now(), now());";

#[tokio::test(flavor = "multi_thread")]
async fn each_migration_goes_over_the_data_of_those_before() {
    let own = Own::start().await;
    let url = own.server.empty("upgrade").await.unwrap();
    for (name, text) in platform_sql() {
        run(&url, text.to_owned())
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    run(&url, OLD_ACCOUNT.to_owned()).await.unwrap();
    for (name, text) in migrations() {
        run(&url, format!("begin; {text}; commit;"))
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        if let Some(data) = data_after(&name) {
            run(&url, data.to_owned())
                .await
                .unwrap_or_else(|error| panic!("after {name}: {error}"));
        }
    }
    let pool = PgPool::connect(&url).await.unwrap();
    let (balance, lines): (i32, i64) = sqlx::query_as(
        "select p.credits_balance, (select count(*) from public.credit_transactions t where t.user_id = p.id)
           from public.profiles p where p.email = 'old@example.test'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(
        (balance, lines),
        (100, 1),
        "the old account has its profile and its opening line"
    );
    assert_ledgers(&pool).await;
    pool.close().await;
    own.stop().await;
}

/// The catalogue is an administrator's once it is there: applied again, it changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_can_be_laid_twice() {
    let own = Own::start().await;
    let url = own.server.copy("catalogue").await.unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("update public.models set credits_cost = 9 where id = 'sketch'")
        .execute(&mut connection)
        .await
        .unwrap();
    let (_, text) = migrations()
        .into_iter()
        .find(|(name, _)| name.ends_with("_catalogue.sql"))
        .unwrap();
    sqlx::raw_sql(text).execute(&mut connection).await.unwrap();
    let cost: i32 =
        sqlx::query_scalar("select credits_cost from public.models where id = 'sketch'")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!(cost, 9);
    connection.close().await.unwrap();
    own.stop().await;
}

/// What a hosted project gives the role that migrations run as, which is no superuser there.
const PROJECT: &str = "
    create role project login createdb createrole replication bypassrls password 'project';
    create extension if not exists vector with schema extensions;
    grant all on schema public to project;
    grant create on database owned to project;
    grant usage on schema extensions, auth, storage, realtime to project with grant option;
    grant all on all tables in schema auth to project;
    grant all on all tables in schema storage to project;
    grant anon, authenticated, service_role to project with admin option;
    grant supabase_storage_admin to project;
    alter publication supabase_realtime owner to project;";

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_no_superuser_lays_it_and_everything_works_in_its_name() {
    let own = Own::start().await;
    let url = own.server.empty("owned").await.unwrap();
    for (name, text) in platform_sql() {
        run(&url, text.to_owned())
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    run(&url, PROJECT.to_owned()).await.unwrap();
    let (_, address) = url.split_once('@').unwrap();
    let project = format!("postgres://project:project@{address}");
    for (name, text) in migrations() {
        run(&project, format!("begin; {text}; commit;"))
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for script in scripts() {
        run(&url, framed(&read(&script)))
            .await
            .unwrap_or_else(|error| panic!("{script}: {error}"));
    }
    own.stop().await;
}

/// Rows made as soon as their table is there, before the triggers of later files.
fn data_after(migration: &str) -> Option<&'static str> {
    match migration.split_once('_')?.1 {
        "models.sql" => Some("insert into public.models (id, name, provider, version) values ('early', 'Early', 'local', '1');"),
        "generated_images.sql" => Some(
            "insert into public.prompts (id, user_id, prompt, model_id, model_version, status) values
               ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', 'early', 'early', '1', 'completed');",
        ),
        _ => None,
    }
}
