//! Better wordings for a prompt: those on this machine, and more from the server.

use amethyst_model::{RetryClass, suggestions_for};
use amethyst_remote::{Rest, Suggested, Worded};
use uuid::Uuid;

use crate::Error;
use crate::library::Library;

/// What is suggested for a prompt without asking anybody: from the library, the best first.
pub(crate) async fn list(library: &Library, prompt: &str, limit: u32) -> Result<Suggested, Error> {
    let profile = library.store.profile().await?;
    let switch = profile.and_then(|profile| profile.settings.prompt_suggestions_enabled);
    let enabled = switch.unwrap_or(true);
    let mut suggestions = Vec::new();
    if enabled {
        let all = library.store.suggestions().await?;
        suggestions = suggestions_for(prompt, all, usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(Suggested {
        enabled,
        suggestions,
    })
}

/// Has the server make suggestions for a prompt. They also come by the feed, for when it is away.
pub(crate) async fn ask(library: &Library, prompt: &str, limit: u32) -> Result<Suggested, Error> {
    let rest = rest(library).await?;
    let answer = match rest.suggest_prompts(prompt, limit).await {
        Err(error) if error.retry() == RetryClass::Auth => {
            let rest = rest_anew(library).await?;
            rest.suggest_prompts(prompt, limit).await?
        }
        answer => answer?,
    };
    library.reach.pull.notify_one();
    Ok(answer)
}

/// Has a model word a prompt, or hears how far that is.
pub(crate) async fn reword(library: &Library, id: Uuid, prompt: &str) -> Result<Worded, Error> {
    let rest = rest(library).await?;
    match rest.request_suggestions(id, prompt).await {
        Err(error) if error.retry() == RetryClass::Auth => {
            let rest = rest_anew(library).await?;
            Ok(rest.request_suggestions(id, prompt).await?)
        }
        answer => Ok(answer?),
    }
}

async fn rest(library: &Library) -> Result<Rest, Error> {
    let token = library.session.access_token().await?;
    Ok(library.remote.rest(&token))
}

/// With a new token, after the one at hand was refused.
async fn rest_anew(library: &Library) -> Result<Rest, Error> {
    let refused = library.session.access_token().await?;
    let token = library.session.refresh(&refused).await?;
    Ok(library.remote.rest(&token))
}
