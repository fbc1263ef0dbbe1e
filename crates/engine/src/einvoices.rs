//! What is still to reach e-Factura, and by when.

use crate::error::Result;
use crate::workspace::Workspace;
use chrono::{Days, NaiveDate};
use punte_connectors::billing::Ability;
use punte_connectors::shops::ShopKind;
use punte_domain::fiscal_date;
use punte_domain::workdays::{einvoice_deadline, first_in_time, working_days_left};
use punte_store::ledger::{Connection, Document, EInvoiceQuery, EInvoiceSums};

/// How far back the board looks.
const BACK: Days = Days::new(92);

/// An issued document that is not known to be in e-Factura.
#[derive(Debug, Clone)]
pub struct EInvoiceRow {
    pub document: Document,
    pub deadline: NaiveDate,
    /// Working days; 0 on the last day, negative once it is over.
    pub days_left: i32,
}

#[derive(Debug, Clone)]
pub struct EInvoiceBoard {
    /// The oldest day that is looked at.
    pub from: NaiveDate,
    pub sums: EInvoiceSums,
    /// Late first.
    pub rows: Vec<EInvoiceRow>,
    /// Day and row to go on after; `None` on the last page.
    pub next: Option<(String, i64)>,
    /// Connections whose provider does not tell how e-invoices fare.
    pub silent: Vec<Connection>,
}

impl Workspace {
    /// A page of the board: documents in one state (empty for all), oldest first, so that the late come first.
    pub async fn einvoice_board(&self, state: &str, after: Option<(String, i64)>, limit: u32) -> Result<EInvoiceBoard> {
        let today = fiscal_date(self.now_ms());
        let from = today.checked_sub_days(BACK).unwrap_or(today);
        let (telling, silent) = self.einvoice_connections().await?;
        let mut board = EInvoiceBoard { from, sums: EInvoiceSums::default(), rows: Vec::new(), next: None, silent };
        let in_time_from = first_in_time(today).to_string();
        let mut documents = Vec::new();
        for provider in telling {
            let sums = self.ledger.sum_einvoices(&provider, &from.to_string(), &in_time_from).await?;
            board.sums.late += sums.late;
            board.sums.in_time += sums.in_time;
            board.sums.processing += sums.processing;
            board.sums.rejected += sums.rejected;
            board.sums.not_configured += sums.not_configured;
            let query = EInvoiceQuery {
                provider,
                state: state.to_owned(),
                in_time_from: in_time_from.clone(),
                from_day: from.to_string(),
                after: after.clone(),
                limit,
            };
            documents.extend(self.ledger.page_einvoices(query).await?);
        }
        documents.sort_by(|one, other| (&one.issue_date, one.row).cmp(&(&other.issue_date, other.row)));
        documents.truncate(limit as usize);
        if documents.len() == limit as usize {
            board.next = documents.last().map(|last| (last.issue_date.clone().unwrap_or_default(), last.row));
        }
        board.rows = documents.into_iter().filter_map(|document| row_of(document, today)).collect();
        Ok(board)
    }

    /// Kinds of provider that tell how e-invoices fare, and the connections of those that do not.
    pub(crate) async fn einvoice_connections(&self) -> Result<(Vec<String>, Vec<Connection>)> {
        let (mut telling, mut silent) = (Vec::new(), Vec::new());
        for connection in self.ledger.list_connections().await? {
            if ShopKind::parse(&connection.kind).is_some() {
                continue;
            }
            // without its credential nobody can say: what is known of it is shown all the same
            let tells = match self.billing(&connection).await {
                Ok(provider) => provider.capabilities().can(Ability::EInvoice),
                Err(_) => true,
            };
            if !tells {
                silent.push(connection);
            } else if !telling.contains(&connection.kind) {
                telling.push(connection.kind);
            }
        }
        Ok((telling, silent))
    }
}

fn row_of(document: Document, today: NaiveDate) -> Option<EInvoiceRow> {
    let issued = document.issue_date.as_deref()?.parse().ok()?;
    let deadline = einvoice_deadline(issued);
    Some(EInvoiceRow { document, deadline, days_left: working_days_left(today, deadline) })
}
