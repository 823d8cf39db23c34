//! The messages themselves. The layout is that of PostgreSQL's manual, "Logical Replication Message
//! Formats".

use super::reader::{DecodeError, Reader};

/// What one entry of the replication stream says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    /// A transaction begins. The stream holds committed transactions only, in order of commit.
    Begin {
        /// When it committed: microseconds since 2000-01-01 UTC.
        committed_at: i64,
    },
    /// The transaction is over.
    Commit,
    /// The shape of a table, told before its first row.
    Relation(Relation),
    /// A new row.
    Insert {
        /// Which table.
        relation: u32,
        /// The row.
        new: Tuple,
    },
    /// A changed row.
    Update {
        /// Which table.
        relation: u32,
        /// The former row, or its former key, if the table's replica identity tells.
        old: Option<Tuple>,
        /// The row as it is now.
        new: Tuple,
    },
    /// A row that went.
    Delete {
        /// Which table.
        relation: u32,
        /// The former row, or its key, as the table's replica identity tells.
        old: Tuple,
    },
    /// Something that changes no row.
    Other,
}

/// The shape of a table as of the transaction that follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relation {
    /// The table's object id, by which row messages name it.
    pub(crate) id: u32,
    /// Its schema.
    pub(crate) schema: String,
    /// Its name.
    pub(crate) table: String,
    /// Its published columns, in the order of the tuples.
    pub(crate) columns: Vec<RelationColumn>,
}

/// A published column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RelationColumn {
    /// Its name.
    pub(crate) name: String,
    /// The object id of its type.
    pub(crate) type_id: u32,
    /// Whether it belongs to the replica identity.
    pub(crate) in_identity: bool,
}

/// The values of a row, by position.
pub(crate) type Tuple = Vec<TupleValue>;

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TupleValue {
    /// SQL null, or a column outside the key in a key-only tuple.
    Null,
    /// A large value that this update left alone and therefore does not repeat.
    Unchanged,
    /// The value in PostgreSQL's text form.
    Text(String),
}

/// Reads one message.
///
/// # Errors
/// When the bytes are cut short, hold invalid text, or a tag that protocol version 1 does not know.
pub(crate) fn decode(bytes: &[u8]) -> Result<Message, DecodeError> {
    let mut reader = Reader::new(bytes);
    match reader.u8()? {
        b'B' => {
            reader.i64()?;
            let committed_at = reader.i64()?;
            Ok(Message::Begin { committed_at })
        }
        b'C' => Ok(Message::Commit),
        b'R' => relation(&mut reader).map(Message::Relation),
        b'I' => {
            let relation = reader.u32()?;
            expect(&mut reader, b'N')?;
            Ok(Message::Insert {
                relation,
                new: tuple(&mut reader)?,
            })
        }
        b'U' => {
            let relation = reader.u32()?;
            let mut tag = reader.u8()?;
            let mut old = None;
            if matches!(tag, b'K' | b'O') {
                old = Some(tuple(&mut reader)?);
                tag = reader.u8()?;
            }
            if tag != b'N' {
                return Err(DecodeError::UnknownTag(tag));
            }
            Ok(Message::Update {
                relation,
                old,
                new: tuple(&mut reader)?,
            })
        }
        b'D' => {
            let relation = reader.u32()?;
            match reader.u8()? {
                b'K' | b'O' => Ok(Message::Delete {
                    relation,
                    old: tuple(&mut reader)?,
                }),
                tag => Err(DecodeError::UnknownTag(tag)),
            }
        }
        b'T' | b'Y' | b'O' | b'M' => Ok(Message::Other),
        tag => Err(DecodeError::UnknownTag(tag)),
    }
}

fn relation(reader: &mut Reader<'_>) -> Result<Relation, DecodeError> {
    let id = reader.u32()?;
    let schema = reader.c_string()?;
    let table = reader.c_string()?;
    reader.u8()?;
    let count = reader.u16()?;
    let mut columns = Vec::with_capacity(count.into());
    for _ in 0..count {
        let flags = reader.u8()?;
        let name = reader.c_string()?;
        let type_id = reader.u32()?;
        reader.u32()?;
        columns.push(RelationColumn {
            name,
            type_id,
            in_identity: flags & 1 == 1,
        });
    }
    // An empty schema stands for pg_catalog.
    let schema = if schema.is_empty() {
        "pg_catalog".to_owned()
    } else {
        schema
    };
    Ok(Relation {
        id,
        schema,
        table,
        columns,
    })
}

fn tuple(reader: &mut Reader<'_>) -> Result<Tuple, DecodeError> {
    let count = reader.u16()?;
    let mut values = Vec::with_capacity(count.into());
    for _ in 0..count {
        values.push(match reader.u8()? {
            b'n' => TupleValue::Null,
            b'u' => TupleValue::Unchanged,
            b't' => {
                let length = reader.u32()?;
                let length = usize::try_from(length).map_err(|_| DecodeError::TooShort)?;
                TupleValue::Text(reader.text(length)?)
            }
            tag => return Err(DecodeError::UnknownTag(tag)),
        });
    }
    Ok(values)
}

fn expect(reader: &mut Reader<'_>, tag: u8) -> Result<(), DecodeError> {
    match reader.u8()? {
        found if found == tag => Ok(()),
        found => Err(DecodeError::UnknownTag(found)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> TupleValue {
        TupleValue::Text(value.to_owned())
    }

    fn hex(bytes: &str) -> Vec<u8> {
        let digits: String = bytes.split_whitespace().collect();
        (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
            .collect()
    }

    const INSERT: &str = "49 00004001 4e 0003 74 00000001 31 6e 74 00000003 c3a974";

    #[test]
    fn a_begin_tells_the_commit_time() {
        let bytes = hex("42 0000000001a2b3c4 0002e5a1f0c4d2e8 000002f1");
        let expected = Message::Begin {
            committed_at: 0x0002_e5a1_f0c4_d2e8,
        };
        assert_eq!(decode(&bytes), Ok(expected));
    }

    #[test]
    fn a_relation_tells_columns_types_and_key() {
        // public.t (id int8 key, note text)
        let bytes = hex("52 00004001 7075626c696300 7400 64 0002 \
             01 696400 00000014 ffffffff 00 6e6f746500 00000019 ffffffff");
        let column = |name: &str, type_id, in_identity| RelationColumn {
            name: name.to_owned(),
            type_id,
            in_identity,
        };
        let expected = Relation {
            id: 0x4001,
            schema: "public".to_owned(),
            table: "t".to_owned(),
            columns: vec![column("id", 20, true), column("note", 25, false)],
        };
        assert_eq!(decode(&bytes), Ok(Message::Relation(expected)));
    }

    #[test]
    fn rows_are_read_with_nulls_and_accents() {
        let new = vec![text("1"), TupleValue::Null, text("ét")];
        assert_eq!(
            decode(&hex(INSERT)),
            Ok(Message::Insert {
                relation: 0x4001,
                new
            })
        );
    }

    #[test]
    fn updates_come_with_or_without_the_former_key() {
        let plain = hex("55 00004001 4e 0002 74 00000001 31 75");
        let new = vec![text("1"), TupleValue::Unchanged];
        assert_eq!(
            decode(&plain),
            Ok(Message::Update {
                relation: 0x4001,
                old: None,
                new: new.clone()
            })
        );
        let rekeyed = hex("55 00004001 4b 0002 74 00000001 30 6e 4e 0002 74 00000001 31 75");
        let old = Some(vec![text("0"), TupleValue::Null]);
        assert_eq!(
            decode(&rekeyed),
            Ok(Message::Update {
                relation: 0x4001,
                old,
                new
            })
        );
    }

    #[test]
    fn deletes_tell_the_key() {
        let bytes = hex("44 00004001 4b 0001 74 00000002 3432");
        assert_eq!(
            decode(&bytes),
            Ok(Message::Delete {
                relation: 0x4001,
                old: vec![text("42")]
            })
        );
    }

    #[test]
    fn every_cut_of_a_message_is_an_error_and_no_panic() {
        let bytes = hex(INSERT);
        for length in 0..bytes.len() {
            assert_eq!(
                decode(&bytes[..length]),
                Err(DecodeError::TooShort),
                "{length} bytes"
            );
        }
    }

    #[test]
    fn foreign_bytes_are_refused() {
        assert_eq!(decode(b"Z"), Err(DecodeError::UnknownTag(b'Z')));
        assert_eq!(
            decode(&hex("49 00004001 4f")),
            Err(DecodeError::UnknownTag(b'O'))
        );
        assert_eq!(
            decode(&hex("49 00004001 4e 0001 62 00000001 00")),
            Err(DecodeError::UnknownTag(b'b'))
        );
        assert_eq!(
            decode(&hex("49 00004001 4e 0001 74 00000001 ff")),
            Err(DecodeError::NotUtf8)
        );
    }

    #[test]
    fn messages_without_rows_are_passed_over() {
        assert_eq!(decode(b"C"), Ok(Message::Commit));
        assert_eq!(decode(&hex("54 00000001 00 00004001")), Ok(Message::Other));
    }
}
