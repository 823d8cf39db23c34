//! The open library of one account, with the loops that keep it in step with the server.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use amethyst_model::{Clock, UserId};
use amethyst_remote::Remote;
use amethyst_store::{OpenedLibrary, Salvage, Store};
use tokio::sync::broadcast;

use crate::hold::Hold;
use crate::reach::Reach;
use crate::session::SessionKeeper;
use crate::tasks::TaskSet;
use crate::{Error, Event};

/// What keeps synchronization from moving on although the server may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No room on the disk; nothing is lost, fetching goes on when there is.
    DiskFull,
    /// The server answers with errors.
    ServerTrouble,
    /// What answers is not an Amethyst server.
    WrongServer,
    /// The library's file is damaged; it is rebuilt at the next start.
    LibraryDamaged,
}

/// The background steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Pull,
    Send,
    Fetch,
}

/// Everything a loop needs; shared by all of them.
pub(crate) struct Library {
    pub(crate) user: UserId,
    pub(crate) folder: PathBuf,
    pub(crate) store: Store,
    /// Another process owns the library; this one only reads.
    pub(crate) read_only: bool,
    pub(crate) remote: Remote,
    pub(crate) session: Arc<SessionKeeper>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) reach: Reach,
    pub(crate) events: broadcast::Sender<Event>,
    /// Rest of requests while too many are under way.
    pub(crate) hold: Hold,
    /// Whether the machine's connection is metered, as far as anybody said.
    metered: Arc<AtomicBool>,
    /// Whether it is to be decided anew which originals are wanted here.
    unplanned: AtomicBool,
    pulling: AtomicBool,
    /// Milliseconds since the epoch; 0 before the first success.
    last_success: AtomicI64,
    problem: std::sync::Mutex<Option<(Step, Problem)>>,
    tasks: TaskSet,
}

/// What [`Library::open`] needs from the core.
pub(crate) struct Surroundings {
    pub(crate) remote: Remote,
    pub(crate) session: Arc<SessionKeeper>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) metered: Arc<AtomicBool>,
}

impl Library {
    /// Opens the account's folder. A library that another process owns is opened for reading.
    pub(crate) async fn open(
        folder: PathBuf,
        user: UserId,
        around: Surroundings,
    ) -> Result<(Arc<Self>, Option<Salvage>), Error> {
        let (store, salvage, read_only) = match Store::open(&folder).await {
            Ok(OpenedLibrary { store, salvage }) => (store, salvage, false),
            Err(amethyst_store::Error::InUse) => {
                (Store::open_read_only(&folder).await?, None, true)
            }
            Err(error) => return Err(error.into()),
        };
        let last_success = match store.setting(LAST_SUCCESS).await? {
            Some(value) => value.as_i64().unwrap_or(0),
            None => 0,
        };
        let library = Arc::new(Self {
            user,
            folder,
            store,
            read_only,
            remote: around.remote,
            session: around.session,
            clock: around.clock,
            reach: Reach::new(),
            events: around.events,
            hold: Hold::default(),
            metered: around.metered,
            // What counts as recent moves on with the days.
            unplanned: AtomicBool::new(true),
            pulling: AtomicBool::new(false),
            last_success: AtomicI64::new(last_success),
            problem: std::sync::Mutex::new(None),
            tasks: TaskSet::default(),
        });
        Ok((library, salvage))
    }

    /// Starts the loops. `resolve` re-reads the server's address before each attempt to reach it.
    pub(crate) fn start(self: &Arc<Self>, resolve: crate::sync::ResolveEndpoint) {
        self.tasks
            .spawn("changes", crate::sync::forward_changes(Arc::clone(self)));
        if self.read_only {
            return;
        }
        self.tasks
            .spawn("pull", crate::sync::pull_loop(Arc::clone(self), resolve));
        self.tasks
            .spawn("nudge", crate::sync::nudge_loop(Arc::clone(self)));
        self.tasks
            .spawn("send", crate::outbox::send_loop(Arc::clone(self)));
        self.tasks
            .spawn("fetch", crate::media::fetch_loop(Arc::clone(self)));
    }

    /// Ends the loops and closes the database; what is unsent stays on disk.
    pub(crate) async fn close(&self, deadline: Duration) {
        self.tasks.end(deadline).await;
        self.store.close().await;
    }

    /// Refuses writing where another process owns the library.
    pub(crate) fn writable(&self) -> Result<&Store, Error> {
        if self.read_only {
            Err(Error::ReadOnly)
        } else {
            Ok(&self.store)
        }
    }

    pub(crate) fn tell(&self, event: Event) {
        // No receiver is no failure: a headless run may not listen.
        let _receivers = self.events.send(event);
    }

    /// Whether new requests rest until one of this user's ends.
    pub(crate) async fn is_held(&self) -> Result<bool, Error> {
        if self.hold.until().is_none() {
            return Ok(false);
        }
        let under_way = self.store.under_way().await?;
        Ok(self.hold.is_on(under_way, self.clock.now()))
    }

    pub(crate) fn is_metered(&self) -> bool {
        self.metered.load(Ordering::Relaxed)
    }

    /// Something changed that decides which originals are wanted; the downloader decides.
    pub(crate) fn plan_originals(&self) {
        self.unplanned.store(true, Ordering::Relaxed);
        self.reach.fetch.notify_one();
    }

    /// Whether there is something to decide; answered `true` once.
    pub(crate) fn takes_plan(&self) -> bool {
        self.unplanned.swap(false, Ordering::Relaxed)
    }

    pub(crate) fn is_pulling(&self) -> bool {
        self.pulling.load(Ordering::Relaxed)
    }

    pub(crate) fn set_pulling(&self, pulling: bool) {
        if self.pulling.swap(pulling, Ordering::Relaxed) != pulling {
            self.tell(Event::Sync);
        }
    }

    pub(crate) fn last_success_ms(&self) -> Option<i64> {
        Some(self.last_success.load(Ordering::Relaxed)).filter(|at| *at > 0)
    }

    /// Remembers a complete pull, for "state of 14:02" when offline, and ends a reconciliation that may
    /// have begun in an earlier run.
    pub(crate) async fn pulled_all(&self) -> Result<(), Error> {
        let now = self.clock.now_ms();
        self.last_success.store(now, Ordering::Relaxed);
        let mut tx = self.store.begin().await?;
        tx.finish_resync().await?;
        tx.end_progress().await?;
        tx.set_setting(LAST_SUCCESS, &now.into()).await?;
        tx.commit().await?;
        // A server that comes back with nothing new changes no row, and still ends being offline.
        self.tell(Event::Sync);
        Ok(())
    }

    pub(crate) fn problem(&self) -> Option<Problem> {
        lock(&self.problem).map(|(_, problem)| problem)
    }

    /// Takes in that a background step went well. A pull says that the server is well; whether files have
    /// room only fetching one says.
    pub(crate) fn step_succeeded(&self, step: Step) {
        let mut problem = lock(&self.problem);
        let is_over = problem.is_some_and(|(of, _)| (of == Step::Fetch) == (step == Step::Fetch));
        if is_over {
            *problem = None;
            drop(problem);
            self.tell(Event::Sync);
        }
    }

    /// Takes in the failure of a background step: connectivity, the problem to show, a log line.
    pub(crate) fn step_failed(&self, step: Step, error: &Error) {
        self.reach.failed(error);
        if let Some(problem) = problem_of(error) {
            *lock(&self.problem) = Some((step, problem));
        }
        tracing::info!(?step, %error, "a step of synchronization failed");
        self.tell(Event::Sync);
    }
}

const LAST_SUCCESS: &str = "last_success_at";

fn problem_of(error: &Error) -> Option<Problem> {
    match error {
        Error::Store(amethyst_store::Error::DiskFull) => Some(Problem::DiskFull),
        Error::Store(amethyst_store::Error::Damaged) => Some(Problem::LibraryDamaged),
        Error::Remote(amethyst_remote::Error::NotSupabase { .. }) => Some(Problem::WrongServer),
        Error::Remote(amethyst_remote::Error::Server { status, .. }) if *status >= 500 => {
            Some(Problem::ServerTrouble)
        }
        _ => None,
    }
}

fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // The guarded value is a plain copy; a panic elsewhere cannot leave it half-written.
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
