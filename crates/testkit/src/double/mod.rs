//! Outside services that cost money, spoken by the book on a loopback port: right answers, and every documented
//! wrong one on demand.

mod openai;
pub mod openai_images;
pub mod picture;
pub mod replicate;
pub mod serve;
pub mod stability;
mod stripe;

pub use openai::{OpenAiDouble, Reply};
pub use stripe::{StripeAsked, StripeDouble};
