//! Sheets from outside (CSV, XLSX) as plain rows of text, bounded.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};

use crate::encoding::decoded;

pub const MAX_BYTES: usize = 20 * 1024 * 1024;
pub const MAX_ROWS: usize = 20_000;
const MAX_COLUMNS: usize = 200;
const MAX_CELL_BYTES: usize = 32 * 1024;
/// What an XLSX (a ZIP) may unpack to, all its members together.
const MAX_UNPACKED: u64 = 128 * 1024 * 1024;
/// What the cells may take in memory: in a workbook thousands of them may share one long text.
const MAX_HELD: usize = 64 * 1024 * 1024;

/// A header and the rows under it, each with the number a person sees in the sheet.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    pub header: Vec<String>,
    pub rows: Vec<(u32, Vec<String>)>,
    /// As what the letters of a CSV file were read; a workbook says it itself.
    pub encoding: Option<&'static str>,
}

#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    #[error("a sheet has at most {MAX_BYTES} bytes")]
    TooLarge,
    #[error("a sheet has at most {MAX_ROWS} rows")]
    TooManyRows,
    #[error("a sheet has at most {MAX_COLUMNS} columns")]
    TooManyColumns,
    #[error("the sheet is empty")]
    Empty,
    #[error("the CSV file's letters cannot be read: save it as \"CSV UTF-8\"")]
    UnknownEncoding,
    #[error("the CSV file is damaged: {0}")]
    BadCsv(String),
    #[error("the file is neither CSV nor a readable XLSX workbook")]
    BadWorkbook,
}

/// Reads a sheet; which kind it is, is read from its content.
pub fn read(file: &[u8]) -> Result<Sheet, SheetError> {
    if file.len() > MAX_BYTES {
        return Err(SheetError::TooLarge);
    }
    let (cells, encoding) = if file.starts_with(b"PK\x03\x04") { (workbook(file)?, None) } else { csv(file)? };
    let mut rows = cells.into_iter().filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()));
    let (_, header) = rows.next().ok_or(SheetError::Empty)?;
    let header = header.iter().map(|name| name.trim().to_owned()).collect();
    Ok(Sheet { header, rows: rows.collect(), encoding })
}

type Rows = Vec<(u32, Vec<String>)>;

/// How much memory the cells may still take.
struct Room(usize);

impl Room {
    /// Takes room for `cells` cells with `bytes` of text.
    fn take(&mut self, cells: usize, bytes: usize) -> Result<(), SheetError> {
        let wanted = cells * size_of::<String>() + bytes;
        self.0 = self.0.checked_sub(wanted).ok_or(SheetError::TooLarge)?;
        Ok(())
    }
}

fn csv(file: &[u8]) -> Result<(Rows, Option<&'static str>), SheetError> {
    let (text, encoding) = decoded(file).ok_or(SheetError::UnknownEncoding)?;
    let delimiter = delimiter_of(text.lines().next().unwrap_or_default());
    let mut reader =
        ::csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let (mut rows, mut room) = (Rows::new(), Room(MAX_HELD));
    let (mut record, mut number, mut read) = (::csv::StringRecord::new(), 0_usize, 0_usize);
    while reader.read_record(&mut record).map_err(|err| SheetError::BadCsv(err.to_string()))? {
        // A record is a row in a spreadsheet program, however many lines its texts have; an empty line is one, too,
        // though the reader passes over it.
        let end = usize::try_from(reader.position().byte()).unwrap_or(text.len()).min(text.len());
        number += 1 + empty_lines(&text[..read], &text[read..end]);
        read = end;
        if rows.len() > MAX_ROWS {
            return Err(SheetError::TooManyRows);
        }
        if record.len() > MAX_COLUMNS {
            return Err(SheetError::TooManyColumns);
        }
        let cells: Vec<String> = record.iter().map(bounded).collect();
        room.take(cells.len(), cells.iter().map(String::len).sum())?;
        rows.push((u32::try_from(number).unwrap_or(u32::MAX), cells));
    }
    Ok((rows, Some(encoding)))
}

/// How many empty lines `now` begins with; a line feed that ends the carriage return `before` is none.
fn empty_lines(before: &str, now: &str) -> usize {
    let now = if before.ends_with('\r') { now.strip_prefix('\n').unwrap_or(now) } else { now };
    let blank = &now[..now.len() - now.trim_start_matches(['\r', '\n']).len()];
    blank.replace("\r\n", "\n").len()
}

/// Excel separates by semicolon where the comma is the decimal sign, and by tab in "Unicode text".
fn delimiter_of(head: &str) -> u8 {
    [b',', b';', b'\t'].into_iter().find(|sign| head.contains(char::from(*sign))).unwrap_or(b',')
}

fn workbook(file: &[u8]) -> Result<Rows, SheetError> {
    check_unpacked(file, MAX_UNPACKED)?;
    let bad = |_ignored| SheetError::BadWorkbook;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).map_err(bad)?;
    let first = book.sheet_names().first().cloned().ok_or(SheetError::Empty)?;
    // Cell by cell: a sheet that claims a billion rows is not laid out in memory first.
    let mut cells = book.worksheet_cells_reader(&first).map_err(bad)?;
    let (mut rows, mut room) = (Rows::new(), Room(MAX_HELD));
    while let Some(cell) = cells.next_cell().map_err(bad)? {
        let value = text_of(cell.get_value());
        if value.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= MAX_COLUMNS {
            return Err(SheetError::TooManyColumns);
        }
        if rows.last().is_none_or(|(last, _)| *last != row + 1) {
            if rows.len() > MAX_ROWS {
                return Err(SheetError::TooManyRows);
            }
            rows.push((row.saturating_add(1), Vec::new()));
        }
        if let Some((_, row)) = rows.last_mut() {
            room.take((column + 1).saturating_sub(row.len()), value.len())?;
            row.resize(row.len().max(column + 1), String::new());
            row[column] = value;
        }
    }
    Ok(rows)
}

fn bounded(text: &str) -> String {
    let mut end = text.len().min(MAX_CELL_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(n) => n.to_string(),
        // Six digits are all a unit price has; a computed 0.30000000000000004 reads 0.3.
        DataRef::Float(n) => {
            let text = format!("{n:.6}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        DataRef::String(text) => bounded(text),
        DataRef::SharedString(text) => bounded(text),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::DateTime(date) => date.to_string(),
        DataRef::Error(err) => err.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// Refuses an archive whose members unpack to more than `most`: counted while unpacking, since an archive may say
/// what it likes about its sizes, and by the reader that [`Xlsx`] uses, so that both see the same members.
fn check_unpacked(file: &[u8], most: u64) -> Result<(), SheetError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).map_err(|_ignored| SheetError::BadWorkbook)?;
    let mut left = most;
    for at in 0..archive.len() {
        let member = archive.by_index(at).map_err(|_ignored| SheetError::BadWorkbook)?;
        let unpacked = std::io::copy(&mut member.take(left + 1), &mut std::io::sink());
        let unpacked = unpacked.map_err(|_ignored| SheetError::BadWorkbook)?;
        left = left.checked_sub(unpacked).ok_or(SheetError::TooLarge)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn csv_rows_have_the_numbers_a_person_sees() {
        let sheet = read("\u{FEFF}sku,name_en\r\nA,\"two\nlines\"\r\n,\r\nB,积木\r\n".as_bytes()).unwrap();
        assert_eq!(sheet.header, ["sku", "name_en"]);
        assert_eq!(sheet.rows, [(2, vec!["A".into(), "two\nlines".into()]), (4, vec!["B".into(), "积木".into()])]);
        for end in ["\n", "\r\n"] {
            let sheet = read(["", "sku,name_en", "", "A,\"\nx\"", "", "", "B,y", ""].join(end).as_bytes()).unwrap();
            let numbers: Vec<u32> = sheet.rows.iter().map(|(number, _)| *number).collect();
            assert_eq!(numbers, [4, 7], "empty lines are rows, too");
        }
    }

    #[test]
    fn a_small_file_whose_cells_take_much_memory_is_refused() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let page = book.add_worksheet();
        let long = "x".repeat(MAX_CELL_BYTES - 2);
        for row in 0..2100 {
            page.write(row, 0, &long).unwrap();
        }
        let file = book.save_to_buffer().unwrap();
        assert!(file.len() < 100_000, "{} bytes", file.len());
        assert!(matches!(read(&file), Err(SheetError::TooLarge)));
        let empty = "sku\n".to_owned() + &(",".repeat(MAX_COLUMNS - 1) + "\n").repeat(15_000);
        assert!(matches!(read(empty.as_bytes()), Err(SheetError::TooLarge)));
    }

    #[test]
    fn semicolons_separate_where_the_header_uses_them() {
        assert_eq!(read(b"sku;price_1\nA;1.5\n").unwrap().rows, [(2, vec!["A".into(), "1.5".into()])]);
    }

    #[test]
    fn a_workbook_reads_like_the_same_csv() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let page = book.add_worksheet();
        page.write(0, 0, "sku").unwrap();
        page.write(0, 1, "price_1").unwrap();
        page.write(2, 0, "积木").unwrap();
        page.write(2, 1, 0.1 + 0.2).unwrap();
        page.write(3, 0, 42).unwrap();
        let sheet = read(&book.save_to_buffer().unwrap()).unwrap();
        assert_eq!(sheet.header, ["sku", "price_1"]);
        assert_eq!(sheet.rows, [(3, vec!["积木".into(), "0.3".into()]), (4, vec!["42".into()])]);
    }

    #[test]
    fn too_much_is_refused() {
        let many = "sku\n".to_owned() + &"A\n".repeat(MAX_ROWS + 1);
        assert!(matches!(read(many.as_bytes()), Err(SheetError::TooManyRows)));
        assert!(matches!(read(",".repeat(MAX_COLUMNS).as_bytes()), Err(SheetError::TooManyColumns)));
        assert!(matches!(read(&vec![b'a'; MAX_BYTES + 1]), Err(SheetError::TooLarge)));
        assert!(matches!(read(b"sku\0"), Err(SheetError::UnknownEncoding)));
        assert!(matches!(read(b""), Err(SheetError::Empty)));
    }

    /// A workbook with a member of `size` spaces beside its sheet.
    fn stuffed(size: usize) -> Vec<u8> {
        use std::io::Write as _;
        let book = rust_xlsxwriter::Workbook::new().save_to_buffer().unwrap();
        let mut archive = zip::ZipWriter::new_append(Cursor::new(book)).unwrap();
        archive.start_file("xl/stuffing.xml", zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&vec![b' '; size]).unwrap();
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn a_workbook_that_unpacks_to_too_much_is_refused_whatever_it_says() {
        let honest = stuffed(1_000_000);
        assert!(honest.len() < 20_000, "{} bytes unpack to fifty times as many", honest.len());
        assert!(check_unpacked(&honest, 2_000_000).is_ok());
        assert!(matches!(check_unpacked(&honest, 900_000), Err(SheetError::TooLarge)));
        // The central directory claims that the member unpacks to one byte.
        let mut lying = honest;
        let at = lying.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
        lying[at + 24..at + 28].copy_from_slice(&1_u32.to_le_bytes());
        assert!(check_unpacked(&lying, 900_000).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..400), zip in any::<bool>()) {
            if zip {
                bytes.splice(0..0, *b"PK\x03\x04");
                bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0\x01\0\x01\0\0\0\0\0\0\0\0\0\0\0");
            }
            let _either = read(&bytes);
        }
    }
}
