//! Who is signed in: one session per installation, one refresh at a time.
//!
//! Only the server's clear word ends a session. Silence, errors of the server, a wrong clock or an
//! expired token never do; they leave the library open and unsent work where it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use amethyst_model::{Clock, RetryClass, SecretError, SecretStore, UserId};
use amethyst_remote::{Remote, Session};
use amethyst_store::FileLock;
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, RwLock, watch};
use tokio::time::Instant;

use crate::Error;

pub use amethyst_remote::SignOutScope;

/// How long one process waits for another's refresh; longer than any call takes.
const TURN: Duration = Duration::from_secs(25);
/// Refresh when less than this is left, as supabase-js does.
const MARGIN: Duration = Duration::from_secs(90);

/// Where the session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStatus {
    /// Nobody is signed in.
    SignedOut,
    /// A session is stored but cannot be opened without a passphrase.
    Locked,
    /// An account was made and waits for its confirmation.
    AwaitingConfirmation,
    /// Signed in.
    SignedIn,
    /// The server refused the session; the library is open.
    NeedsSignIn,
}

/// What faces may know of the session: never a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// Where it stands.
    pub status: SessionStatus,
    /// The account.
    pub user_id: Option<UserId>,
    /// Its address.
    pub email: Option<String>,
    /// Whether it survives the end of this run.
    pub remembered: bool,
}

/// What is kept between runs.
#[derive(Serialize, Deserialize)]
struct Stored {
    session: Session,
    /// The server refused it: kept only to know whose library to open.
    rejected: bool,
}

struct State {
    info: SessionInfo,
    session: Option<Session>,
    /// When the session was received in this run, by a clock that cannot be set.
    received: Option<Instant>,
}

/// The one holder of the session.
pub(crate) struct SessionKeeper {
    remote: Remote,
    secrets: Arc<dyn SecretStore>,
    clock: Arc<dyn Clock>,
    state: RwLock<State>,
    refreshing: Mutex<()>,
    /// File by whose lock processes of one installation take turns to refresh.
    turn_file: PathBuf,
    /// Counts changes of the access token, for the realtime connection.
    token_changes: watch::Sender<u64>,
}

impl SessionKeeper {
    pub(crate) fn new(
        remote: Remote,
        secrets: Arc<dyn SecretStore>,
        clock: Arc<dyn Clock>,
        data_dir: &Path,
    ) -> Self {
        let info = SessionInfo {
            status: SessionStatus::SignedOut,
            user_id: None,
            email: None,
            remembered: false,
        };
        Self {
            remote,
            secrets,
            clock,
            state: RwLock::new(State {
                info,
                session: None,
                received: None,
            }),
            refreshing: Mutex::new(()),
            turn_file: data_dir.join("session.lock"),
            token_changes: watch::Sender::new(0),
        }
    }

    pub(crate) async fn info(&self) -> SessionInfo {
        self.state.read().await.info.clone()
    }

    pub(crate) fn token_changes(&self) -> watch::Receiver<u64> {
        self.token_changes.subscribe()
    }

    /// Opens what an earlier run stored. No network.
    pub(crate) async fn restore(&self) -> SessionInfo {
        match self.load().await {
            Ok(Some(stored)) => {
                let status = if stored.rejected {
                    SessionStatus::NeedsSignIn
                } else {
                    SessionStatus::SignedIn
                };
                self.adopt(stored.session, status, true, None).await;
            }
            Ok(None) => {}
            Err(SecretError::Locked | SecretError::WrongPassphrase) => {
                self.state.write().await.info.status = SessionStatus::Locked;
            }
            Err(error) => tracing::warn!(%error, "the stored session cannot be opened"),
        }
        self.info().await
    }

    /// Takes a session that the server just gave; stores it before anything uses it.
    pub(crate) async fn signed_in(&self, session: Session) -> SessionInfo {
        let remembered = self.save(&session, false).await;
        self.adopt(
            session,
            SessionStatus::SignedIn,
            remembered,
            Some(Instant::now()),
        )
        .await;
        self.info().await
    }

    /// An account was made; its mail waits to be confirmed.
    pub(crate) async fn awaiting_confirmation(&self, email: String) -> SessionInfo {
        let mut state = self.state.write().await;
        state.info.status = SessionStatus::AwaitingConfirmation;
        state.info.email = Some(email);
        state.info.clone()
    }

    /// Chooses how to keep the session where no keychain answers, and opens or stores it with that.
    pub(crate) async fn unlock(&self, passphrase: Option<String>) -> Result<SessionInfo, Error> {
        let secrets = Arc::clone(&self.secrets);
        blocking(move || secrets.unlock(passphrase.as_deref())).await??;
        let present = self.state.read().await.session.clone();
        match present {
            Some(session) => {
                let remembered = self.save(&session, false).await;
                self.state.write().await.info.remembered = remembered;
                Ok(self.info().await)
            }
            None => {
                self.state.write().await.info.status = SessionStatus::SignedOut;
                Ok(self.restore().await)
            }
        }
    }

    /// Forgets the session here and tells the server if it answers.
    pub(crate) async fn sign_out(&self, scope: SignOutScope) -> Result<SessionInfo, Error> {
        if scope != SignOutScope::Local {
            // Other devices can only be signed out by the server; failing is worth telling.
            let token = self.access_token().await?;
            self.remote.auth().sign_out(&token, scope).await?;
        } else if let Some(session) = self.state.read().await.session.clone() {
            let ended = self
                .remote
                .auth()
                .sign_out(&session.access_token, scope)
                .await;
            if let Err(error) = ended {
                tracing::info!(%error, "the server was not told of the sign-out");
            }
        }
        if scope != SignOutScope::Others {
            let secrets = Arc::clone(&self.secrets);
            blocking(move || secrets.clear()).await??;
            let mut state = self.state.write().await;
            state.session = None;
            state.received = None;
            state.info = SessionInfo {
                status: SessionStatus::SignedOut,
                user_id: None,
                email: state.info.email.take(),
                remembered: false,
            };
        }
        Ok(self.info().await)
    }

    /// An access token that is worth sending: refreshed first if it is about to expire.
    pub(crate) async fn access_token(&self) -> Result<String, Error> {
        let state = self.state.read().await;
        match (&state.session, state.info.status) {
            (_, SessionStatus::NeedsSignIn) => Err(Error::SessionRejected),
            (None, _) => Err(Error::NotSignedIn),
            (Some(session), _) if self.is_fresh(session, state.received) => {
                Ok(session.access_token.clone())
            }
            (Some(session), _) => {
                let old = session.access_token.clone();
                drop(state);
                self.refresh(&old).await
            }
        }
    }

    /// Replaces `refused`, an access token that the server did not accept. Whoever comes while another
    /// refresh runs gets its result.
    pub(crate) async fn refresh(&self, refused: &str) -> Result<String, Error> {
        let _turn = self.refreshing.lock().await;
        let present = self
            .state
            .read()
            .await
            .session
            .clone()
            .ok_or(Error::NotSignedIn)?;
        if present.access_token != refused {
            return Ok(present.access_token);
        }
        let _turn_among_processes = self.take_turn().await;
        if let Some(token) = self.adopt_newer(&present).await {
            return Ok(token);
        }
        let refreshed = match self.remote.auth().refresh(&present.refresh_token).await {
            Ok(session) => session,
            Err(error) if is_final(&error) => return self.rejected(present, error).await,
            Err(error) => return Err(error.into()),
        };
        // Stored before it is used: after a crash the newer token is the one that is found.
        let remembered = self.save(&refreshed, false).await;
        let token = refreshed.access_token.clone();
        self.adopt(
            refreshed,
            SessionStatus::SignedIn,
            remembered,
            Some(Instant::now()),
        )
        .await;
        Ok(token)
    }

    /// The server's clear word. Another process may have rotated the token meanwhile and stored it.
    async fn rejected(
        &self,
        present: Session,
        error: amethyst_remote::Error,
    ) -> Result<String, Error> {
        if let Some(token) = self.adopt_newer(&present).await {
            return Ok(token);
        }
        tracing::warn!(%error, "the server refused the session");
        let remembered = self.save(&present, true).await;
        self.adopt(present, SessionStatus::NeedsSignIn, remembered, None)
            .await;
        Err(Error::SessionRejected)
    }

    /// Waits until no other process of this installation refreshes. After a while it goes on without: the
    /// server survives two at once, and a process that hangs must not stop this one.
    async fn take_turn(&self) -> Option<FileLock> {
        let begun = Instant::now();
        loop {
            match FileLock::take(&self.turn_file) {
                Ok(lock) => return Some(lock),
                Err(amethyst_store::Error::InUse) if begun.elapsed() < TURN => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(error) => {
                    tracing::info!(%error, "refreshing without waiting for other processes");
                    return None;
                }
            }
        }
    }

    /// The access token of a session that another process has stored meanwhile; it is this one's too now.
    async fn adopt_newer(&self, present: &Session) -> Option<String> {
        let stored = self.load().await.ok().flatten()?;
        let is_newer = !stored.rejected
            && stored.session.user_id == present.user_id
            && stored.session.refresh_token != present.refresh_token;
        if !is_newer {
            return None;
        }
        let token = stored.session.access_token.clone();
        self.adopt(stored.session, SessionStatus::SignedIn, true, None)
            .await;
        Some(token)
    }

    fn is_fresh(&self, session: &Session, received: Option<Instant>) -> bool {
        match received {
            // Received in this run: a clock that is wrong by a day does not matter.
            Some(at) => at.elapsed() + MARGIN < session.lifetime(),
            None => {
                let left = session.expires_at - self.clock.now();
                left.to_std()
                    .is_ok_and(|left| left > MARGIN && left <= session.lifetime())
            }
        }
    }

    async fn adopt(
        &self,
        session: Session,
        status: SessionStatus,
        remembered: bool,
        received: Option<Instant>,
    ) {
        let mut state = self.state.write().await;
        state.info = SessionInfo {
            status,
            user_id: Some(session.user_id),
            email: Some(session.email.clone()),
            remembered,
        };
        state.session = Some(session);
        state.received = received;
        drop(state);
        self.token_changes.send_modify(|count| *count += 1);
    }

    async fn load(&self) -> Result<Option<Stored>, SecretError> {
        let secrets = Arc::clone(&self.secrets);
        let text = match blocking(move || secrets.load()).await {
            Ok(text) => text?,
            Err(error) => return Err(SecretError::Io(error.to_string())),
        };
        let Some(text) = text else { return Ok(None) };
        // The parse error could quote a token, so it is not passed on.
        let stored = serde_json::from_str(&text);
        stored
            .map(Some)
            .map_err(|_| SecretError::Damaged("not a session".to_owned()))
    }

    /// Whether the session will survive this run. Where it cannot be stored it lives in memory.
    async fn save(&self, session: &Session, rejected: bool) -> bool {
        let stored = Stored {
            session: session.clone(),
            rejected,
        };
        let Ok(text) = serde_json::to_string(&stored) else {
            return false;
        };
        let secrets = Arc::clone(&self.secrets);
        match blocking(move || secrets.save(&text)).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the session is kept for this run only");
                false
            }
            Err(error) => {
                tracing::error!(%error, "the session is kept for this run only");
                false
            }
        }
    }
}

/// Whether a failed refresh is the server's clear word: it knows the token and will never take it
/// again. Source: codes of Supabase Auth's token endpoint.
fn is_final(error: &amethyst_remote::Error) -> bool {
    error.retry() == RetryClass::Permanent
        && matches!(
            error.code(),
            Some(
                "refresh_token_not_found"
                    | "refresh_token_already_used"
                    | "session_not_found"
                    | "session_expired"
                    | "user_banned"
                    | "user_not_found"
            )
        )
}

/// Keychain calls may wait for a prompt; they must not hold up the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let joined = tokio::task::spawn_blocking(work).await;
    joined.map_err(|error| Error::Internal(error.to_string()))
}
