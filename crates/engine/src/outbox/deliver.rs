//! One intent, one call of the server.

use amethyst_model::{Intent, ParkReason, QueuedIntent};
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
    let outcome = match &queued.intent {
        Some(Intent::CreateGeneration {
            generation,
            draft,
            max_cost,
        }) => {
            let answer = rest
                .request_generation(*generation, draft, *max_cost)
                .await?;
            Outcome::Done(Ack::Generation {
                status: answer.status,
                cost: answer.credits_cost,
                balance: answer.credits_balance,
            })
        }
        Some(Intent::CancelGeneration { generation }) => {
            rest.cancel_generation(*generation).await?;
            Outcome::Done(Ack::Done)
        }
        Some(Intent::SetFavorite { image, favorite }) => {
            let favorite = rest
                .set_favorite(*image, *favorite, queued.created_at, queued.id)
                .await?;
            Outcome::Done(Ack::Favorite { favorite })
        }
        Some(Intent::SetAccountSettings { settings }) => {
            rest.update_profile(library.user, settings).await?;
            Outcome::Done(Ack::Settings)
        }
        None => Outcome::Park {
            reason: ParkReason::Unknown,
            detail: None,
        },
    };
    Ok(outcome)
}
