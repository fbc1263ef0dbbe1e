//! SmartBill's part of `GET /state`: what a checker outside needs to count documents, money and mails.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::books::{Document, Email, Kind, Payment, SmartBillBooks};
use crate::money::two_places;

impl SmartBillBooks {
    pub fn summary(&self) -> Value {
        let mut reversals: HashMap<(&str, &str), &str> = HashMap::new();
        let mut invoiced: HashMap<(&str, &str), Vec<Value>> = HashMap::new();
        for document in self.documents() {
            if let (Some(original), false) = (&document.reverses, document.cancelled) {
                reversals.insert((&document.series, original), &document.number);
            }
            if let Some((series, number)) = &document.from_estimate {
                let made = json!({ "series": document.series, "number": document.number });
                invoiced.entry((series, number)).or_default().push(made);
            }
        }
        let mut paying: HashMap<(&str, &str), Vec<Value>> = HashMap::new();
        for payment in self.payments() {
            for share in &payment.pays {
                paying.entry((&share.series, &share.number)).or_default().push(told(payment));
            }
        }
        let documents: Vec<Value> = self
            .documents()
            .iter()
            .map(|d| {
                let name = (d.series.as_str(), d.number.as_str());
                let mut row = row(d);
                row["payments"] = json!(paying.get(&name).filter(|_| d.kind == Kind::Invoice).unwrap_or(&Vec::new()));
                row["reversed_by"] = json!(reversals.get(&name).filter(|_| d.kind == Kind::Invoice));
                row["invoiced_by"] = json!(invoiced.get(&name).filter(|_| d.label() == "proforma"));
                row
            })
            .collect();
        let series: Vec<Value> =
            self.series.iter().map(|s| json!({ "kind": s.kind, "name": s.name, "next_number": s.next })).collect();
        let payments: Vec<Value> = self.payments().iter().map(|payment| told(payment)).collect();
        let emails: Vec<&Email> = self.emails().iter().map(|email| &**email).collect();
        json!({
            "documents": documents, "series": series, "payments": payments,
            "emails": emails, "deleted": self.deleted, "issued": self.issued,
        })
    }
}

fn row(d: &Document) -> Value {
    json!({
        "kind": d.label(), "type": d.kind.word(), "id": d.id, "series": d.series, "number": d.number,
        "total": two_places(d.total), "currency": d.currency, "mentions": d.mentions, "cancelled": d.cancelled,
        "client": d.client.get("name"), "client_cif": d.client.get("vatCode"), "issue_date": d.issue_date,
        "paid": two_places(d.paid), "reverses": d.reverses, "from_estimate": d.from_estimate,
        "created_ms": d.created_ms,
    })
}

fn told(payment: &Payment) -> Value {
    json!({
        "id": payment.id, "type": payment.kind, "series": payment.series, "number": payment.number,
        "value": two_places(payment.value), "currency": payment.currency, "date": payment.issue_date,
        "client": payment.client.get("name"), "draft": payment.draft,
        "invoices": payment.pays.iter().map(|share| format!("{}{}", share.series, share.number)).collect::<Vec<_>>(),
    })
}
