//! Supabase Auth: accounts and sessions. Speaks API version 2024-01-01; reads both forms of its errors.

mod session;
mod sign_up;

pub use session::Session;
pub use sign_up::SignUp;

use amethyst_model::Language;
use reqwest::{Method, RequestBuilder};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::project::Project;
use crate::wire::SessionWire;
use crate::{Error, Remote, http};

/// Which sessions a sign-out ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignOutScope {
    /// This one.
    Local,
    /// All but this one.
    Others,
    /// All.
    Global,
}

impl SignOutScope {
    fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Others => "others",
            Self::Global => "global",
        }
    }
}

/// What a code from a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyKind {
    /// Confirming a new account.
    Signup,
    /// Getting in with a forgotten password.
    Recovery,
}

impl VerifyKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Signup => "signup",
            Self::Recovery => "recovery",
        }
    }
}

/// The server's word about itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Health {
    /// Version of the service.
    #[serde(default)]
    pub version: String,
    /// Its name, `GoTrue`.
    #[serde(default)]
    pub name: String,
}

/// Calls of `/auth/v1`.
#[derive(Clone, Debug)]
pub struct Auth {
    remote: Remote,
}

impl Auth {
    pub(crate) fn new(remote: Remote) -> Self {
        Self { remote }
    }

    /// Makes an account. Its language goes along, so that the profile starts with it.
    ///
    /// # Errors
    /// `user_already_exists` (also where the server hides it behind a made-up account),
    /// `weak_password`, `signup_disabled`, `validation_failed`, `over_email_send_rate_limit`.
    pub async fn sign_up(
        &self,
        email: &str,
        password: &str,
        language: Language,
    ) -> Result<SignUp, Error> {
        let body = json!({
            "email": email,
            "password": password,
            "data": { "language": language },
        });
        sign_up::read(http::json(self.post(&["signup"])?.json(&body), "sign-up").await?)
    }

    /// Signs in with a password.
    ///
    /// # Errors
    /// `invalid_credentials`, `email_not_confirmed`, `user_banned`.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Session, Error> {
        self.token("password", &json!({ "email": email, "password": password }))
            .await
    }

    /// Exchanges a refresh token for a new session. Safe to repeat with the same token while its answer
    /// is unknown: the server gives the same successor again.
    ///
    /// # Errors
    /// Final with status 400: `refresh_token_not_found`, `refresh_token_already_used`,
    /// `session_not_found`, `session_expired`, `user_banned`. Everything else leaves the session as it
    /// is.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Session, Error> {
        self.token("refresh_token", &json!({ "refresh_token": refresh_token }))
            .await
    }

    /// Ends sessions. A session that the server no longer knows counts as ended.
    ///
    /// # Errors
    /// When the server cannot be reached or is in trouble.
    pub async fn sign_out(&self, access_token: &str, scope: SignOutScope) -> Result<(), Error> {
        let request = self.request_as(access_token, Method::POST, "logout")?;
        let ended = http::done(request.query(&[("scope", scope.as_str())])).await;
        match ended {
            Err(Error::Server {
                status: 401 | 403 | 404,
                ..
            }) if scope == SignOutScope::Local => Ok(()),
            ended => ended,
        }
    }

    /// Sends a mail with a code for a forgotten password; succeeds for unknown addresses too.
    ///
    /// # Errors
    /// `over_email_send_rate_limit`.
    pub async fn recover(&self, email: &str) -> Result<(), Error> {
        http::done(self.post(&["recover"])?.json(&json!({ "email": email }))).await
    }

    /// Sends the confirmation of a new account again.
    ///
    /// # Errors
    /// `over_email_send_rate_limit`.
    pub async fn resend_signup(&self, email: &str) -> Result<(), Error> {
        let body = json!({ "type": "signup", "email": email });
        http::done(self.post(&["resend"])?.json(&body)).await
    }

    /// Signs in with the code of a mail.
    ///
    /// # Errors
    /// `otp_expired` for a wrong code as for an old one.
    pub async fn verify(
        &self,
        email: &str,
        token: &str,
        kind: VerifyKind,
    ) -> Result<Session, Error> {
        let body = json!({ "type": kind.as_str(), "email": email, "token": token });
        let wire: SessionWire = http::json(self.post(&["verify"])?.json(&body), "verify").await?;
        Session::try_from(wire)
    }

    /// Changes the password of the signed-in user. Ends the user's other sessions.
    ///
    /// # Errors
    /// `same_password`, `weak_password`, `reauthentication_needed`.
    pub async fn update_password(&self, access_token: &str, password: &str) -> Result<(), Error> {
        let request = self.request_as(access_token, Method::PUT, "user")?;
        http::done(request.json(&json!({ "password": password }))).await
    }

    /// Whether Auth answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn health(&self) -> Result<Health, Error> {
        health(&*self.remote.project()?).await
    }

    async fn token(&self, grant: &str, body: &Value) -> Result<Session, Error> {
        let request = self
            .post(&["token"])?
            .query(&[("grant_type", grant)])
            .json(body);
        let wire: SessionWire = http::json(request, "sign-in").await?;
        Session::try_from(wire)
    }

    fn post(&self, parts: &[&str]) -> Result<RequestBuilder, Error> {
        let project = self.remote.project()?;
        let url = project.url(&[&["auth", "v1"], parts].concat());
        Ok(versioned(project.request(Method::POST, url)))
    }

    fn request_as(&self, token: &str, method: Method, part: &str) -> Result<RequestBuilder, Error> {
        let project = self.remote.project()?;
        let url = project.url(&["auth", "v1", part]);
        Ok(versioned(project.request_as(token, method, url)?))
    }
}

pub(crate) async fn health(project: &Project) -> Result<Health, Error> {
    let url = project.url(&["auth", "v1", "health"]);
    http::json(versioned(project.request(Method::GET, url)), "health").await
}

fn versioned(request: RequestBuilder) -> RequestBuilder {
    request.header("x-supabase-api-version", "2024-01-01")
}
