//! The file table: which files the chip has, where their contents lie, how much of each is written.

use super::layout::{self, CONTENTS, TABLE, TABLE_ROWS};
use super::nvm::Halt;
use super::progress::Progress;
use super::store::Store;
use crate::lds::file_id::{Application, FileId};

/// What a reader must have done before it may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadRule {
    /// Nothing.
    Free,
    /// PACE.
    Pace,
    /// PACE, Chip Authentication and Terminal Authentication with bit 0 of the effective rights.
    Fingers,
}

impl ReadRule {
    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Free, Self::Pace, Self::Fingers].into_iter().find(|rule| *rule as u8 == byte)
    }
}

/// One file of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct File {
    pub(super) dgi: u16,
    pub(super) fid: u16,
    pub(super) size: usize,
    pub(super) rule: ReadRule,
    /// Bytes of content, once the file is whole.
    pub(super) written: Option<usize>,
    /// Where its contents lie.
    pub(super) at: usize,
}

/// Why a file table is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TableFault {
    /// It is malformed.
    Form,
    /// It needs more than the chip has.
    Memory,
}

const ROW: usize = 8;
const WHOLE: u8 = 0x80;

impl File {
    /// The application that the file is in.
    pub(super) fn application(&self) -> Option<Application> {
        match self.dgi.to_be_bytes()[0] {
            0x3F => Some(Application::Mf),
            0x01 => Some(Application::Lds1),
            0x02 => Some(Application::National),
            _ => None,
        }
    }

    /// Its short file identifier.
    pub(super) fn sfi(&self) -> u8 {
        self.dgi.to_be_bytes()[1]
    }

    fn parse(row: &[u8]) -> Option<Self> {
        let &[d1, d2, f1, f2, s1, s2, s3, rule] = row else { return None };
        let file = Self {
            dgi: u16::from_be_bytes([d1, d2]),
            fid: u16::from_be_bytes([f1, f2]),
            size: number([s1, s2, s3]),
            rule: ReadRule::from_byte(rule)?,
            written: None,
            at: 0,
        };
        let reserved = file.dgi == FileId::Cvca.dgi();
        (file.application().is_some() && (1..=30).contains(&file.sfi()) && !reserved).then_some(file)
    }
}

/// The value of the control DGI 8001, checked: ascending, without twins, within the chip.
pub(super) fn parse(data: &[u8], capacity: usize) -> Result<Vec<File>, TableFault> {
    let (rows, rest) = data.as_chunks::<ROW>();
    if rows.is_empty() || rows.len() > TABLE_ROWS || !rest.is_empty() {
        return Err(TableFault::Form);
    }
    let files: Vec<File> = rows.iter().map(|row| File::parse(row)).collect::<Option<_>>().ok_or(TableFault::Form)?;
    let ascending = files.windows(2).all(|pair| matches!(pair, [a, b] if a.dgi < b.dgi));
    let twins =
        files.iter().any(|a| files.iter().any(|b| a.dgi != b.dgi && a.fid == b.fid && a.application() == b.application()));
    if !ascending || twins {
        return Err(TableFault::Form);
    }
    let needed = files.iter().fold(CONTENTS, |sum, file| sum.saturating_add(file.size));
    if needed > capacity { Err(TableFault::Memory) } else { Ok(files) }
}

/// Writes a new table over bytes that nothing refers to yet.
pub(super) fn write_fresh(store: &mut Store, files: &[File]) -> Result<(), Halt> {
    for index in 0..TABLE_ROWS {
        let row = files.get(index).map_or([0; TABLE.len], encode);
        store.nvm.write_fresh(TABLE.row(index).at, &row)?;
    }
    Ok(())
}

/// Marks a file as whole, inside a transaction.
pub(super) fn set_whole(store: &mut Store, index: usize, length: usize) -> Result<(), Halt> {
    let [_, a, b, c] = u32::try_from(length).map_err(|_| Halt::Full)?.to_be_bytes();
    store.nvm.write(TABLE.row(index).at + ROW, &[a | WHOLE, b, c])
}

/// The chip's files; none before the table was written.
pub(super) fn files(store: &Store) -> Vec<File> {
    if Progress::load(store).has(0x8001) { rows(store) } else { Vec::new() }
}

/// The table's rows as they stand in memory.
pub(super) fn rows(store: &Store) -> Vec<File> {
    let mut at = CONTENTS;
    let mut files = Vec::new();
    for index in 0..TABLE_ROWS {
        let row = store.get(TABLE.row(index));
        let Some((fixed, &[a, b, c])) = row.split_first_chunk::<ROW>() else { break };
        let Some(mut file) = File::parse(fixed) else { break };
        file.at = at;
        file.written = (a & WHOLE != 0).then(|| number([a & !WHOLE, b, c]));
        at += file.size;
        files.push(file);
    }
    files
}

/// A whole file's contents.
pub(super) fn contents<'a>(store: &'a Store, file: &File) -> Option<&'a [u8]> {
    file.written.map(|length| store.nvm.read(file.at, length.min(file.size)))
}

/// Zeroes every byte of the contents area that belongs to no file: nothing refers to it.
pub(super) fn wipe_unused(store: &mut Store) -> Result<(), Halt> {
    let files = files(store);
    let end = store.nvm.bytes().len();
    let starts = files.iter().map(|f| f.at + f.written.unwrap_or(0));
    let ends = files.iter().skip(1).map(|f| f.at).chain([end]);
    for (from, to) in starts.zip(ends) {
        for at in from..to {
            if store.nvm.read(at, 1) != [0] {
                store.nvm.write_fresh(at, &[0])?;
            }
        }
    }
    Ok(())
}

fn encode(file: &File) -> [u8; TABLE.len] {
    let [d1, d2] = file.dgi.to_be_bytes();
    let [f1, f2] = file.fid.to_be_bytes();
    let [_, s1, s2, s3] = u32::try_from(file.size).unwrap_or_default().to_be_bytes();
    [d1, d2, f1, f2, s1, s2, s3, file.rule as u8, 0, 0, 0]
}

fn number([a, b, c]: [u8; 3]) -> usize {
    usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c)
}

const _: () = assert!(layout::TABLE.len == ROW + 3);

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;

    const TWO: [u8; 16] = hex!("0101 0101 00005D 01  0201 0101 000352 02");

    #[test]
    fn a_table_is_written_and_read_back() {
        let mut store = Store::blank([0; 10], 8_192);
        let files = parse(&TWO, 8_192).unwrap();
        write_fresh(&mut store, &files).unwrap();
        store.atomically(|s| set_whole(s, 1, 0x300)).unwrap();
        let read = rows(&store);
        assert!(super::files(&store).is_empty(), "not yet referred to");
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].at, read[0].written, read[0].rule), (CONTENTS, None, ReadRule::Pace));
        assert_eq!((read[1].at, read[1].written, read[1].rule), (CONTENTS + 0x5D, Some(0x300), ReadRule::Fingers));
        assert_eq!(contents(&store, &read[1]).unwrap().len(), 0x300);
    }

    #[test]
    fn malformed_tables_are_refused() {
        let edited = |at: usize, byte: u8| {
            let mut table = TWO;
            table[at] = byte;
            parse(&table, 8_192).unwrap_err()
        };
        assert_eq!(edited(7, 3), TableFault::Form, "unknown rule");
        assert_eq!(edited(0, 9), TableFault::Form, "unknown application");
        assert_eq!(edited(1, 0x1C), TableFault::Form, "EF.CVCA is the chip's own");
        assert_eq!(edited(1, 0x1F), TableFault::Form, "no short identifier");
        assert_eq!(edited(8, 1), TableFault::Form, "not ascending");
        assert_eq!(edited(12, 1), TableFault::Memory);
        assert_eq!(parse(&TWO[..15], 8_192), Err(TableFault::Form));
        assert_eq!(parse(&[], 8_192), Err(TableFault::Form));
        assert_eq!(parse(&TWO.repeat(9), 8_192), Err(TableFault::Form));
        let twins = hex!("0101 0101 00005D 01  0102 0101 000001 01");
        assert_eq!(parse(&twins, 8_192), Err(TableFault::Form));
    }
}
