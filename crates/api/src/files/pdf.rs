//! A report on A4 pages: laid out first, drawn once the number of pages is known.

use super::{Cell, Paper, Table};
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::text::{Font, TextDirection};
use krilla::{Data, Document};

const REGULAR: &[u8] = include_bytes!("../../assets/DejaVuSans-subset.ttf");
const BOLD: &[u8] = include_bytes!("../../assets/DejaVuSans-Bold-subset.ttf");

const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 44.0;
const SIZE: f32 = 8.5;
const LINE: f32 = 12.0;
const PAD: f32 = 4.0;

/// Something drawn at a place, from the page's upper left corner.
enum Mark {
    Text {
        x: f32,
        y: f32,
        size: f32,
        bold: bool,
        text: String,
    },
    /// A hairline across the page.
    Rule {
        y: f32,
    },
}

/// A font to measure with.
struct Face<'f>(ttf_parser::Face<'f>);

impl Face<'_> {
    fn width(&self, text: &str, size: f32) -> f32 {
        let advance = |letter| self.0.glyph_index(letter).and_then(|glyph| self.0.glyph_hor_advance(glyph));
        let units: u32 = text.chars().map(|letter| u32::from(advance(letter).unwrap_or(0))).sum();
        units as f32 / f32::from(self.0.units_per_em()) * size
    }

    /// Lines that a text takes in a width; a word that is wider than a line is cut where it must be.
    fn wrap(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split_whitespace() {
            let line = lines.last_mut().expect("begins with one line");
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(&longer, size) <= width {
                *line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(String::new());
            }
            for letter in word.chars() {
                let line = lines.last_mut().expect("begins with one line");
                if self.width(line, size) + self.width(&letter.to_string(), size) > width && !line.is_empty() {
                    lines.push(letter.to_string());
                } else {
                    line.push(letter);
                }
            }
        }
        lines
    }
}

/// Pages that fill from the top.
struct Layout<'f> {
    regular: Face<'f>,
    bold: Face<'f>,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

impl Layout<'_> {
    fn mark(&mut self, mark: Mark) {
        self.pages.last_mut().expect("begins with one page").push(mark);
    }

    /// Whether there is room for a height; if not, a new page begins.
    fn room(&mut self, height: f32) -> bool {
        let fits = self.y + height <= HEIGHT - MARGIN - LINE;
        if !fits {
            self.pages.push(Vec::new());
            self.y = MARGIN;
        }
        fits
    }

    fn line(&mut self, text: &str, size: f32, bold: bool) {
        let face = if bold { &self.bold } else { &self.regular };
        for text in face.wrap(text, size, WIDTH - 2.0 * MARGIN) {
            self.room(size * 1.4);
            self.y += size * 1.4;
            let y = self.y;
            self.mark(Mark::Text { x: MARGIN, y, size, bold, text });
        }
    }

    fn table(&mut self, paper: &Paper, table: &Table) {
        // the title stays with the first rows
        self.room(LINE * 5.0);
        self.y += LINE;
        self.line(&table.title, 10.5, true);
        self.y += PAD;
        if table.rows.is_empty() {
            return self.line(&table.empty, SIZE, false);
        }
        let columns = columns(table);
        let headings: Vec<Cell> = table.headings.iter().map(|heading| Cell::Text(heading.clone())).collect();
        let numeric: Vec<bool> =
            table.rows.first().map(|row| row.iter().map(Cell::is_number).collect()).unwrap_or_default();
        self.row(paper, &headings, &columns, &numeric, true);
        for row in &table.rows {
            let height = self.height(paper, row, &columns);
            if !self.room(height) {
                self.row(paper, &headings, &columns, &numeric, true);
            }
            self.row(paper, row, &columns, &numeric, false);
        }
    }

    fn lines(&self, paper: &Paper, row: &[Cell], columns: &[(f32, f32)], bold: bool) -> Vec<Vec<String>> {
        let face = if bold { &self.bold } else { &self.regular };
        row.iter().zip(columns).map(|(cell, (_, width))| face.wrap(&paper.in_words(cell), SIZE, width - PAD)).collect()
    }

    fn height(&self, paper: &Paper, row: &[Cell], columns: &[(f32, f32)]) -> f32 {
        let most = self.lines(paper, row, columns, false).iter().map(Vec::len).max().unwrap_or(1);
        most as f32 * LINE + PAD
    }

    fn row(&mut self, paper: &Paper, row: &[Cell], columns: &[(f32, f32)], numeric: &[bool], bold: bool) {
        let cells = self.lines(paper, row, columns, bold);
        let most = cells.iter().map(Vec::len).max().unwrap_or(1);
        for (at, lines) in cells.into_iter().enumerate() {
            let (left, width) = columns[at];
            for (nth, text) in lines.into_iter().enumerate() {
                let face = if bold { &self.bold } else { &self.regular };
                let is_right = numeric.get(at).copied().unwrap_or_default();
                let x = if is_right { left + width - PAD - face.width(&text, SIZE) } else { left };
                let y = self.y + LINE * (nth as f32 + 0.8);
                self.mark(Mark::Text { x, y, size: SIZE, bold, text });
            }
        }
        self.y += most as f32 * LINE + PAD * 0.5;
        let y = self.y;
        self.mark(Mark::Rule { y });
        self.y += PAD * 0.5;
    }
}

/// Left edge and width of each column.
fn columns(table: &Table) -> Vec<(f32, f32)> {
    let all: f32 = table.widths.iter().sum();
    let mut left = MARGIN;
    let of = |share: &f32| {
        let width = (WIDTH - 2.0 * MARGIN) * share / all;
        left += width;
        (left - width, width)
    };
    table.widths.iter().map(of).collect()
}

pub(super) fn write(paper: &Paper) -> Result<Vec<u8>, String> {
    let face = |bytes| ttf_parser::Face::parse(bytes, 0).map(Face).map_err(|error| error.to_string());
    let mut layout = Layout { regular: face(REGULAR)?, bold: face(BOLD)?, pages: vec![Vec::new()], y: MARGIN };
    layout.line(&paper.title, 15.0, true);
    for line in &paper.about {
        layout.line(line, SIZE, false);
    }
    for table in &paper.tables {
        layout.table(paper, table);
    }
    draw(paper, layout)
}

fn draw(paper: &Paper, layout: Layout<'_>) -> Result<Vec<u8>, String> {
    let font = |bytes: &'static [u8]| Font::new(Data::from(bytes.to_vec()), 0).ok_or("a font cannot be read");
    let (regular, bold) = (font(REGULAR)?, font(BOLD)?);
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(paper.title.clone()).language(paper.language.clone()));
    let count = layout.pages.len();
    for (at, marks) in layout.pages.into_iter().enumerate() {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or("a page has no size")?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        let foot = format!("{} / {count}", at + 1);
        let x = WIDTH - MARGIN - layout.regular.width(&foot, SIZE);
        let foot = Mark::Text { x, y: HEIGHT - MARGIN * 0.6, size: SIZE, bold: false, text: foot };
        for mark in marks.into_iter().chain([foot]) {
            match mark {
                Mark::Text { x, y, size, bold: is_bold, text } => {
                    surface.set_fill(Some(shade(20)));
                    let font = if is_bold { bold.clone() } else { regular.clone() };
                    surface.draw_text(Point::from_xy(x, y), font, size, &text, false, TextDirection::LeftToRight);
                }
                Mark::Rule { y } => {
                    surface.set_fill(Some(shade(190)));
                    let mut path = PathBuilder::new();
                    for (at, (x, y)) in [(MARGIN, y), (WIDTH - MARGIN, y), (WIDTH - MARGIN, y + 0.4), (MARGIN, y + 0.4)]
                        .iter()
                        .enumerate()
                    {
                        if at == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
                    }
                    path.close();
                    if let Some(path) = path.finish() {
                        surface.draw_path(&path);
                    }
                }
            }
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| format!("{error:?}"))
}

fn shade(level: u8) -> Fill {
    Fill { paint: rgb::Color::new(level, level, level).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
}
