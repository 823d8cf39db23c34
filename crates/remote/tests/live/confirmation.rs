//! Accounts where a mail must be confirmed first, and forgotten passwords.

use amethyst_model::Language;
use amethyst_remote::{SignUp, VerifyKind};
use amethyst_testkit::TestBackend;

use crate::world::{PASSWORD, remote};

#[tokio::test]
async fn an_account_waits_for_its_mail() {
    let backend = TestBackend::without_autoconfirm().await.unwrap();
    let remote = remote(&backend);
    let auth = remote.auth();
    let made = auth
        .sign_up("lea@example.org", PASSWORD, Language::En)
        .await
        .unwrap();
    assert_eq!(made, SignUp::ConfirmationSent);
    let early = auth.sign_in("lea@example.org", PASSWORD).await.unwrap_err();
    assert_eq!(early.code(), Some("email_not_confirmed"));

    auth.resend_signup("lea@example.org").await.unwrap();
    auth.resend_signup("nobody@example.org").await.unwrap();
    let wrong = auth
        .verify("lea@example.org", "000000", VerifyKind::Signup)
        .await
        .unwrap_err();
    assert_eq!(wrong.code(), Some("otp_expired"));
    let code = backend.code_mailed_to("lea@example.org").await;
    let session = auth
        .verify("lea@example.org", &code, VerifyKind::Signup)
        .await
        .unwrap();
    assert_eq!(session.email, "lea@example.org");
    assert!(
        auth.verify("lea@example.org", &code, VerifyKind::Signup)
            .await
            .is_err(),
        "once"
    );
    assert!(auth.sign_in("lea@example.org", PASSWORD).await.is_ok());

    // The server hides that the address is taken; the answer shows it all the same.
    let taken = auth
        .sign_up("lea@example.org", PASSWORD, Language::En)
        .await
        .unwrap_err();
    assert_eq!(taken.code(), Some("user_already_exists"));
}

#[tokio::test]
async fn a_forgotten_password_is_replaced() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let auth = remote.auth();
    auth.sign_up("lea@example.org", PASSWORD, Language::En)
        .await
        .unwrap();
    auth.recover("nobody@example.org").await.unwrap();
    auth.recover("lea@example.org").await.unwrap();
    let code = backend.code_mailed_to("lea@example.org").await;
    let session = auth
        .verify("lea@example.org", &code, VerifyKind::Recovery)
        .await
        .unwrap();
    auth.update_password(&session.access_token, "a new long one")
        .await
        .unwrap();
    assert!(
        auth.sign_in("lea@example.org", "a new long one")
            .await
            .is_ok()
    );
}
