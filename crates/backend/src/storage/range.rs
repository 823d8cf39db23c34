//! The `Range` header: which bytes of an object of known length are asked for.
//!
//! Only one range of unit `bytes` is served, as the hosted service does. A header in another unit or
//! with several ranges is ignored, which HTTP allows; a range that starts behind the end is an error.

/// What to send.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) enum Wanted {
    /// The whole object.
    Whole,
    /// Bytes `first..=last`, with `last` inside the object.
    Part {
        /// Offset of the first byte.
        first: u64,
        /// Offset of the last byte, inclusive.
        last: u64,
    },
    /// Nothing of the object lies in the range.
    Unsatisfiable,
}

impl Wanted {
    /// How many bytes of an object of `size` bytes this is.
    pub(crate) fn len(self, size: u64) -> u64 {
        match self {
            Self::Whole => size,
            Self::Part { first, last } => last - first + 1,
            Self::Unsatisfiable => 0,
        }
    }
}

/// Reads a `Range` header against an object of `size` bytes.
pub(crate) fn parse(header: Option<&str>, size: u64) -> Wanted {
    let Some(spec) = header.and_then(|value| value.trim().strip_prefix("bytes=")) else {
        return Wanted::Whole;
    };
    let Some((first, last)) = spec.split_once('-') else {
        return Wanted::Unsatisfiable;
    };
    if last.contains(',') {
        return Wanted::Whole;
    }
    match (number(first), number(last)) {
        (Number::Is(first), Number::Is(last)) if first <= last && first < size => Wanted::Part {
            first,
            last: last.min(size - 1),
        },
        (Number::Is(first), Number::Absent) if first < size => Wanted::Part {
            first,
            last: size - 1,
        },
        (Number::Absent, Number::Is(count)) if count > 0 && size > 0 => Wanted::Part {
            first: size.saturating_sub(count),
            last: size - 1,
        },
        _ => Wanted::Unsatisfiable,
    }
}

enum Number {
    Absent,
    Is(u64),
    Bad,
}

fn number(text: &str) -> Number {
    let text = text.trim();
    if text.is_empty() {
        Number::Absent
    } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit lie behind the end of any object.
        Number::Is(text.parse().unwrap_or(u64::MAX))
    } else {
        Number::Bad
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_to_the_object() {
        for (header, expected) in [
            ("bytes=0-0", Wanted::Part { first: 0, last: 0 }),
            ("bytes=2-5", Wanted::Part { first: 2, last: 5 }),
            ("bytes=2-", Wanted::Part { first: 2, last: 9 }),
            ("bytes=-3", Wanted::Part { first: 7, last: 9 }),
            ("bytes=-30", Wanted::Part { first: 0, last: 9 }),
            (
                "bytes=9-99999999999999999999999",
                Wanted::Part { first: 9, last: 9 },
            ),
            ("bytes=10-", Wanted::Unsatisfiable),
            ("bytes=5-2", Wanted::Unsatisfiable),
            ("bytes=-0", Wanted::Unsatisfiable),
            ("bytes=-", Wanted::Unsatisfiable),
            ("bytes=a-b", Wanted::Unsatisfiable),
            ("bytes=+1-2", Wanted::Unsatisfiable),
            ("bytes=7", Wanted::Unsatisfiable),
            ("bytes=0-1,4-5", Wanted::Whole),
            ("rows=0-1", Wanted::Whole),
        ] {
            assert_eq!(parse(Some(header), 10), expected, "{header}");
        }
        assert_eq!(parse(None, 10), Wanted::Whole);
    }

    #[test]
    fn an_empty_object_has_no_ranges() {
        assert_eq!(parse(Some("bytes=0-"), 0), Wanted::Unsatisfiable);
        assert_eq!(parse(Some("bytes=-1"), 0), Wanted::Unsatisfiable);
        assert_eq!(parse(None, 0).len(0), 0);
    }

    #[test]
    fn lengths_follow_the_range() {
        assert_eq!(parse(Some("bytes=2-5"), 10).len(10), 4);
        assert_eq!(Wanted::Whole.len(10), 10);
    }
}
