//! Waiting for a condition, never for a time.

use std::time::Duration;

/// How long anything may take on a slow machine before the test is wrong.
const LIMIT: Duration = Duration::from_secs(60);

/// Asks again until `check` has an answer.
///
/// # Panics
/// After a minute without one, naming `what` was awaited.
pub async fn eventually<T>(what: &str, mut check: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = tokio::time::Instant::now() + LIMIT;
    loop {
        if let Some(answer) = check().await {
            return answer;
        }
        assert!(
            tokio::time::Instant::now() < deadline,
            "waited a minute for {what}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
