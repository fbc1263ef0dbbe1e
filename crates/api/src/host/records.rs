//! Orders, documents, failures, doubts, and the drawer.

use super::{Host, changes, convert, operations, veil};
use crate::commands::Session;
use crate::dto::*;
use crate::error::ApiError;
use punte_domain::{DocumentState, Failure, FailureKind, Phase};
use punte_engine::Workspace;
use punte_engine::connectors::billing::Baseline;
use punte_engine::store::ledger::{Document, ListQuery, ProformaStanding};
use punte_engine::{RetryReport, safe_because};
use std::collections::HashSet;

const RETRY_LIMIT: usize = 1000;
const VERSIONS: u32 = 200;

fn query(session: &Session, request: &ListRequest) -> ListQuery {
    ListQuery {
        search: request.search.clone(),
        filter: request.filter.clone(),
        after: request.after,
        limit: request.limit.clamp(1, 500),
        is_veiled: veil::is_veiled(session),
    }
}

impl Host {
    pub(super) async fn orders_list(&self, session: &Session, request: ListRequest) -> Result<OrderPage, ApiError> {
        let workspace = self.workspace().await?;
        let ledger = workspace.ledger();
        let query = query(session, &request);
        let limit = query.limit as usize;
        let orders = ledger.page_orders(query).await?;
        let next = (orders.len() == limit).then(|| orders.last().map(|order| order.row)).flatten();
        let documents = ledger.documents_of(orders.iter().map(|order| order.row).collect()).await?;
        let counts = ledger.read_counts().await?;
        let total = request.search.trim().is_empty().then(|| match request.filter.as_str() {
            "" => counts.get("orders"),
            decision => counts.get(&format!("order:{decision}")),
        });
        let rows = orders.iter().map(|order| convert::order(order, documents.get(&order.row))).collect();
        Ok(OrderPage { rows, next, total })
    }

    pub(super) async fn documents_list(
        &self,
        session: &Session,
        request: ListRequest,
    ) -> Result<DocumentPage, ApiError> {
        let workspace = self.workspace().await?;
        let query = query(session, &request);
        let limit = query.limit as usize;
        let documents = workspace.ledger().page_documents(query).await?;
        let next = (documents.len() == limit).then(|| documents.last().map(|document| document.row)).flatten();
        let counts = workspace.ledger().read_counts().await?;
        let total = request.search.trim().is_empty().then(|| match request.filter.as_str() {
            "" => DocumentState::ALL.iter().map(|state| counts.get(&format!("document:{}", state.as_str()))).sum(),
            "mismatched" | "changed" => counts.get(&request.filter),
            state => counts.get(&format!("document:{state}")),
        });
        Ok(DocumentPage { rows: documents.iter().map(convert::document).collect(), next, total })
    }

    pub(super) async fn record_order_version(
        &self,
        _: &Session,
        request: OrderVersionRequest,
    ) -> Result<OrderAsReceived, ApiError> {
        let workspace = self.workspace().await?;
        let ledger = workspace.ledger();
        let id = request.order_id;
        let order = ledger.find_order(&id).await?.ok_or_else(|| ApiError::not_found(&id))?;
        let raw: serde_json::Value = serde_json::from_str(&ledger.get_order_version(order.row, request.version).await?)
            .map_err(|error| ApiError::new(crate::error::ErrorCode::Internal, error.to_string()))?;
        let json = serde_json::to_string_pretty(&raw).unwrap_or_default();
        Ok(OrderAsReceived { version: request.version, json })
    }

    pub(super) async fn record_get(&self, _: &Session, request: RecordRequest) -> Result<RecordInfo, ApiError> {
        let workspace = self.workspace().await?;
        let ledger = workspace.ledger();
        let (order, document) = match (&request.order_id, &request.document_id) {
            (_, Some(id)) => {
                let document = workspace.get_document(id).await?;
                (ledger.get_order_by_row(document.order_row).await?, Some(document))
            }
            (Some(id), None) => {
                let order = ledger.find_order(id).await?.ok_or_else(|| ApiError::not_found(id))?;
                let documents = ledger.list_documents_of_order(order.row).await?;
                let invoice = documents.iter().rposition(|document| document.takes_back().is_none());
                let document = invoice.and_then(|at| documents.into_iter().nth(at));
                (order, document)
            }
            (None, None) => return Err(ApiError::invalid("orderId", "an order or a document")),
        };
        let provider = document.as_ref().map_or("", |document| document.provider.as_str());
        let attempts = match &document {
            Some(document) => ledger.list_attempts(document.row).await?,
            None => Vec::new(),
        };
        let doubt = match &document {
            Some(document) if document.state == DocumentState::InDoubt => Some(doubt(&workspace, document).await?),
            _ => None,
        };
        let of_order = |document: &Document| DocumentRow { order_id: order.id.clone(), ..convert::document(document) };
        let documents = ledger.list_documents_of_order(order.row).await?;
        let (offers, operations) = match &document {
            Some(document) if document.number.is_some() => {
                (operations::offers(&workspace, document).await?, operations::of_document(&workspace, document).await?)
            }
            _ => (Vec::new(), Vec::new()),
        };
        let changed = match &document {
            Some(document) => changes::of_document(&workspace, document, &documents).await?,
            None => Vec::new(),
        };
        Ok(RecordInfo {
            order: convert::order(&order, document.as_ref()),
            versions: ledger
                .list_order_versions(order.row, VERSIONS)
                .await?
                .into_iter()
                .map(|(version, received_ms)| OrderVersion { version, received_ms })
                .collect(),
            made_of_version: document.as_ref().map(|document| document.order_version),
            flow_id: document.as_ref().map(|document| document.flow_id.clone()),
            draft: document.as_ref().and_then(|document| document.draft.as_ref()).map(convert::draft),
            made_by: match &document {
                Some(document) => made_by(&workspace, document).await?,
                None => None,
            },
            problems: document.as_ref().map(|document| convert::problems(&document.problems)).unwrap_or_default(),
            attempts: attempts.iter().rev().map(|attempt| convert::attempt(attempt, provider)).collect(),
            timeline: ledger
                .list_events(order.row)
                .await?
                .into_iter()
                .rev()
                .map(|event| convert::event(event, provider))
                .collect(),
            safe_because: document.as_ref().and_then(safe_because).map(str::to_owned),
            document: document.as_ref().map(of_order),
            follows_from: document.as_ref().and_then(|one| one.proforma_row).and_then(|row| {
                let proforma = documents.iter().find(|one| one.row == row)?;
                Some(format!("{} {}", proforma.series, proforma.number.as_deref()?))
            }),
            waits_for_proforma: match &document {
                Some(document) if document.role == "invoice" && document.state == DocumentState::Ready => {
                    matches!(ledger.find_proforma(document).await?, ProformaStanding::Unsettled)
                }
                _ => false,
            },
            documents: documents.iter().map(of_order).collect(),
            changes: changed,
            offers,
            operations,
            doubt,
        })
    }

    pub(super) async fn documents_retry(
        &self,
        session: &Session,
        request: RetryRequest,
    ) -> Result<RetryResult, ApiError> {
        if request.ids.is_empty() || request.ids.len() > RETRY_LIMIT {
            return Err(ApiError::invalid("ids", format!("1 to {RETRY_LIMIT}")));
        }
        let workspace = self.workspace().await?;
        let report = workspace.retry(&request.ids, &request.reason, &session.operator).await?;
        Ok(retry_result(report, workspace.clock_now_ms()))
    }

    pub(super) async fn documents_dismiss(&self, session: &Session, request: WithReason) -> Result<Nothing, ApiError> {
        self.workspace().await?.dismiss(&request.id, &request.reason, &session.operator).await?;
        Ok(Nothing {})
    }

    pub(super) async fn documents_reopen(&self, session: &Session, request: WithReason) -> Result<Nothing, ApiError> {
        self.workspace().await?.reopen(&request.id, &request.reason, &session.operator).await?;
        Ok(Nothing {})
    }

    pub(super) async fn doubts_list(&self, _: &Session, _: Nothing) -> Result<Doubts, ApiError> {
        let workspace = self.workspace().await?;
        let ledger = workspace.ledger();
        let mut doubts = Vec::new();
        for document in ledger.list_in_state(DocumentState::InDoubt, 200).await? {
            doubts.push(doubt(&workspace, &document).await?);
        }
        let mismatched = ListQuery { filter: "mismatched".to_owned(), limit: 200, ..ListQuery::default() };
        let mismatched = ledger.page_documents(mismatched).await?;
        Ok(Doubts {
            doubts,
            mismatched: mismatched.iter().map(convert::document).collect(),
            operations: operations::in_doubt(&workspace).await?,
        })
    }

    pub(super) async fn doubts_look(&self, _: &Session, request: ById) -> Result<LookInfo, ApiError> {
        let workspace = self.workspace().await?;
        workspace.look_now(&request.id).await?;
        let document = workspace.get_document(&request.id).await?;
        looks(&workspace, &document).await?.into_iter().next().ok_or_else(|| ApiError::not_found("look"))
    }

    pub(super) async fn doubts_link(&self, session: &Session, request: LinkRequest) -> Result<Nothing, ApiError> {
        let workspace = self.workspace().await?;
        workspace.link(&request.id, &request.series, &request.number, &request.reason, &session.operator).await?;
        Ok(Nothing {})
    }

    pub(super) async fn doubts_declare_absent(
        &self,
        session: &Session,
        request: WithReason,
    ) -> Result<Nothing, ApiError> {
        self.workspace().await?.declare_absent(&request.id, &request.reason, &session.operator).await?;
        Ok(Nothing {})
    }
}

pub(super) fn retry_result(report: RetryReport, now_ms: i64) -> RetryResult {
    let skipped = report.skipped.into_iter().map(|skip| Skipped {
        id: skip.id,
        reason: skip.reason.to_owned(),
        failure: skip.failure.map(|failure| convert::failure(&failure, "", now_ms)),
    });
    RetryResult { queued: report.queued, skipped: skipped.collect() }
}

/// The shop whose orders a file holds, when there is only one; a workspace without shops gets a file connection.
/// The version that made a document's draft; of a draft that takes something back, the one of its invoice.
async fn made_by(workspace: &Workspace, document: &Document) -> Result<Option<MadeBy>, ApiError> {
    if document.draft.is_none() {
        return Ok(None);
    }
    let mappings = workspace.ledger().list_mappings().await?;
    let made = mappings.into_iter().find(|mapping| mapping.id == document.mapping_id);
    Ok(made.map(|mapping| MadeBy { mapping_id: mapping.id, name: mapping.name, version: document.mapping_version }))
}

async fn looks(workspace: &Workspace, document: &Document) -> Result<Vec<LookInfo>, ApiError> {
    let ledger = workspace.ledger();
    let attempt = ledger.find_last_attempt(document.row).await?;
    let baseline: Option<Baseline> = attempt.as_ref().and_then(|attempt| serde_json::from_str(&attempt.baseline).ok());
    let baseline_number = baseline.and_then(|baseline| baseline.next_number);
    let taken: HashSet<String> = ledger
        .list_known_numbers(&document.provider, &document.company, &document.series, document.role == "proforma", "")
        .await?
        .into_iter()
        .collect();
    let last = attempt.map_or(0, |attempt| attempt.row);
    let looks = ledger.list_looks(document.row).await?;
    Ok(looks
        .iter()
        .filter(|look| look.attempt_row == last)
        .map(|look| convert::look(look, baseline_number.clone(), &taken, &document.provider))
        .collect())
}

async fn doubt(workspace: &Workspace, document: &Document) -> Result<Doubt, ApiError> {
    let ledger = workspace.ledger();
    let connection = ledger.get_connection(&document.billing_id).await?;
    let quiet = workspace.quiet_time(&connection);
    let left = workspace.quiet_left_ms(document.row, quiet);
    let attempt = ledger.find_last_attempt(document.row).await?;
    let order = ledger.get_order_by_row(document.order_row).await?;
    let failure = document.failure.clone().unwrap_or_else(|| {
        Failure::new(FailureKind::Interrupted, Phase::Unknown, "create invoice", document.id.clone())
    });
    let blocked = workspace.absence_blocked(document).await?;
    let mut row = convert::document(document);
    row.order_id = order.id;
    let now_ms = workspace.clock_now_ms();
    Ok(Doubt {
        document: row,
        sent_ms: attempt.map_or(document.created_ms, |attempt| attempt.started_ms),
        failure: convert::failure(&failure, &document.provider, now_ms),
        quiet_until_ms: left.map(|left| now_ms + left),
        parked: document.parked_reason.is_some(),
        parked_reason: document.parked_reason.clone().unwrap_or_default(),
        looks: looks(workspace, document).await?,
        absent_blocked: blocked.unwrap_or_default().to_owned(),
    })
}
