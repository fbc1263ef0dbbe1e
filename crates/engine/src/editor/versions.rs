//! Mappings as documents: listed, begun, kept as drafts, published with a reason, and what is held tried with them.

use super::{compiled, parsed};
use crate::decide::{calls_for, meets_condition};
use crate::error::{EngineError, Result};
use crate::operator::RetryReport;
use crate::outbox::parse_role;
use crate::setup::required;
use crate::workspace::{Change, Workspace};
use punte_domain::{DocumentState, FailureKind, Phase};
use punte_mapping::Mapping;
use punte_store::StoreError;
use punte_store::ledger::{Document, MappingDraft, MappingRow, NewVersion, VersionRow};

/// Held documents that are tried with a new version at most.
const TRIED: u32 = 5000;

/// What a new mapping starts from.
#[derive(Debug, Clone)]
pub enum MappingStart {
    Nothing,
    Preset(String),
    CopyOf(String),
    Document(Mapping),
}

/// A mapping with what is published of it and what is not yet.
#[derive(Debug, Clone)]
pub struct MappingState {
    pub id: String,
    pub name: String,
    /// 0 where nothing is published.
    pub version: u32,
    pub published: Mapping,
    pub draft: Option<(Mapping, MappingDraft)>,
}

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    pub version: u32,
    /// Held documents tried again with the new version.
    pub held: u32,
    /// Of these, the ones that a retry would now send.
    pub passing: u32,
}

impl Workspace {
    pub async fn get_mapping(&self, id: &str) -> Result<MappingState> {
        let row = self.mapping_row(id).await?;
        let published = match row.version {
            0 => Mapping::empty(&row.name),
            version => parsed(&self.ledger.get_mapping_version(id, version).await?)?,
        };
        let draft = match self.ledger.find_mapping_draft(id).await? {
            Some(kept) => Some((parsed(&kept.document)?, kept)),
            None => None,
        };
        Ok(MappingState { id: row.id, name: row.name, version: row.version, published, draft })
    }

    pub(super) async fn mapping_row(&self, id: &str) -> Result<MappingRow> {
        let found = self.ledger.list_mappings().await?.into_iter().find(|row| row.id == id);
        Ok(found.ok_or_else(|| StoreError::NotFound(id.to_owned()))?)
    }

    /// A version as it was published.
    pub async fn get_mapping_version(&self, id: &str, version: u32) -> Result<Mapping> {
        parsed(&self.ledger.get_mapping_version(id, version).await?)
    }

    /// Every published version, newest first.
    pub async fn list_mapping_versions(&self, id: &str) -> Result<Vec<VersionRow>> {
        self.mapping_row(id).await?;
        Ok(self.ledger.list_mapping_versions(id).await?)
    }

    /// Makes a mapping; a blank name takes that of what it starts from. What can be used as it is is its first version; anything
    /// else is a draft, and no flow can use it before it is published.
    pub async fn create_mapping(&self, name: &str, start: MappingStart, author: &str) -> Result<MappingRow> {
        let is_from_nothing = matches!(start, MappingStart::Nothing);
        let mut mapping = match start {
            MappingStart::Nothing => Mapping::empty(name),
            MappingStart::Preset(id) => {
                punte_mapping::preset(&id).ok_or(EngineError::Invalid { field: "preset", detail: id })?
            }
            MappingStart::CopyOf(id) => {
                let known = self.get_mapping(&id).await?;
                match known.draft {
                    Some((draft, _)) if known.version == 0 => draft,
                    _ => known.published,
                }
            }
            MappingStart::Document(mapping) => mapping,
        };
        if !name.trim().is_empty() {
            mapping.name = name.trim().to_owned();
        }
        let name = required("name", &mapping.name)?.to_owned();
        let id = self.deps.clock.new_id("map");
        let now_ms = self.now_ms();
        if compiled(&mapping).is_ok() {
            self.ledger.save_mapping(&id, &name, mapping.to_text(), author, now_ms).await?;
        } else {
            let kept = MappingDraft {
                document: mapping.to_text(),
                base_version: 0,
                author: author.to_owned(),
                saved_ms: now_ms,
            };
            self.ledger.create_mapping(&id, &name, Some(kept).filter(|_| !is_from_nothing)).await?;
        }
        self.changed(Change::Mappings);
        self.mapping_row(&id).await
    }

    /// Keeps changes that are not published yet; answers when.
    pub async fn save_mapping_draft(
        &self,
        id: &str,
        mapping: &Mapping,
        base_version: u32,
        author: &str,
    ) -> Result<i64> {
        let saved_ms = self.now_ms();
        let kept = MappingDraft { document: mapping.to_text(), base_version, author: author.to_owned(), saved_ms };
        // what could not be read again is not kept
        parsed(&kept.document)?;
        self.ledger.save_mapping_draft(id, kept).await?;
        self.changed(Change::Mappings);
        Ok(saved_ms)
    }

    pub async fn discard_mapping_draft(&self, id: &str) -> Result<()> {
        self.ledger.discard_mapping_draft(id).await?;
        self.changed(Change::Mappings);
        Ok(())
    }

    /// Publishes the next version of a mapping and tries it on what is held. Nothing held is sent by this: a person retries.
    ///
    /// # Errors
    /// [`EngineError::NotNow`] `published_meanwhile` where the published version is not `base_version`;
    /// [`EngineError::Invalid`] for a mapping that cannot be used, or without a reason.
    pub async fn publish_mapping(
        &self,
        id: &str,
        mapping: &Mapping,
        base_version: u32,
        reason: &str,
        author: &str,
    ) -> Result<Published> {
        let reason = crate::operator::required(reason)?.to_owned();
        let name = required("name", &mapping.name)?.to_owned();
        compiled(mapping)?;
        let document = mapping.to_text();
        parsed(&document)?;
        let new = NewVersion { name, document, author: author.to_owned(), reason };
        let version = match self.ledger.publish_mapping(id, base_version, new, self.now_ms()).await {
            Err(StoreError::PublishedMeanwhile(_)) => return Err(EngineError::NotNow("published_meanwhile")),
            published => published?,
        };
        self.changed(Change::Mappings);
        self.decide_wake.notify_one();
        let tried = self.try_on_held(id).await?;
        let passing = tried.iter().filter(|(_, passes)| *passes).count();
        Ok(Published { version, held: tried.len() as u32, passing: passing as u32 })
    }

    /// Retries the held documents of a mapping that would pass with its published version.
    pub async fn retry_held(&self, id: &str, who: &str) -> Result<RetryReport> {
        self.mapping_row(id).await?;
        let tried = self.try_on_held(id).await?;
        let passing: Vec<String> = tried.into_iter().filter(|(_, passes)| *passes).map(|(id, _)| id).collect();
        self.retry(&passing, "", who).await
    }

    /// Each held document of a mapping's flows, and whether a retry would now send it.
    async fn try_on_held(&self, mapping_id: &str) -> Result<Vec<(String, bool)>> {
        let flows = self.ledger.list_flows().await?;
        let connections = self.ledger.list_connections().await?;
        let mut tried = Vec::new();
        let mut mapping = None;
        for document in self.ledger.list_in_state(DocumentState::Held, TRIED).await? {
            let flow = flows.iter().find(|flow| flow.id == document.flow_id && flow.mapping_id == mapping_id);
            let Some(flow) = flow.filter(|_| document.takes_back().is_none()) else { continue };
            let mapping = match &mut mapping {
                Some(known) => known,
                unread => unread.insert(self.active_mapping(mapping_id).await?),
            };
            let order = self.ledger.get_order_by_row(document.order_row).await?;
            let raw = self.raw_of(&order).await?;
            let flow = &self.flow_for(flow, order.row, &order.head).await?;
            let role = parse_role(&document.role);
            let is_wanted = calls_for(self.judged(&order.head, &raw, flow), &role)
                && meets_condition(&flow.condition, &raw).unwrap_or(false);
            let passes = is_wanted && {
                let plan = self.plan(&order, flow, &connections, mapping, &raw, role).await?;
                let fails = plan.failure.is_some_and(|failure| failure.phase == Phase::Prepare);
                !fails && is_mended(&document, plan.document.draft != document.draft)
            };
            tried.push((document.id, passes));
            tokio::task::yield_now().await;
        }
        Ok(tried)
    }
}

/// Whether a draft that passes mends what its document is held for. What a provider refused is mended by another draft only,
/// and what was never issued is a person's to send again.
fn is_mended(document: &Document, is_another: bool) -> bool {
    match &document.failure {
        Some(failure) if failure.kind == FailureKind::NeverIssued || failure.kind.is_released() => false,
        Some(failure) => failure.phase == Phase::Prepare || is_another,
        None => true,
    }
}
