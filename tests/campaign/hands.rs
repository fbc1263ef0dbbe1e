//! Other people at the providers: they write, copy and delete invoices in the series that Punte writes in.

use crate::clock::lock;
use crate::wire::{Net, OBLIO, SMARTBILL};
use crate::world::World;
use async_trait::async_trait;
use punte_connectors::billing::{self, BillingConfig, BillingProvider, IssueRequest, ProviderKind, Target};
use punte_connectors::{Budgets, HttpAnswer, HttpRequest, Limits, Transport, TransportError, Urgency};
use punte_domain::{Draft, Reference, WorkspaceSeed};
use punte_sandbox::{Provider, account};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// In the order number of what other people write.
pub const BY_HAND: &str = "MANUAL";

/// Nobody watches these, and nothing goes wrong on their way. What is not a copy loses its reference.
struct ByHand {
    net: Arc<Net>,
    keeps_reference: bool,
}

#[async_trait]
impl Transport for ByHand {
    async fn send(&self, mut request: HttpRequest, limits: Limits) -> Result<HttpAnswer, TransportError> {
        if let (false, Some(body)) = (self.keeps_reference, &request.body) {
            let text = String::from_utf8_lossy(body).into_owned();
            let plain = Reference::find_all(&text).iter().fold(text, |text, one| text.replace(one.as_str(), "de mână"));
            request.body = Some(plain.into());
        }
        self.net.exchange_by_hand(request, limits.body).await
    }
}

/// What other people did, so that it is not counted as Punte's.
#[derive(Default)]
pub struct Hands {
    tries: Mutex<u8>,
    /// (host, series, number)
    pub made: Mutex<Vec<(&'static str, String, String)>>,
    pub deleted: Mutex<Vec<(&'static str, String, String)>>,
}

pub fn host_of(provider: Provider) -> &'static str {
    if provider == Provider::Oblio { OBLIO } else { SMARTBILL }
}

pub fn series_of(provider: Provider) -> &'static str {
    if provider == Provider::Oblio { account::OBLIO_SERIES } else { account::SMARTBILL_SERIES }
}

fn client(world: &World, provider: Provider, keeps_reference: bool) -> Arc<dyn BillingProvider> {
    let oblio = provider == Provider::Oblio;
    let config = BillingConfig {
        base_url: if oblio { format!("https://{OBLIO}") } else { format!("https://{SMARTBILL}/SBORO/api") },
        account: if oblio { account::OBLIO_EMAIL } else { account::SMARTBILL_USERNAME }.to_owned(),
        secret: if oblio { account::OBLIO_SECRET } else { account::SMARTBILL_TOKEN }.to_owned().into(),
        paced: false,
        create_limit: Duration::from_secs(60),
        budgets: Arc::new(Budgets::new()),
        urgency: Urgency::Live,
        reserve: 0,
        legacy_routes: false,
    };
    let kind = if oblio { ProviderKind::Oblio } else { ProviderKind::SmartBill };
    billing::connect(kind, config, Arc::new(ByHand { net: world.net.clone(), keeps_reference }))
}

impl World {
    /// An invoice made by hand for the same goods as one of ours; with `copied` it bears that one's reference, too.
    pub async fn write_by_hand(&self, provider: Provider, draft: Draft, copied: Option<Reference>) {
        let n = {
            let mut tries = lock(&self.hands.tries);
            *tries += 1;
            *tries
        };
        let key = punte_domain::IssueKey {
            shop_identity: "by hand".into(),
            order_id: n.to_string(),
            role: punte_domain::Role::Invoice,
            generation: 1,
        };
        let seed = WorkspaceSeed([n; 32]);
        let keeps_reference = copied.is_some();
        let request = IssueRequest {
            company: account::COMPANY.to_owned(),
            series: series_of(provider).to_owned(),
            issue_date: self.today(),
            draft,
            reference: copied.unwrap_or_else(|| seed.reference(&key)),
            idempotency_key: seed.idempotency_key(&key, 1),
            order_number: format!("{BY_HAND}{n}"),
        };
        if let Ok(made) = client(self, provider, keeps_reference).issue_invoice(&request).await.outcome {
            lock(&self.hands.made).push((host_of(provider), made.series, made.number));
        }
    }

    /// Somebody deletes a document by hand: only the last of a series can be.
    pub async fn delete_by_hand(&self, provider: Provider, target: &Target, key: &str) {
        // noted before: its answer may be lost on its way
        let document = &target.document;
        lock(&self.hands.deleted).push((host_of(provider), document.series.clone(), document.number.clone()));
        let _ = client(self, provider, true).delete(target, key).await;
    }
}
