//! Mappings to start from, one for each kind of shop; documents like any other, read from `presets/`.

use crate::document::Mapping;

const PRESETS: &[(&str, &str)] = &[
    ("woocommerce_ro", include_str!("../presets/woocommerce_ro.json")),
    ("woocommerce_eu", include_str!("../presets/woocommerce_eu.json")),
    ("shopify", include_str!("../presets/shopify.json")),
    ("stripe", include_str!("../presets/stripe.json")),
    ("generic", include_str!("../presets/generic.json")),
];

const IDS: &[&str] = &["woocommerce_ro", "woocommerce_eu", "shopify", "stripe", "generic"];

/// Ids of the presets; their names for people are in the catalogues.
pub fn presets() -> &'static [&'static str] {
    IDS
}

/// A preset by its id.
///
/// # Panics
/// Never: the files are part of the program, and a test reads them.
pub fn preset(id: &str) -> Option<Mapping> {
    let (_, text) = PRESETS.iter().find(|(known, _)| *known == id)?;
    Some(Mapping::parse(text).expect("a test reads every preset"))
}

/// A built-in WooCommerce order, for a first look at a mapping where there is no order yet.
pub fn sandbox_order() -> &'static str {
    include_str!("../presets/sample-order.json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile;

    #[test]
    fn every_preset_is_listed_and_compiles() {
        assert_eq!(PRESETS.iter().map(|(id, _)| *id).collect::<Vec<_>>(), IDS);
        for id in presets() {
            if let Err(errors) = compile(&preset(id).unwrap()) {
                panic!("{id}: {errors:#?}");
            }
        }
    }
}
