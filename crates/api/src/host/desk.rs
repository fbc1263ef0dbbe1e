//! Notes, owners, tags and times of records.

use super::Host;
use super::failures::{name, people, until};
use crate::commands::{Session, Tag};
use crate::dto::*;
use crate::error::ApiError;
use punte_engine::Workspace;

const NOTE: usize = 4000;
const TAGS: usize = 20;
const TAG: usize = 40;

impl Host {
    pub(super) async fn record_desk(&self, session: &Session, request: ById) -> Result<RecordDesk, ApiError> {
        let workspace = self.workspace().await?;
        let row = order_row(&workspace, &request.id).await?;
        let desk = workspace.ledger().read_desk(row).await?;
        Ok(RecordDesk {
            notes: desk
                .notes
                .into_iter()
                .map(|note| NoteInfo {
                    own: note.author == session.operator,
                    id: note.id,
                    author: note.author,
                    text: note.text,
                    created_ms: note.created_ms,
                    edited_ms: note.edited_ms,
                })
                .collect(),
            owner: desk.owner,
            tags: desk.tags,
            known_tags: desk.known_tags,
            people: people(&workspace, session).await?,
        })
    }

    pub(super) async fn notes_save(&self, session: &Session, request: NoteInput) -> Result<Nothing, ApiError> {
        let text = request.text.trim();
        if text.is_empty() || text.chars().count() > NOTE {
            return Err(ApiError::invalid("text", format!("1 to {NOTE} characters")));
        }
        let workspace = self.workspace().await?;
        let now_ms = workspace.clock_now_ms();
        match &request.id {
            Some(id) => workspace.ledger().edit_note(id, text, &session.operator, now_ms).await?,
            None => {
                let row = order_row(&workspace, &request.order_id).await?;
                let id = workspace.new_id("note");
                workspace.ledger().add_note(row, &id, text, &session.operator, now_ms).await?;
            }
        }
        self.told();
        Ok(Nothing {})
    }

    pub(super) async fn notes_delete(&self, session: &Session, request: ById) -> Result<Nothing, ApiError> {
        self.set_deleted(session, &request.id, true).await
    }

    pub(super) async fn notes_restore(&self, session: &Session, request: ById) -> Result<Nothing, ApiError> {
        self.set_deleted(session, &request.id, false).await
    }

    async fn set_deleted(&self, session: &Session, id: &str, deleted: bool) -> Result<Nothing, ApiError> {
        let workspace = self.workspace().await?;
        workspace.ledger().delete_note(id, deleted, &session.operator, workspace.clock_now_ms()).await?;
        self.told();
        Ok(Nothing {})
    }

    pub(super) async fn record_assign(&self, session: &Session, request: AssignRecord) -> Result<Nothing, ApiError> {
        let owner = name(&request.owner)?;
        let workspace = self.workspace().await?;
        let row = order_row(&workspace, &request.order_id).await?;
        workspace.ledger().assign_record(row, owner, &session.operator, workspace.clock_now_ms()).await?;
        self.told();
        Ok(Nothing {})
    }

    pub(super) async fn record_tag(&self, session: &Session, request: TagsInput) -> Result<Nothing, ApiError> {
        let mut tags: Vec<String> = request.tags.iter().map(|tag| tag.trim().to_owned()).collect();
        tags.sort();
        tags.dedup();
        if tags.len() > TAGS || tags.iter().any(|tag| tag.is_empty() || tag.chars().count() > TAG) {
            return Err(ApiError::invalid("tags", format!("at most {TAGS}, each of 1 to {TAG} characters")));
        }
        let workspace = self.workspace().await?;
        let row = order_row(&workspace, &request.order_id).await?;
        workspace.ledger().set_tags(row, tags, &session.operator, workspace.clock_now_ms()).await?;
        self.told();
        Ok(Nothing {})
    }

    pub(super) async fn record_snooze(&self, session: &Session, request: SnoozeRecord) -> Result<Nothing, ApiError> {
        let workspace = self.workspace().await?;
        let now_ms = workspace.clock_now_ms();
        until(request.until_ms, now_ms)?;
        workspace.ledger().snooze_document(&request.document_id, request.until_ms, &session.operator, now_ms).await?;
        self.told();
        Ok(Nothing {})
    }

    /// Every one of these is told in the record's timeline, too.
    fn told(&self) {
        self.emit(&[Tag::Desk, Tag::Documents]);
    }
}

async fn order_row(workspace: &Workspace, id: &str) -> Result<i64, ApiError> {
    Ok(workspace.ledger().find_order(id).await?.ok_or_else(|| ApiError::not_found(id))?.row)
}
