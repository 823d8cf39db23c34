//! OpenAI's API, for every part of the worker that uses it: images, analyses, moderation, wordings.

mod client;
pub(crate) mod embedding;
pub(crate) mod moderation;
mod picture;
pub(crate) mod vision;
pub(crate) mod wording;

pub(crate) use client::OpenAi;
