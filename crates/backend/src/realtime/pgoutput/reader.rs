//! Reading integers and strings off a slice of bytes, in network order, without ever panicking.

/// The bytes are not of the protocol.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum DecodeError {
    /// The message ends in the middle of a field.
    #[error("a replication message ends too early")]
    TooShort,
    /// A text is not UTF-8.
    #[error("a replication message holds text that is not UTF-8")]
    NotUtf8,
    /// A tag that protocol version 1 does not have at this place.
    #[error("a replication message has the unknown tag {0:#04x}")]
    UnknownTag(u8),
}

/// A position in a message.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or(DecodeError::TooShort)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (taken, rest) = self
            .rest
            .split_first_chunk::<N>()
            .ok_or(DecodeError::TooShort)?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn i64(&mut self) -> Result<i64, DecodeError> {
        self.array().map(i64::from_be_bytes)
    }

    /// A text of `count` bytes.
    pub(super) fn text(&mut self, count: usize) -> Result<String, DecodeError> {
        let bytes = self.bytes(count)?;
        std::str::from_utf8(bytes)
            .map(str::to_owned)
            .map_err(|_| DecodeError::NotUtf8)
    }

    /// A text that ends with a zero byte.
    pub(super) fn c_string(&mut self) -> Result<String, DecodeError> {
        let end = self
            .rest
            .iter()
            .position(|byte| *byte == 0)
            .ok_or(DecodeError::TooShort)?;
        let text = self.text(end)?;
        self.bytes(1)?;
        Ok(text)
    }
}
