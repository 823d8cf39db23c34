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
    let answer = signed(library, async |rest| {
        rest.suggest_prompts(prompt, limit).await
    })
    .await?;
    library.reach.pull.notify_one();
    Ok(answer)
}

/// Has a model word a prompt, or hears how far that is.
pub(crate) async fn reword(library: &Library, id: Uuid, prompt: &str) -> Result<Worded, Error> {
    signed(library, async |rest| {
        rest.request_suggestions(id, prompt).await
    })
    .await
}

/// Calls once with the token at hand, and again with a new one if that is refused.
async fn signed<T>(
    library: &Library,
    call: impl AsyncFn(Rest) -> Result<T, amethyst_remote::Error>,
) -> Result<T, Error> {
    let token = library.session.access_token().await?;
    match call(library.remote.rest(&token)).await {
        Err(error) if error.retry() == RetryClass::Auth => {
            let token = library.session.refresh(&token).await?;
            Ok(call(library.remote.rest(&token)).await?)
        }
        answer => Ok(answer?),
    }
}
