//! One record's draft changed by hand, without its mapping: shown, kept with who and why, and undone. Only while nothing was
//! sent of it, and never where it follows from another document.

use super::edits::{editable_targets, edited};
use crate::decide::{ActiveMapping, context_of};
use crate::error::{EngineError, Result};
use crate::workspace::{Change, Workspace};
use punte_domain::draft_edits::fields;
use punte_domain::{
    Draft, DraftEdit, DraftProblem, Failure, FieldChange, IssueKey, anchored, apply_edits, diff_drafts,
};
use punte_store::StoreError;
use punte_store::ledger::{Connection, Document, DocumentPlan, EditsKept, Flow, NewEvent, OrderRow, RecordEdits};
use serde_json::{Value, json};

/// Edits of one record, and the longest value of one.
const MOST_EDITS: usize = 500;
const LONGEST: usize = 5000;

/// What can be edited of a record.
#[derive(Debug, Clone)]
pub struct RecordFields {
    /// Every field with its value now. Where the mapping makes no draft, those outside lines, as far as they could be read.
    pub fields: Vec<(String, String)>,
    /// Raised by every change of the edits.
    pub revision: u32,
    /// With what they change against what the mapping makes.
    pub edits: Option<(RecordEdits, Vec<FieldChange>)>,
}

/// What edits would make of a record.
#[derive(Debug, Clone)]
pub struct EditPreview {
    pub draft: Option<Draft>,
    pub problems: Vec<DraftProblem>,
    /// Against what the mapping makes.
    pub changes: Vec<FieldChange>,
}

/// A record whose draft is open, with all that makes its draft.
struct Open {
    document: Document,
    order: OrderRow,
    flow: Flow,
    connections: Vec<Connection>,
    mapping: ActiveMapping,
    raw: Value,
    key: IssueKey,
    /// What keeps an order that another seems to be.
    doubled: Option<Failure>,
    /// What the mapping makes, without any edits.
    plain: DocumentPlan,
}

impl Workspace {
    /// # Errors
    /// [`EngineError::NotNow`]: `not_open` from the send on and where it was given up, `takes_back` for a storno or correction.
    pub async fn draft_fields(&self, document_id: &str) -> Result<RecordFields> {
        let open = self.open_record(document_id).await?;
        Ok(self.fields_of(&open))
    }

    /// What edits would make of a record, in place of those that it has. Keeps nothing.
    pub async fn preview_edits(&self, document_id: &str, edits: &[DraftEdit]) -> Result<EditPreview> {
        check_sizes(edits)?;
        let open = self.open_record(document_id).await?;
        let plan = self.planned(&open, edits);
        let changes = changes_of(&open, &plan, edits);
        Ok(EditPreview { draft: plan.document.draft, problems: plan.document.problems, changes })
    }

    /// Keeps edits of a record in place of those that it has. What changes nothing is not kept; what is held stays held.
    ///
    /// # Errors
    /// As [`Workspace::draft_fields`]; [`EngineError::NotNow`] `moved_on` where the record was edited or sent since `revision`,
    /// `no_draft` where even with the edits no draft can be made; [`EngineError::Invalid`] for an edit that cannot be made.
    pub async fn save_edits(
        &self,
        document_id: &str,
        edits: Vec<DraftEdit>,
        revision: u32,
        reason: &str,
        who: &str,
    ) -> Result<RecordFields> {
        let reason = crate::operator::required(reason)?;
        check_sizes(&edits)?;
        let open = self.open_record(document_id).await?;
        let now: Vec<(String, String)> = open.plain.document.draft.as_ref().map(fields).unwrap_or_default();
        let same =
            |edit: &DraftEdit| now.iter().any(|(field, value)| *field == edit.field && *value == edit.value.trim());
        let edits: Vec<DraftEdit> = edits.into_iter().filter(|edit| !same(edit)).collect();
        // a later version of the order or the mapping may have another line there
        let edits = match &open.plain.document.draft {
            Some(draft) => anchored(draft, edits),
            None => edits,
        };
        if edits.is_empty() {
            return match open.document.edits {
                Some(_) => self.keep(&open, None, revision, reason, who).await,
                None => Err(EngineError::Invalid { field: "edits", detail: "nothing changes".into() }),
            };
        }
        if let Some(draft) = &open.plain.document.draft
            && let Err(problems) = apply_edits(&mut draft.clone(), &edits)
        {
            let fields: Vec<String> = problems.into_iter().map(|problem| problem.field).collect();
            return Err(EngineError::Invalid { field: "edits", detail: fields.join(", ") });
        }
        self.keep(&open, Some(edits), revision, reason, who).await
    }

    /// Takes a record's edits back: its draft is what the mapping makes.
    pub async fn undo_edits(&self, document_id: &str, reason: &str, who: &str) -> Result<RecordFields> {
        let reason = crate::operator::required(reason)?;
        let open = self.open_record(document_id).await?;
        if open.document.edits.is_none() {
            return Err(EngineError::NotNow("not_edited"));
        }
        let revision = open.document.edit_revision;
        self.keep(&open, None, revision, reason, who).await
    }

    async fn keep(
        &self,
        open: &Open,
        edits: Option<Vec<DraftEdit>>,
        revision: u32,
        reason: &str,
        who: &str,
    ) -> Result<RecordFields> {
        let plan = self.planned(open, edits.as_deref().unwrap_or_default());
        if edits.is_some() && plan.document.draft.is_none() {
            return Err(EngineError::NotNow("no_draft"));
        }
        let now_ms = self.now_ms();
        let undone = open.document.edits.as_ref().map(|edits| edits.edits.as_slice()).unwrap_or_default();
        let (what, named) = match &edits {
            Some(edits) => ("draft_edited", edits.as_slice()),
            None => ("draft_edit_undone", undone),
        };
        let named: Vec<&str> = named.iter().map(|edit| edit.field.as_str()).collect();
        let note = NewEvent::new(what, json!({ "fields": named.join(", "), "reason": reason })).by(who);
        let record =
            edits.map(|edits| RecordEdits { edits, author: who.to_owned(), reason: reason.to_owned(), at_ms: now_ms });
        let kept = EditsKept { edits: record, plan: plan.document, failure: plan.failure, note };
        match self.ledger.save_edits(open.document.row, revision, kept, now_ms).await {
            Err(StoreError::Stale(_) | StoreError::Illegal(_)) => return Err(EngineError::NotNow("moved_on")),
            saved => saved?,
        }
        self.changed(Change::Documents);
        self.decide_wake.notify_one();
        self.draft_fields(&open.document.id).await
    }

    async fn open_record(&self, document_id: &str) -> Result<Open> {
        let document = self.get_document(document_id).await?;
        if document.takes_back().is_some() {
            return Err(EngineError::NotNow("takes_back"));
        }
        if !document.state.draft_is_open() {
            return Err(EngineError::NotNow("not_open"));
        }
        let flow = self.ledger.find_flow(&document.flow_id).await?.ok_or(EngineError::NotNow("flow_gone"))?;
        let order = self.ledger.get_order_by_row(document.order_row).await?;
        let raw = self.raw_of(&order).await?;
        let mapping = self.active_mapping(&flow.mapping_id).await?;
        let connections = self.ledger.list_connections().await?;
        let key = self.issue_key(&document).await?;
        let doubled = self.seems_doubled(&order, &connections, Some(&document)).await?;
        let record = (key.clone(), Some(&document), &[][..], doubled.clone());
        let plain = self.plan_with(&order, &flow, &connections, &mapping, &raw, record);
        Ok(Open { document, order, flow, connections, mapping, raw, key, doubled, plain })
    }

    fn planned(&self, open: &Open, edits: &[DraftEdit]) -> DocumentPlan {
        let record = (open.key.clone(), Some(&open.document), edits, open.doubled.clone());
        self.plan_with(&open.order, &open.flow, &open.connections, &open.mapping, &open.raw, record)
    }

    fn fields_of(&self, open: &Open) -> RecordFields {
        let kept = open.document.edits.clone();
        let edits = kept.as_ref().map(|kept| kept.edits.as_slice()).unwrap_or_default();
        let plan = self.planned(open, edits);
        let changes = changes_of(open, &plan, edits);
        let fields = match &plan.document.draft {
            Some(draft) => fields(draft),
            None => read_fields(open),
        };
        RecordFields { fields, revision: open.document.edit_revision, edits: kept.map(|kept| (kept, changes)) }
    }
}

/// Fields outside lines as far as the mapping could read them; empty where it could not.
fn read_fields(open: &Open) -> Vec<(String, String)> {
    let values = open.mapping.compiled.explain(&open.raw, &context_of(&open.order.head)).values;
    let value_of = |field: &str| {
        let found = values.iter().find(|value| value.block.is_none() && value.target == field);
        found.and_then(|value| value.value.clone()).unwrap_or_default()
    };
    editable_targets()
        .map(|field| {
            let value = value_of(&field);
            (field, value)
        })
        .collect()
}

/// What edits change against what the mapping makes; where it makes nothing, what they set.
fn changes_of(open: &Open, plan: &DocumentPlan, edits: &[DraftEdit]) -> Vec<FieldChange> {
    match (&open.plain.document.draft, &plan.document.draft) {
        (Some(plain), Some(_)) => diff_drafts(plain, &edited(plain, edits)),
        _ => {
            let before = read_fields(open);
            let value_of = |field: &str| before.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone());
            let set = |edit: &DraftEdit| FieldChange {
                field: edit.field.clone(),
                before: value_of(&edit.field),
                after: Some(edit.value.clone()),
            };
            edits.iter().map(set).collect()
        }
    }
}

fn check_sizes(edits: &[DraftEdit]) -> Result<()> {
    if edits.len() > MOST_EDITS || edits.iter().any(|edit| edit.value.len() > LONGEST || edit.field.len() > LONGEST) {
        let detail = format!("{MOST_EDITS} at most, of {LONGEST} bytes each");
        return Err(EngineError::Invalid { field: "edits", detail });
    }
    Ok(())
}
