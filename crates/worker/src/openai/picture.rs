//! Pictures inside of requests.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A WebP file as a `data:` address, so that no address of ours has to be reachable from outside.
pub(crate) fn data_url(webp: &[u8]) -> String {
    format!("data:image/webp;base64,{}", STANDARD.encode(webp))
}
