//! The local Supabase: PostgreSQL with the hosted schema, REST, auth, storage, realtime.
//!
//! One address on loopback answers as a hosted project does, so that client and worker cannot tell the
//! difference. What is not implemented answers 501 and says so. It shares no wire type with the client:
//! with one struct for both, a wrong field name would pass every test.

mod app;
mod auth;
mod claims;
mod clock;
mod config;
mod connection;
mod faults;
mod gateway;
mod inbox;
mod keys;
mod platform;
mod postgres;
mod private_file;
mod realtime;
mod rest;
mod server;
mod storage;
mod worker_child;

pub use config::{Config, JwtAlgorithm, PortChoice, WorkerChoice};
pub use connection::default_file as default_connection_file;
pub use faults::{Fault, Faults};
pub use inbox::Mail;
pub use platform::{migrations, platform_sql};
pub use postgres::{SchemaServer, cache_dir, default_data_dir, prepare};
pub use server::{Backend, start};
