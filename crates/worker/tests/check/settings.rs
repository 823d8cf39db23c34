//! What is said about the project, the settings against each other, and the catalogue.

use std::time::Duration;

use amethyst_testkit::TestBackend;
use amethyst_worker::{Config, Key, Level};
use url::Url;

use crate::double::{KEY, Mood, nowhere, serve, use_all};
use crate::{config, errors, findings, says};

#[tokio::test]
async fn the_key_of_a_client_and_an_older_schema_are_noticed() {
    let backend = TestBackend::start().await.unwrap();
    let good = config(&backend);
    let found = findings(&good).await;
    assert!(errors(&found).is_empty(), "{found:?}");

    let url = Url::parse(backend.url()).unwrap();
    let client = Config::new(url.clone(), backend.anon_key().to_owned());
    let found = findings(&client).await;
    assert!(
        says(&found, Level::Error, "supabase", "service_role"),
        "{found:?}"
    );

    let nobody = Config::new(nowhere(), "hush".to_owned());
    assert!(says(
        &findings(&nobody).await,
        Level::Error,
        "supabase",
        "no answer"
    ));

    let page = serve(vec![("/", Mood::Says(200, "<html>"))]).await;
    let elsewhere = Config::new(page, "hush".to_owned());
    assert!(says(
        &findings(&elsewhere).await,
        Level::Error,
        "supabase",
        "address"
    ));

    sqlx::raw_sql(
        "delete from supabase_migrations.schema_migrations where version >= '20261123000000'",
    )
    .execute(backend.pool())
    .await
    .unwrap();
    let found = findings(&good).await;
    assert!(
        says(&found, Level::Error, "supabase", "supabase db push"),
        "{found:?}"
    );
    sqlx::raw_sql("drop function public.schema_version()")
        .execute(backend.pool())
        .await
        .unwrap();
    sqlx::raw_sql("notify pgrst, 'reload schema'")
        .execute(backend.pool())
        .await
        .unwrap();
    let found = findings(&good).await;
    assert!(!errors(&found).is_empty(), "{found:?}");
}

#[tokio::test]
async fn what_users_see_and_nobody_serves_is_noticed() {
    let backend = TestBackend::start().await.unwrap();
    let mut config = config(&backend);
    sqlx::raw_sql(
        "update public.models set is_active = true where id in ('flux-dev-lora', 'gpt-image-1.5');
         insert into public.models (id, name, provider, version, metadata)
         values ('odd', 'Odd', 'local', '1', '{\"kind\": \"loom\"}');
         update public.subscription_plans
            set features = features || '{\"stripe_price_month\": \"price_1\"}' where id = 'pro'",
    )
    .execute(backend.pool())
    .await
    .unwrap();
    let found = findings(&config).await;
    // Another worker may have the key; an engine nobody has.
    for (level, words) in [
        (Level::Warning, "`flux-dev-lora` is active"),
        (Level::Warning, "REPLICATE_API_TOKEN"),
        (Level::Warning, "`gpt-image-1.5`"),
        (Level::Error, "engine `loom`"),
    ] {
        assert!(
            says(&found, level, "catalogue", words),
            "{words}: {found:?}"
        );
    }
    assert!(says(&found, Level::Warning, "catalogue", "nobody can buy"));

    use_all(&mut config, &nowhere(), KEY);
    let found = findings(&config).await;
    assert!(!says(
        &found,
        Level::Warning,
        "catalogue",
        "`flux-dev-lora`"
    ));
    let pack = "cannot be bought: put Stripe's price id into its stripe_price";
    assert!(says(&found, Level::Warning, "catalogue", pack), "{found:?}");
    let plan = "`pro` cannot be bought: put Stripe's price ids into features.stripe_price_year";
    assert!(says(&found, Level::Warning, "catalogue", plan), "{found:?}");
    let both = "features.stripe_price_month and features.stripe_price_year";
    assert!(says(&found, Level::Warning, "catalogue", both), "{found:?}");

    sqlx::raw_sql("update public.models set is_active = false")
        .execute(backend.pool())
        .await
        .unwrap();
    assert!(says(
        &findings(&config).await,
        Level::Warning,
        "catalogue",
        "no model is active"
    ));
}

#[tokio::test]
async fn limits_and_webhooks_that_cannot_work_are_noticed() {
    // Nobody is asked about these.
    let mut config = Config::new(nowhere(), "hush".to_owned());
    use_all(&mut config, &nowhere(), KEY);
    let found = findings(&config).await;
    assert!(says(&found, Level::Error, "stripe", "set worker.listen"));
    assert!(says(&found, Level::Warning, "limits", "nothing is served"));

    config.listen = Some(std::net::SocketAddr::from(([0, 0, 0, 0], 8080)));
    config.public_url = Some(Url::parse("http://worker.amethyst.example").unwrap());
    config.concurrency = 64;
    config.lease = Duration::from_secs(10);
    config.poll = Duration::from_secs(20);
    let mut replicate = config.replicate.clone().unwrap();
    replicate.deadline = Duration::from_secs(3600);
    replicate.poll = Duration::from_millis(500);
    replicate.webhook_secret = Some(Key::new("whsec_***"));
    config.replicate = Some(replicate);
    let mut stripe = config.stripe.clone().unwrap();
    stripe.webhook_secret = Some(Key::new("sk_hush"));
    stripe.return_url = Url::parse("http://amethyst.example").unwrap();
    config.stripe = Some(stripe);
    let found = findings(&config).await;
    for (level, part, words) in [
        (Level::Error, "replicate", "30 minutes"),
        (Level::Warning, "replicate", "7680 looks a minute"),
        (Level::Error, "replicate", "not base64"),
        (Level::Error, "replicate", "webhooks need https"),
        (Level::Error, "stripe", "does not begin with `whsec_`"),
        (Level::Warning, "stripe", "a page without https"),
        (Level::Warning, "limits", "shorter than 30 seconds"),
        (Level::Warning, "limits", "longer than the lease"),
    ] {
        assert!(says(&found, level, part, words), "{words}: {found:?}");
    }
    let mut stripe = config.stripe.clone().unwrap();
    stripe.webhook_secret = None;
    config.stripe = Some(stripe);
    config.public_url = None;
    let found = findings(&config).await;
    assert!(says(
        &found,
        Level::Warning,
        "stripe",
        "payments are not noticed"
    ));
    assert!(says(
        &found,
        Level::Warning,
        "replicate",
        "no address for webhooks"
    ));
}
