//! One intent, one call of the server.

use amethyst_model::{ImageId, Intent, ParkReason, QueuedIntent};
use amethyst_remote::{Act, Answered, Rest, Switched};
use amethyst_store::Ack;

use super::outcome::Outcome;
use crate::Error;
use crate::library::Library;

/// Carries the intent out on the server. Each call is idempotent there: a lost answer is repeated.
pub(super) async fn deliver(
    library: &Library,
    token: &str,
    queued: &QueuedIntent,
) -> Result<Outcome, Error> {
    let rest = library.remote.rest(token);
    match &queued.intent {
        Some(intent) => Ok(Outcome::Done(call(&rest, intent, queued).await?)),
        None => Ok(Outcome::Park {
            reason: ParkReason::Unknown,
            detail: None,
        }),
    }
}

async fn call(rest: &Rest, intent: &Intent, queued: &QueuedIntent) -> Result<Ack, Error> {
    let act = Act {
        at: queued.created_at,
        intent: queued.id,
    };
    Ok(match intent {
        Intent::CreateGeneration {
            generation,
            draft,
            max_cost,
        } => {
            let answer = rest
                .request_generation(*generation, draft, *max_cost)
                .await?;
            Ack::Generation {
                status: answer.status,
                cost: answer.credits_cost,
                balance: answer.created.then_some(answer.credits_balance),
            }
        }
        Intent::CancelGeneration { generation } => {
            rest.cancel_generation(*generation).await?;
            Ack::Done
        }
        Intent::SetFavorite { image, favorite } => {
            fresh(rest.set_favorite(*image, *favorite, act).await?, Ack::State)
        }
        Intent::SetPublic { image, public } => {
            fresh(rest.set_public(*image, *public, act).await?, Ack::State)
        }
        Intent::SetTrashed { image, trashed } => {
            applied(*image, rest.set_trashed(&[*image], *trashed, act).await?)
        }
        Intent::DeleteImage { image } => {
            let answer = rest.delete_trashed(&[*image], act.intent).await?;
            fresh(answer, |deleted| Ack::Applied(deleted.contains(image)))
        }
        Intent::SetRating { image, rating } => {
            applied(*image, rest.set_rating(&[*image], *rating, act).await?)
        }
        Intent::SetPick { image, pick } => {
            applied(*image, rest.set_pick(&[*image], *pick, act).await?)
        }
        Intent::TagImage { image, tag, on } => {
            applied(*image, rest.tag_images(tag, &[*image], *on, act).await?)
        }
        Intent::PutCollection { collection, sheet } => fresh(
            rest.put_collection(*collection, sheet, act).await?,
            Ack::Applied,
        ),
        Intent::CollectImages {
            collection,
            images,
            on,
        } => {
            let answer = rest.collect_images(*collection, images, *on, act).await?;
            fresh(answer, |answer| Ack::Collected(answer.applied))
        }
        Intent::DeleteCollection { collection } => {
            rest.delete_collection(*collection, act.intent).await?;
            Ack::Done
        }
        Intent::MergePreferences { kind, base, patch } => {
            let answer = rest
                .merge_preferences(*kind, base, patch, act.intent)
                .await?;
            fresh(answer, |answer| Ack::Preferences {
                document: answer.document,
                conflicts: answer.conflicts,
            })
        }
        Intent::MergeModelPreferences { model, base, patch } => {
            let answer = rest
                .merge_model_preferences(model, base, patch, act.intent)
                .await?;
            fresh(answer, |answer| Ack::Model {
                now: answer.now,
                conflicts: answer.conflicts,
            })
        }
        Intent::SetAccountSettings { settings } => {
            fresh(rest.set_profile(settings, act).await?, Ack::Settings)
        }
    })
}

/// What an answer says of the server's present state; one that was given before says nothing of that. The
/// feed has told what became of it, or will.
fn fresh<T>(answered: Answered<T>, ack: impl FnOnce(T) -> Ack) -> Ack {
    if answered.is_replay {
        Ack::Done
    } else {
        ack(answered.answer)
    }
}

/// Not applied: a later act stands, or the image is gone. The feed tells which.
fn applied(image: ImageId, answered: Answered<Switched>) -> Ack {
    fresh(answered, |answer| {
        Ack::Applied(answer.applied.contains(&image))
    })
}
