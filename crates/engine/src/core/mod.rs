//! The client as one object: what every face of Amethyst talks to.
//!
//! Starting never waits for the network. Reads answer from the library; writes change it and leave an
//! intent; everything else happens in the background and is told by [`Event`]s.

mod library_face;
mod order_face;
mod session_face;
mod settings_face;
mod suggestion_face;
mod sync_face;

pub use settings_face::Settings;
pub use sync_face::SyncInfo;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use amethyst_model::UserId;
use amethyst_remote::Remote;
use amethyst_store::DeviceSettings;
use tokio::sync::{Mutex, RwLock, broadcast};

use crate::endpoint;
use crate::library::{Library, Surroundings};
use crate::session::{SessionInfo, SessionKeeper, SessionStatus};
use crate::{Config, Drive, Error, Event};

/// Events kept for a slow listener before it is told that it missed some.
const EVENTS: usize = 1024;

/// The client. Cheap to clone; the clones are one.
#[derive(Clone)]
pub struct Core(Arc<Inner>);

struct Inner {
    config: Config,
    remote: Remote,
    session: Arc<SessionKeeper>,
    device: Mutex<DeviceSettings>,
    library: RwLock<Option<Arc<Library>>>,
    events: broadcast::Sender<Event>,
    /// Whether the machine's connection is metered, as far as anybody said.
    metered: Arc<AtomicBool>,
}

impl Core {
    /// Opens device settings, the stored session and that account's library, and starts the background
    /// work. No network.
    ///
    /// # Errors
    /// When the data folder cannot be used at all. A damaged library is rebuilt and told by
    /// [`Event::LibraryRebuilt`] to those who subscribe at once.
    pub async fn start(config: Config) -> Result<Self, Error> {
        let device = DeviceSettings::load(&config.data_dir).await?;
        let remote = Remote::new(endpoint::resolve(&config.server, &device).await)?;
        let session = Arc::new(SessionKeeper::new(
            remote.clone(),
            Arc::clone(&config.secrets),
            Arc::clone(&config.clock),
            &config.data_dir,
        ));
        let core = Self(Arc::new(Inner {
            remote,
            session,
            device: Mutex::new(device),
            library: RwLock::new(None),
            events: broadcast::Sender::new(EVENTS),
            metered: Arc::default(),
            config,
        }));
        let info = core.0.session.restore().await;
        core.follow_session(&info).await?;
        Ok(core)
    }

    /// Everything that changes from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.0.events.subscribe()
    }

    /// Ends the background work and closes the library. Unsent work stays on disk and goes out at the
    /// next start.
    pub async fn shutdown(&self, deadline: Duration) {
        let library = self.0.library.write().await.take();
        if let Some(library) = library {
            library.close(deadline).await;
        }
    }

    /// Version of the program.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.0.config.version
    }

    /// The open library.
    async fn library(&self) -> Result<Arc<Library>, Error> {
        self.0
            .library
            .read()
            .await
            .clone()
            .ok_or(Error::NotSignedIn)
    }

    /// Opens the library of whoever is signed in, closes that of whoever is not.
    async fn follow_session(&self, info: &SessionInfo) -> Result<(), Error> {
        let wanted = match info.status {
            SessionStatus::SignedIn | SessionStatus::NeedsSignIn => info.user_id,
            SessionStatus::SignedOut
            | SessionStatus::Locked
            | SessionStatus::AwaitingConfirmation => None,
        };
        let mut open = self.0.library.write().await;
        if open.as_ref().map(|library| library.user) != wanted {
            if let Some(library) = open.take() {
                library.close(Duration::from_secs(5)).await;
            }
            if let Some(user) = wanted {
                *open = Some(self.open_library(user).await?);
            }
        }
        if let Some(library) = open.as_ref() {
            // A new session or address: whatever rested may try again.
            library.reach.pull.notify_one();
            library.reach.send.notify_one();
            library.reach.fetch.notify_one();
        }
        drop(open);
        self.tell(Event::Session);
        self.tell(Event::Sync);
        Ok(())
    }

    async fn open_library(&self, user: UserId) -> Result<Arc<Library>, Error> {
        let around = Surroundings {
            remote: self.0.remote.clone(),
            session: Arc::clone(&self.0.session),
            clock: Arc::clone(&self.0.config.clock),
            events: self.0.events.clone(),
            metered: Arc::clone(&self.0.metered),
        };
        let (library, salvage) = Library::open(self.account_folder(user), user, around).await?;
        if let Some(salvage) = salvage {
            self.tell(Event::LibraryRebuilt(salvage));
        }
        if self.0.config.drive == Drive::ByHand {
            return Ok(library);
        }
        let core = Arc::downgrade(&self.0);
        library.start(Arc::new(move || {
            let core = core.clone();
            Box::pin(async move {
                match core.upgrade() {
                    Some(inner) => Self(inner).resolve_endpoint().await,
                    None => false,
                }
            })
        }));
        Ok(library)
    }

    /// Reads the server's address again; `false` when none is known.
    async fn resolve_endpoint(&self) -> bool {
        let device = self.0.device.lock().await.clone();
        let endpoint = endpoint::resolve(&self.0.config.server, &device).await;
        let known = endpoint.is_some();
        self.0.remote.set_endpoint(endpoint);
        known
    }

    /// The server must be named before signing in can be tried.
    async fn require_endpoint(&self) -> Result<(), Error> {
        if self.resolve_endpoint().await {
            Ok(())
        } else {
            Err(Error::NoServer)
        }
    }

    fn account_folder(&self, user: UserId) -> PathBuf {
        self.0
            .config
            .data_dir
            .join("accounts")
            .join(user.to_string())
    }

    fn tell(&self, event: Event) {
        // No receiver is no failure: a headless run may not listen.
        let _receivers = self.0.events.send(event);
    }
}
