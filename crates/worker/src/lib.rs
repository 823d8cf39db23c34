//! The generation worker: claims a job, has it painted, uploads the pictures, completes or gives up.
//!
//! It speaks to the hosted project by REST and Storage only, with the service role, so that the same binary
//! serves a hosted project and the local backend. Every step may be repeated: a job whose worker died goes to
//! another one, names of images follow from the job, and completing counts once.
//!
//! Not here: prices, refunds and the queue itself (SQL of the hosted schema).

mod analysis;
mod attempt;
mod breaker;
mod check;
mod clock;
mod config;
mod deliver;
mod follow;
mod garbage;
mod heartbeat;
mod hosted;
mod job;
mod label;
mod metrics;
mod moderate;
mod openai;
mod outside;
mod provider;
mod publish;
mod run;
mod server;
mod settle;
mod sketch;
mod source;
mod start;
mod stop;
mod stripe;
mod suggestion;
mod tally;
mod tasks;
mod word;
mod work;

pub use analysis::{AnalysisKind, RequeueError, Requeued, requeue};
pub use check::{Finding, Level, check};
pub use config::{
    Config, ConfigError, Key, LogFormat, OpenAiConfig, ReplicateConfig, StabilityConfig,
    StripeConfig,
};
pub use hosted::Refusal;
pub use metrics::{
    AnalysisOutcome, BreakerState, ClaimResult, InHand, JobOutcome, Metrics, WebhookResult,
};
pub use outside::Class;
pub use provider::{
    Content, Cost, Desk, Failure, Finished, Missing, MissingResult, OpenAiImages, Order, Output,
    Picture, Provider, Providers, Replicate, Source, Stability, State,
};
pub use run::Worker;
pub use server::is_healthy;
pub use sketch::{LORAS, Painting, Sketch, Ticker};
pub use start::StartError;
pub use stop::stop_requested;
pub use stripe::payment_events;
