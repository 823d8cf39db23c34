//! The command table, views and errors that every face of Amethyst speaks.
//!
//! The desktop shell and the bridge call [`dispatch`] with a command's name and JSON and forward
//! [`Notice`]s; neither knows what a command does. Nothing here knows Tauri, HTTP, SQL or the network.

mod command;
mod commands;
mod convert;
mod error;
mod export;
mod notice;
mod subscribe;
pub mod view;

pub use commands::dispatch;
pub use error::{ApiError, ErrorCode, FieldErrorView, FieldProblemView, Retry};
pub use export::typescript;
pub use notice::{EntityView, Notice};
pub use subscribe::{Subscription, subscribe};
