//! The closed sets of words that stand in labels, so that no caller can make up another one.

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal),* $(,)? })*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$word_doc])* $variant),* }

        impl $name {
            /// As it stands in a label.
            pub(super) fn word(self) -> String {
                match self { $(Self::$variant => $word),* }.to_owned()
            }
        })*
    };
}

words! {
    /// How a job left this worker's hands.
    JobOutcome {
        /// All images were delivered.
        Completed = "completed",
        /// Some images were delivered, the others refunded.
        Partial = "partial",
        /// Given up, and refunded.
        Failed = "failed",
        /// Back into the queue for another attempt.
        Retried = "retried",
        /// The user wanted it no more.
        Cancelled = "cancelled",
        /// Given back because the worker stops.
        Released = "released",
        /// Somebody else has it, or it is gone.
        Lost = "lost",
    }
    /// How an analysis ended.
    AnalysisOutcome {
        /// Its result was taken in.
        Done = "done",
        /// Given up.
        Failed = "failed",
        /// Back into the queue for another attempt.
        Retried = "retried",
        /// Nothing was asked for: switched off, or nothing to look at.
        Skipped = "skipped",
    }
    /// What became of a webhook.
    WebhookResult {
        /// Verified and counted.
        Accepted = "accepted",
        /// Verified, and known already.
        Repeated = "repeated",
        /// Verified, and about nothing of ours.
        Ignored = "ignored",
        /// Not signed by whom it says, or too old.
        Refused = "refused",
        /// Verified, and could not be taken in; its sender tries again.
        Failed = "failed",
    }
    /// What a look into the queue brought.
    ClaimResult {
        /// A job.
        Job = "job",
        /// Nothing to do.
        Empty = "empty",
        /// No answer, or a refusal.
        Error = "error",
    }
}

/// Whether jobs of a model are handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// As usual.
    Closed,
    /// One job at a time, to see whether it works again.
    Trying,
    /// None: the provider fails.
    Open,
}

impl BreakerState {
    pub(super) fn number(self) -> i64 {
        match self {
            Self::Closed => 0,
            Self::Trying => 1,
            Self::Open => 2,
        }
    }
}
