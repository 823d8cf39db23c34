//! Every setting there is: its environment variable and its key in the configuration file.

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// Environment variable.
    pub(super) variable: &'static str,
    /// Key in the file, with its section.
    pub(super) key: &'static str,
    /// Secrets may also come from a file: `<variable>_FILE`, `<key>_file`.
    pub(super) secret: bool,
    /// What it is, for the sentence that misses it.
    pub(super) what: &'static str,
}

macro_rules! settings {
    ($($name:ident: $variable:literal, $key:literal, $secret:literal, $what:literal;)*) => {
        $(pub(super) const $name: Setting =
            Setting { variable: $variable, key: $key, secret: $secret, what: $what };)*
        /// All of them.
        pub(super) const ALL: &[Setting] = &[$($name),*];
    };
}

settings! {
    URL: "AMETHYST_URL", "supabase.url", false, "the project's address";
    SERVICE_ROLE_KEY: "AMETHYST_SERVICE_ROLE_KEY", "supabase.service_role_key", true, "the project's secret key";

    CONCURRENCY: "AMETHYST_WORKER_CONCURRENCY", "worker.concurrency", false, "jobs at once";
    POLL: "AMETHYST_WORKER_POLL_MS", "worker.poll_ms", false, "the pause of an idle worker";
    LEASE: "AMETHYST_WORKER_LEASE_S", "worker.lease_s", false, "the lease of a job";
    GRACE: "AMETHYST_WORKER_GRACE_S", "worker.grace_s", false, "the grace of jobs in hand";
    LISTEN: "AMETHYST_WORKER_LISTEN", "worker.listen", false, "where the worker listens";
    PUBLIC_URL: "AMETHYST_WORKER_PUBLIC_URL", "worker.public_url", false, "where the worker is reached";
    LOG: "AMETHYST_WORKER_LOG", "worker.log", false, "the form of log lines";
    STOP_WITH_STDIN: "AMETHYST_WORKER_STOP_WITH_STDIN", "worker.stop_with_stdin", false, "whether the end of input means stop";

    REPLICATE_TOKEN: "REPLICATE_API_TOKEN", "replicate.token", true, "Replicate's token";
    REPLICATE_WEBHOOK_SECRET: "REPLICATE_WEBHOOK_SECRET", "replicate.webhook_secret", true, "Replicate's webhook secret";
    REPLICATE_URL: "REPLICATE_API_URL", "replicate.url", false, "Replicate's address";
    REPLICATE_POLL: "REPLICATE_POLL_MS", "replicate.poll_ms", false, "the pause between two looks at a prediction";
    REPLICATE_DEADLINE: "REPLICATE_DEADLINE_S", "replicate.deadline_s", false, "the longest prediction";

    STABILITY_KEY: "STABILITY_API_KEY", "stability.key", true, "Stability AI's key";
    STABILITY_URL: "STABILITY_API_URL", "stability.url", false, "Stability AI's address";
    STABILITY_DEADLINE: "STABILITY_DEADLINE_S", "stability.deadline_s", false, "the longest request to Stability AI";

    OPENAI_KEY: "OPENAI_API_KEY", "openai.key", true, "OpenAI's key";
    OPENAI_URL: "OPENAI_BASE_URL", "openai.url", false, "OpenAI's address";
    OPENAI_DEADLINE: "OPENAI_DEADLINE_S", "openai.deadline_s", false, "the longest request to OpenAI";
    OPENAI_MODERATION: "OPENAI_MODERATION_MODEL", "openai.moderation_model", false, "the model that moderates";
    OPENAI_VISION: "OPENAI_VISION_MODEL", "openai.vision_model", false, "the model that describes";
    OPENAI_EMBEDDING: "OPENAI_EMBEDDING_MODEL", "openai.embedding_model", false, "the model that makes vectors";

    STRIPE_KEY: "STRIPE_SECRET_KEY", "stripe.secret_key", true, "Stripe's secret key";
    STRIPE_WEBHOOK_SECRET: "STRIPE_WEBHOOK_SECRET", "stripe.webhook_secret", true, "Stripe's webhook secret";
    STRIPE_URL: "STRIPE_API_URL", "stripe.url", false, "Stripe's address";
    STRIPE_RETURN_URL: "STRIPE_RETURN_URL", "stripe.return_url", false, "the page to return to after paying";
}

/// The known key that `key` was probably meant to be: the nearest, if few letters differ.
pub(super) fn nearest(key: &str) -> Option<&'static str> {
    ALL.iter()
        .map(|setting| (distance(key, setting.key), setting.key))
        .min()
        .filter(|(distance, _)| *distance <= 4)
        .map(|(_, key)| key)
}

/// Levenshtein's: letters to add, drop or change.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    // A key of a hostile length costs no more than the longest that could be near.
    for (i, from) in a.chars().take(64).enumerate() {
        let mut next = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let changed = row[j] + usize::from(from != *to);
            next.push(changed.min(row[j + 1] + 1).min(next[j] + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_settings_share_a_name() {
        let variables: BTreeSet<_> = ALL.iter().map(|setting| setting.variable).collect();
        let keys: BTreeSet<_> = ALL.iter().map(|setting| setting.key).collect();
        assert_eq!((variables.len(), keys.len()), (ALL.len(), ALL.len()));
    }

    #[test]
    fn a_slip_of_the_pen_is_recognized() {
        assert_eq!(nearest("worker.concurency"), Some("worker.concurrency"));
        assert_eq!(nearest("openai.api_key"), Some("openai.key"));
        assert_eq!(nearest("weather.tomorrow_afternoon"), None);
    }
}
