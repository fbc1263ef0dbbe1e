//! What is shown before a send is what is sent: the same body, at each provider, over the same transport.

use super::fixtures::{config, persons_request, request, vat};
use super::{DocumentKind, IssueRequest, ProviderKind, connect};
use crate::scripted::{Scripted, json_answer};
use crate::transport::{HttpAnswer, TransportError};
use punte_domain::FailureKind;
use rust_decimal::dec;
use serde_json::{Value, json};

const BOTH: [ProviderKind; 2] = [ProviderKind::Oblio, ProviderKind::SmartBill];

fn answers(kind: ProviderKind) -> Vec<Result<HttpAnswer, TransportError>> {
    let all = match kind {
        ProviderKind::Oblio => vec![
            json!({"access_token": "tok", "expires_in": "3600", "token_type": "Bearer"}),
            json!({"status": 200, "data": [{"name": "Normala", "percent": 21}, {"name": "Redusa", "percent": 11}]}),
            json!({"status": 200, "data": {"seriesName": "FCT", "number": "0053", "link": ""}}),
        ],
        ProviderKind::SmartBill => vec![
            json!({"errorText": "", "taxes": [{"name": "Normala", "percentage": 21}, {"name": "Redusa", "percentage": 11}]}),
            json!({"errorText": "", "number": "0053", "series": "FCT"}),
        ],
    };
    all.iter().map(|body| Ok(json_answer(200, body, &[]))).collect()
}

/// The body that the transport received of a create.
async fn sent(kind: ProviderKind, request: &IssueRequest, document: DocumentKind) -> (String, Value) {
    let scripted = Scripted::new(answers(kind));
    let provider = connect(kind, config("https://provider.example"), scripted.clone());
    let outcome = match document {
        DocumentKind::Invoice => provider.issue_invoice(request).await.outcome,
        DocumentKind::Proforma => provider.issue_proforma(request).await.outcome,
    };
    outcome.unwrap();
    let shown = provider.preview_create(request, document, None).unwrap();
    let body = scripted.sent().last().and_then(|request| request.body.clone()).unwrap();
    (shown, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn what_is_shown_is_what_the_transport_receives() {
    for kind in BOTH {
        for request in [request(), persons_request()] {
            for document in [DocumentKind::Invoice, DocumentKind::Proforma] {
                let (shown, body) = sent(kind, &request, document).await;
                assert_eq!(
                    shown,
                    serde_json::to_string_pretty(&body).unwrap(),
                    "{kind:?}: to the letter, in its order"
                );
            }
        }
    }
}

#[test]
fn before_any_create_the_rates_that_were_read_once_name_them_and_nobody_is_asked() {
    for kind in BOTH {
        let scripted = Scripted::new(Vec::new());
        let provider = connect(kind, config("https://provider.example"), scripted.clone());
        let listed = [vat("Normala", 21), vat("Redusa", 11)];
        let shown = provider.preview_create(&request(), DocumentKind::Invoice, Some(&listed)).unwrap();
        assert!(shown.contains("\"Normala\"") && shown.contains("\"Redusa\""), "{shown}");
        let mut chosen = request();
        chosen.draft.lines[0].vat_name = "Standard".into();
        let shown = provider.preview_create(&chosen, DocumentKind::Invoice, None).unwrap();
        assert!(shown.contains("\"Standard\"") && !shown.contains("Normala"), "as the draft names them: {shown}");
        assert!(scripted.sent().is_empty());
    }
}

#[test]
fn what_could_not_be_sent_is_not_shown_and_says_why() {
    for kind in BOTH {
        let provider = connect(kind, config("https://provider.example"), Scripted::new(Vec::new()));
        let listed = [vat("Normala", 21)];
        let lacking = provider.preview_create(&request(), DocumentKind::Invoice, Some(&listed)).unwrap_err();
        assert_eq!(lacking.kind, FailureKind::VatRateUnknown);
        assert!(lacking.detail.starts_with("lines[2].vat_rate"), "{lacking:?}");
        let mut off = request();
        off.draft.order_total = dec!(1);
        let wrong = provider.preview_create(&off, DocumentKind::Invoice, None).unwrap_err();
        assert_eq!(wrong.kind, FailureKind::TotalsDiffer);
    }
}
