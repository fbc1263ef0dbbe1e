//! Acts on issued documents: operations, stornos, files, and the provider's own lists.

use super::{Host, convert};
use crate::commands::{Session, Tag};
use crate::dto::*;
use crate::error::ApiError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use punte_domain::{CollectKind, OperationKind, OperationState};
use punte_engine::connectors::billing::{Ability, EmailRequest, PaymentRequest, Presence, WireRecord};
use punte_engine::store::ledger::{Document, Operation};
use punte_engine::{Act, DocumentFile, OperationEvidence, OperationParams, Workspace};

impl Host {
    pub(super) async fn documents_operate(
        &self,
        session: &Session,
        request: OperateRequest,
    ) -> Result<OperationInfo, ApiError> {
        let kind = OperationKind::parse(&request.kind).ok_or_else(|| ApiError::invalid("kind", &request.kind))?;
        let params = params_of(kind, request.payment, request.email)?;
        let workspace = self.workspace().await?;
        let operation = workspace.operate(&request.id, kind, params, &request.reason, &session.operator).await?;
        let document = workspace.get_document(&request.id).await?;
        info(&workspace, &operation, &document).await
    }

    pub(super) async fn documents_storno(
        &self,
        session: &Session,
        request: WithReason,
    ) -> Result<DocumentRow, ApiError> {
        let workspace = self.workspace().await?;
        let storno = workspace.storno(&request.id, &request.reason, &session.operator).await?;
        Ok(convert::document(&storno))
    }

    pub(super) async fn documents_invoice_again(
        &self,
        session: &Session,
        request: WithReason,
    ) -> Result<DocumentRow, ApiError> {
        let workspace = self.workspace().await?;
        let again = workspace.invoice_again(&request.id, &request.reason, &session.operator).await?;
        Ok(convert::document(&again))
    }

    pub(super) async fn documents_pdf(&self, _: &Session, request: ById) -> Result<FileContent, ApiError> {
        let file = self.workspace().await?.fetch_pdf(&request.id).await?;
        Ok(content(file, "application/pdf"))
    }

    pub(super) async fn documents_einvoice_archive(&self, _: &Session, request: ById) -> Result<FileContent, ApiError> {
        let file = self.workspace().await?.fetch_einvoice_archive(&request.id).await?;
        Ok(content(file, "application/zip"))
    }

    pub(super) async fn documents_refresh(&self, _: &Session, request: ById) -> Result<Nothing, ApiError> {
        self.workspace().await?.refresh_document(&request.id).await?;
        Ok(Nothing {})
    }

    pub(super) async fn operations_close(&self, session: &Session, request: WithReason) -> Result<Nothing, ApiError> {
        self.workspace().await?.close_operation(&request.id, &request.reason, &session.operator).await?;
        Ok(Nothing {})
    }

    pub(super) async fn connections_lists(
        &self,
        _: &Session,
        request: ListsRequest,
    ) -> Result<ConnectionListsInfo, ApiError> {
        let workspace = self.workspace().await?;
        let connection = workspace.ledger().get_connection(&request.id).await?;
        let known = workspace.capabilities_of(&connection).await;
        let (lists, read_ms) = workspace.connection_lists(&request.id, request.refresh).await?;
        if request.refresh {
            self.emit(&[Tag::Connections]);
        }
        Ok(ConnectionListsInfo {
            companies: lists.companies.map(|all| all.into_iter().map(convert::company).collect()),
            series: lists.series.into_iter().map(convert::series).collect(),
            vat_rates: lists.vat_rates.into_iter().map(convert::vat_rate).collect(),
            warehouses: lists.warehouses,
            languages: lists.languages,
            units: lists.units,
            abilities: Ability::ALL
                .into_iter()
                .map(|ability| AbilityInfo {
                    name: ability.as_str().to_owned(),
                    can: known.as_ref().is_some_and(|known| known.can(ability)),
                })
                .collect(),
            read_ms,
        })
    }
}

/// Operations in doubt, for the screen where doubts are settled.
pub(super) async fn in_doubt(workspace: &Workspace) -> Result<Vec<OperationInfo>, ApiError> {
    let mut listed = Vec::new();
    for operation in workspace.ledger().list_operations_in(OperationState::InDoubt, 200).await? {
        let document = workspace.ledger().get_document_by_row(operation.document_row).await?;
        listed.push(info(workspace, &operation, &document).await?);
    }
    Ok(listed)
}

/// A document's operations, newest first.
pub(super) async fn of_document(workspace: &Workspace, document: &Document) -> Result<Vec<OperationInfo>, ApiError> {
    let mut listed = Vec::new();
    for operation in workspace.ledger().list_operations(document.row).await? {
        listed.push(info(workspace, &operation, document).await?);
    }
    Ok(listed)
}

pub(super) async fn offers(workspace: &Workspace, document: &Document) -> Result<Vec<OfferInfo>, ApiError> {
    let offers = workspace.offers_of(document).await?;
    Ok(offers
        .into_iter()
        .map(|offer| OfferInfo {
            act: offer.act.as_str().to_owned(),
            blocked: offer.blocked.map(str::to_owned),
            needs_reason: Act::needs_reason(offer.act),
        })
        .collect())
}

fn params_of(
    kind: OperationKind,
    payment: Option<PaymentInput>,
    email: Option<EmailInput>,
) -> Result<OperationParams, ApiError> {
    match (kind, payment, email) {
        (OperationKind::RecordPayment, Some(payment), None) => Ok(OperationParams::Payment(PaymentRequest {
            kind: collect_kind(&payment.kind)?,
            value: punte_domain::money::parse_decimal(&payment.value)
                .map_err(|_| ApiError::invalid("payment.value", &payment.value))?,
            date: payment.date.parse().map_err(|_| ApiError::invalid("payment.date", &payment.date))?,
            document_number: payment.document_number.trim().to_owned(),
            receipt_series: String::new(),
        })),
        (OperationKind::SendEmail, None, Some(email)) => Ok(OperationParams::Email(EmailRequest {
            to: email.to.trim().to_owned(),
            cc: email.cc.trim().to_owned(),
            subject: email.subject.trim().to_owned(),
            body: email.body,
        })),
        (_, None, None) => Ok(OperationParams::None),
        (_, Some(_), _) => Err(ApiError::invalid("payment", kind.as_str())),
        (_, None, Some(_)) => Err(ApiError::invalid("email", kind.as_str())),
    }
}

fn collect_kind(text: &str) -> Result<CollectKind, ApiError> {
    serde_json::from_value(text.into()).map_err(|_| ApiError::invalid("payment.kind", text))
}

pub(super) fn content(file: DocumentFile, media_type: &str) -> FileContent {
    FileContent { name: file.name, media_type: media_type.to_owned(), base64: STANDARD.encode(&file.bytes) }
}

async fn info(workspace: &Workspace, operation: &Operation, document: &Document) -> Result<OperationInfo, ApiError> {
    let order = workspace.ledger().get_order_by_row(document.order_row).await?;
    let now_ms = workspace.clock_now_ms();
    let record: WireRecord = serde_json::from_str(&operation.record).unwrap_or_default();
    let params: Option<OperationParams> = serde_json::from_str(&operation.params).ok();
    let evidence: Option<OperationEvidence> =
        operation.evidence.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let number = document.number.as_deref().unwrap_or_default();
    Ok(OperationInfo {
        id: operation.id.clone(),
        kind: operation.kind.as_str().to_owned(),
        state: operation.state.as_str().to_owned(),
        reason: operation.reason.clone(),
        who: operation.who.clone(),
        about: params.map(|params| params.about()).unwrap_or_default(),
        document_id: document.id.clone(),
        document_number: format!("{} {number}", document.series),
        order_id: order.id,
        order_number: document.order_number.clone(),
        provider: document.provider.clone(),
        created_ms: operation.created_ms,
        started_ms: operation.started_ms,
        finished_ms: operation.finished_ms,
        failure: operation
            .failure
            .as_ref()
            .map(|failure| convert::failure(failure, convert::source_of(failure, document), now_ms)),
        look_at_ms: workspace.operation_look_in_ms(operation.row).map(|left| now_ms + left),
        seen: evidence.map_or_else(String::new, |seen| seen_word(&seen).to_owned()),
        method: record.method,
        url: record.url,
        request_body: record.request_body,
        status: record.status,
        answer_body: record.answer_body,
    })
}

fn seen_word(seen: &OperationEvidence) -> &'static str {
    match seen {
        OperationEvidence::Presence(Presence::Present { cancelled: Some(true) }) => "cancelled",
        OperationEvidence::Presence(Presence::Present { .. }) => "present",
        OperationEvidence::Presence(Presence::Absent) => "absent",
        OperationEvidence::Presence(Presence::CannotTell) => "cannot_tell",
        OperationEvidence::Paid { before, now } if before == now => "unpaid",
        OperationEvidence::Paid { .. } => "paid",
        OperationEvidence::EInvoice(status) => status.state.as_str(),
    }
}
