//! Clocks that are wrong, devices that were away, a realtime connection that says nothing.

use std::sync::Arc;
use std::time::Duration;

use amethyst_engine::{Core, Drive, Errand, ImageChange, SessionStatus};
use amethyst_model::GenerationStatus;
use amethyst_testkit::{Fault, ManualClock, TestBackend};
use amethyst_tests::{PASSWORD, TestClient, eventually, quick_draft};
use chrono::TimeDelta;

async fn refreshes(backend: &TestBackend) -> i64 {
    sqlx::query_scalar("select count(*) from auth.refresh_tokens")
        .fetch_one(backend.pool())
        .await
        .unwrap()
}

/// Nothing nudges: the library follows all the same.
#[tokio::test(flavor = "multi_thread")]
async fn realtime_is_silent_for_an_hour() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let silent = Fault::Answer {
        status: 503,
        content_type: "text/plain".to_owned(),
        body: "no".to_owned(),
    };
    backend
        .faults()
        .inject("GET", "/realtime/", silent, u32::MAX);
    let clock = Arc::new(ManualClock::default());
    let client = TestClient::with(&backend, Arc::clone(&clock) as _, Drive::ByItself).await?;
    client
        .core()
        .sign_up("silent@example.org", PASSWORD, amethyst_model::Language::Fr)
        .await?;
    client.up_to_date().await;
    let asked = client.request(&quick_draft("un phare")).await?;
    client.reaches(asked.id, GenerationStatus::Pending).await;
    eventually("the picture at the server", async || {
        let painted = "select count(*) from public.generated_images";
        let painted: i64 = sqlx::query_scalar(painted)
            .fetch_one(backend.pool())
            .await
            .unwrap();
        (painted == 1).then_some(())
    })
    .await;
    assert_eq!(
        client.core().generation(asked.id).await?.status,
        GenerationStatus::Pending,
        "nobody has said anything"
    );
    clock.advance(Duration::from_secs(3600));
    client.ended(asked.id).await;
    Ok(())
}

/// A clock a day wrong, in either direction, keeps nobody out, and acts still stand in their order.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_wrong_by_a_day() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let painter = TestClient::signed_up(&backend, "skew@example.org").await?;
    let generation = painter.request(&quick_draft("un phare")).await?;
    painter.ended(generation.id).await;
    painter.up_to_date().await;
    let image = painter.core().images_of(generation.id).await?[0].id;
    for days in [-1, 1] {
        let clock = Arc::new(ManualClock::default());
        clock.jump(TimeDelta::days(days));
        let mut client = TestClient::with(&backend, Arc::clone(&clock) as _, Drive::ByHand).await?;
        client.core().sign_in("skew@example.org", PASSWORD).await?;
        client.do_everything().await?;
        // The other device, whose clock is right, acts first; this one acts later and stands.
        painter
            .core()
            .change_images(&[image], ImageChange::Rating(Some(1)))
            .await?;
        painter.up_to_date().await;
        clock.advance(Duration::from_secs(10));
        client
            .core()
            .change_images(&[image], ImageChange::Rating(Some(5)))
            .await?;
        client.do_everything().await?;
        let stars: i16 = sqlx::query_scalar("select rating from public.image_marks")
            .fetch_one(backend.pool())
            .await?;
        assert_eq!(stars, 5, "{days} days");
        // And the other way round: what is done later elsewhere stands over it.
        painter
            .core()
            .change_images(&[image], ImageChange::Rating(Some(2)))
            .await?;
        painter.up_to_date().await;
        client.do_everything().await?;
        assert_eq!(client.core().marks(&[image]).await?[&image].rating, Some(2));
        client.quit().await;
        client.start().await?;
        client.do_everything().await?;
        assert_eq!(
            client.core().session().await.status,
            SessionStatus::SignedIn
        );
    }
    Ok(())
}

/// The clock is put back by a day while something was put off: it is not put off for a day.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_put_back_holds_nothing_up() -> anyhow::Result<()> {
    let backend = TestBackend::start().await?;
    let clock = Arc::new(ManualClock::default());
    let client = TestClient::with(&backend, Arc::clone(&clock) as _, Drive::ByHand).await?;
    client
        .core()
        .sign_up("back@example.org", PASSWORD, amethyst_model::Language::Fr)
        .await?;
    client.do_everything().await?;
    let trouble = Fault::Answer {
        status: 500,
        content_type: "application/json".to_owned(),
        body: "{}".to_owned(),
    };
    backend
        .faults()
        .inject("POST", "/rest/v1/rpc/request_generation", trouble, 1);
    client.request(&quick_draft("un phare")).await?;
    client.core().run(Errand::Send).await?;
    assert_eq!(client.core().outbox().await?[0].attempts, 1);
    clock.jump(TimeDelta::days(-1));
    client.core().run(Errand::Send).await?;
    assert!(client.core().outbox().await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn away_for_a_month() -> anyhow::Result<()> {
    let backend = TestBackend::start().await?;
    let mut client = TestClient::signed_up(&backend, "month@example.org").await?;
    client.quit().await;
    client.secrets().age_session(TimeDelta::days(31));
    client.start().await?;
    let asked = client.request(&quick_draft("un phare")).await?;
    client.reaches(asked.id, GenerationStatus::Pending).await;
    assert_eq!(
        client.core().session().await.status,
        SessionStatus::SignedIn
    );
    Ok(())
}

/// Two processes of one installation find the token expired at the same moment: one asks, both go on.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_refresh_once() -> anyhow::Result<()> {
    let backend = TestBackend::start().await?;
    let mut client = TestClient::signed_up(&backend, "two@example.org").await?;
    client.quit().await;
    client.secrets().age_session(TimeDelta::hours(2));
    let before = refreshes(&backend).await;
    let config = amethyst_engine::Config {
        drive: Drive::ByHand,
        ..client.config()
    };
    let first = Core::start(config.clone()).await?;
    let second = Core::start(config).await?;
    // The second only reads the library, and still may ask for a token.
    let (one, two) = tokio::join!(
        first.run(Errand::Pull(10)),
        second.sign_out(amethyst_engine::SignOutScope::Others)
    );
    one?;
    two?;
    assert_eq!(refreshes(&backend).await, before + 1);
    for core in [first, second] {
        core.shutdown(Duration::from_secs(5)).await;
    }
    Ok(())
}

/// Signed out with unsent work, somebody else in between, signed in again: the work goes out, once.
#[tokio::test(flavor = "multi_thread")]
async fn signed_out_with_unsent_work() -> anyhow::Result<()> {
    let mut backend = TestBackend::start().await?;
    let client = TestClient::signed_up(&backend, "first@example.org").await?;
    backend.stop().await?;
    client.offline().await;
    let asked = client.request(&quick_draft("un phare")).await?;
    client
        .core()
        .sign_out(amethyst_engine::SignOutScope::Local)
        .await?;
    backend.start_again().await?;
    client
        .core()
        .sign_up("second@example.org", PASSWORD, amethyst_model::Language::Fr)
        .await?;
    client.up_to_date().await;
    assert!(client.core().outbox().await?.is_empty());
    assert!(client.core().generations(false, 10).await?.is_empty());
    client.core().sign_in("first@example.org", PASSWORD).await?;
    client.reaches(asked.id, GenerationStatus::Pending).await;
    let owner: String = sqlx::query_scalar(
        "select p.email from public.profiles p join public.prompts r on r.user_id = p.id",
    )
    .fetch_one(backend.pool())
    .await?;
    assert_eq!(owner, "first@example.org");
    Ok(())
}
