//! The program as a process: what it prints and writes, how it ends, and what survives when it is killed.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

#[path = "wire/mod.rs"]
mod wire;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use amethyst_backend::WorkerChoice;
use serde_json::{Value, json};
use wire::{Server, eventually};

/// The program, running. Killed when dropped.
struct Program {
    child: Child,
    connection: Value,
}

impl Program {
    /// Starts it over `folder` and waits until it has written its connection file.
    fn start(folder: &Path) -> Self {
        let file = folder.join("connection.json");
        let mut child = command(folder).spawn().unwrap();
        let pid = child.id();
        for _ in 0..1200 {
            let text = fs_err::read_to_string(&file).unwrap_or_default();
            if let Ok(connection) = serde_json::from_str::<Value>(&text)
                && connection["pid"] == pid
            {
                return Self { child, connection };
            }
            assert!(child.try_wait().unwrap().is_none(), "it ended at once");
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("it does not start");
    }

    fn text(&self, field: &str) -> &str {
        self.connection[field].as_str().unwrap()
    }

    async fn auth(&self, path: &str, body: &Value) -> reqwest::Result<reqwest::Response> {
        let asked = reqwest::Client::new().post(format!("{}/auth/v1{path}", self.text("url")));
        asked
            .header("apikey", self.text("anon_key"))
            .json(body)
            .send()
            .await
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Ended already is as well.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_amethyst-backend"));
    command.arg("--data-dir").arg(folder.join("data"));
    command
        .arg("--connection-file")
        .arg(folder.join("connection.json"));
    command.args(["--no-worker", "--stop-with-stdin"]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

fn account(email: &str) -> Value {
    json!({ "email": email, "password": "correct horse" })
}

/// A folder that the account PostgreSQL runs as can pass through.
fn folder() -> tempfile::TempDir {
    // The tests of this file make no client of `wire`, which would install it.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let folder = tempfile::tempdir().unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs_err::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    }
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_kill() {
    let folder = folder();
    let mut program = Program::start(folder.path());
    let (url, key) = (
        program.text("url").to_owned(),
        program.text("anon_key").to_owned(),
    );
    let session: Value = program
        .auth("/signup", &account("ada@example.org"))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    // Killed in the middle of work.
    let mut acknowledged = Vec::new();
    let killed = tokio::time::sleep(Duration::from_millis(700));
    tokio::pin!(killed);
    for number in 0.. {
        let email = format!("user{number}@example.org");
        let body = account(&email);
        tokio::select! {
            answer = program.auth("/signup", &body) => if answer.is_ok_and(|answer| answer.status() == 200) {
                acknowledged.push(email);
            },
            () = &mut killed => break,
        }
    }
    program.child.kill().unwrap();
    program.child.wait().unwrap();
    assert!(!acknowledged.is_empty());

    let program = Program::start(folder.path());
    assert_eq!(
        (program.text("url"), program.text("anon_key")),
        (url.as_str(), key.as_str())
    );
    for email in &acknowledged {
        let answer = program
            .auth("/token?grant_type=password", &account(email))
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{email}");
    }
    let refresh = json!({ "refresh_token": session["refresh_token"] });
    let refreshed = program
        .auth("/token?grant_type=refresh_token", &refresh)
        .await
        .unwrap();
    assert_eq!(refreshed.status(), 200, "the session goes on");
    let me = reqwest::Client::new()
        .get(format!("{url}/auth/v1/user"))
        .header("apikey", &key);
    let me = me
        .bearer_auth(session["access_token"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(me.status(), 200, "and so does its token");
}

#[test]
fn it_says_where_it_is_and_ends_with_its_input() {
    let folder = folder();
    let mut program = Program::start(folder.path());
    let mut lines = BufReader::new(program.child.stdout.take().unwrap()).lines();
    let mut printed = String::new();
    while !printed.contains("Database:") {
        printed.push_str(&lines.next().unwrap().unwrap());
    }
    for field in ["url", "anon_key", "service_role_key", "inbox_url"] {
        assert!(printed.contains(program.text(field)), "{field}");
    }
    assert!(program.connection["started_at"].is_string());
    let file = folder.path().join("connection.json");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs_err::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // A second one on the same folder would stop the first one's PostgreSQL.
    let second = command(folder.path())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert!(!second.status.success());
    let told = String::from_utf8_lossy(&second.stderr);
    assert!(told.contains("another backend runs on"), "{told}");

    drop(program.child.stdin.take());
    let status = program.child.wait().unwrap();
    assert!(status.success(), "{status}");
    assert!(!file.exists(), "nobody is led to a stopped backend");
    assert!(
        !folder.path().join("data/pgdata/postmaster.pid").exists(),
        "PostgreSQL ended in order"
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_is_started_again_and_ends_with_the_server() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (program, diary) = (folder.path().join("worker"), folder.path().join("diary"));
    // Dies twice; the third lives until its input closes.
    let script = format!(
        "#!/bin/sh\necho \"born $AMETHYST_URL $AMETHYST_WORKER_STOP_WITH_STDIN ${{AMETHYST_SERVICE_ROLE_KEY:+key}}\" >> {0}\n\
         [ $(wc -l < {0}) -ge 3 ] || exit 1\ncat\necho ended >> {0}\n",
        diary.display()
    );
    fs_err::write(&program, script).unwrap();
    fs_err::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let server = Server::with(|config| config.worker = WorkerChoice::Child(program)).await;
    let lines = || fs_err::read_to_string(&diary).unwrap_or_default();
    eventually("the third is born", async || lines().lines().count() == 3).await;
    let born = format!("born {} 1 key", server.url);
    server.stop().await;
    assert_eq!(
        lines().lines().collect::<Vec<_>>(),
        [&born, &born, &born, "ended"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn any_postgresql_with_pgvector_will_do() {
    let host = Server::start().await;
    sqlx::query("create database other")
        .execute(&host.pool)
        .await
        .unwrap();
    let (server, _) = host.database_url().rsplit_once('/').unwrap();
    let url = format!("{server}/other");
    let guest = Server::with(|config| config.database_url = Some(url)).await;
    assert!(!guest.data_dir().join("pgdata").exists());
    let ada = guest.user("ada").await;
    let asked = guest
        .http
        .get(format!("{}/rest/v1/profiles?select=id", guest.url));
    let asked = asked
        .header("apikey", &guest.anon_key)
        .bearer_auth(&ada.token);
    let profiles: Value = asked.send().await.unwrap().json().await.unwrap();
    assert_eq!(profiles, json!([{ "id": ada.id }]));
    let theirs: i64 = sqlx::query_scalar("select count(*) from auth.users")
        .fetch_one(&host.pool)
        .await
        .unwrap();
    assert_eq!(theirs, 0);
    guest.stop().await;
    host.stop().await;
}
