//! A clock that the test sets.

use std::pin::Pin;
use std::time::Duration;

use amethyst_model::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

/// [`Clock`] that stands still until it is moved. It begins at the present instant, because the server
/// beside it has a clock of its own.
#[derive(Debug)]
pub struct ManualClock(watch::Sender<DateTime<Utc>>);

impl Default for ManualClock {
    fn default() -> Self {
        Self(watch::Sender::new(Utc::now()))
    }
}

impl ManualClock {
    /// Moves it on; whoever sleeps until then wakes.
    pub fn advance(&self, by: Duration) {
        self.jump(TimeDelta::from_std(by).unwrap());
    }

    /// Sets it forward or back, as a user does who corrects the clock of his machine.
    pub fn jump(&self, by: TimeDelta) {
        self.0.send_modify(|now| *now += by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.borrow()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let mut clock = self.0.subscribe();
        let until = TimeDelta::from_std(duration)
            .ok()
            .and_then(|duration| self.now().checked_add_signed(duration));
        Box::pin(async move {
            // Longer than any calendar reaches, or a clock that is gone: never.
            let reached = match until {
                Some(until) => clock.wait_for(|now| *now >= until).await.is_ok(),
                None => false,
            };
            if !reached {
                std::future::pending::<()>().await;
            }
        })
    }
}
