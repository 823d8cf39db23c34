//! The house rules that no compiler checks.

mod directions;
mod files;
mod places;
mod tree;

use anyhow::bail;

/// Checks all rules and tells every breach.
pub(crate) fn check() -> anyhow::Result<()> {
    let files = files::tracked()?;
    let mut breaches = directions::check()?;
    breaches.extend(places::check(&files)?);
    breaches.extend(tree::check(&files)?);
    breaches.extend(files::check_sizes(&files)?);
    if breaches.is_empty() {
        return Ok(());
    }
    for breach in &breaches {
        eprintln!("  {breach}");
    }
    bail!("{} house rule(s) broken", breaches.len())
}
