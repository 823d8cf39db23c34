//! Pixels in memory.

use crate::Error;

/// An sRGB picture with eight bits for each of red, green, blue and (unassociated) alpha, rows from
/// top to bottom without gaps. Never empty, and its buffer always fits its size.
#[derive(Clone, PartialEq, Eq)]
pub struct Bitmap {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl Bitmap {
    /// Takes a buffer of `width × height × 4` bytes.
    ///
    /// # Errors
    /// [`Error::Shape`] if a side is zero or the buffer has another length.
    pub fn from_rgba(width: u32, height: u32, rgba: Vec<u8>) -> Result<Self, Error> {
        let expected = (width as usize)
            .checked_mul(height as usize)
            .and_then(|pixels| pixels.checked_mul(4));
        if width == 0 || height == 0 || expected != Some(rgba.len()) {
            return Err(Error::Shape {
                width,
                height,
                bytes: rgba.len(),
            });
        }
        Ok(Self {
            width,
            height,
            rgba,
        })
    }

    /// Columns.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The pixels, four bytes each.
    #[must_use]
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// Whether every pixel is fully opaque.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        self.rgba.chunks_exact(4).all(|pixel| pixel[3] == 255)
    }

    /// BLAKE3 over size and pixels: equal for two files exactly if they decode to the same picture.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.width.to_le_bytes());
        hasher.update(&self.height.to_le_bytes());
        hasher.update(&self.rgba);
        *hasher.finalize().as_bytes()
    }

    /// Shrinks so that no side is longer than `max_side` pixels (at least 1); a picture that already
    /// fits is returned as it is. Never enlarges.
    #[must_use]
    pub fn shrunk(&self, max_side: u32) -> Self {
        let (width, height) = fit(self.width, self.height, max_side);
        crate::resize::resize(self, width, height)
    }
}

impl std::fmt::Debug for Bitmap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bitmap({}×{})", self.width, self.height)
    }
}

/// Size of a `width × height` picture shrunk to fit `max_side`, each side at least 1.
pub(crate) fn fit(width: u32, height: u32, max_side: u32) -> (u32, u32) {
    let longest = width.max(height);
    let max_side = max_side.max(1);
    if longest <= max_side {
        return (width, height);
    }
    let scaled = |side: u32| {
        let rounded =
            (u64::from(side) * u64::from(max_side) + u64::from(longest) / 2) / u64::from(longest);
        u32::try_from(rounded).unwrap_or(max_side).max(1)
    };
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fit_keeps_the_ratio_and_never_enlarges() {
        assert_eq!(fit(1024, 1024, 256), (256, 256));
        assert_eq!(fit(1344, 768, 512), (512, 293));
        assert_eq!(fit(100, 50, 512), (100, 50));
        assert_eq!(fit(16384, 1, 256), (256, 1));
        assert_eq!(fit(10, 10, 0), (1, 1));
    }

    #[test]
    fn a_buffer_of_the_wrong_length_is_refused() {
        assert!(Bitmap::from_rgba(2, 2, vec![0; 15]).is_err());
        assert!(Bitmap::from_rgba(0, 2, Vec::new()).is_err());
        assert!(Bitmap::from_rgba(u32::MAX, u32::MAX, vec![0; 4]).is_err());
        assert!(Bitmap::from_rgba(2, 2, vec![0; 16]).is_ok());
    }
}
