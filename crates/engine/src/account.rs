//! The profile, the balance and the ledger with its running balance.

use amethyst_model::{LedgerEntry, LedgerEntryId, LedgerKind, Profile};
use amethyst_store::GenerationFilter;

use crate::Error;
use crate::library::Library;

/// The account in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountSummary {
    /// The profile, with unsent changes of language and theme.
    pub profile: Profile,
    /// Credits that waiting requests will take.
    pub unsent_cost: i64,
    /// Credits reserved by requests under way.
    pub reserved: i64,
    /// Images in the library.
    pub images: u64,
    /// Favorites in the library.
    pub favorites: u64,
    /// Requests that have not ended.
    pub active_generations: u64,
}

/// A ledger line with the balance after it.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerLine {
    /// The line.
    pub entry: LedgerEntry,
    /// Balance after it, counted back from the present one.
    pub balance_after: Option<i64>,
}

/// The account; `None` before the first pull.
pub(crate) async fn summary(library: &Library) -> Result<Option<AccountSummary>, Error> {
    let Some(profile) = library.store.profile().await? else {
        return Ok(None);
    };
    let counts = library.store.counts().await?;
    let active = GenerationFilter {
        active_only: true,
        limit: 500,
    };
    let under_way = library.store.generations(active).await?;
    let reserved = under_way
        .iter()
        .filter(|generation| {
            use amethyst_model::GenerationStatus::{Pending, Processing};
            matches!(generation.status, Pending | Processing)
        })
        .map(|generation| generation.credits_cost)
        .sum();
    Ok(Some(AccountSummary {
        profile,
        unsent_cost: library.store.unsent_cost().await?,
        reserved,
        images: counts.images,
        favorites: counts.favorites,
        active_generations: counts.active_generations,
    }))
}

/// A part of the ledger, newest first, and whether older lines follow.
pub(crate) async fn ledger(
    library: &Library,
    after: Option<LedgerEntryId>,
    limit: u32,
) -> Result<(Vec<LedgerLine>, bool), Error> {
    // Counted from the newest line: the balance after a line needs all that came later.
    let balance = library
        .store
        .profile()
        .await?
        .map(|profile| profile.credits_balance);
    let newest = library.store.ledger(None, u32::MAX).await?;
    let mut running = balance;
    let mut lines = newest.into_iter().map(|entry| {
        let line = LedgerLine {
            balance_after: running,
            entry,
        };
        running = running.map(|sum| sum - line.entry.amount);
        line
    });
    if let Some(id) = after {
        lines
            .by_ref()
            .find(|line| line.entry.id == id)
            .ok_or(Error::NotFound("ledger entry"))?;
    }
    let page: Vec<LedgerLine> = lines.by_ref().take(limit as usize).collect();
    let has_more = lines.next().is_some();
    Ok((page, has_more))
}

/// Credits given back for one request.
pub(crate) fn refunded(ledger: &[LedgerEntry]) -> i64 {
    let refunds = ledger
        .iter()
        .filter(|entry| entry.kind == LedgerKind::Refund);
    refunds.map(|entry| entry.amount).sum()
}
