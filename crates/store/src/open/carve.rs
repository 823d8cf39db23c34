//! Rows of the outbox found in the raw pages of a database whose structure is lost.
//!
//! Every leaf page of a table is looked at, wherever it hangs, and every record that has the outbox's
//! columns is kept. Pages are taken from the write-ahead log where a committed one lies there. The format
//! is <https://www.sqlite.org/fileformat2.html>; it has been stable since 2004.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::rebuild::with_suffix;
use super::record::{Value, read_varint, values};
use crate::table::outbox::row::OutboxRow;

/// Size of the pages; SQLite's default, which the library never changes.
const PAGE: usize = 4096;
/// The file's own header, on its first page before the page's.
const FILE_HEADER: usize = 100;
const LEAF: u8 = 0x0d;
/// No intent comes near; a longer payload is a length field gone wrong.
const LONGEST: usize = 1 << 20;

/// Finds the rows in the file at `path` and its log.
pub(super) fn carve(path: &Path) -> io::Result<Vec<OutboxRow>> {
    let mut pages = Pages::open(path)?;
    let mut found = HashMap::new();
    for number in 1..=pages.count {
        let Some(page) = pages.read(number)? else {
            continue;
        };
        for record in leaf_records(&page, number, &mut pages)? {
            if let Some(row) = outbox_row(&record) {
                found.insert(row.id, row);
            }
        }
    }
    Ok(found.into_values().collect())
}

/// The database as its last commit left it: the file, with the log's pages on top.
struct Pages {
    file: fs_err::File,
    log: Option<fs_err::File>,
    /// Where in the log the last committed version of a page begins.
    in_log: HashMap<u32, u64>,
    count: u32,
}

impl Pages {
    fn open(path: &Path) -> io::Result<Self> {
        let file = fs_err::File::open(path)?;
        let bytes = file.metadata()?.len();
        let mut pages = Self {
            file,
            log: None,
            in_log: HashMap::new(),
            // A truncated last page may still hold whole cells.
            count: u32::try_from(bytes.div_ceil(PAGE as u64)).unwrap_or(u32::MAX),
        };
        match fs_err::File::open(with_suffix(path, "-wal")) {
            Ok(log) => pages.read_log(log)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(pages)
    }

    fn read_log(&mut self, mut log: fs_err::File) -> io::Result<()> {
        const HEADER: usize = 32;
        const FRAME_HEADER: usize = 24;
        let mut header = [0; HEADER];
        if fill(&mut log, &mut header)? < HEADER {
            return Ok(());
        }
        let mut uncommitted = Vec::new();
        let mut at = HEADER as u64;
        loop {
            let mut frame = [0; FRAME_HEADER];
            log.seek(SeekFrom::Start(at))?;
            // Frames of an earlier round carry another salt.
            if fill(&mut log, &mut frame)? < FRAME_HEADER || frame[8..16] != header[16..24] {
                break;
            }
            uncommitted.push((be32(&frame[0..4]), at + FRAME_HEADER as u64));
            let pages_after_commit = be32(&frame[4..8]);
            if pages_after_commit > 0 {
                self.in_log.extend(uncommitted.drain(..));
                self.count = self.count.max(pages_after_commit);
            }
            at += (FRAME_HEADER + PAGE) as u64;
        }
        self.log = Some(log);
        Ok(())
    }

    /// A page, zero-filled where the file ends within it; `None` beyond the end.
    fn read(&mut self, number: u32) -> io::Result<Option<Vec<u8>>> {
        let Some(index) = number.checked_sub(1) else {
            return Ok(None);
        };
        let (file, at) = match (self.in_log.get(&number), &mut self.log) {
            (Some(at), Some(log)) => (log, *at),
            _ => (&mut self.file, u64::from(index) * PAGE as u64),
        };
        let mut page = vec![0; PAGE];
        file.seek(SeekFrom::Start(at))?;
        Ok((fill(file, &mut page)? > 0).then_some(page))
    }
}

/// Reads until the buffer is full or the file ends; answers how much.
fn fill(file: &mut fs_err::File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            more => filled += more,
        }
    }
    Ok(filled)
}

/// Sequence numbers and payloads of all cells of a table's leaf page that can be followed to their end.
fn leaf_records(page: &[u8], number: u32, pages: &mut Pages) -> io::Result<Vec<(i64, Vec<u8>)>> {
    let header = if number == 1 { FILE_HEADER } else { 0 };
    if page[header] != LEAF {
        return Ok(Vec::new());
    }
    let cells = usize::from(be16(&page[header + 3..header + 5]));
    let pointers = page[header + 8..].chunks_exact(2).take(cells).map(be16);
    let mut records = Vec::new();
    for pointer in pointers {
        if let Some(cell) = page.get(usize::from(pointer)..)
            && let Some((length, rest)) = read_varint(cell)
            && let Some((rowid, rest)) = read_varint(rest)
            && let Some(length) = usize::try_from(length)
                .ok()
                .filter(|length| *length <= LONGEST)
            && let Some(payload) = payload(rest, length, pages)?
        {
            records.push((rowid, payload));
        }
    }
    Ok(records)
}

/// The whole payload of a cell: what lies on the page and what lies on overflow pages.
fn payload(rest: &[u8], length: usize, pages: &mut Pages) -> io::Result<Option<Vec<u8>>> {
    let most = PAGE - 35;
    if length <= most {
        return Ok(rest.get(..length).map(<[u8]>::to_vec));
    }
    let least = (PAGE - 12) * 32 / 255 - 23;
    let wanted = least + (length - least) % (PAGE - 4);
    let local = if wanted <= most { wanted } else { least };
    let (Some(begin), Some(next)) = (rest.get(..local), rest.get(local..local + 4)) else {
        return Ok(None);
    };
    let mut payload = begin.to_vec();
    let mut next = be32(next);
    let mut visited = HashSet::new();
    while payload.len() < length {
        if !visited.insert(next) {
            return Ok(None);
        }
        let Some(page) = pages.read(next)? else {
            return Ok(None);
        };
        next = be32(&page[0..4]);
        let missing = length - payload.len();
        payload.extend_from_slice(&page[4..4 + missing.min(PAGE - 4)]);
    }
    Ok(Some(payload))
}

/// The row, if the record has the outbox's columns in their order and a payload of the kind it names.
fn outbox_row((sequence, record): &(i64, Vec<u8>)) -> Option<OutboxRow> {
    let mut columns = values(record)?.into_iter();
    // The sequence is the record's key and stored as null.
    let Value::Null = columns.next()? else {
        return None;
    };
    let id = uuid::Uuid::from_slice(&columns.next()?.blob()?).ok()?;
    let row = OutboxRow {
        sequence: *sequence,
        id,
        lane: columns.next()?.text()?,
        kind: columns.next()?.text()?,
        version: columns.next()?.integer()?,
        payload: columns.next()?.text()?,
        state: columns.next()?.text()?,
        reason: columns.next()?.text_or_null()?,
        detail: columns.next()?.text_or_null()?,
        attempts: columns.next()?.integer()?,
        not_before: columns.next()?.integer_or_null()?,
        created_at: columns.next()?.integer()?,
    };
    let payload: serde_json::Value = serde_json::from_str(&row.payload).ok()?;
    let names_its_kind = payload.get(&row.kind).is_some();
    (names_its_kind && matches!(row.state.as_str(), "waiting" | "parked")).then_some(row)
}

fn be16(bytes: &[u8]) -> u16 {
    bytes
        .iter()
        .fold(0, |sum, byte| sum << 8 | u16::from(*byte))
}

fn be32(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}
