//! A credential store that could not be asked at start, as a keyring that is unlocked only later, or one that was chosen since:
//! what it remembers of the ledger is compared once it can be asked, before any secret is read, and nothing is written over it
//! until then.

use super::{Distrust, Mark, judge, machine_of, recall_from_vault};
use crate::error::Result;
use crate::workspace::{Workspace, lock};
use punte_vault::VaultState;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What is known of the comparison with the credential store.
#[derive(Default)]
pub(crate) struct Comparison {
    /// It could not be asked yet what it remembers of the ledger.
    is_open: AtomicBool,
    /// The vault's opening that was compared; nothing before the ledger was taken up.
    compared: AtomicU64,
    is_taken_up: AtomicBool,
    /// Whoever compares has it.
    turn: tokio::sync::Mutex<()>,
}

impl Workspace {
    /// Whether the credential store has not been asked yet what it remembers, or is another one than the one that was asked.
    pub(crate) fn is_mark_open(&self) -> bool {
        let known = &self.owner.comparison;
        let is_another = || known.compared.load(Ordering::Relaxed) != self.deps.vault.opening();
        known.is_open.load(Ordering::Relaxed) || known.is_taken_up.load(Ordering::Relaxed) && is_another()
    }

    fn note_compared(&self, opening: u64, is_open: bool) {
        let known = &self.owner.comparison;
        known.is_open.store(is_open, Ordering::Relaxed);
        known.compared.store(opening, Ordering::Relaxed);
        known.is_taken_up.store(true, Ordering::Relaxed);
    }

    /// Asks the credential store at start. One that does not say what it remembers is asked again later.
    pub(super) async fn recall_first(&self) -> Option<Mark> {
        let vault = self.deps.vault.as_ref();
        let (opening, was_shut) = (vault.opening(), vault.state() != VaultState::Ready);
        let told = recall_from_vault(vault, &self.ledger.info().id).await;
        if let Err(error) = &told {
            tracing::warn!(%error, "the credential store does not tell the ledger's mark: it is compared later");
        }
        self.note_compared(opening, was_shut || told.is_err() || vault.state() != VaultState::Ready);
        told.ok().flatten()
    }

    /// Compares, if that is still to be done and the store answers.
    pub(crate) async fn compare_late(self: &Arc<Self>) -> Result<()> {
        let _turn = self.owner.comparison.turn.lock().await;
        let vault = self.deps.vault.as_ref();
        if !self.is_mark_open() || vault.state() != VaultState::Ready {
            return Ok(());
        }
        let info = self.ledger.info();
        let opening = vault.opening();
        let mark = match recall_from_vault(vault, &info.id).await {
            Ok(mark) => mark,
            Err(error) => {
                tracing::debug!(%error, "the credential store still does not tell the ledger's mark");
                return Ok(());
            }
        };
        // what this run wrote before, or carried from one store to the other, is ahead of the ledger as it was opened
        let mark = mark.filter(|mark| !self.is_of_this_run(mark));
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
        if let Some(lost) = mark.as_ref().and_then(Mark::audit).filter(|seen| seen.sequence > info.audit_sequence) {
            self.note_lost_audit(&lost).await?;
        }
        if let Some(keeper) = self.owner.keeper.get() {
            // another store than the one that was written to may hold less
            lock(&keeper.held).in_vault = None;
        }
        self.note_compared(opening, false);
        Ok(())
    }

    fn is_of_this_run(&self, mark: &Mark) -> bool {
        self.owner.keeper.get().is_some_and(|keeper| lock(&keeper.held).mark.run == mark.run)
    }
}
