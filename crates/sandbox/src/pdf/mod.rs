//! The printed documents: real PDFs whose text can be taken out again, diacritics included, because finding a reference
//! in a PDF is how a lost invoice is found at SmartBill. One embedded font, glyphs by number, a ToUnicode table, packed
//! streams: as a provider's PDFs are, and unlike the plain ASCII that a careless reader would get away with.

mod paper;
mod writer;

pub(crate) use paper::{of_oblio, of_smartbill};
