//! Lines of text onto A4 pages. Knows nothing of invoices.

use std::collections::BTreeMap;

use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str};
use ttf_parser::Face;

static FONT: &[u8] = include_bytes!("../../assets/DejaVuSans-subset.ttf");
const FONT_NAME: Name<'static> = Name(b"SBXDEJ+DejaVuSans");
const IDENTITY: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
const LEFT: f32 = 40.0;
const TOP: f32 = 800.0;
const BOTTOM: f32 = 40.0;
pub(super) const WIDTH: f32 = 515.0;

pub(super) struct Writer<'a> {
    face: Face<'a>,
    used: BTreeMap<u16, char>,
    pages: Vec<Content>,
    y: f32,
}

impl Writer<'_> {
    pub fn new() -> Self {
        let face = Face::parse(FONT, 0).expect("the embedded font is a whole TrueType file, checked by a test");
        Self { face, used: BTreeMap::new(), pages: vec![Content::new()], y: TOP }
    }

    /// One row: pieces of text, each at its distance from the left edge.
    pub fn row(&mut self, size: f32, pieces: &[(f32, &str)]) {
        let height = size * 1.4;
        if self.y - height < BOTTOM {
            self.pages.push(Content::new());
            self.y = TOP;
        }
        self.y -= height;
        for (x, text) in pieces {
            if text.is_empty() {
                continue;
            }
            let glyphs = self.glyphs(text);
            let y = self.y;
            if let Some(content) = self.pages.last_mut() {
                content.begin_text();
                content.set_font(Name(b"F1"), size);
                content.set_text_matrix([1.0, 0.0, 0.0, 1.0, LEFT + x, y]);
                content.show(Str(&glyphs));
                content.end_text();
            }
        }
    }

    pub fn space(&mut self, height: f32) {
        self.y -= height;
    }

    pub fn rule(&mut self) {
        self.y -= 4.0;
        let y = self.y;
        if let Some(content) = self.pages.last_mut() {
            content.set_line_width(0.5);
            content.move_to(LEFT, y);
            content.line_to(LEFT + WIDTH, y);
            content.stroke();
        }
    }

    /// Breaks a text at blanks so that each part fits; a single word longer than the width is cut.
    pub fn wrap(&self, size: f32, width: f32, text: &str) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut taken = 0.0;
        for word in text.split_whitespace() {
            let word_width = self.width(size, word) + self.width(size, " ");
            if taken > 0.0 && taken + word_width > width {
                lines.push(String::new());
                taken = 0.0;
            }
            if let Some(line) = lines.last_mut() {
                if !line.is_empty() {
                    line.push(' ');
                }
                if word_width <= width {
                    line.push_str(word);
                    taken += word_width;
                    continue;
                }
            }
            for letter in word.chars() {
                let step = self.width(size, letter.encode_utf8(&mut [0; 4]));
                if taken + step > width {
                    lines.push(String::new());
                    taken = 0.0;
                }
                if let Some(line) = lines.last_mut() {
                    line.push(letter);
                }
                taken += step;
            }
        }
        lines
    }

    fn glyph(&self, letter: char) -> (u16, char) {
        let found = |letter| self.face.glyph_index(letter).map(|glyph| (glyph.0, letter));
        found(letter).or_else(|| found('?')).unwrap_or((0, '?'))
    }

    fn glyphs(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len() * 2);
        for letter in text.chars() {
            let (glyph, letter) = self.glyph(letter);
            self.used.insert(glyph, letter);
            bytes.extend(glyph.to_be_bytes());
        }
        bytes
    }

    fn advance(&self, glyph: u16) -> f32 {
        let units = f32::from(self.face.units_per_em());
        f32::from(self.face.glyph_hor_advance(ttf_parser::GlyphId(glyph)).unwrap_or_default()) * 1_000.0 / units
    }

    fn width(&self, size: f32, text: &str) -> f32 {
        text.chars().map(|letter| self.advance(self.glyph(letter).0) * size / 1_000.0).sum()
    }

    pub fn finish(mut self) -> Vec<u8> {
        let mut pdf = Pdf::new();
        let (catalog, tree, font, cid_font, descriptor, cmap, file) =
            (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4), Ref::new(5), Ref::new(6), Ref::new(7));
        let contents = std::mem::take(&mut self.pages);
        let count = i32::try_from(contents.len()).unwrap_or(i32::MAX);
        pdf.catalog(catalog).pages(tree);
        pdf.pages(tree).kids((0..count).map(|at| Ref::new(8 + at * 2))).count(count);
        for (at, content) in (0..count).zip(contents) {
            let (page_id, content_id) = (Ref::new(8 + at * 2), Ref::new(9 + at * 2));
            let mut page = pdf.page(page_id);
            page.media_box(Rect::new(0.0, 0.0, 595.0, 842.0)).parent(tree).contents(content_id);
            page.resources().fonts().pair(Name(b"F1"), font);
            page.finish();
            pdf.stream(content_id, &compress_to_vec_zlib(&content.finish(), 6)).filter(Filter::FlateDecode);
        }
        pdf.type0_font(font)
            .base_font(FONT_NAME)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid_font)
            .to_unicode(cmap);
        let mut cid = pdf.cid_font(cid_font);
        cid.subtype(CidFontType::Type2).base_font(FONT_NAME).system_info(IDENTITY).font_descriptor(descriptor);
        cid.default_width(600.0).cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = cid.widths();
        for glyph in self.used.keys() {
            widths.consecutive(*glyph, [self.advance(*glyph)]);
        }
        widths.finish();
        cid.finish();
        let scale = |units: i16| f32::from(units) * 1_000.0 / f32::from(self.face.units_per_em());
        let bounds = self.face.global_bounding_box();
        pdf.font_descriptor(descriptor)
            .name(FONT_NAME)
            .flags(FontFlags::NON_SYMBOLIC)
            .bbox(Rect::new(scale(bounds.x_min), scale(bounds.y_min), scale(bounds.x_max), scale(bounds.y_max)))
            .italic_angle(0.0)
            .ascent(scale(self.face.ascender()))
            .descent(scale(self.face.descender()))
            .cap_height(729.0)
            .stem_v(80.0)
            .font_file2(file);
        let mut unicode = UnicodeCmap::<u16>::new(Name(b"Sandbox"), IDENTITY);
        for (glyph, letter) in &self.used {
            unicode.pair(*glyph, *letter);
        }
        pdf.cmap(cmap, &unicode.finish());
        let length = i32::try_from(FONT.len()).unwrap_or_default();
        let packed = compress_to_vec_zlib(FONT, 6);
        let mut font_file = pdf.stream(file, &packed);
        font_file.filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
        font_file.finish();
        pdf.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_font_has_every_romanian_letter() {
        let writer = Writer::new();
        for letter in "aăâiîsștțAĂÂIÎSȘTȚşţ0123456789#-–„”€".chars() {
            assert!(writer.face.glyph_index(letter).is_some(), "no glyph for {letter}");
        }
    }

    #[test]
    fn a_reference_is_never_broken_by_wrapping() {
        let writer = Writer::new();
        let text = format!("{} PNT-7K2M9QX4TBC {}", "cuvinte ".repeat(30), "și altele ".repeat(30));
        let lines = writer.wrap(9.0, WIDTH, &text);
        assert!(lines.len() > 3);
        assert!(lines.iter().any(|line| line.contains("PNT-7K2M9QX4TBC")));
        assert!(writer.wrap(9.0, WIDTH, &"x".repeat(10_000)).len() > 50, "a word without blanks is cut");
    }
}
