//! From a place towards the beginning, piece by piece.

use super::{Cursor, DayFile, Filter, LONGEST_LINE, Limits, PIECE, Page};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

pub(super) fn read(
    files: &[DayFile],
    filter: &Filter<'_>,
    before: Option<&Cursor>,
    limits: Limits,
) -> std::io::Result<Page> {
    let mut page = Page::default();
    let newest = files.last().map(|file| file.day.as_str());
    for (index, file) in files.iter().enumerate().rev() {
        if before.is_some_and(|before| file.day > before.day) {
            continue;
        }
        if filter.is_over_before(&file.day) {
            break;
        }
        let mut open = match File::open(&file.path) {
            Ok(open) => open,
            // the oldest is removed when a day begins
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
            Err(error) => return Err(error),
        };
        let length = open.metadata()?.len();
        let until = before.filter(|before| before.day == file.day).map_or(length, |before| before.offset.min(length));
        let is_growing = before.is_none() && newest == Some(file.day.as_str());
        let whole = if is_growing { end_of_lines(&mut open, until)? } else { until };
        if is_growing {
            page.newer = Some(Cursor { day: file.day.clone(), offset: whole });
        }
        let stopped = walk(&mut open, file, whole, filter, limits, &mut page)?;
        if let Some(at) = stopped {
            let has_older = at > 0 || index > 0;
            page.older = has_older.then(|| Cursor { day: file.day.clone(), offset: at });
            page.is_cut = has_older && page.lines.len() < limits.lines;
            return Ok(page);
        }
    }
    Ok(page)
}

/// Where the last whole line ends: one that is being written has no end yet.
fn end_of_lines(file: &mut File, until: u64) -> std::io::Result<u64> {
    let mut end = until;
    while end > 0 && until - end < LONGEST_LINE as u64 {
        let start = end.saturating_sub(PIECE as u64);
        let piece = piece(file, start, end)?;
        if let Some(at) = piece.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(end)
}

fn piece(file: &mut File, start: u64, end: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; (end - start) as usize];
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Goes through a file from a place towards its beginning. Answers the place where it stopped for a limit; nothing at the beginning.
fn walk(
    file: &mut File,
    day: &DayFile,
    until: u64,
    filter: &Filter<'_>,
    limits: Limits,
    page: &mut Page,
) -> std::io::Result<Option<u64>> {
    // what stands at the front of the pieces read so far, whose line begins in one that is yet to be read
    let mut carried: Vec<u8> = Vec::new();
    let mut end = until;
    while end > 0 {
        let start = end.saturating_sub(PIECE as u64);
        let mut bytes = piece(file, start, end)?;
        page.bytes += end - start;
        bytes.extend_from_slice(&carried);
        let whole = bytes.len();
        let mut line_end = whole;
        loop {
            // the sign at the very end closes the line before it
            let open = line_end.saturating_sub(usize::from(line_end > 0 && bytes[line_end - 1] == b'\n'));
            let found = bytes[..open].iter().rposition(|byte| *byte == b'\n').map(|at| at + 1);
            let is_first = start == 0;
            let line_start = match found {
                Some(at) => at,
                None if is_first || line_end > LONGEST_LINE => 0,
                None => break,
            };
            if line_start == line_end {
                break;
            }
            let at = Cursor { day: day.day.clone(), offset: start + line_start as u64 };
            let lines = filter.take(&bytes[line_start..line_end], &at);
            line_end = line_start;
            page.lines.extend(lines.into_iter().rev());
            if page.lines.len() >= limits.lines {
                return Ok(Some(start + line_end as u64));
            }
        }
        // a line that is longer than the bound is gone through all the same, or it would never be passed
        if page.bytes >= limits.bytes && line_end < whole && (start > 0 || line_end > 0) {
            return Ok(Some(start + line_end as u64));
        }
        bytes.truncate(line_end);
        carried = bytes;
        end = start;
    }
    Ok(if page.bytes >= limits.bytes { Some(0) } else { None })
}
