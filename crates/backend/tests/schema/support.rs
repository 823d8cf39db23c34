//! Databases with the schema, and users in them.

use std::path::{Path, PathBuf};

use amethyst_backend::SchemaServer;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection, PgPool};
use uuid::Uuid;

/// A server of a test's own. Its folder goes with it.
pub(crate) struct Own {
    pub(crate) server: SchemaServer,
    _folder: tempfile::TempDir,
}

impl Own {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            server: SchemaServer::start(folder.path()).await.unwrap(),
            _folder: folder,
        }
    }

    pub(crate) async fn pool(&self, name: &str, connections: u32) -> PgPool {
        let url = self.server.copy(name).await.unwrap();
        let options = PgPoolOptions::new().max_connections(connections);
        options.connect(&url).await.unwrap()
    }

    /// The superuser's URL of a database made before.
    pub(crate) fn server_url(&self, name: &str) -> String {
        self.server.url(name)
    }

    pub(crate) async fn stop(self) {
        self.server.stop().await.unwrap();
    }
}

/// `supabase/tests`.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../supabase/tests")
}

/// The scripts in it.
pub(crate) fn scripts() -> Vec<String> {
    let entries = fs_err::read_dir(folder()).unwrap();
    let mut scripts: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".sql"))
        .collect();
    scripts.sort();
    scripts
}

pub(crate) fn read(name: &str) -> String {
    fs_err::read_to_string(folder().join(name)).unwrap()
}

/// A script between what comes before and behind every one: helpers, and the question whether every ledger
/// still agrees with its balance.
pub(crate) fn framed(script: &str) -> String {
    format!(
        "begin;\n{}\n{script}\nreset role;
         do $$ begin
           assert not exists (select from private.ledger_differences()), 'a ledger disagrees with its balance';
         end $$;
         rollback;",
        read("support/helpers.sql")
    )
}

pub(crate) async fn run(url: &str, text: String) -> Result<(), sqlx::Error> {
    // A connection of its own: a script that fails leaves its transaction broken.
    let mut connection = PgConnection::connect(url).await?;
    let outcome = sqlx::raw_sql(sqlx::AssertSqlSafe(text))
        .execute(&mut connection)
        .await;
    connection.close().await?;
    outcome.map(|_| ())
}

/// Makes an account as the auth service does.
pub(crate) async fn sign_up(pool: &PgPool, email: &str) -> Uuid {
    sqlx::query_scalar(
        "insert into auth.users (id, aud, role, email, raw_user_meta_data, raw_app_meta_data, created_at, updated_at)
         values (gen_random_uuid(), 'authenticated', 'authenticated', $1, '{}', '{\"provider\": \"email\"}', now(), now())
         returning id",
    )
    .bind(email)
    .fetch_one(pool)
    .await
    .unwrap()
}

/// Makes the rest of the transaction the user's, as PostgREST does.
pub(crate) async fn become_user(connection: &mut PgConnection, user: Uuid) {
    let claims = format!("{{\"sub\": \"{user}\", \"role\": \"authenticated\"}}");
    sqlx::query(
        "select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)",
    )
    .bind(claims)
    .execute(connection)
    .await
    .unwrap();
}

/// Whether every ledger agrees with its balance.
pub(crate) async fn assert_ledgers(pool: &PgPool) {
    let wrong: i64 = sqlx::query_scalar("select count(*) from private.ledger_differences()")
        .fetch_one(pool)
        .await
        .unwrap();
    assert_eq!(wrong, 0);
}
