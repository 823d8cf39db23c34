//! SQLite's record format: a header of types, then the values.

/// One value of a record.
#[derive(Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    /// A floating-point number; the outbox has none.
    Real,
    Blob(Vec<u8>),
    Text(String),
}

impl Value {
    pub(super) fn blob(self) -> Option<Vec<u8>> {
        match self {
            Self::Blob(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn text_or_null(self) -> Option<Option<String>> {
        match self {
            Self::Null => Some(None),
            other => other.text().map(Some),
        }
    }

    pub(super) fn integer(self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn integer_or_null(self) -> Option<Option<i64>> {
        match self {
            Self::Null => Some(None),
            other => other.integer().map(Some),
        }
    }
}

/// The number at the beginning and what follows it.
pub(super) fn read_varint(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let mut number = 0_u64;
    for (index, byte) in bytes.iter().take(9).enumerate() {
        if index == 8 {
            number = number << 8 | u64::from(*byte);
            return Some((number.cast_signed(), &bytes[9..]));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((number.cast_signed(), &bytes[index + 1..]));
        }
    }
    None
}

/// All values of a record; `None` when it does not hold together.
pub(super) fn values(record: &[u8]) -> Option<Vec<Value>> {
    let (header_length, after_length) = read_varint(record)?;
    let header_length = usize::try_from(header_length).ok()?;
    let length_bytes = record.len() - after_length.len();
    let mut types = record.get(length_bytes..header_length)?;
    let mut body = record.get(header_length..)?;
    let mut found = Vec::new();
    while !types.is_empty() {
        let (kind, rest) = read_varint(types)?;
        types = rest;
        let size = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            12.. => (kind - 12) / 2,
            _ => return None,
        };
        let (bytes, rest) = body.split_at_checked(usize::try_from(size).ok()?)?;
        body = rest;
        found.push(value(kind, bytes)?);
    }
    Some(found)
}

fn value(kind: i64, bytes: &[u8]) -> Option<Value> {
    Some(match kind {
        0 => Value::Null,
        1..=6 => Value::Integer(big_endian(bytes)),
        7 => Value::Real,
        8 => Value::Integer(0),
        9 => Value::Integer(1),
        _ if kind % 2 == 0 => Value::Blob(bytes.to_vec()),
        _ => Value::Text(String::from_utf8(bytes.to_vec()).ok()?),
    })
}

/// A two's complement number of one to eight bytes.
fn big_endian(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let start = if negative { -1 } else { 0 };
    bytes
        .iter()
        .fold(start, |sum, byte| sum << 8 | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_of_every_length() {
        assert_eq!(read_varint(&[0x7f, 9]), Some((127, &[9][..])));
        assert_eq!(read_varint(&[0x81, 0x00]), Some((128, &[][..])));
        assert_eq!(read_varint(&[0xff; 9]), Some((-1, &[][..])));
        assert_eq!(read_varint(&[0x80]), None);
        assert_eq!(read_varint(&[]), None);
    }

    #[test]
    fn records_hold_together_or_are_refused() {
        // Header of 5 bytes: null, one-byte integer, text of 2, blob of 1.
        let record = [5, 0, 1, 17, 14, 0xfe, b'h', b'i', 7];
        let expected = vec![
            Value::Null,
            Value::Integer(-2),
            Value::Text("hi".into()),
            Value::Blob(vec![7]),
        ];
        assert_eq!(values(&record), Some(expected));
        assert_eq!(values(&record[..8]), None);
        assert_eq!(values(&[200, 1]), None);
        assert_eq!(values(&[2, 10]), None);
    }
}
