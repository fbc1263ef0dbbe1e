//! Reading a series again: everything in it from a known document on, with the references that it bears.

use crate::World;
use crate::account::{BOTH, account, client_of, request};
use punte_connectors::billing::{BillingProvider, DocumentKind, SeriesPage, SeriesQuery};
use punte_domain::Reference;
use punte_sandbox::{FaultKind, Provider};
use std::sync::Arc;

/// Every page of a series.
async fn read(client: &Arc<dyn BillingProvider>, mut query: SeriesQuery) -> SeriesPage {
    let mut whole = SeriesPage::default();
    for _ in 0..20 {
        let page = client.read_series(&query).await.unwrap();
        whole.rows.extend(page.rows);
        whole.unreadable.extend(page.unreadable);
        whole.left_out += page.left_out;
        if page.next.is_none() {
            return whole;
        }
        query.next = page.next;
    }
    panic!("a series of thirty has an end");
}

fn names(page: &SeriesPage) -> Vec<(String, Vec<Reference>)> {
    let mut names: Vec<_> = page.rows.iter().map(|row| (row.document.number.clone(), row.references.clone())).collect();
    names.sort();
    names
}

#[tokio::test]
async fn every_document_of_a_series_is_read_with_its_reference_over_several_pages() {
    let world = World::new().await;
    for provider in BOTH {
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let mut sent = Vec::new();
        for order in 4001..4031 {
            let request = request(&account, &order.to_string());
            let issued = client.issue_invoice(&request).await.outcome.unwrap();
            sent.push((issued.number, vec![request.reference]));
        }
        sent.sort();
        let day = request(&account, "4001").issue_date;
        let query = SeriesQuery {
            company: account.company.clone(),
            kind: DocumentKind::Invoice,
            series: account.series.clone(),
            from: day,
            to: day,
            from_number: sent[0].0.trim_start_matches('0').parse().ok(),
            next: None,
        };
        let page = read(&client, query).await;
        assert_eq!(names(&page), sent, "{provider:?}");
        assert_eq!((page.unreadable.len(), page.left_out), (0, 0), "{provider:?}");
    }
}

#[tokio::test]
async fn a_number_whose_pdf_cannot_be_read_is_told_and_not_taken_for_empty() {
    let world = World::new().await;
    let account = account(&world, Provider::SmartBill);
    let client = client_of(Provider::SmartBill, account.config.clone());
    let issued = client.issue_invoice(&request(&account, "4101")).await.outcome.unwrap();
    let number: u64 = issued.number.parse().unwrap();
    let query = SeriesQuery {
        company: account.company.clone(),
        kind: DocumentKind::Invoice,
        series: account.series.clone(),
        from: Default::default(),
        to: Default::default(),
        from_number: Some(number),
        next: None,
    };
    world.fault(Provider::SmartBill, "pdf", FaultKind::Html);
    assert_eq!(client.read_series(&query).await.unwrap().unreadable, [number]);
    let again = client.read_series(&query).await.unwrap();
    assert_eq!((again.unreadable.len(), again.rows.len()), (0, 1));
}
