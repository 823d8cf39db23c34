//! The hosted project: its address, its key, and whether its schema is new enough.

use super::Finding;
use crate::hosted::{CallError, Hosted};

const PART: &str = "supabase";

/// The newest migration that this worker was made for.
pub(super) const SCHEMA: &str = "20261123200400";

pub(super) async fn check(hosted: &Hosted) -> Vec<Finding> {
    let version = match hosted.schema_version().await {
        Ok(version) => version,
        Err(error) => return vec![trouble(&error)],
    };
    let mut found = vec![match version {
        None => Finding::warning(
            PART,
            "the key is accepted; the project does not record migrations, so that the schema's age is unknown",
        ),
        Some(version) if version.as_str() < SCHEMA => Finding::error(
            PART,
            format!(
                "the schema ends at {version}, this worker needs {SCHEMA}: run `supabase db push`"
            ),
        ),
        Some(version) if version.as_str() > SCHEMA => Finding::ok(
            PART,
            format!(
                "the key is accepted; the schema ({version}) is newer than this worker: upgrade it soon"
            ),
        ),
        Some(version) => Finding::ok(
            PART,
            format!("the key is accepted, the schema is {version}"),
        ),
    }];
    if let Err(error) = hosted.queue_stats().await {
        found.push(trouble(&error));
    }
    found
}

pub(super) fn trouble(error: &CallError) -> Finding {
    match error {
        CallError::Away(_) => Finding::error(
            PART,
            "no answer: check AMETHYST_URL, that the project is not paused, and that this machine may reach it",
        ),
        CallError::Busy { status, .. } => Finding::error(
            PART,
            format!(
                "the project cannot answer now (HTTP {status}): is it starting, or overloaded?"
            ),
        ),
        CallError::Unauthorized(status) => Finding::error(
            PART,
            format!(
                "the key is refused (HTTP {status}): AMETHYST_SERVICE_ROLE_KEY must be this project's secret or service_role key"
            ),
        ),
        CallError::Refused(refusal) if refusal.status == 404 => Finding::error(
            PART,
            "the schema is not there, or older than this worker: run `supabase db push`; or the address is wrong",
        ),
        CallError::Refused(_) | CallError::StaleLease | CallError::Nonsense(_) => {
            Finding::nonsense(PART)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SCHEMA;

    /// Worker and schema are released together.
    #[test]
    fn the_worker_asks_for_the_newest_migration() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../supabase/migrations");
        let newest = fs_err::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .max()
            .unwrap();
        assert!(newest.starts_with(SCHEMA), "SCHEMA is not of {newest}");
    }
}
