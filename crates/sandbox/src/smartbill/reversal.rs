//! `POST /invoice/reverse`: the whole invoice taken back, under the next number of the same series. A part of an invoice
//! can't be taken back this way.

use axum::response::Response;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::books::{Document, Kind};
use super::create::addresses;
use super::documents::not_found;
use super::shape::Misfit;
use super::{Refusal, check_company, mapping_error, refuse, success};
use crate::call::Call;
use crate::clock::{bucharest_date, read_fiscal_date};
use crate::money::Line;
use crate::shared::Shared;

pub(super) fn reverse(shared: &Shared, call: &Call, body: &Value) -> Result<Response, Refusal> {
    let given = |key: &str| body[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    check_company(&given("companyVatCode").unwrap_or_default())?;
    let date = match given("issueDate") {
        None => bucharest_date(call.at_ms),
        Some(text) => read_fiscal_date(&text).ok_or_else(|| {
            let message = "Could not map property: issueDate.".into();
            mapping_error(&Misfit { message, param: "issueDate".into() }, call)
        })?,
    };
    let Some(number) = given("number") else {
        return Err(refuse("Numarul facturii trebuie specificat in parametrul 'number'!"));
    };
    let Some(series) = given("seriesName") else {
        return Err(refuse("Seria facturii trebuie specificata in parametrul 'seriesname'!"));
    };
    let base = call.base_url("https://cloud.smartbill.ro");
    Ok(shared.change_and_answer(|state| {
        let books = &mut state.smartbill;
        let Some(original) = books.find(Kind::Invoice, &series, &number).map(|found| (**found).clone()) else {
            return Err(refuse(not_found(Kind::Invoice, &series, &number)));
        };
        let reversed = books.reversal_of(&original).is_some();
        let words = match () {
            () if reversed => Some("Factura este deja stornata.".to_owned()),
            () if original.cancelled => Some(format!("Factura {series}{number} este anulata.")),
            () if original.reverses.is_some() => {
                Some(format!("Factura {series}{number} este de tip storno. Nu se poate storna."))
            }
            () if date < original.issue_date => Some(
                "Data emiterii facturii storno nu poate fi anterioara datei emiterii facturii stornate.".to_owned(),
            ),
            () => None,
        };
        if let Some(words) = words {
            return Err(refuse(words));
        }
        let lines: Vec<Line> = original.lines.iter().map(Line::reversed).collect();
        let storno = Document {
            issue_date: date,
            due_date: None,
            total: -original.total,
            paid: Decimal::ZERO,
            lines,
            reverses: Some(number.clone()),
            from_estimate: None,
            // Whether the mentions are copied is UNVERIFIED; the PDF names the original.
            mentions: String::new(),
            observations: String::new(),
            created_ms: call.at_ms,
            ..original
        };
        let storno = books.file(storno, false);
        let mut extra = addresses(&storno, &base);
        extra["number"] = storno.number.clone().into();
        extra["series"] = storno.series.clone().into();
        // The schema of the storno's answer shows the id as text.
        extra["documentId"] = storno.id.to_string().into();
        Ok(success("", Value::Object(extra.as_object().cloned().unwrap_or_else(Map::new))))
    }))
}
