//! Files of pictures, addressed by their content: `media/<2 hex>/<BLAKE3>`.
//!
//! A file appears under its name only when size and hash are right, and is read only if they still are;
//! so whatever is found here is what the server announced. One file may serve several pictures.

mod folder;
mod partial;

pub use folder::MediaFolder;
pub(crate) use folder::is_content_hash;
pub use partial::Partial;
