//! From a file's bytes to text: the encoding by its beginning, never lossy in silence, and no row without an end.

use super::FileTrouble;
use crate::shops::ReasonCode;
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};
use std::io::{Read, Result, Seek, SeekFrom};

/// What is looked at to decide.
pub(super) const HEAD: usize = 64 * 1024;
/// Where nothing but ASCII comes first, the look goes on this far.
const FARTHEST: u64 = 64 * 1024 * 1024;

/// How text is written. UTF-16 only with its mark; what is not UTF-8 is a Romanian Excel's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1250,
}

impl Encoding {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Windows1250 => "windows-1250",
        }
    }

    /// By a piece of text; `is_whole` where nothing follows it.
    pub(super) fn of(piece: &[u8], is_whole: bool) -> Encoding {
        if piece.starts_with(b"\xff\xfe") {
            return Encoding::Utf16Le;
        }
        if piece.starts_with(b"\xfe\xff") {
            return Encoding::Utf16Be;
        }
        match std::str::from_utf8(piece) {
            Ok(_) => Encoding::Utf8,
            // a character that the piece's end cuts
            Err(error) if error.error_len().is_none() && !is_whole => Encoding::Utf8,
            Err(_) => Encoding::Windows1250,
        }
    }

    /// Text as UTF-8, without its mark. UTF-8 goes through untouched, for its faults to be seen.
    pub(super) fn decode<R: Read>(self, reader: R) -> DecodeReaderBytes<R, Vec<u8>> {
        let encoding = match self {
            Encoding::Utf8 => UTF_8,
            Encoding::Utf16Le => UTF_16LE,
            Encoding::Utf16Be => UTF_16BE,
            Encoding::Windows1250 => WINDOWS_1250,
        };
        DecodeReaderBytesBuilder::new().encoding(Some(encoding)).utf8_passthru(true).strip_bom(true).build(reader)
    }

    /// What was no character of this encoding and was put in its place.
    pub(super) fn is_stray(self, c: char) -> bool {
        match self {
            Encoding::Windows1250 => ('\u{80}'..='\u{9f}').contains(&c),
            _ => c == char::REPLACEMENT_CHARACTER,
        }
    }
}

/// Reads until the buffer is full or the source ends; how much it was.
pub(super) fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The first bytes of a file, its encoding, and the file at its start again.
pub(super) fn look<F: Read + Seek>(file: &mut F) -> std::result::Result<(Vec<u8>, Encoding), FileTrouble> {
    let unreadable = |error: std::io::Error| ReasonCode::FileNotReadable.with("words", error);
    let mut head = vec![0; HEAD];
    let filled = fill(file, &mut head).map_err(unreadable)?;
    head.truncate(filled);
    let mut encoding = Encoding::of(&head, filled < HEAD);
    if encoding == Encoding::Utf8 && filled == HEAD && head.is_ascii() {
        let mut piece = vec![0; HEAD];
        let mut looked = filled as u64;
        while looked < FARTHEST {
            let more = fill(file, &mut piece).map_err(unreadable)?;
            looked += more as u64;
            if more == 0 || !piece[..more].is_ascii() {
                encoding = Encoding::of(&piece[..more], more < HEAD);
                break;
            }
        }
    }
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    Ok((head, encoding))
}

/// The delimiter that cuts the first row into most headings, and whether a line `sep=;` stands before it.
pub(super) fn delimiter(head: &str) -> (u8, bool) {
    if let Some(rest) = head.strip_prefix("sep=")
        && let [delimiter @ (b',' | b';' | b'\t'), b'\r' | b'\n', ..] = rest.as_bytes()
    {
        return (*delimiter, true);
    }
    let headings = |delimiter: u8| {
        let mut reader = csv::ReaderBuilder::new();
        let mut reader = reader.delimiter(delimiter).has_headers(false).flexible(true).from_reader(head.as_bytes());
        let mut first = csv::StringRecord::new();
        match reader.read_record(&mut first) {
            Ok(true) => first.iter().filter(|heading| !heading.trim().is_empty()).count(),
            _ => 0,
        }
    };
    let mut best = (b',', headings(b','));
    for other in [b';', b'\t'] {
        let count = headings(other);
        if count > best.1 {
            best = (other, count);
        }
    }
    (best.0, false)
}

/// Whether lines end by a carriage return alone, as an old Macintosh writes them.
pub(super) fn ends_by_return(head: &str) -> bool {
    head.contains('\r') && !head.contains('\n')
}

/// A source that gives out only so much until it is allowed more: a row without an end is no endless one.
pub(super) struct Allowance<R> {
    source: R,
    left: usize,
    /// Carriage returns are given out as line feeds: whoever reads counts lines by them.
    ends_by_return: bool,
}

impl<R: Read> Allowance<R> {
    pub(super) fn new(source: R, ends_by_return: bool) -> Self {
        Allowance { source, left: 0, ends_by_return }
    }

    pub(super) fn allow(&mut self, bytes: usize) {
        self.left = bytes;
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.left == 0
    }
}

impl<R: Read> Read for Allowance<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.left == 0 {
            return Err(std::io::Error::other("the row has no end"));
        }
        let most = buffer.len().min(self.left);
        let read = self.source.read(&mut buffer[..most])?;
        self.left -= read;
        if self.ends_by_return {
            buffer[..read].iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn the_encoding_is_told_by_what_the_text_holds() {
        for (piece, is_whole, expected) in [
            (&b"Name,Total"[..], true, Encoding::Utf8),
            ("Dată".as_bytes(), true, Encoding::Utf8),
            (&b"Dat\xe3"[..], true, Encoding::Windows1250),
            (&b"Dat\xc4"[..], false, Encoding::Utf8),
            (&b"Dat\xc4"[..], true, Encoding::Windows1250),
            (&b"\xff\xfeD\0"[..], true, Encoding::Utf16Le),
            (&b"\xfe\xff\0D"[..], true, Encoding::Utf16Be),
        ] {
            assert_eq!(Encoding::of(piece, is_whole), expected, "{piece:?}");
        }
    }

    #[test]
    fn the_first_letter_beyond_ascii_decides_even_where_it_comes_late() {
        let mut late = vec![b'a'; 3 * HEAD];
        late.extend_from_slice(b";Timi\xbaoara\n");
        assert_eq!(look(&mut Cursor::new(&late)).unwrap().1, Encoding::Windows1250);
        let mut file = Cursor::new("ă".repeat(HEAD));
        assert_eq!(look(&mut file).unwrap().1, Encoding::Utf8, "a character cut by the head's end is none of another");
        assert_eq!(file.position(), 0);
    }

    #[test]
    fn every_encoding_reads_as_the_same_text_and_its_mark_is_gone() {
        let text = "Număr;Oraș\n1;Iași\n";
        let wide = |swap: bool| -> Vec<u8> {
            let unit = |unit: u16| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() };
            "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect()
        };
        for bytes in [text.as_bytes().to_vec(), format!("\u{feff}{text}").into_bytes(), wide(false), wide(true)] {
            let mut read = String::new();
            Encoding::of(&bytes, true).decode(&bytes[..]).read_to_string(&mut read).unwrap();
            assert_eq!(read, text);
        }
        let mut read = String::new();
        Encoding::Windows1250.decode(&b"Timi\xbaoara \x81"[..]).read_to_string(&mut read).unwrap();
        assert!(read.starts_with("Timişoara") && read.chars().any(|c| Encoding::Windows1250.is_stray(c)), "{read}");
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_most_headings() {
        for (head, expected) in [
            ("a,b,c\n1;2,3,4", (b',', false)),
            ("a;b;c,d\n", (b';', false)),
            ("a\tb\tc", (b'\t', false)),
            ("\"a;b;c;d\",e,f\n", (b',', false)),
            ("sep=;\na,b", (b';', true)),
            ("alone", (b',', false)),
        ] {
            assert_eq!(delimiter(head), expected, "{head}");
        }
    }
}
