//! OpenAI's API, for every part of the worker that uses it: images, analyses, moderation, wordings.

mod client;

pub(crate) use client::OpenAi;
