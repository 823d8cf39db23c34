//! Asking for images: priced and checked here, written to the outbox, sent by the sender.

use amethyst_model::{
    Adjustment, FieldError, Generation, GenerationDraft, GenerationId, Intent, InvalidDraft, adapt,
    price,
};
use amethyst_store::GenerationFilter;

use crate::library::Library;
use crate::{Error, ids};

/// What a draft costs by the cached catalog and balance.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftQuote {
    /// Credits; `None` while the draft has no price.
    pub cost: Option<i64>,
    /// Balance left after this and everything waiting to be sent; `None` while no balance is known.
    pub balance_after: Option<i64>,
    /// Wrong fields.
    pub fields: Vec<FieldError>,
    /// What the model is going to do differently.
    pub adjustments: Vec<Adjustment>,
}

/// Prices and checks a draft. Reads only.
pub(crate) async fn quote(library: &Library, draft: &GenerationDraft) -> Result<DraftQuote, Error> {
    let model = library.store.model(&draft.model_id).await?;
    let fields = match draft.validate(model.as_ref()) {
        Ok(()) => Vec::new(),
        Err(InvalidDraft(fields)) => fields,
    };
    let cost = model.as_ref().and_then(|model| price(draft, model));
    let balance = library
        .store
        .profile()
        .await?
        .map(|profile| profile.credits_balance);
    let unsent = library.store.unsent_cost().await?;
    let balance_after = match (balance, cost) {
        (Some(balance), Some(cost)) => Some(balance - unsent - cost),
        _ => None,
    };
    // A source image is not part of a draft yet.
    let adjustments = model
        .as_ref()
        .map(|model| adapt(draft, model, false).adjustments)
        .unwrap_or_default();
    Ok(DraftQuote {
        cost,
        balance_after,
        fields,
        adjustments,
    })
}

/// Writes a request to the outbox in one transaction and wakes the sender. Nothing is charged until the
/// server confirms, and never more than `max_cost`, which may be more than it costs today: the most that the
/// user would pay for this draft, should the price have changed by the time it is sent.
pub(crate) async fn request(
    library: &Library,
    draft: &GenerationDraft,
    max_cost: i64,
) -> Result<Generation, Error> {
    let store = library.writable()?;
    let quote = quote(library, draft).await?;
    if !quote.fields.is_empty() {
        return Err(InvalidDraft(quote.fields).into());
    }
    if let Some(price) = quote.cost
        && price > max_cost
    {
        return Err(Error::PriceChanged {
            price,
            agreed: max_cost,
        });
    }
    if let Some(after) = quote.balance_after
        && after < 0
    {
        return Err(Error::InsufficientCredits { missing: -after });
    }
    let id = ids::generation_id(&*library.clock);
    let intent = ids::intent_id(&*library.clock);
    let cost = quote.cost.unwrap_or(max_cost);
    let mut tx = store.begin().await?;
    tx.request_generation(intent, id, draft, max_cost, library.clock.now())
        .await?;
    tx.set_quote(id, cost).await?;
    tx.commit().await?;
    library.reach.send.notify_one();
    get(library, id).await
}

/// Asks to stop a request. One that was never sent vanishes from the outbox; one that has ended stays
/// as it is.
pub(crate) async fn cancel(library: &Library, id: GenerationId) -> Result<Generation, Error> {
    let store = library.writable()?;
    let generation = get(library, id).await?;
    if !generation.status.is_final() && !generation.cancel_requested {
        let intent = Intent::CancelGeneration { generation: id };
        let mut tx = store.begin().await?;
        tx.enqueue(
            ids::intent_id(&*library.clock),
            &intent,
            library.clock.now(),
        )
        .await?;
        tx.commit().await?;
        library.reach.send.notify_one();
    }
    get(library, id).await
}

/// One request.
pub(crate) async fn get(library: &Library, id: GenerationId) -> Result<Generation, Error> {
    library
        .store
        .generation(id)
        .await?
        .ok_or(Error::NotFound("generation"))
}

/// Requests, newest first.
pub(crate) async fn list(
    library: &Library,
    active_only: bool,
    limit: u32,
) -> Result<Vec<Generation>, Error> {
    Ok(library
        .store
        .generations(GenerationFilter { active_only, limit })
        .await?)
}
