//! Whether a workbook may be unpacked at all: its parts are unpacked once, counted and thrown away, before anything is kept
//! of them. What a part says of its own size is not believed.
//!
//! The reader of sheets holds one piece of markup, one cell and all shared texts in memory, and makes room for as many texts
//! as the part announces. So each of these has a bound here.

use super::FileTrouble;
use crate::shops::ReasonCode;
use std::io::{Read, Seek};
use zip::ZipArchive;

pub(super) const MAX_PACKED: u64 = 100 * 1024 * 1024;
const MAX_UNPACKED: u64 = 1024 * 1024 * 1024;
/// Texts are held in memory, all of them.
const MAX_TEXTS: u64 = 256 * 1024 * 1024;
const MAX_PARTS: usize = 10_000;
/// A piece of markup, a comment, a cell with all its runs of text.
const MAX_PIECE: u64 = 1024 * 1024;
/// So much of a tag is looked at.
const LOOKED_AT: usize = 1024;
/// A part that is no markup.
const MAX_OTHER: u64 = 64 * 1024 * 1024;

/// How many rows its largest sheet has.
///
/// # Errors
/// Where it is no workbook, or one that is not to be unpacked.
pub(super) fn measure(source: impl Read + Seek) -> Result<u64, FileTrouble> {
    let damaged = |error: zip::result::ZipError| ReasonCode::WorkbookDamaged.with("words", error);
    let mut archive = ZipArchive::new(source).map_err(damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(ReasonCode::WorkbookDamaged.with("words", format!("> {MAX_PARTS}")).into());
    }
    let mut has_workbook = false;
    let (mut unpacked, mut rows) = (0, 0);
    let mut piece = vec![0; 64 * 1024];
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(damaged)?;
        let name = part.name().map_err(damaged)?.to_lowercase();
        has_workbook |= name.ends_with("workbook.xml");
        let most = if name.ends_with("sharedstrings.xml") { MAX_TEXTS } else { MAX_UNPACKED };
        let mut markup = Markup::default();
        loop {
            let read = part.read(&mut piece).map_err(|error| ReasonCode::WorkbookDamaged.with("words", error))?;
            if read == 0 {
                break;
            }
            unpacked += read as u64;
            markup.read += read as u64;
            if unpacked > MAX_UNPACKED || markup.read > most {
                return Err(ReasonCode::WorkbookSwells.with("most", most >> 20).into());
            }
            markup.look(&piece[..read]).map_err(|Unsound| ReasonCode::WorkbookDamaged.with("words", &name))?;
        }
        // each text is at least `<si/>`
        if markup.announced > markup.read {
            return Err(ReasonCode::WorkbookDamaged.with("words", name).into());
        }
        rows = rows.max(markup.rows);
    }
    if !has_workbook {
        return Err(ReasonCode::NoWorkbook.into());
    }
    Ok(rows)
}

/// Where in the markup we are, told apart as the reader of sheets tells it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Nothing was read yet.
    Start,
    /// No markup: a picture.
    Other,
    Text,
    /// After `<`.
    Open,
    Tag,
    /// A value in a tag, up to this sign.
    Quoted(u8),
    /// After `<?`.
    Instruction,
    /// After `<!`.
    Bang,
    Comment,
    /// `<![CDATA[`
    Raw,
}

/// What no workbook's markup has: a piece without an end, a document type, too much of what is no markup.
#[derive(Debug)]
struct Unsound;

/// A look at markup as it goes by, a piece at a time.
struct Markup {
    inside: Inside,
    read: u64,
    /// Bytes since the last piece ended.
    length: u64,
    /// Bytes since a cell or a shared text began; none outside.
    cell: Option<u64>,
    /// The beginning of a tag, after `<`.
    tag: Vec<u8>,
    /// The two bytes before.
    last: [u8; 2],
    rows: u64,
    announced: u64,
}

impl Default for Markup {
    fn default() -> Self {
        let tag = Vec::with_capacity(LOOKED_AT);
        Markup { inside: Inside::Start, read: 0, length: 0, cell: None, tag, last: [0; 2], rows: 0, announced: 0 }
    }
}

impl Markup {
    fn look(&mut self, mut bytes: &[u8]) -> Result<(), Unsound> {
        if self.inside == Inside::Start {
            let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
            self.inside = if start.starts_with(b"<") { Inside::Text } else { Inside::Other };
        }
        if self.inside == Inside::Other {
            return if self.read > MAX_OTHER { Err(Unsound) } else { Ok(()) };
        }
        while let Some(byte) = bytes.first().copied() {
            // what says nothing goes by at once
            let quiet = match self.inside {
                Inside::Text => before(bytes, b'<'),
                Inside::Quoted(sign) => before(bytes, sign),
                Inside::Instruction | Inside::Comment | Inside::Raw => before(bytes, b'>'),
                _ => 0,
            };
            if quiet > 0 {
                self.went(&bytes[..quiet])?;
                if let Inside::Quoted(_) = self.inside {
                    self.tag.extend_from_slice(&bytes[..quiet.min(LOOKED_AT - self.tag.len())]);
                }
                bytes = &bytes[quiet..];
                continue;
            }
            let last = self.last;
            self.went(&bytes[..1])?;
            self.step(byte, last)?;
            bytes = &bytes[1..];
        }
        Ok(())
    }

    fn step(&mut self, byte: u8, last: [u8; 2]) -> Result<(), Unsound> {
        self.inside = match (self.inside, byte) {
            (Inside::Text, b'<') => {
                self.length = 0;
                self.tag.clear();
                Inside::Open
            }
            (Inside::Open, b'!') => Inside::Bang,
            (Inside::Open, b'?') => Inside::Instruction,
            (Inside::Open | Inside::Tag, b'>') => {
                self.end_tag();
                self.end_piece()
            }
            (Inside::Open, _) => {
                self.tag.push(byte);
                Inside::Tag
            }
            (Inside::Tag, _) => {
                self.tag.push(byte);
                self.tag.truncate(LOOKED_AT);
                let is_value = matches!(byte, b'"' | b'\'') && self.tag.first() != Some(&b'/');
                if is_value { Inside::Quoted(byte) } else { Inside::Tag }
            }
            (Inside::Quoted(sign), _) if byte == sign => Inside::Tag,
            (Inside::Instruction, b'>') if last[1] == b'?' => self.end_piece(),
            (Inside::Bang, b'-') => Inside::Comment,
            (Inside::Bang, b'[') => Inside::Raw,
            (Inside::Bang, _) => return Err(Unsound),
            // `<!-->` is none yet
            (Inside::Comment, b'>') if last == *b"--" && self.length >= 6 => self.end_piece(),
            (Inside::Raw, b'>') if last == *b"]]" => self.end_piece(),
            (inside, _) => inside,
        };
        Ok(())
    }

    fn end_piece(&mut self) -> Inside {
        self.length = 0;
        Inside::Text
    }

    fn went(&mut self, bytes: &[u8]) -> Result<(), Unsound> {
        match bytes {
            [] => {}
            [one] => self.last = [self.last[1], *one],
            [.., one, two] => self.last = [*one, *two],
        }
        self.length += bytes.len() as u64;
        if let Some(cell) = &mut self.cell {
            *cell += bytes.len() as u64;
        }
        if self.length > MAX_PIECE || self.cell.is_some_and(|cell| cell > MAX_PIECE) {
            return Err(Unsound);
        }
        Ok(())
    }

    fn end_tag(&mut self) {
        let is_end = self.tag.first() == Some(&b'/');
        let tag = self.tag.strip_prefix(b"/").unwrap_or(&self.tag);
        let name = tag.split(|byte| byte.is_ascii_whitespace() || *byte == b'/').next().unwrap_or_default();
        let name = name.rsplit(|byte| *byte == b':').next().unwrap_or_default();
        match (name, is_end) {
            (b"c" | b"si", false) => self.cell = Some(0),
            (b"c" | b"si" | b"row" | b"sheetData" | b"sst", true) => self.cell = None,
            (b"row", false) => self.rows += 1,
            (b"sst", false) => self.announced = announced(tag),
            _ => {}
        }
    }
}

fn before(bytes: &[u8], sign: u8) -> usize {
    bytes.iter().position(|byte| *byte == sign).unwrap_or(bytes.len())
}

/// The number of texts for which room would be made.
fn announced(tag: &[u8]) -> u64 {
    const NAME: &[u8] = b"uniqueCount";
    let Some(at) = tag.windows(NAME.len()).position(|window| window == NAME) else { return 0 };
    let digits = tag[at + NAME.len()..].iter().skip_while(|byte| !byte.is_ascii_digit());
    digits
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::{Cursor, Write};
    use zip::write::SimpleFileOptions;

    fn packed(parts: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            archive.start_file(*name, SimpleFileOptions::default()).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap()
    }

    fn code(parts: &[(&str, &[u8])]) -> &'static str {
        measure(packed(parts)).map_or_else(|trouble| trouble.code(), |_| "fine")
    }

    #[test]
    fn rows_are_counted_and_an_archive_of_something_else_is_no_workbook() {
        let sheet = b"<?xml version=\"1.0\"?><worksheet><!-- > --><sheetData><row r=\"1\"><c/></row><row/></sheetData></worksheet>";
        let parts: [(&str, &[u8]); 2] = [("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", sheet)];
        assert_eq!(measure(packed(&parts)), Ok(2));
        assert_eq!(code(&[("photo.jpg", b"\xff\xd8")]), "no_workbook");
        assert_eq!(measure(Cursor::new(b"PK\x03\x04broken".to_vec())).unwrap_err().code(), "workbook_damaged");
    }

    #[test]
    fn what_has_no_end_is_not_unpacked() {
        let endless = |start: &str, middle: &str, times: usize| [start.to_owned(), middle.repeat(times)].concat();
        for part in [
            endless("<c><v>", "9", 2 << 20),
            endless("<si>", "<r><t>x</t></r>", 200_000),
            endless("<!--", ">", 2 << 20),
            endless("<![CDATA[", "<a>", 1 << 20),
            endless("<row ", "a", 2 << 20),
            endless("<row a=\"", "<c>", 1 << 20),
            endless("<?a ", "<c>", 1 << 20),
            endless("<!-->", "<c/>", 1 << 20),
            endless("<!DOCTYPE a [", "<!ENTITY a 'b'>", 1),
        ] {
            assert_eq!(
                code(&[("xl/workbook.xml", b"<a/>"), ("xl/a.xml", part.as_bytes())]),
                "workbook_damaged",
                "{}",
                &part[..5]
            );
        }
        let sound = endless("<sst uniqueCount=\"9\">", "<si><t>x</t></si>", 100_000);
        assert_eq!(code(&[("xl/workbook.xml", b"<a/>"), ("xl/a.xml", sound.as_bytes())]), "fine");
    }

    #[test]
    fn room_is_not_made_for_what_is_only_announced() {
        let texts = b"<sst xmlns=\"x\" count=\"1\" uniqueCount=\"999999999999\"><si/></sst>";
        assert_eq!(code(&[("xl/workbook.xml", b"<a/>"), ("xl/sharedStrings.xml", texts)]), "workbook_damaged");
    }

    #[test]
    fn a_bomb_is_found_before_it_is_kept() {
        let zeros = vec![b' '; 70 << 20];
        assert_eq!(code(&[("xl/workbook.xml", b"<a/>"), ("xl/sharedStrings.xml", &zeros)]), "workbook_damaged");
    }

    proptest! {
        #[test]
        fn markup_in_pieces_is_the_markup_in_one(
            text in "(<c>|</c>|<row a=\"1\">|<!--|-->|<!\\[CDATA\\[|\\]\\]>|<\\?|\\?>|x|-|\\]| |>|<a |'|\"){0,40}", cut in 0_usize..60,
        ) {
            let bytes = format!("<a>{text}").into_bytes();
            let cut = cut.clamp(1, bytes.len());
            let (mut one, mut two) = (Markup::default(), Markup::default());
            one.look(&bytes).unwrap();
            two.look(&bytes[..cut]).unwrap();
            two.look(&bytes[cut..]).unwrap();
            prop_assert_eq!((one.rows, one.cell, one.length), (two.rows, two.cell, two.length));
        }
    }
}
