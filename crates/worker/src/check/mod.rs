//! `--check`: asks every configured service something that costs nothing and needs the key, and compares settings,
//! catalogue and documented limits, before a worker is let loose.

mod ask;
mod catalogue;
mod finding;
mod limits;
mod openai;
mod replicate;
mod stability;
mod stripe;
mod supabase;

pub use finding::{Finding, Level};

use crate::clock::now;
use crate::config::Config;
use crate::hosted::Hosted;
use crate::provider::Providers;
use ask::Asker;
use catalogue::Catalogue;

/// Everything there is to say about the settings, part by part. Nothing is changed anywhere.
///
/// # Errors
/// If no HTTP client can be built: the system's certificates are unreadable.
pub async fn check(config: &Config, providers: &Providers) -> Result<Vec<Finding>, reqwest::Error> {
    let hosted = Hosted::new(config)?;
    let asker = Asker::new()?;
    let mut found = supabase::check(&hosted).await;
    let is_there = found.iter().all(|finding| finding.level < Level::Error);
    let catalogue = match is_there {
        true => Some(Catalogue::read(&hosted).await),
        // The reason stands there already.
        false => None,
    };
    if let Some(replicate) = &config.replicate {
        found.extend(replicate::check(&asker, replicate).await);
    }
    if let Some(stability) = &config.stability {
        found.extend(stability::check(&asker, stability).await);
    }
    if let Some(openai) = &config.openai {
        let painting = match &catalogue {
            Some(Ok(catalogue)) => catalogue.versions("openai"),
            _ => vec![],
        };
        found.extend(openai::check(&asker, openai, &painting, now()).await);
    }
    if let Some(stripe) = &config.stripe {
        found.extend(stripe::check(&asker, stripe).await);
    }
    found.extend(limits::check(config));
    match catalogue {
        Some(Ok(catalogue)) => found.extend(catalogue.check(config, providers, now())),
        Some(Err(error)) => found.push(catalogue::trouble(&error)),
        None => {}
    }
    Ok(found)
}
