//! Two people, one server, and two on one machine.

use amethyst_engine::{Error, SessionStatus, Shelf, SignOutScope};
use amethyst_model::Language;
use amethyst_testkit::TestBackend;
use amethyst_tests::{PASSWORD, TestClient, quick_draft};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_what_another_made() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let ada = TestClient::signed_up(&backend, "ada@example.org").await?;
    let ben = TestClient::signed_up(&backend, "ben@example.org").await?;
    let generation = ada.request(&quick_draft("une maison")).await?;
    ada.ended(generation.id).await;
    ada.up_to_date().await;
    ben.core().sync_now().await?;
    ben.up_to_date().await;
    assert!(ben.core().gallery(Shelf::Gallery).await?.is_empty());
    assert!(matches!(
        ben.core().generation(generation.id).await,
        Err(Error::NotFound(_))
    ));
    assert_eq!(ben.core().ledger(None, 10).await?.0.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_accounts_on_one_device_stay_apart() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let client = TestClient::signed_up(&backend, "first@example.org").await?;
    let generation = client.request(&quick_draft("un chat")).await?;
    client.ended(generation.id).await;
    client.up_to_date().await;
    client.core().sign_out(SignOutScope::Local).await?;
    assert!(matches!(
        client.core().gallery(Shelf::Gallery).await,
        Err(Error::NotSignedIn)
    ));

    client
        .core()
        .sign_up("second@example.org", PASSWORD, Language::En)
        .await?;
    client.up_to_date().await;
    assert!(client.core().gallery(Shelf::Gallery).await?.is_empty());

    client.core().sign_out(SignOutScope::Local).await?;
    client.core().sign_in("first@example.org", PASSWORD).await?;
    assert_eq!(client.core().gallery(Shelf::Gallery).await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_sign_ins_are_told_apart() -> anyhow::Result<()> {
    let backend = TestBackend::start().await?;
    let client = TestClient::new(&backend).await?;
    client
        .core()
        .sign_up("taken@example.org", PASSWORD, Language::Fr)
        .await?;
    client.core().sign_out(SignOutScope::Local).await?;
    let code = |error: Error| amethyst_api::ApiError::from(error).code;
    let taken = client
        .core()
        .sign_up("taken@example.org", PASSWORD, Language::Fr)
        .await;
    assert_eq!(
        code(taken.unwrap_err()),
        amethyst_api::ErrorCode::EmailTaken
    );
    let wrong = client
        .core()
        .sign_in("taken@example.org", "not the password")
        .await;
    assert_eq!(
        code(wrong.unwrap_err()),
        amethyst_api::ErrorCode::WrongCredentials
    );
    let weak = client
        .core()
        .sign_up("weak@example.org", "abc", Language::Fr)
        .await;
    assert_eq!(
        code(weak.unwrap_err()),
        amethyst_api::ErrorCode::WeakPassword
    );
    assert_eq!(
        client.core().session().await.status,
        SessionStatus::SignedOut
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_to_be_confirmed_waits_for_its_code() -> anyhow::Result<()> {
    let backend = TestBackend::without_autoconfirm().await?;
    let client = TestClient::new(&backend).await?;
    let info = client
        .core()
        .sign_up("confirm@example.org", PASSWORD, Language::Fr)
        .await?;
    assert_eq!(info.status, SessionStatus::AwaitingConfirmation);
    let early = client
        .core()
        .sign_in("confirm@example.org", PASSWORD)
        .await
        .unwrap_err();
    assert_eq!(
        amethyst_api::ApiError::from(early).code,
        amethyst_api::ErrorCode::EmailNotConfirmed
    );
    let code = backend.code_mailed_to("confirm@example.org").await;
    let kind = amethyst_engine::VerifyKind::Signup;
    let info = client
        .core()
        .verify("confirm@example.org", &code, kind, None)
        .await?;
    assert_eq!(info.status, SessionStatus::SignedIn);
    client.up_to_date().await;
    assert_eq!(
        client
            .core()
            .account()
            .await?
            .unwrap()
            .profile
            .credits_balance,
        100
    );
    Ok(())
}
