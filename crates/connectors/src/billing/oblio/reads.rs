//! What is asked about documents that exist: whether one is there, what was paid, its PDF, its e-Factura, and what was
//! issued in a time.

use super::listing::{self, Page};
use super::{Call, Oblio, convert, decisions, wire};
use crate::billing::offers::is_invoice;
use crate::billing::pdf;
use crate::billing::{
    Ability, DocumentPage, DocumentQuery, EInvoiceStatus, Issued, ListedDocument, PaymentStatus, Presence, SeriesPage,
    SeriesQuery, Target, WireRecord,
};
use crate::call::{Operation, header, large_read_limits};
use crate::pace::Lane;
use crate::transport::HttpRequest;
use bytes::Bytes;
use chrono::Days;
use http::Method;
use punte_domain::{Failure, FailureKind, Phase, Reference};
use url::Url;

/// An archive of SPV is a few files of a few kilobytes.
const ARCHIVE_MEGABYTES: usize = 5;

impl Oblio {
    /// The row of a document: by its id, else by series, number and our reference in it.
    async fn row_of(&self, operation: &Operation, target: &Target) -> Result<Row, Failure> {
        let Some(row) = self.find_row(operation, target).await? else { return Ok(Row::None) };
        let is_ours = match &target.document.provider_id {
            Some(_) => true,
            None => {
                let found = Reference::find_all(row.mentions.as_deref().unwrap_or_default());
                if !found.is_empty() && !found.contains(&target.reference) {
                    return Ok(Row::None);
                }
                !found.is_empty()
            }
        };
        Ok(if is_ours { Row::Ours(Box::new(row)) } else { Row::Unnamed(Box::new(row)) })
    }

    pub(super) async fn presence(&self, target: &Target) -> Result<Presence, Failure> {
        let operation = Operation::new("find document", target.name());
        Ok(match self.row_of(&operation, target).await? {
            Row::Ours(row) => Presence::Present { cancelled: row.canceled },
            Row::None => Presence::Absent,
            Row::Unnamed(_) => Presence::CannotTell,
        })
    }

    /// The row, or that there is none.
    async fn known_row(&self, operation: &Operation, target: &Target) -> Result<wire::Row, Failure> {
        match self.row_of(operation, target).await? {
            Row::Ours(row) | Row::Unnamed(row) => Ok(*row),
            Row::None => {
                Err(operation.failure(FailureKind::DocumentNotFound, Phase::Refused).with_detail(target.name()))
            }
        }
    }

    /// Total by list, payments by view. The view goes by series and number, so its link must name the same document.
    pub(super) async fn paid_of(&self, target: &Target) -> Result<PaymentStatus, Failure> {
        is_invoice(Ability::PaymentStatus, target)?;
        let operation = Operation::new("read payments", target.name());
        let row = self.known_row(&operation, target).await?;
        let unreadable = |why: &str| operation.failure(FailureKind::UnreadableAnswer, Phase::Unknown).with_detail(why);
        let query =
            [("cif", &*target.company), ("seriesName", &*target.document.series), ("number", &*target.document.number)];
        let data = self.get(&operation, super::route(target.kind), &query).await?;
        let view = serde_json::from_value(data).map_err(|error| unreadable(&error.to_string()));
        let view: wire::View = self.heed(view)?;
        let viewed = view.link.as_deref().and_then(convert::id_of_link);
        if viewed.is_some() && row.id.is_some() && viewed != row.id {
            return Err(operation
                .failure(FailureKind::DocumentNotFound, Phase::Refused)
                .with_detail("another document"));
        }
        convert::payment_status(&row, &view).ok_or_else(|| unreadable("no amounts in it"))
    }

    /// The PDF behind a document's public link. The token stays here, and no other host is asked.
    pub(super) async fn pdf_of(&self, target: &Target) -> Result<Bytes, Failure> {
        let operation = Operation::new("fetch PDF", target.name());
        let link = match &target.document.link {
            Some(link) => link.clone(),
            None => self.known_row(&operation, target).await?.link.unwrap_or_default(),
        };
        if !self.is_own(&link) {
            let failure = operation.failure(FailureKind::UnreadableAnswer, Phase::Prepare);
            return Err(failure.with_detail("the document's link leads to another host"));
        }
        let headers = vec![header("accept", "*/*")];
        let request = HttpRequest { method: Method::GET, url: link, headers, body: None };
        let answer = self.send(&operation, request, large_read_limits(pdf::MAX_MEGABYTES), Lane::Rest).await?;
        match answer.status {
            200 if pdf::is_pdf(&answer.body) => Ok(answer.body),
            429 => self.heed(match decisions::read_answer(&operation, &answer) {
                Err(failure) => Err(failure),
                Ok(_) => Err(operation.unreadable(&answer, "not a PDF")),
            }),
            // a stale link shows the page where people sign in
            _ => self.heed(Err(operation.unreadable(&answer, "not a PDF"))),
        }
    }

    fn is_own(&self, link: &str) -> bool {
        let (Ok(link), Ok(root)) = (Url::parse(link), Url::parse(&self.root)) else { return false };
        link.origin() == root.origin()
    }

    pub(super) async fn spv_of(&self, target: &Target) -> Result<EInvoiceStatus, Failure> {
        is_invoice(Ability::EInvoice, target)?;
        let operation = Operation::new("read e-Factura", target.name());
        convert::einvoice(self.known_row(&operation, target).await?.einvoice_status).ok_or_else(|| {
            operation.failure(FailureKind::UnreadableAnswer, Phase::Unknown).with_detail("no state in it")
        })
    }

    pub(super) async fn archive_of(&self, target: &Target) -> Result<Bytes, Failure> {
        is_invoice(Ability::EInvoice, target)?;
        let operation = Operation::new("fetch e-Factura archive", target.name());
        let query =
            [("cif", &*target.company), ("seriesName", &*target.document.series), ("number", &*target.document.number)];
        let call = Call { limits: large_read_limits(ARCHIVE_MEGABYTES), ..Call::read(super::EINVOICE, &query) };
        let answer = self.exchange_bytes(&operation, call, &mut WireRecord::default()).await?;
        if answer.status == 200 && answer.body.starts_with(b"PK") {
            return Ok(answer.body);
        }
        self.heed(match decisions::read_answer(&operation, &answer) {
            Err(failure) => Err(failure),
            Ok(_) => Err(operation.unreadable(&answer, "not an archive")),
        })
    }

    /// One page of what was issued in a time. Oblio is asked a day wider on both sides, for whether its bounds are included
    /// is not published; what lies outside is left out here. A page with a row that cannot be read is none at all: whoever
    /// compares it with what Punte knows would take that document for one that is missing at Oblio.
    pub(super) async fn documents(&self, query: &DocumentQuery) -> Result<DocumentPage, Failure> {
        let operation = Operation::new("list documents", format!("{} to {}", query.from, query.to));
        let after = query.from.checked_sub_days(Days::new(1)).unwrap_or(query.from).to_string();
        let before = query.to.checked_add_days(Days::new(1)).unwrap_or(query.to).to_string();
        let mut filters = vec![
            ("cif", &*query.company),
            ("issuedAfter", &*after),
            ("issuedBefore", &*before),
            listing::WITH_EINVOICE,
        ];
        if let Some(series) = &query.series {
            filters.push(("seriesName", series));
        }
        let page = self.page(&operation, query.kind, &filters, Page::nth(query.page)).await?;
        if !page.is_whole() {
            return Err(page.unreadable(&operation));
        }
        let more = !page.is_last();
        let listed = page.rows.into_iter().map(convert::listed);
        let inside = |one: &ListedDocument| one.issue_date.is_none_or(|date| date >= query.from && date <= query.to);
        Ok(DocumentPage { rows: listed.filter(inside).collect(), more })
    }

    /// A page of a series by the list. What is issued meanwhile pushes rows on to later pages, so one may come twice, but
    /// none is passed over.
    pub(super) async fn series_page(&self, query: &SeriesQuery) -> Result<SeriesPage, Failure> {
        let page = query.next.unwrap_or(0);
        let listing = DocumentQuery {
            company: query.company.clone(),
            kind: query.kind,
            series: Some(query.series.clone()),
            from: query.from,
            to: query.to,
            page: u32::try_from(page).unwrap_or(u32::MAX),
        };
        let listed = self.documents(&listing).await?;
        Ok(SeriesPage { rows: listed.rows, next: listed.more.then_some(page + 1), ..SeriesPage::default() })
    }

    /// The row by id, else by series and number. A list that could not be wholly read proves no absence.
    async fn find_row(&self, operation: &Operation, target: &Target) -> Result<Option<wire::Row>, Failure> {
        let document: &Issued = &target.document;
        let mut filters = vec![("cif", &*target.company), listing::WITH_EINVOICE];
        match &document.provider_id {
            Some(id) => filters.push(("id", id)),
            None => filters.extend([("seriesName", &*document.series), ("number", &*document.number)]),
        }
        self.page(operation, target.kind, &filters, Page::FIRST).await?.find(operation, document)
    }
}

/// What a list says of a document.
enum Row {
    Ours(Box<wire::Row>),
    /// Under its series and number, but nothing in it says whose it is.
    Unnamed(Box<wire::Row>),
    None,
}
