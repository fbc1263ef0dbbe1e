//! The expressions that the page about mappings shows give what it says, on the order that is built into the editor.

use punte_engine::mapping::{MappingContext, compile, preset, sandbox_order};
use serde_json::{Map, Value};

/// Rows of a page's tables whose second and third cell are code: expression and result.
fn rows(page: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(crate::root().join(page)).unwrap();
    let cell = |cell: &str| cell.trim().strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).map(str::to_owned);
    text.lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").skip(1);
            Some((cell(cells.next()?)?, cell(cells.next()?)?))
        })
        .collect()
}

#[test]
fn every_expression_of_the_page_about_mappings_gives_what_it_says() {
    let mut mapping = preset("woocommerce_ro").unwrap();
    mapping.tables.insert("unități".into(), [("kg".to_owned(), "kilogram".to_owned())].into());
    let order: Value = serde_json::from_str(sandbox_order()).unwrap();
    let context = MappingContext { tax_point: "2026-11-21".parse().unwrap(), settings: Map::new() };
    for page in ["docs/mapping.md", "docs/ro/mapping.md"] {
        let rows = rows(page);
        assert!(rows.len() > 9, "{page}: {rows:?}");
        for (expression, result) in rows {
            mapping.document.get_mut("language").unwrap().expression.clone_from(&expression);
            let evaluation = compile(&mapping).unwrap().explain(&order, &context);
            let value = evaluation.values.into_iter().find(|value| value.target == "document.language").unwrap();
            assert_eq!(value.value.as_deref(), Some(result.as_str()), "{page}: {expression}: {:?}", value.problem);
        }
    }
}
