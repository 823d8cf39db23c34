//! The real program on real files, killed at random moments (`SIGKILL`): what it had confirmed is there
//! afterwards, and happened once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use amethyst_model::UserId;
use amethyst_testkit::TestBackend;
use anyhow::{Context, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use uuid::Uuid;

use super::library_file;
use super::server::Server;
use crate::PASSWORD;

/// Longest life of a program, from its start to its death, as a multiple of what it takes to its first answer
/// on this machine: some die while they start, most while they work.
const LIFE: f64 = 4.0;
/// Cycles after which a worker comes by.
const WORK_EVERY: usize = 5;

/// What the cycles came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kills {
    /// Programs started and killed.
    pub cycles: usize,
    /// Acts that the program had confirmed.
    pub confirmed: usize,
    /// Acts whose confirmation the death forestalled.
    pub open: usize,
}

/// `cycles` times: starts the command line, acts, kills it at a random moment. Then one last start, and
/// everything must be there once.
///
/// # Errors
/// What does not hold.
pub async fn kill_at_random(
    backend: &TestBackend,
    program: &Path,
    seed: u64,
    cycles: usize,
) -> anyhow::Result<Kills> {
    let mut run = Run::begin(backend, program, seed).await?;
    for cycle in 0..cycles {
        run.cycle()
            .await
            .with_context(|| format!("cycle {cycle}"))?;
        if cycle % WORK_EVERY == WORK_EVERY - 1 {
            run.server.work_off().await?;
        }
    }
    run.settle().await?;
    run.check().await.with_context(|| format!("seed {seed}"))?;
    Ok(run.kills)
}

/// What was done about one thing.
#[derive(Default)]
struct Wish {
    /// The last confirmed value.
    confirmed: Option<Value>,
    /// Values asked for since whose confirmation never came.
    open: Vec<Value>,
}

struct Run<'a> {
    program: PathBuf,
    folder: tempfile::TempDir,
    backend: &'a TestBackend,
    server: Server<'a>,
    rng: StdRng,
    images: Vec<String>,
    wishes: BTreeMap<String, Wish>,
    /// Ids of requests that were confirmed.
    requests: BTreeSet<Uuid>,
    open_requests: usize,
    /// How long a program takes from its start to its first answer.
    first_answer: Duration,
    kills: Kills,
}

struct Program {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Program {
    /// One command; `None` when the program died before it answered.
    async fn call(&mut self, name: &str, arguments: &Value) -> Option<Value> {
        let line = format!("{name} {arguments}\n");
        self.input.write_all(line.as_bytes()).await.ok()?;
        let answer = self.output.next_line().await.ok()??;
        serde_json::from_str(&answer).ok()
    }
}

impl<'a> Run<'a> {
    async fn begin(backend: &'a TestBackend, program: &Path, seed: u64) -> anyhow::Result<Run<'a>> {
        let mut run = Self {
            program: program.to_owned(),
            folder: tempfile::tempdir()?,
            backend,
            server: Server::new(backend, UserId(Uuid::nil())),
            rng: StdRng::seed_from_u64(seed),
            images: Vec::new(),
            wishes: BTreeMap::new(),
            requests: BTreeSet::new(),
            open_requests: 0,
            first_answer: Duration::ZERO,
            kills: Kills::default(),
        };
        let email = format!("kill-{}@example.org", Uuid::new_v4());
        run.command(&["sign-up", &email, "--password-env", "KILL_PASSWORD"])
            .await?;
        let user: Uuid = sqlx::query_scalar("select id from public.profiles where email = $1")
            .bind(&email)
            .fetch_one(backend.pool())
            .await?;
        run.server = Server::new(backend, UserId(user));
        run.server.reset().await?;
        sqlx::query(
            "insert into public.credit_transactions (user_id, amount, type, idempotency_key)
             values ($1, 100000, 'bonus', 'kill:' || $1)",
        )
        .bind(user)
        .execute(backend.pool())
        .await?;
        run.first_pictures().await?;
        Ok(run)
    }

    async fn first_pictures(&mut self) -> anyhow::Result<()> {
        self.command(&["sync"]).await?;
        let mut program = self.start()?;
        for _ in 0..2 {
            let asked = program.call("generation_request", &request(2)).await;
            let id = asked.context("no answer")?["ok"]["id"].take();
            self.requests.insert(serde_json::from_value(id)?);
        }
        end(program).await?;
        self.command(&["sync"]).await?;
        self.server.work_off().await?;
        self.command(&["sync"]).await?;
        let begun = tokio::time::Instant::now();
        let mut program = self.start()?;
        let gallery = program
            .call("gallery_index", &json!({ "shelf": "gallery" }))
            .await;
        self.first_answer = begun.elapsed();
        self.images = serde_json::from_value(gallery.context("no answer")?["ok"]["ids"].take())?;
        ensure!(self.images.len() == 4, "four pictures to begin with");
        end(program).await
    }

    /// A command that runs to its end.
    async fn command(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let done = self
            .prepared()
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .output()
            .await?;
        let words = String::from_utf8_lossy(&done.stderr).into_owned();
        ensure!(done.status.success(), "{arguments:?}: {words}");
        Ok(())
    }

    fn prepared(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("--data-dir")
            .arg(self.folder.path())
            .arg("--backend-file")
            .arg(self.backend.connection_file())
            .env("KILL_PASSWORD", PASSWORD)
            .env("AMETHYST_SESSION_PASSPHRASE", "a passphrase")
            .env("RUST_LOG", "off")
            .kill_on_drop(true);
        command
    }

    fn start(&self) -> anyhow::Result<Program> {
        let mut child = self
            .prepared()
            .arg("call")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Program {
            input: child.stdin.take().context("no input")?,
            output: BufReader::new(child.stdout.take().context("no output")?).lines(),
            child,
        })
    }

    /// Starts, acts, kills.
    async fn cycle(&mut self) -> anyhow::Result<()> {
        let mut program = self.start()?;
        let life = self.first_answer.mul_f64(self.rng.random_range(0.0..LIFE));
        let death = tokio::time::sleep(life);
        tokio::pin!(death);
        let open = loop {
            let act = self.next_act();
            let answer = tokio::select! {
                biased;
                () = &mut death => None,
                answer = program.call(act.command, &act.arguments) => answer,
            };
            match answer {
                Some(answer) => self.confirmed(act, &answer)?,
                None => break act,
            }
        };
        // `start_kill` is SIGKILL: the program cannot even notice.
        program.child.start_kill()?;
        program.child.wait().await?;
        self.kills.cycles += 1;
        self.kills.open += 1;
        match open.subject {
            Some((subject, value)) => self.wishes.entry(subject).or_default().open.push(value),
            None => self.open_requests += 1,
        }
        Ok(())
    }

    fn confirmed(&mut self, act: Act, answer: &Value) -> anyhow::Result<()> {
        ensure!(
            answer.get("ok").is_some(),
            "{} was refused: {answer}",
            act.command
        );
        self.kills.confirmed += 1;
        match act.subject {
            Some((subject, value)) => {
                let wish = self.wishes.entry(subject).or_default();
                wish.confirmed = Some(value);
                wish.open.clear();
            }
            None => {
                self.requests
                    .insert(serde_json::from_value(answer["ok"]["id"].clone())?);
            }
        }
        Ok(())
    }

    fn next_act(&mut self) -> Act {
        let image = self.images[self.rng.random_range(0..self.images.len())].clone();
        let on = self.rng.random_bool(0.5);
        let change = |name: &str, value: Value| {
            let arguments = json!({ "ids": [&image], "change": { name: &value } });
            Act {
                command: "images_change",
                arguments,
                subject: Some((format!("{name} {image}"), value)),
            }
        };
        match self.rng.random_range(0..10) {
            0..3 => change("favorite", json!(on)),
            3..6 => change("rating", json!(self.rng.random_range(1..6))),
            6..8 => {
                let value = json!(self.rng.random_range(0..1000));
                Act {
                    command: "preferences_change",
                    arguments: json!({ "kind": "ui_preferences", "patch": { "zoom": &value } }),
                    subject: Some(("zoom".to_owned(), value)),
                }
            }
            _ => Act {
                command: "generation_request",
                arguments: request(1),
                subject: None,
            },
        }
    }

    /// One last start without a death: everything goes out and comes back. A worker is there, or requests
    /// would wait for others to end.
    async fn settle(&mut self) -> anyhow::Result<()> {
        let sync = self.command(&["sync"]);
        tokio::pin!(sync);
        loop {
            tokio::select! {
                done = &mut sync => break done?,
                () = tokio::time::sleep(Duration::from_millis(200)) => {
                    self.server.work_off().await?;
                }
            }
        }
        self.server.work_off().await?;
        self.command(&["sync"]).await
    }

    async fn check(&self) -> anyhow::Result<()> {
        library_file::check(&library_file::find(self.folder.path())?).await?;
        self.check_requests().await?;
        for (subject, wish) in &self.wishes {
            let now = self.value_of(subject).await?;
            let stands = wish.confirmed.as_ref() == Some(&now)
                || wish.open.contains(&now)
                // Nothing was ever confirmed, and nothing need have happened.
                || wish.confirmed.is_none();
            ensure!(
                stands,
                "{subject} is {now}; confirmed was {:?}, open {:?}",
                wish.confirmed,
                wish.open
            );
        }
        Ok(())
    }

    async fn check_requests(&self) -> anyhow::Result<()> {
        let there: Vec<(Uuid, i64)> = sqlx::query_as(
            "select p.id, (select count(*) from public.credit_transactions t
                            where t.reference_id = p.id and t.type = 'usage')
               from public.prompts p where p.user_id = $1",
        )
        .bind(self.server.user.0)
        .fetch_all(self.backend.pool())
        .await?;
        let ids: BTreeSet<Uuid> = there.iter().map(|(id, _)| *id).collect();
        let lost: Vec<&Uuid> = self.requests.difference(&ids).collect();
        ensure!(lost.is_empty(), "lost: {lost:?}");
        ensure!(
            ids.len() <= self.requests.len() + self.open_requests,
            "{} requests of {} confirmed and {} open",
            ids.len(),
            self.requests.len(),
            self.open_requests
        );
        let doubled: Vec<_> = there.iter().filter(|(_, paid)| *paid != 1).collect();
        ensure!(doubled.is_empty(), "not paid once: {doubled:?}");
        Ok(())
    }

    async fn value_of(&self, subject: &str) -> anyhow::Result<Value> {
        let sql = match subject.split(' ').next() {
            Some("favorite") => {
                "select to_jsonb(g.is_favorite) from public.generated_images g where g.id::text = $1"
            }
            Some("rating") => {
                "select coalesce((select to_jsonb(m.rating) from public.image_marks m
                                   where m.image_id::text = $1), 'null')"
            }
            _ => {
                "select coalesce((select p.preference_value -> $1 from public.user_preferences p
                                   where p.user_id = $2 and p.preference_type = 'ui_preferences'), 'null')"
            }
        };
        let name = subject.split(' ').next_back().unwrap_or_default();
        let mut query = sqlx::query_scalar(sql).bind(name);
        if name == "zoom" {
            query = query.bind(self.server.user.0);
        }
        Ok(query.fetch_one(self.backend.pool()).await?)
    }
}

struct Act {
    command: &'static str,
    arguments: Value,
    /// What it is about and the value it asks for; a request for images is about none.
    subject: Option<(String, Value)>,
}

fn request(images: i64) -> Value {
    let mut draft = crate::quick_draft("un renard");
    draft.num_outputs = images;
    json!({ "draft": draft, "max_cost": 4 })
}

/// Lets the program end as it wants to.
async fn end(program: Program) -> anyhow::Result<()> {
    drop(program.input);
    let mut child = program.child;
    ensure!(child.wait().await?.success(), "the program failed");
    Ok(())
}
