//! Headings that are known: whose export a table is, and which of its columns is which field.
//!
//! Shopify's are those of its admin's order export as published samples show them. WooCommerce has no export of orders of
//! its own; known are the headings of Advanced Order Export For WooCommerce (its default names), of WebToffee's Order
//! Export & Order Import (`line_item_1` and on), and of Customer/Order/Coupon Export with one row for each item. They were
//! taken from public documentation and public code that reads such files, and not seen coming from the plugins themselves:
//! what a plugin writes otherwise is chosen by hand.

use super::columns::{Columns, missing};
use super::{Layout, fields};
use crate::call::fold;
use std::collections::BTreeMap;

/// Lower case, without diacritics, words alone: `Address 1&2 (Billing)` is `address 1 2 billing`.
pub(super) fn folded(heading: &str) -> String {
    let words: String = fold(heading).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

type Names = &'static [(&'static str, &'static [&'static str])];

const SHOPIFY: Names = &[
    ("number", &["name"]),
    ("id", &["id"]),
    ("status", &["financial status"]),
    ("fulfillment", &["fulfillment status"]),
    ("date", &["created at"]),
    ("paid_at", &["paid at"]),
    ("completed_at", &["fulfilled at"]),
    ("cancelled_at", &["cancelled at", "canceled at"]),
    ("currency", &["currency"]),
    ("total", &["total"]),
    ("subtotal", &["subtotal"]),
    ("tax", &["taxes"]),
    ("tax.name", &["tax 1 name"]),
    ("tax.other", &["tax 2 name"]),
    ("discount", &["discount amount"]),
    ("discount.name", &["discount code"]),
    ("shipping", &["shipping"]),
    ("shipping.name", &["shipping method"]),
    ("refunded", &["refunded amount"]),
    ("payment.method", &["payment method"]),
    ("payment.reference", &["payment reference", "payment reference deprecated"]),
    ("customer.name", &["billing name"]),
    ("customer.company", &["billing company"]),
    ("customer.email", &["email"]),
    ("customer.phone", &["billing phone", "phone"]),
    ("customer.address", &["billing street", "billing address1"]),
    ("customer.city", &["billing city"]),
    ("customer.county", &["billing province", "billing province name"]),
    ("customer.postcode", &["billing zip"]),
    ("customer.country", &["billing country"]),
    ("attributes", &["note attributes"]),
    ("line.name", &["lineitem name"]),
    ("line.code", &["lineitem sku"]),
    ("line.quantity", &["lineitem quantity"]),
    ("line.unit_price", &["lineitem price"]),
    ("line.taxable", &["lineitem taxable"]),
    ("line.discount", &["lineitem discount"]),
];

const WOOCOMMERCE: Names = &[
    ("number", &["order number", "order id"]),
    ("id", &["order id"]),
    ("status", &["order status", "status"]),
    ("date", &["order date", "date"]),
    ("updated", &["order modified date", "modified date", "date modified"]),
    ("paid_at", &["paid date", "date paid", "order paid date"]),
    ("completed_at", &["completed date", "date completed", "order completed date"]),
    ("currency", &["order currency", "currency"]),
    ("total", &["order total amount", "order total"]),
    ("shipping", &["order shipping amount", "shipping total"]),
    ("shipping.tax", &["order shipping tax amount", "shipping tax total"]),
    ("shipping.name", &["shipping method title", "shipping method"]),
    ("fee", &["order fee amount", "fee total"]),
    ("fee.tax", &["fee tax total"]),
    ("refunded", &["order refund amount", "refunded total"]),
    ("payment.method", &["payment method title", "payment method"]),
    ("payment.reference", &["transaction id"]),
    ("customer.name", &["full name billing"]),
    ("customer.first_name", &["first name billing", "billing first name"]),
    ("customer.last_name", &["last name billing", "billing last name"]),
    ("customer.company", &["company billing", "billing company"]),
    ("customer.email", &["email billing", "billing email", "customer email"]),
    ("customer.phone", &["phone billing", "billing phone"]),
    ("customer.address", &["address 1 2 billing", "address 1 billing", "billing address 1"]),
    ("customer.address_2", &["address 2 billing", "billing address 2"]),
    ("customer.city", &["city billing", "billing city"]),
    ("customer.county", &["state code billing", "state name billing", "billing state"]),
    ("customer.postcode", &["postcode billing", "billing postcode"]),
    ("customer.country", &["country code billing", "billing country"]),
    ("line.name", &["item name", "product name", "name"]),
    ("line.code", &["sku", "item sku"]),
    ("line.quantity", &["quantity", "item quantity", "quantity refund"]),
    ("line.unit_price", &["item cost", "item price"]),
    ("line.total", &["order line w o tax", "item total"]),
    ("line.tax", &["order line tax", "item total tax"]),
    ("line.packed", &["line item 1"]),
];

/// Beside the fields' own names.
const OWN: Names = &[
    ("number", &["order number", "order", "numar comanda", "nr comanda", "nr crt comanda", "comanda"]),
    ("id", &["order id", "id comanda"]),
    ("status", &["stare", "stare comanda", "order status"]),
    ("date", &["order date", "data", "data comenzii", "data comanda"]),
    ("updated", &["updated at", "data modificarii", "modificata la"]),
    ("paid_at", &["paid", "data platii", "platita la", "data incasarii"]),
    ("completed_at", &["completed", "data finalizarii", "finalizata la", "data livrarii", "livrata la"]),
    ("cancelled_at", &["data anularii", "anulata la"]),
    ("currency", &["moneda", "valuta"]),
    ("total", &["total comanda", "order total", "total de plata", "valoare totala"]),
    ("discount", &["reducere", "reducere comanda", "discount comanda"]),
    ("discount.name", &["cod reducere", "cupon"]),
    ("shipping", &["transport", "livrare", "cost livrare", "cost transport", "taxa livrare"]),
    ("shipping.name", &["metoda livrare", "curier"]),
    ("shipping.vat_rate", &["cota tva transport", "tva transport"]),
    ("fee", &["taxa", "taxa ramburs"]),
    ("refunded", &["rambursat", "suma rambursata"]),
    ("payment.method", &["metoda plata", "metoda de plata", "plata", "mod de plata", "modalitate plata"]),
    ("payment.reference", &["referinta plata", "tranzactie", "id tranzactie"]),
    ("payment.paid", &["platit", "platita", "achitat", "incasat"]),
    ("customer.name", &["customer", "client", "nume", "nume client", "nume si prenume", "name"]),
    ("customer.first_name", &["prenume"]),
    ("customer.last_name", &["nume de familie"]),
    ("customer.company", &["company", "firma", "companie", "denumire firma", "societate"]),
    ("customer.tax_id", &["cui", "cif", "cod fiscal", "tax id", "cui cif"]),
    ("customer.reg_com", &["reg com", "nr reg com", "registrul comertului", "nr registrul comertului"]),
    ("customer.email", &["email", "e mail", "adresa email"]),
    ("customer.phone", &["phone", "telefon", "nr telefon"]),
    ("customer.address", &["address", "adresa", "strada"]),
    ("customer.address_2", &["address 2", "adresa 2"]),
    ("customer.city", &["city", "localitate", "oras", "localitatea"]),
    ("customer.county", &["county", "judet", "judetul", "state"]),
    ("customer.postcode", &["postcode", "cod postal", "zip"]),
    ("customer.country", &["country", "tara"]),
    ("line.kind", &["kind", "tip", "tip linie"]),
    ("line.name", &["product", "item", "item name", "produs", "denumire", "denumire produs", "nume produs"]),
    ("line.code", &["code", "sku", "cod", "cod produs"]),
    ("line.unit", &["unit", "um", "u m", "unitate", "unitate de masura"]),
    ("line.quantity", &["quantity", "qty", "cantitate", "cant"]),
    ("line.unit_price", &["unit price", "price", "pret unitar", "pret", "pret cu tva"]),
    ("line.total", &["line total", "total linie", "valoare linie", "valoare"]),
    ("line.vat_rate", &["vat rate", "vat", "cota tva", "tva", "cota de tva"]),
    ("line.discount", &["line discount", "reducere linie", "discount linie"]),
];

fn defaults() -> Columns {
    Columns {
        columns: BTreeMap::new(),
        currency: "RON".to_owned(),
        country: "RO".to_owned(),
        prices_include_vat: true,
        vat_rate: None,
        status: "paid".to_owned(),
        dates: "auto".to_owned(),
        numbers: "auto".to_owned(),
    }
}

/// The first heading of each field's names that is in the table once. A heading is one field's alone.
fn matched(names: Names, with_own_names: bool, headings: &[String]) -> BTreeMap<String, String> {
    let words: Vec<String> = headings.iter().map(|heading| folded(heading)).collect();
    let mut taken: Vec<&str> = Vec::new();
    let mut found = BTreeMap::new();
    for field in fields() {
        let own = folded(field.name);
        let own = with_own_names.then_some(own.as_str());
        let named = names.iter().find(|(name, _)| *name == field.name).map_or(&[] as &[&str], |(_, named)| named);
        let mut wanted = own.into_iter().chain(named.iter().copied());
        let at = wanted.find_map(|wanted| {
            let mut places = words.iter().enumerate().filter(|(_, one)| *one == wanted).map(|(at, _)| at);
            places.next().filter(|_| places.next().is_none())
        });
        if let Some(at) = at
            && !taken.contains(&words[at].as_str())
        {
            taken.push(&words[at]);
            found.insert(field.name.to_owned(), headings[at].clone());
        }
    }
    found
}

/// Whose export these headings are, and the columns that they suggest.
pub(super) fn suggest(headings: &[String]) -> (Option<Layout>, Columns) {
    let words: Vec<String> = headings.iter().map(|heading| folded(heading)).collect();
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    if ["name", "financial status", "lineitem quantity", "lineitem price"].iter().all(|wanted| has(wanted)) {
        let columns = matched(SHOPIFY, false, headings);
        return (Some(Layout::Shopify), Columns { columns, ..defaults() });
    }
    let is_woocommerce = (has("order number") || has("order id"))
        && (has("billing first name") || words.iter().any(|word| word.ends_with(" billing")));
    if is_woocommerce {
        let columns = matched(WOOCOMMERCE, false, headings);
        // an order keeps its amounts without VAT, whatever the shop shows; its total is with it
        return (Some(Layout::WooCommerce), Columns { columns, prices_include_vat: false, ..defaults() });
    }
    let columns = Columns { columns: matched(OWN, true, headings), ..defaults() };
    (missing(&columns, headings).is_empty().then_some(Layout::Own), columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn every_known_heading_names_a_field_that_there_is() {
        for names in [SHOPIFY, WOOCOMMERCE, OWN] {
            for (field, known) in names {
                assert!(fields().iter().any(|one| one.name == *field), "{field}");
                assert!(known.iter().all(|heading| folded(heading) == *heading), "{known:?}");
            }
        }
    }

    #[test]
    fn romanian_headings_are_read_with_diacritics_or_without() {
        let text =
            "Număr comandă,Dată,Client,CUI,Adresă,Localitate,JUDEȚ,Produs,Cantitate,Preț unitar,Cotă TVA,Total comandă";
        let (layout, columns) = suggest(&headings(text));
        assert_eq!(layout, Some(Layout::Own));
        for (field, heading) in
            [("customer.county", "JUDEȚ"), ("line.vat_rate", "Cotă TVA"), ("total", "Total comandă")]
        {
            assert_eq!(columns.columns[field], heading);
        }
        let plain = "Numar comanda,Data,Client,Adresa,Localitate,Produs,Cantitate,Pret unitar,Total";
        assert_eq!(suggest(&headings(plain)).0, Some(Layout::Own));
    }

    #[test]
    fn a_heading_that_is_there_twice_is_suggested_for_nothing() {
        let (layout, columns) = suggest(&headings("number,date,total,total"));
        assert_eq!((layout, columns.columns.contains_key("total")), (None, false));
    }

    #[test]
    fn an_order_without_a_number_of_its_own_has_its_id_for_one() {
        let (_, columns) = suggest(&headings("order_id,order_date,billing_first_name,order_total"));
        assert_eq!(columns.columns["number"], "order_id");
        assert!(!columns.columns.contains_key("id"));
    }
}
