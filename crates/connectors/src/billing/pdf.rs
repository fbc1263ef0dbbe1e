//! Documents as PDFs, and text out of one: where nothing else shows what a document says. Bounded in size and time, off
//! the event loop, and a reader that panics on a strange file is a file that could not be read.

use bytes::Bytes;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use tokio::runtime::{Handle, RuntimeFlavor};

/// Bytes; invoices are about 32 kB.
pub(crate) const MAX_MEGABYTES: usize = 5;
const MAX_TIME: Duration = Duration::from_secs(20);

pub(crate) fn is_pdf(body: &[u8]) -> bool {
    body.starts_with(b"%PDF")
}

/// `None` where there is no text to be had: not a PDF, too large, a scan, a font without a map to characters.
pub(crate) async fn read_text(body: Bytes) -> Option<String> {
    if !is_pdf(&body) || body.len() > MAX_MEGABYTES * 1024 * 1024 {
        return None;
    }
    let read = move || catch_unwind(AssertUnwindSafe(|| pdf_extract::extract_text_from_mem(&body).ok())).ok().flatten();
    // with one thread there is no event loop to keep free: a simulation's runs must not depend on when another thread ends
    let text = match Handle::current().runtime_flavor() {
        RuntimeFlavor::CurrentThread => read()?,
        _ => tokio::time::timeout(MAX_TIME, tokio::task::spawn_blocking(read)).await.ok()?.ok()??,
    };
    (!text.trim().is_empty()).then_some(text)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};

    /// A page with one line of text per item, in Helvetica.
    pub(crate) fn pdf(lines: &[&str]) -> Bytes {
        let (catalog, pages, page, font, content) = (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4), Ref::new(5));
        let mut pdf = Pdf::new();
        pdf.catalog(catalog).pages(pages);
        pdf.pages(pages).kids([page]).count(1);
        let mut leaf = pdf.page(page);
        leaf.parent(pages).media_box(Rect::new(0.0, 0.0, 595.0, 842.0)).contents(content);
        leaf.resources().fonts().pair(Name(b"F1"), font);
        leaf.finish();
        pdf.type1_font(font).base_font(Name(b"Helvetica"));
        let mut text = Content::new();
        for (at, line) in lines.iter().enumerate() {
            text.begin_text();
            text.set_font(Name(b"F1"), 10.0);
            text.next_line(40.0, 800.0 - 14.0 * at as f32);
            text.show(Str(line.as_bytes()));
            text.end_text();
        }
        pdf.stream(content, &text.finish());
        Bytes::from(pdf.finish())
    }

    #[tokio::test]
    async fn text_is_read_out_of_a_pdf() {
        let text = read_text(pdf(&["Seria FCT nr. 0007", "Comanda #1001 PNT-ABC"])).await.unwrap();
        assert!(text.contains("0007") && text.contains("PNT-ABC"), "{text:?}");
    }

    #[tokio::test]
    async fn what_is_no_pdf_or_a_broken_one_has_no_text() {
        let whole = pdf(&["Seria FCT nr. 0007"]);
        assert_eq!(read_text(whole.slice(..whole.len() / 3)).await, None);
        assert_eq!(read_text(Bytes::from_static(b"<html>502</html>")).await, None);
        assert_eq!(read_text(Bytes::from_static(b"%PDF-1.7\n%%EOF")).await, None);
        assert_eq!(read_text(pdf(&[])).await, None, "a page without text proves nothing");
        let mut huge = whole.to_vec();
        huge.resize(MAX_MEGABYTES * 1024 * 1024 + 1, b' ');
        assert_eq!(read_text(huge.into()).await, None);
    }
}
