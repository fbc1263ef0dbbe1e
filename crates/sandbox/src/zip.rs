//! A ZIP archive of texts, stored as they are: enough for whoever unpacks it, and no library for one kind of answer.

/// The checksum that ZIP wants (CRC-32, IEEE 802.3, reflected).
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

fn shorts(out: &mut Vec<u8>, values: &[u16]) {
    values.iter().for_each(|value| out.extend(value.to_le_bytes()));
}

fn longs(out: &mut Vec<u8>, values: &[u32]) {
    values.iter().for_each(|value| out.extend(value.to_le_bytes()));
}

fn short(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

fn long(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Names and texts. Every file is of 1 January 1980, the earliest date that the format has.
pub(crate) fn archive(files: &[(String, String)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let (offset, crc, size) = (long(out.len()), crc32(text.as_bytes()), long(text.len()));
        let mut facts = Vec::new();
        // Version 2.0, names in UTF-8, stored, time, date.
        shorts(&mut facts, &[20, 0x0800, 0, 0, 0x0021]);
        longs(&mut facts, &[crc, size, size]);
        shorts(&mut facts, &[short(name.len()), 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&facts);
        out.extend(name.as_bytes());
        out.extend(text.as_bytes());
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&facts);
        shorts(&mut directory, &[0, 0, 0]);
        longs(&mut directory, &[0, offset]);
        directory.extend(name.as_bytes());
    }
    let (start, size, count) = (long(out.len()), long(directory.len()), short(files.len()));
    out.extend(directory);
    out.extend(b"PK\x05\x06");
    shorts(&mut out, &[0, 0, count, count]);
    longs(&mut out, &[size, start]);
    shorts(&mut out, &[0]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn the_directory_ends_where_it_says() {
        let whole = archive(&[("a.xml".into(), "<a/>".into()), ("b.xml".into(), String::new())]);
        let end = whole.len() - 22;
        assert_eq!(&whole[end..end + 4], b"PK\x05\x06");
        let at = |from: usize| u32::from_le_bytes(whole[from..from + 4].try_into().unwrap()) as usize;
        assert_eq!(at(end + 16) + at(end + 12), end);
        assert_eq!(&whole[at(end + 16)..at(end + 16) + 4], b"PK\x01\x02");
    }
}
