//! `cargo xtask bench sync`: what synchronization costs, against what the wire and the disk allow in the same
//! run. Milliseconds are printed to be read; only ratios are judged.

#![expect(clippy::print_stdout, reason = "a program that reports to a terminal")]
#![expect(clippy::disallowed_methods, reason = "what is measured is real time")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use amethyst_engine::{Drive, Event, Shelf, SystemClock};
use amethyst_model::Language;
use amethyst_testkit::TestBackend;
use amethyst_tests::{PASSWORD, TestClient};
use anyhow::{Context, ensure};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

const IMAGES: i64 = 100_000;
const EMAIL: &str = "bench@example.org";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let images = std::env::args()
        .nth(1)
        .map_or(Ok(IMAGES), |text| text.parse())?;
    let backend = TestBackend::start().await?;
    let owner = TestClient::with(&backend, Arc::new(SystemClock), Drive::ByHand).await?;
    owner.core().sign_up(EMAIL, PASSWORD, Language::Fr).await?;
    fill(&backend, images).await?;

    let wire = download(&backend).await?;
    let disk = insert(&wire.sample, wire.rows).await?;
    let ours = first_sync(&backend, images, wire.rows).await?;
    let slower = wire.rate.min(disk);
    println!();
    println!("{:>9.0} rows/s  the wire alone", wire.rate);
    println!("{disk:>9.0} rows/s  the disk alone");
    println!(
        "{:>9.0} rows/s  first sync of {images} images, {} rows",
        ours.rate, wire.rows
    );
    println!(
        "{:>9.2}         of the slower of the two (goal 0.5)",
        ours.rate / slower
    );
    println!(
        "{:>9.2}         memory at the end ÷ at a tenth of the way ({:.0} and {:.0} MiB)",
        ours.memory_end / ours.memory_tenth,
        ours.memory_end,
        ours.memory_tenth
    );
    nothing_new(&ours.client).await?;
    to_the_tile(&backend, &ours.client).await?;
    ours.client.core().shutdown(Duration::from_secs(10)).await;
    ensure!(
        ours.rate / slower >= 0.5,
        "slower than half of what is possible"
    );
    ensure!(
        ours.memory_end / ours.memory_tenth <= 1.5,
        "memory grows with the library"
    );
    Ok(())
}

/// Requests, images and ledger lines as use makes them, with the feed that the triggers write.
async fn fill(backend: &TestBackend, images: i64) -> anyhow::Result<()> {
    println!("filling the server with {images} images");
    let sql = "
        with who as (select id from public.profiles where email = $1),
        asked as (
          insert into public.prompts (id, user_id, model_id, model_version, prompt, status, credits_cost, completed_at)
          select gen_random_uuid(), who.id, 'sketch', '1', 'un renard dans la brume, numéro ' || n, 'completed', 1, now()
            from who, generate_series(1, $2::bigint / 2) as n
          returning id, user_id),
        painted as (
          select a.id as prompt, a.user_id, i.index, gen_random_uuid() as id
            from asked a, generate_series(0, 1) as i (index))
        insert into public.generated_images (id, user_id, prompt_id, storage_path, public_url, width, height, format,
                                             size_bytes, nsfw_score, metadata, technical_metadata)
        select p.id, p.user_id, p.prompt, p.user_id || '/' || p.prompt || '/' || p.id || '.webp', '/x', 1024, 1024,
               'webp', 60000, 0, '{\"seed\": 7}',
               jsonb_build_object('index', p.index, 'dominant_color', '#31475a', 'provider', 'sketch', 'files', (
                 select jsonb_agg(jsonb_build_object('variant', v, 'bytes', 20000, 'width', 512, 'height', 512,
                          'path', p.user_id || '/' || p.prompt || '/' || p.id || '.' || v || '.webp',
                          'blake3', md5(p.id || v) || md5(v || p.id)))
                   from unnest(array['256', '512', '768', 'original']) as v))
          from painted p";
    sqlx::query(sql)
        .bind(EMAIL)
        .bind(images)
        .execute(backend.pool())
        .await?;
    sqlx::query("analyze").execute(backend.pool()).await?;
    Ok(())
}

struct Wire {
    rows: u64,
    rate: f64,
    sample: Vec<Value>,
}

/// The same pages, read and thrown away.
async fn download(backend: &TestBackend) -> anyhow::Result<Wire> {
    let client = reqwest::Client::new();
    let token: Value = client
        .post(format!(
            "{}/auth/v1/token?grant_type=password",
            backend.url()
        ))
        .header("apikey", backend.anon_key())
        .json(&json!({ "email": EMAIL, "password": PASSWORD }))
        .send()
        .await?
        .json()
        .await?;
    let token = token["access_token"].as_str().context("no token")?;
    let begun = Instant::now();
    let (mut rows, mut cursor, mut sample) = (0, Value::Null, Vec::new());
    loop {
        let mut arguments = json!({ "p_limit": 1000 });
        if !cursor.is_null() {
            arguments["p_cursor"] = cursor;
        }
        let text = client
            .post(format!("{}/rest/v1/rpc/pull_changes", backend.url()))
            .header("apikey", backend.anon_key())
            .bearer_auth(token)
            .json(&arguments)
            .send()
            .await?
            .bytes()
            .await?;
        let page: Page = serde_json::from_slice(&text)?;
        rows += page.changes.len() as u64;
        cursor = page.cursor;
        if sample.is_empty() && rows > 60_000 {
            sample = serde_json::from_slice::<Value>(&text)?["changes"]
                .as_array()
                .cloned()
                .unwrap_or_default();
        }
        if !page.has_more {
            break;
        }
    }
    Ok(Wire {
        rows,
        rate: rows as f64 / begun.elapsed().as_secs_f64(),
        sample,
    })
}

/// What has to be read to find the next page, and no more.
#[derive(serde::Deserialize)]
struct Page {
    changes: Vec<serde::de::IgnoredAny>,
    has_more: bool,
    cursor: Value,
}

/// As many rows as bare SQLite takes, one statement each in one transaction: an image has five, itself and its
/// files.
async fn insert(sample: &[Value], rows: u64) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let mut db = SqliteConnectOptions::new()
        .filename(folder.path().join("raw.db"))
        .create_if_missing(true)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .connect()
        .await?;
    sqlx::query(
        "create table image (id text, path text, width int, height int, at text, data text)",
    )
    .execute(&mut db)
    .await?;
    sqlx::query("create table file (image text, variant text, path text, bytes int, hash text)")
        .execute(&mut db)
        .await?;
    let begun = Instant::now();
    let mut tx = db.begin().await?;
    let mut done = 0;
    while done < rows.min(60_000) {
        for change in sample {
            insert_one(&mut tx, &change["row"]).await?;
            done += 1;
        }
    }
    tx.commit().await?;
    Ok(done as f64 / begun.elapsed().as_secs_f64())
}

async fn insert_one(db: &mut SqliteConnection, row: &Value) -> anyhow::Result<()> {
    let id = row["id"].as_str().unwrap_or_default();
    sqlx::query("insert into image values (?, ?, ?, ?, ?, ?)")
        .bind(id)
        .bind(row["storage_path"].as_str())
        .bind(row["width"].as_i64())
        .bind(row["height"].as_i64())
        .bind(row["created_at"].as_str())
        .bind(row["metadata"].to_string())
        .execute(&mut *db)
        .await?;
    for file in row["technical_metadata"]["files"]
        .as_array()
        .into_iter()
        .flatten()
    {
        sqlx::query("insert into file values (?, ?, ?, ?, ?)")
            .bind(id)
            .bind(file["variant"].as_str())
            .bind(file["path"].as_str())
            .bind(file["bytes"].as_i64())
            .bind(file["blake3"].as_str())
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}

struct FirstSync {
    client: TestClient,
    rate: f64,
    memory_tenth: f64,
    memory_end: f64,
}

/// A new device of the same user, everything but the files.
async fn first_sync(backend: &TestBackend, images: i64, rows: u64) -> anyhow::Result<FirstSync> {
    let client = TestClient::with(backend, Arc::new(SystemClock), Drive::ByItself).await?;
    let core = client.core();
    // Files would be fetched beside it; they are not what is measured.
    core.set_metered(true).await;
    core.sign_in(EMAIL, PASSWORD).await?;
    let begun = Instant::now();
    let mut tenth = None;
    let mut worst: f64 = 0.0;
    loop {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let sync = core.sync().await?;
        let memory = resident()?;
        worst = worst.max(memory);
        match sync.state.progress {
            Some(progress) if progress.received * 10 >= progress.expected => {
                tenth.get_or_insert(memory);
            }
            None if sync.last_success_ms.is_some() => break,
            _ => {}
        }
    }
    let took = begun.elapsed().as_secs_f64();
    let shown = core.gallery(Shelf::Gallery).await?.len();
    ensure!(shown == usize::try_from(images)?, "{shown} images arrived");
    Ok(FirstSync {
        rate: rows as f64 / took,
        memory_tenth: tenth.context("it was over too soon")?,
        memory_end: worst,
        client,
    })
}

/// Memory of this process in MiB: the client's and the backend's, not PostgreSQL's.
fn resident() -> anyhow::Result<f64> {
    let text = fs_err::read_to_string("/proc/self/statm")?;
    let pages: f64 = text.split(' ').nth(1).context("no number")?.parse()?;
    Ok(pages * 4096.0 / 1024.0 / 1024.0)
}

/// A pull that brings nothing, as a ratio to the shortest call that there is.
async fn nothing_new(client: &TestClient) -> anyhow::Result<()> {
    let core = client.core();
    let mut pulls = Vec::new();
    for _ in 0..100 {
        let before = core.sync().await?.last_success_ms;
        let begun = Instant::now();
        core.sync_now().await?;
        while core.sync().await?.last_success_ms == before {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        pulls.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    println!(
        "{:>9.1} ms      a sync with nothing new (median)",
        median(&mut pulls)
    );
    Ok(())
}

/// From a committed change on the server to what the second device shows.
async fn to_the_tile(backend: &TestBackend, client: &TestClient) -> anyhow::Result<()> {
    let core = client.core();
    let image = core.gallery(Shelf::Gallery).await?[0].id;
    let mut times = Vec::new();
    for number in 0..200 {
        let public = number % 2 == 0;
        let mut events = core.events();
        sqlx::query("update public.generated_images set is_public = $1 where id = $2")
            .bind(public)
            .bind(image.0)
            .execute(backend.pool())
            .await?;
        let begun = Instant::now();
        while core.images(&[image]).await?[0].is_public != public {
            wait_for_change(&mut events).await;
        }
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
        // Not in step with the server's own rhythm.
        tokio::time::sleep(Duration::from_millis(number * 7 % 50)).await;
    }
    let median = median(&mut times);
    println!("{median:>9.1} ms      from a change on the server to the tile (median)");
    println!(
        "{:>9.1} ms      the same, 99 of 100",
        times[times.len() * 99 / 100]
    );
    Ok(())
}

async fn wait_for_change(events: &mut tokio::sync::broadcast::Receiver<Event>) {
    let _event = tokio::time::timeout(Duration::from_secs(30), events.recv()).await;
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
