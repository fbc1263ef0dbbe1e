//! Trouble on order: which request is to go wrong, how, and how many times. The book of faults is part of the state, so
//! a fault that was used up stays used up after a crash. How a fault is acted out is in `front`.

use serde::{Deserialize, Serialize};

use crate::error::SandboxError;
use crate::simulator::Simulator;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Acts fully, keeps it, and never answers.
    TimeoutAfter,
    /// Does nothing, and never answers.
    TimeoutBefore,
    /// Never answers in time, and acts only after `delay_ms`, when the caller has long gone.
    Late,
    /// A well-formed no: the VAT rate is unknown.
    RefuseVat,
    /// A well-formed no: the series is unknown.
    RefuseSeries,
    /// HTTP 200 with words of refusal inside (SmartBill).
    Error200,
    /// HTTP 403 without business words, as the older form of SmartBill's ban.
    #[serde(rename = "status_403")]
    Status403,
    #[serde(rename = "status_429")]
    Status429,
    #[serde(rename = "status_500")]
    Status500,
    #[serde(rename = "status_502")]
    Status502,
    #[serde(rename = "status_503")]
    Status503,
    /// As if the credential had been changed.
    WrongCredential,
    /// 200 with a web page where JSON was expected.
    Html,
    /// Acts; the answer's JSON stops half way, in a well-formed reply.
    Truncated,
    /// Acts; the connection breaks in the middle of the answer.
    Reset,
    /// What is younger than `delay_ms` does not show in lists and look-ups yet.
    ListingLag,
    /// Acts, and answers `delay_ms` later.
    Slow,
    /// Acts, and keeps the document with a total that is one ban higher than what was sent.
    OneBanMore,
}

impl FaultKind {
    /// Whether the request takes effect when the fault does not say.
    pub(crate) fn acts_by_default(self) -> bool {
        match self {
            Self::TimeoutAfter
            | Self::Late
            | Self::Truncated
            | Self::Reset
            | Self::ListingLag
            | Self::Slow
            | Self::OneBanMore => true,
            Self::TimeoutBefore
            | Self::RefuseVat
            | Self::RefuseSeries
            | Self::Error200
            | Self::Status403
            | Self::Status429
            | Self::Status500
            | Self::Status502
            | Self::Status503
            | Self::WrongCredential
            | Self::Html => false,
        }
    }
}

fn any() -> String {
    "any".into()
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub provider: Simulator,
    #[serde(default = "any")]
    pub operation: String,
    pub kind: FaultKind,
    /// How many requests it hits. `None`: until cleared.
    #[serde(default)]
    pub times: Option<u32>,
    /// Only requests whose path, query or body holds this text.
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    pub matching: Option<String>,
    /// How much later `late` and `slow` act or answer, how long `listing_lag` hides, and what `status_429` names as its
    /// `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// For the kinds that replace the answer: whether the request takes effect first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts: Option<bool>,
}

impl Fault {
    /// A fault of every operation, until cleared.
    pub fn new(provider: impl Into<Simulator>, operation: &str, kind: FaultKind) -> Self {
        let provider = provider.into();
        Self { provider, operation: operation.into(), kind, times: None, matching: None, delay_ms: None, acts: None }
    }

    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    #[must_use]
    pub fn matching(mut self, text: &str) -> Self {
        self.matching = Some(text.into());
        self
    }

    #[must_use]
    pub fn delay_ms(mut self, delay_ms: u64) -> Self {
        self.delay_ms = Some(delay_ms);
        self
    }

    #[must_use]
    pub fn acting(mut self, acts: bool) -> Self {
        self.acts = Some(acts);
        self
    }

    pub(crate) fn acts(&self) -> bool {
        self.acts.unwrap_or_else(|| self.kind.acts_by_default())
    }

    fn check(&self) -> Result<(), SandboxError> {
        let known = self.provider.operations();
        if self.operation != "any" && !known.contains(&self.operation.as_str()) {
            return Err(SandboxError::Invalid(format!(
                "unknown operation {:?} of {:?}: it may be any, {}",
                self.operation,
                self.provider,
                known.join(", ")
            )));
        }
        if self.times == Some(0) {
            return Err(SandboxError::Invalid("times is 0: leave it out for a fault that stays until cleared".into()));
        }
        if self.matching.as_deref() == Some("") {
            return Err(SandboxError::Invalid("match is empty: leave it out to hit every request".into()));
        }
        Ok(())
    }
}

/// The armed faults, oldest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct FaultBook {
    armed: Vec<Fault>,
    /// The demonstration's faults are armed once in the life of a state, not at every opening.
    pub demo_armed: bool,
}

const MOST: usize = 200;

impl FaultBook {
    pub fn arm(&mut self, fault: Fault) -> Result<(), SandboxError> {
        fault.check()?;
        if self.armed.len() >= MOST {
            return Err(SandboxError::Invalid(format!("{MOST} faults are armed already: clear them first")));
        }
        self.armed.push(fault);
        Ok(())
    }

    pub fn clear(&mut self) {
        self.armed.clear();
    }

    pub fn armed(&self) -> &[Fault] {
        &self.armed
    }

    /// Where the first fault that hits this request stands.
    pub fn find(&self, provider: Simulator, operation: &str, haystacks: &[&str]) -> Option<usize> {
        self.armed.iter().position(|fault| {
            fault.provider == provider
                && (fault.operation == "any" || fault.operation == operation)
                && fault.matching.as_deref().is_none_or(|text| haystacks.iter().any(|hay| hay.contains(text)))
        })
    }

    /// Uses the fault once. True when the book changed.
    pub fn spend(&mut self, at: usize) -> (Fault, bool) {
        let fault = self.armed[at].clone();
        match fault.times {
            None => (fault, false),
            Some(left) => {
                if left > 1 {
                    self.armed[at].times = Some(left - 1);
                } else {
                    self.armed.remove(at);
                }
                (fault, true)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::Provider;

    #[test]
    fn a_fault_hits_as_often_as_it_says_and_then_is_gone() {
        let mut book = FaultBook::default();
        book.arm(Fault::new(Provider::Oblio, "create", FaultKind::Slow).times(2).matching("#7")).unwrap();
        assert_eq!(book.find(Simulator::Oblio, "create", &["Comanda #8"]), None);
        assert_eq!(book.find(Simulator::SmartBill, "create", &["#7"]), None);
        for _ in 0..2 {
            let at = book.find(Simulator::Oblio, "create", &["Comanda #7"]).unwrap();
            assert!(book.spend(at).1);
        }
        assert!(book.armed().is_empty());
    }

    #[test]
    fn an_unknown_operation_is_refused_with_the_known_ones() {
        let why = FaultBook::default().arm(Fault::new(Provider::Oblio, "pdf", FaultKind::Html)).unwrap_err();
        assert!(why.to_string().contains("nomenclature"), "the message lists what may be named: {why}");
    }

    #[test]
    fn control_json_reads_as_a_fault() {
        let fault: Fault =
            serde_json::from_str(r##"{"provider":"smartbill","operation":"create","kind":"status_429","match":"#1"}"##)
                .unwrap();
        assert_eq!(fault, Fault::new(Provider::SmartBill, "create", FaultKind::Status429).matching("#1"));
        assert!(serde_json::from_str::<Fault>(r#"{"provider":"smartbill","kind":"explode"}"#).is_err());
    }
}
