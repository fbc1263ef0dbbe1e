//! From a place towards the end: what came since somebody looked.

use super::{Cursor, DayFile, Filter, LONGEST_LINE, Limits, PIECE, Page};
use crate::line::Line;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

pub(super) fn read(files: &[DayFile], filter: &Filter<'_>, since: &Cursor, limits: Limits) -> std::io::Result<Page> {
    let mut page = Page { newer: Some(since.clone()), ..Page::default() };
    let last = files.len().saturating_sub(1);
    for (index, file) in files.iter().enumerate().filter(|(_, file)| file.day >= since.day) {
        let from = if file.day == since.day { since.offset } else { 0 };
        let mut open = match File::open(&file.path) {
            Ok(open) => open,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        // a file that is shorter than it was is another one
        let from = if from > open.metadata()?.len() { 0 } else { from };
        let (reached, is_cut) = walk(&mut open, file, from, index == last, filter, limits, &mut page)?;
        page.newer = Some(Cursor { day: file.day.clone(), offset: reached });
        if is_cut {
            page.is_cut = true;
            break;
        }
    }
    page.lines.reverse();
    Ok(page)
}

/// Goes through a file from a place on. Answers the place that was reached, and whether a limit ended it there.
fn walk(
    file: &mut File,
    day: &DayFile,
    from: u64,
    is_growing: bool,
    filter: &Filter<'_>,
    limits: Limits,
    page: &mut Page,
) -> std::io::Result<(u64, bool)> {
    file.seek(SeekFrom::Start(from))?;
    let mut begun = from;
    let mut carried: Vec<u8> = Vec::new();
    let mut piece = vec![0; PIECE];
    loop {
        let count = file.read(&mut piece)?;
        page.bytes += count as u64;
        carried.extend_from_slice(&piece[..count]);
        let mut taken = 0;
        while let Some(end) = carried[taken..].iter().position(|byte| *byte == b'\n').map(|at| taken + at + 1) {
            take(&carried[taken..end], day, begun + taken as u64, filter, &mut page.lines);
            taken = end;
            if page.lines.len() >= limits.lines {
                return Ok((begun + taken as u64, true));
            }
        }
        let is_over = count == 0;
        // a line of a day that is over gets no end any more
        let is_left = is_over && !is_growing && taken < carried.len();
        if is_left || carried.len() - taken > LONGEST_LINE {
            take(&carried[taken..], day, begun + taken as u64, filter, &mut page.lines);
            taken = carried.len();
        }
        carried.drain(..taken);
        begun += taken as u64;
        if is_over {
            return Ok((begun, false));
        }
        if page.bytes >= limits.bytes {
            return Ok((begun, true));
        }
    }
}

fn take(bytes: &[u8], day: &DayFile, offset: u64, filter: &Filter<'_>, lines: &mut Vec<Line>) {
    lines.extend(filter.take(bytes, &Cursor { day: day.day.clone(), offset }));
}
