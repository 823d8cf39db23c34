//! Thumbnails that this process uploaded a moment ago: analyses look at them without a download.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use super::{CallError, Hosted};

/// All of them together, in bytes.
const ROOM: usize = 24 << 20;

/// The largest one that is kept, in bytes.
const LARGEST: usize = 1 << 20;

/// Objects by bucket and path, the oldest forgotten first. An object never changes under its name.
#[derive(Default)]
pub(super) struct Recent(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    bytes: usize,
    order: VecDeque<String>,
    objects: HashMap<String, Bytes>,
}

fn key(bucket: &str, path: &str) -> String {
    format!("{bucket}/{path}")
}

impl Recent {
    /// Keeps a thumbnail; other objects are not worth the room.
    pub(super) fn remember(&self, bucket: &str, path: &str, body: &Bytes) {
        let is_thumbnail = path.ends_with(".512.webp") || path.ends_with(".768.webp");
        if !is_thumbnail || body.len() > LARGEST {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = key(bucket, path);
        kept.bytes += body.len();
        match kept.objects.insert(key.clone(), body.clone()) {
            Some(old) => kept.bytes -= old.len(),
            None => kept.order.push_back(key),
        }
        while kept.bytes > ROOM {
            let Some(oldest) = kept.order.pop_front() else {
                break;
            };
            if let Some(gone) = kept.objects.remove(&oldest) {
                kept.bytes -= gone.len();
            }
        }
    }

    fn recall(&self, bucket: &str, path: &str) -> Option<Bytes> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.objects.get(&key(bucket, path)).cloned()
    }
}

impl Hosted {
    /// An object, from memory if this process uploaded it a moment ago.
    pub(crate) async fn fetch(&self, bucket: &str, path: &str) -> Result<Bytes, CallError> {
        match self.0.recent.recall(bucket, path) {
            Some(body) => Ok(body),
            None => self.download(bucket, path).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbnails_are_kept_until_the_room_is_needed() {
        let recent = Recent::default();
        let body = Bytes::from(vec![7; LARGEST]);
        recent.remember("b", "x.webp", &body);
        assert_eq!(recent.recall("b", "x.webp"), None);
        for number in 0..=ROOM / LARGEST {
            // Twice the same counts once.
            for _ in 0..2 {
                recent.remember("b", &format!("{number}.512.webp"), &body);
            }
        }
        assert_eq!(recent.recall("b", "0.512.webp"), None);
        assert_eq!(recent.recall("b", "1.512.webp"), Some(body));
        assert_eq!(recent.recall("c", "1.512.webp"), None);
        let too_large = Bytes::from(vec![0; LARGEST + 1]);
        recent.remember("b", "large.768.webp", &too_large);
        assert_eq!(recent.recall("b", "large.768.webp"), None);
    }
}
