//! A credential store that could not be asked at start, as a keyring that is unlocked only later: what it remembers of the
//! ledger is compared once it can be asked, before any secret is read, and nothing is written over it until then.

use super::{Distrust, judge, machine_of, recall_from_vault};
use crate::error::Result;
use crate::workspace::Workspace;
use punte_vault::VaultState;
use std::sync::Arc;
use std::sync::atomic::Ordering;

impl Workspace {
    /// Whether the credential store has not been asked yet what it remembers.
    pub(crate) fn is_mark_open(&self) -> bool {
        self.owner.mark_open.load(Ordering::Relaxed)
    }

    pub(super) fn note_mark_open(&self) {
        self.owner.mark_open.store(true, Ordering::Relaxed);
    }

    pub(crate) async fn compare_late(self: &Arc<Self>) -> Result<()> {
        if !self.is_mark_open() {
            return Ok(());
        }
        let info = self.ledger.info();
        let mark = recall_from_vault(self.deps.vault.as_ref(), &info.id).await;
        if self.deps.vault.state() != VaultState::Ready {
            return Ok(());
        }
        let machine = machine_of(&self.deps.machine, &info.id);
        let distrust = mark.as_ref().and_then(|mark| judge(info, Some(mark), &machine));
        if let Some(distrust) = distrust {
            let reason = Distrust::as_str(distrust);
            tracing::warn!(reason, remembered = ?mark, "the ledger is quarantined: the credential store has seen more of it");
            let was_quarantined = self.is_quarantined();
            self.begin_quarantine(&machine, Some(reason)).await?;
            if !was_quarantined {
                let this = self.clone();
                self.spawn(async move { this.run_quarantine().await });
            }
        }
        if let Some(lost) =
            mark.as_ref().and_then(super::Mark::audit).filter(|seen| seen.sequence > info.audit_sequence)
        {
            self.note_lost_audit(&lost).await?;
        }
        self.owner.mark_open.store(false, Ordering::Relaxed);
        Ok(())
    }
}
