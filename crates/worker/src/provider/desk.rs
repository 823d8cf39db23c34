//! Where a provider hands its pictures over and tells how far it is.

use std::sync::Arc;

use serde::Serialize;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::{Failure, Picture};
use crate::outside::Class;

/// How far an order is: step of steps, in image of images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Progress {
    pub(crate) step: u32,
    pub(crate) steps: u32,
    pub(crate) image: u32,
    pub(crate) images: u32,
}

/// A finished picture and its place in the request.
#[derive(Clone, Debug)]
pub struct Output {
    /// Place, from 0.
    pub index: u32,
    /// The picture.
    pub picture: Picture,
}

/// A provider's side of one order. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    progress: Arc<watch::Sender<Progress>>,
    outputs: mpsc::Sender<Output>,
    stop: CancellationToken,
}

impl Desk {
    /// With the receiving ends. `stop` ends the painting.
    pub(crate) fn new(
        progress: Arc<watch::Sender<Progress>>,
        stop: CancellationToken,
    ) -> (Self, mpsc::Receiver<Output>) {
        // One at a time: a picture waits in memory only until the one before it is stored.
        let (outputs, receiver) = mpsc::channel(1);
        let desk = Self {
            progress,
            outputs,
            stop,
        };
        (desk, receiver)
    }

    /// Hands a finished picture over.
    ///
    /// # Errors
    /// When nobody takes it any more; the provider then returns.
    pub async fn hand_over(&self, index: u32, picture: Picture) -> Result<(), Failure> {
        let output = Output { index, picture };
        self.outputs.send(output).await.map_err(|_| ended())
    }

    /// As [`Desk::hand_over`], on a thread that may wait.
    ///
    /// # Errors
    /// As there.
    pub fn hand_over_blocking(&self, index: u32, picture: Picture) -> Result<(), Failure> {
        let output = Output { index, picture };
        self.outputs.blocking_send(output).map_err(|_| ended())
    }

    /// Says that `step` of `steps` is done in the `image`-th (from 1) of `images`.
    pub fn done(&self, step: u32, steps: u32, image: u32, images: u32) {
        let progress = Progress {
            step,
            steps,
            image,
            images,
        };
        self.progress.send_if_modified(|old| {
            let changed = *old != progress;
            *old = progress;
            changed
        });
    }

    /// Whether the work is wanted no more; a provider then returns soon, with any answer.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.stop.is_cancelled()
    }
}

/// Whoever took pictures has failed and says so himself; this word is never shown.
fn ended() -> Failure {
    Failure::new("ended", Class::Transient)
}
