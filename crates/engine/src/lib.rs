//! Session, outbox sender, puller, downloader: the public [`Core`].
//!
//! The engine holds no business rules of its own where a pure function of `amethyst-model` can decide;
//! its loops fetch inputs, ask, and carry out. It knows no UI: it publishes [`Event`]s and answers
//! questions.

mod account;
mod clock;
mod config;
mod core;
mod endpoint;
mod errand;
mod error;
mod event;
mod gallery;
mod generation;
mod hold;
mod ids;
mod library;
mod media;
mod organize;
mod outbox;
mod preferences;
mod reach;
mod room;
mod session;
mod suggestion;
mod sync;
mod tasks;

pub use account::{AccountSummary, LedgerLine};
pub use amethyst_remote::{
    Endpoint, Error as RemoteError, Suggested, VerifyKind, Worded, WordingState,
};
pub use amethyst_store::{
    Change, Conflict, Entity, Error as StoreError, GalleryEntry, Salvage, Shelf,
};
pub use clock::SystemClock;
pub use config::{Config, Drive, ServerSource};
pub use core::{Core, Settings, SyncInfo};
pub use endpoint::{BACKEND_FILE_ENV, default_backend_file};
pub use errand::Errand;
pub use error::Error;
pub use event::Event;
pub use gallery::ImageDetail;
pub use generation::DraftQuote;
pub use ids::new_report_id;
pub use library::Problem;
pub use media::MediaBytes;
pub use organize::ImageChange;
pub use session::{SessionInfo, SessionStatus, SignOutScope};
