//! What a provider claims it can do it does, and what it does not claim it refuses before anything is sent.

use crate::World;
use crate::account::{
    Account, BOTH, account, client_of, email, from_proforma, payment, proforma_request, storno, target, today,
    unpaid_request,
};
use punte_connectors::billing::{Ability, BillingProvider, DocumentKind, DocumentQuery, EInvoiceState, NumberSeen};
use punte_domain::{CollectKind, Failure, FailureKind, Phase};
use rust_decimal::dec;
use std::collections::HashSet;

/// Uses one ability as far as it goes, on an invoice of its own.
async fn exercise(client: &dyn BillingProvider, account: &Account, ability: Ability) -> Result<(), Failure> {
    let order = ability.as_str();
    let sent = unpaid_request(account, order);
    let document = client.issue_invoice(&sent).await.outcome?;
    let invoice = target(&sent, DocumentKind::Invoice, document.clone());
    let company = account.company.as_str();
    match ability {
        Ability::Proforma => {
            let proforma = proforma_request(client, account, order).await;
            let issued = client.issue_proforma(&proforma).await.outcome?;
            assert_eq!(issued.series, proforma.series);
        }
        Ability::InvoiceFromProforma => {
            let proforma = proforma_request(client, account, order).await;
            let issued = client.issue_proforma(&proforma).await.outcome?;
            let made = client.issue_from_proforma(&from_proforma(&sent, issued)).await.outcome?;
            let read = client.read_issued(&target(&sent, DocumentKind::Invoice, made)).await?;
            assert_eq!(read.total, Some(dec!(71.97)), "the proforma's lines became the invoice's");
        }
        Ability::Storno => {
            let made = client.issue_storno(&storno(&sent, document)).await.outcome?;
            let read = client.read_issued(&target(&sent, DocumentKind::Invoice, made)).await?;
            assert_eq!(read.total, Some(dec!(-71.97)));
        }
        Ability::Cancel => client.cancel(&invoice).await.outcome?,
        Ability::Restore => {
            client.cancel(&invoice).await.outcome?;
            client.restore(&invoice).await.outcome?;
        }
        Ability::Delete => client.delete(&invoice, "pnt-delete").await.outcome?,
        Ability::RecordPayment => client.record_payment(&invoice, &payment(dec!(20))).await.outcome?,
        Ability::DeletePayment => {
            client.record_payment(&invoice, &payment(dec!(20))).await.outcome?;
            client.delete_payment(&invoice, CollectKind::BankTransfer).await.outcome?;
        }
        Ability::PaymentStatus => {
            let status = client.read_payment(&invoice).await?;
            assert_eq!((status.total, status.paid), (dec!(71.97), dec!(0)));
        }
        Ability::Pdf => assert!(client.fetch_pdf(&invoice).await?.starts_with(b"%PDF")),
        Ability::Email => client.send_email(&invoice, &email()).await.outcome?,
        Ability::ListDocuments => {
            let kind = DocumentKind::Invoice;
            let (from, to) = (today(), today());
            let query = DocumentQuery { company: company.into(), kind, series: None, from, to, page: 0 };
            let page = client.list_documents(&query).await?;
            let row = page.rows.iter().find(|row| row.document.number == document.number).unwrap();
            assert_eq!((row.references.as_slice(), row.total), ([sent.reference].as_slice(), Some(dec!(71.97))));
        }
        Ability::ReadNumbers => {
            let number: u64 = document.number.parse().unwrap();
            let seen = client.read_number(company, &document.series, DocumentKind::Invoice, number).await?;
            let NumberSeen::Document(seen) = seen else { panic!("{seen:?}") };
            assert_eq!((seen.references.as_slice(), seen.total), ([sent.reference].as_slice(), Some(dec!(71.97))));
            let beyond = client.read_number(company, &document.series, DocumentKind::Invoice, number + 1).await?;
            assert_eq!(beyond, NumberSeen::Nothing);
        }
        Ability::EInvoice => {
            assert_eq!(client.read_einvoice(&invoice).await?.state, EInvoiceState::NotSent);
            assert_eq!(client.send_einvoice(&invoice).await.outcome?.state, EInvoiceState::Processing);
            assert_eq!(client.read_einvoice(&invoice).await?.state, EInvoiceState::Processing);
        }
        Ability::Warehouses => assert!(!client.list_warehouses(company).await?.is_empty()),
        Ability::Languages => assert!(client.list_languages(company).await?.contains(&"EN".to_owned())),
        Ability::Units => assert!(client.list_units(company).await?.contains(&"buc".to_owned())),
    }
    Ok(())
}

#[tokio::test]
async fn what_is_claimed_works_and_what_is_not_is_refused_before_it_is_sent() {
    for provider in BOTH {
        let world = World::new().await;
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let claimed: HashSet<Ability> = client.capabilities().abilities.into_iter().collect();
        for ability in Ability::ALL {
            let outcome = exercise(client.as_ref(), &account, ability).await;
            match (claimed.contains(&ability), outcome) {
                (true, Ok(())) => {}
                (false, Err(failure)) => {
                    assert_eq!((failure.kind, failure.phase), (FailureKind::NotOffered, Phase::Prepare), "{ability:?}");
                }
                (claimed, outcome) => panic!("{provider:?} {ability:?}: claimed {claimed}, but {outcome:?}"),
            }
        }
    }
}
