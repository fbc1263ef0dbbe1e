//! One client: found, taken away as a file, erased; and what a retention period would take away.

use super::Host;
use crate::commands::{Session, Tag};
use crate::dto::*;
use crate::error::ApiError;
use base64::Engine;
use punte_engine::clients::{Client, Erasure, Found, kept_until};
use punte_engine::schedule::MOST_COUNTED;
use punte_engine::store::ledger::{ClientOrder, KeptDocument, LooseErased, OpenWork};

/// Documents of one client that an answer names.
const MOST_NAMED: usize = 500;

impl Host {
    pub(super) async fn clients_find(&self, _: &Session, request: ClientQuery) -> Result<ClientsFound, ApiError> {
        Ok(found(self.workspace().await?.find_client(&request.query, &request.only).await?))
    }

    pub(super) async fn clients_export(&self, _: &Session, request: ClientQuery) -> Result<FileContent, ApiError> {
        let file = self.workspace().await?.export_client(&request.query, &request.only).await?;
        Ok(FileContent {
            name: file.name,
            media_type: "application/json".to_owned(),
            base64: base64::engine::general_purpose::STANDARD.encode(file.bytes),
        })
    }

    pub(super) async fn clients_erase(
        &self,
        session: &Session,
        request: ClientErase,
    ) -> Result<ClientErased, ApiError> {
        let workspace = self.workspace().await?;
        let done = workspace.erase_client(&request.query, &request.only, &request.reason, &session.operator).await?;
        self.emit(&[Tag::Desk, Tag::Views]);
        Ok(erased(done))
    }

    pub(super) async fn retention_preview(
        &self,
        _: &Session,
        request: RetentionRequest,
    ) -> Result<RetentionPreview, ApiError> {
        let workspace = self.workspace().await?;
        let shares = workspace.preview_retention(request.months).await?.into_iter().map(|share| RetentionShare {
            kind: share.kind.to_owned(),
            count: share.count,
            is_least: share.count >= MOST_COUNTED,
            oldest_ms: share.oldest_ms,
        });
        Ok(RetentionPreview {
            months: request.months,
            current: workspace.ledger().read_retention_months().await?,
            shares: shares.collect(),
        })
    }
}

fn found(found: Found) -> ClientsFound {
    ClientsFound {
        clients: found.clients.into_iter().map(client).collect(),
        loose: loose(found.loose),
        waiting_files: found.waiting_files,
        is_cut: found.is_cut,
    }
}

fn client(client: Client) -> ClientInfo {
    let orders = &client.orders;
    let documents = || orders.iter().flat_map(|order| &order.documents);
    let open = orders.iter().filter_map(|order| order.open.as_ref().map(|why| open_order(order, why)));
    ClientInfo {
        orders: orders.len() as u32,
        erased: orders.iter().filter(|order| order.is_erased).count() as u32,
        deliveries: orders.iter().map(|order| order.deliveries).sum(),
        first_ms: orders.iter().map(|order| order.created_ms).min(),
        last_ms: orders.iter().map(|order| order.created_ms).max(),
        document_count: documents().count() as u32,
        documents: documents().take(MOST_NAMED).map(document).collect(),
        open: open.collect(),
        key: client.key,
        name: client.name,
        email: client.email,
        tax_id: client.tax_id,
        phone: client.phone,
    }
}

fn document(kept: &KeptDocument) -> ClientDocument {
    let day = kept.issue_date.as_deref().and_then(|day| day.parse().ok());
    ClientDocument {
        id: kept.id.clone(),
        provider: kept.provider.clone(),
        series: kept.series.clone(),
        number: kept.number.clone(),
        role: kept.role.clone(),
        state: kept.state.clone(),
        issue_date: kept.issue_date.clone(),
        total: kept.total.clone(),
        currency: kept.currency.clone(),
        kept_until: day.and_then(kept_until).map(|day| day.to_string()),
    }
}

fn open_order(order: &ClientOrder, open: &OpenWork) -> ClientOpenOrder {
    ClientOpenOrder {
        order_id: order.id.clone(),
        number: order.number.clone(),
        why: open.why.to_owned(),
        document_id: open.document_id.clone(),
    }
}

fn loose(loose: LooseErased) -> ClientLoose {
    ClientLoose { deliveries: loose.deliveries, rejects: loose.rejects, audit: loose.audit, texts: loose.texts }
}

fn erased(done: Erasure) -> ClientErased {
    ClientErased {
        orders: done.orders,
        documents: done.documents,
        loose: loose(done.loose),
        left: done.left.iter().map(|(order, open)| open_order(order, open)).collect(),
        compacted: done.compacted,
    }
}
