//! `/storage/v1`: buckets and objects, as the hosted Storage service answers.
//!
//! Row-level security on `storage.objects` decides who may do what; `row` asks it as the caller. Bytes
//! lie in `blob`, never under a name a client chose. What is not here (moving, copying, resumable
//! uploads, image transformation, the S3 protocol) answers 501.

mod blob;
mod body;
mod bucket;
mod caller;
mod described;
mod download;
mod error;
mod list;
mod mime;
mod name;
mod range;
mod read;
mod remove;
mod routes;
mod row;
mod service;
mod sign;
mod sweep;
mod upload;

pub(crate) use routes::router;
