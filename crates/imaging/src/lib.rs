//! Encoding, scaled decoding and thumbnails, the same in worker and client.
