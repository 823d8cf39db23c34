//! Devices, faults and deaths by chance; the long forms are `cargo xtask chaos`.

use std::time::{Duration, Instant};

use amethyst_testkit::TestBackend;
use amethyst_tests::{chaos, program};

/// Time for the simulation, and runs that it must come to even on a slow machine.
const LIMIT: Duration = Duration::from_secs(170);
const LEAST: u64 = 20;
const MOST: u64 = 60;

#[expect(
    clippy::disallowed_methods,
    reason = "how long is real time's question"
)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn devices_converge_whatever_the_network_does() -> anyhow::Result<()> {
    let backend = TestBackend::start().await?;
    let begun = Instant::now();
    for seed in 0..MOST {
        if seed >= LEAST && begun.elapsed() > LIMIT {
            break;
        }
        chaos::run(&backend, seed, 200).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_program_keeps_what_it_confirmed() -> anyhow::Result<()> {
    let backend = TestBackend::start().await?;
    let kills = chaos::kill_at_random(&backend, &program("amethyst-cli")?, 1, 30).await?;
    assert!(kills.confirmed >= 10, "{kills:?}");
    Ok(())
}
