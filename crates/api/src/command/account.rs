//! The account and its ledger.

use amethyst_engine::Core;

use super::parse_id;
use crate::ApiError;
use crate::view::{AccountView, LedgerEntryView, LedgerPage, LedgerQuery};

pub(crate) async fn account_current(core: &Core, (): ()) -> Result<Option<AccountView>, ApiError> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let view = core.account().await?.map(|summary| AccountView {
        email: summary.profile.email,
        full_name: summary
            .profile
            .settings
            .full_name
            .filter(|name| !name.is_empty()),
        balance: summary.profile.credits_balance,
        unsent_cost: summary.unsent_cost,
        reserved: summary.reserved,
        subscription_tier: summary.profile.subscription_tier,
        total_generations: summary.profile.total_generations,
        images: count(summary.images),
        favorites: count(summary.favorites),
        active_generations: count(summary.active_generations),
    });
    Ok(view)
}

pub(crate) async fn ledger_page(core: &Core, query: LedgerQuery) -> Result<LedgerPage, ApiError> {
    let after = query.after.as_deref().map(parse_id).transpose()?;
    let (lines, has_more) = core.ledger(after, query.limit.clamp(1, 500)).await?;
    let mut entries = Vec::with_capacity(lines.len());
    for line in lines {
        let mut view = LedgerEntryView::from(line.entry);
        view.balance_after = line.balance_after;
        if let Some(id) = view.generation_id.as_deref().and_then(|id| id.parse().ok()) {
            match core.generation(id).await {
                Ok(generation) => view.prompt = Some(generation.draft.prompt),
                Err(amethyst_engine::Error::NotFound(_)) => {}
                Err(error) => return Err(error.into()),
            }
            view.image_id = core
                .images_of(id)
                .await?
                .first()
                .map(|image| image.id.to_string());
        }
        entries.push(view);
    }
    Ok(LedgerPage { entries, has_more })
}
