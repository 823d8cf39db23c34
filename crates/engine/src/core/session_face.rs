//! Signing up, in and out.

use amethyst_model::Language;
use amethyst_remote::{SignUp, VerifyKind};

use super::Core;
use crate::session::{SessionInfo, SignOutScope};
use crate::{Error, Event};

impl Core {
    /// Who is signed in.
    pub async fn session(&self) -> SessionInfo {
        self.0.session.info().await
    }

    /// Makes an account. Where the server confirms by mail the session waits for
    /// [`Core::verify`].
    ///
    /// # Errors
    /// The server's refusal (taken address, weak password) or its absence.
    pub async fn sign_up(
        &self,
        email: &str,
        password: &str,
        language: Language,
    ) -> Result<SessionInfo, Error> {
        self.require_endpoint().await?;
        match self
            .0
            .remote
            .auth()
            .sign_up(email.trim(), password, language)
            .await?
        {
            SignUp::SignedIn(session) => self.enter(session).await,
            SignUp::ConfirmationSent => {
                let info = self
                    .0
                    .session
                    .awaiting_confirmation(email.trim().to_owned())
                    .await;
                self.tell(Event::Session);
                Ok(info)
            }
        }
    }

    /// Signs in. The account's library opens with what it held before.
    ///
    /// # Errors
    /// The server's refusal or its absence.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<SessionInfo, Error> {
        self.require_endpoint().await?;
        let session = self.0.remote.auth().sign_in(email.trim(), password).await?;
        self.enter(session).await
    }

    /// Sends the confirmation mail again.
    ///
    /// # Errors
    /// The server's refusal or its absence.
    pub async fn resend_confirmation(&self, email: &str) -> Result<(), Error> {
        self.require_endpoint().await?;
        Ok(self.0.remote.auth().resend_signup(email.trim()).await?)
    }

    /// Sends a mail with a code for a forgotten password. Succeeds for unknown addresses too.
    ///
    /// # Errors
    /// The server's refusal or its absence.
    pub async fn recover(&self, email: &str) -> Result<(), Error> {
        self.require_endpoint().await?;
        Ok(self.0.remote.auth().recover(email.trim()).await?)
    }

    /// Confirms a code from a mail and signs in; with `new_password` the password is changed too.
    ///
    /// # Errors
    /// The server's refusal (wrong or old code, weak password) or its absence.
    pub async fn verify(
        &self,
        email: &str,
        code: &str,
        kind: VerifyKind,
        new_password: Option<&str>,
    ) -> Result<SessionInfo, Error> {
        self.require_endpoint().await?;
        let auth = self.0.remote.auth();
        let session = auth.verify(email.trim(), code.trim(), kind).await?;
        if let Some(password) = new_password {
            auth.update_password(&session.access_token, password)
                .await?;
        }
        self.enter(session).await
    }

    /// Chooses how the session is kept where no keychain answers: sealed by a passphrase, or for this
    /// run only.
    ///
    /// # Errors
    /// A passphrase that does not open what is stored.
    pub async fn unlock(&self, passphrase: Option<String>) -> Result<SessionInfo, Error> {
        let info = self.0.session.unlock(passphrase).await?;
        self.follow_session(&info).await?;
        Ok(info)
    }

    /// Ends sessions. Unsent work stays in the account's folder.
    ///
    /// # Errors
    /// For other devices' sessions the server must answer; this device's always ends.
    pub async fn sign_out(&self, scope: SignOutScope) -> Result<SessionInfo, Error> {
        let info = self.0.session.sign_out(scope).await?;
        self.follow_session(&info).await?;
        Ok(info)
    }

    async fn enter(&self, session: amethyst_remote::Session) -> Result<SessionInfo, Error> {
        let user = session.user_id;
        let info = self.0.session.signed_in(session).await;
        self.remember_account(user).await?;
        self.follow_session(&info).await?;
        Ok(info)
    }
}
