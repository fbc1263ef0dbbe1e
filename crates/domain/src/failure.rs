//! Why a document is not issued: phase, kind, and what may happen next.
//!
//! Each kind maps in one exhaustive function to what may follow. The words for cause and fix live in the catalogues, keyed
//! by the kind's code; only the provider's own words travel here, to be quoted and labelled.

use serde::{Deserialize, Serialize};

/// How far an attempt came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nothing left the machine.
    Prepare,
    /// The connection was never established.
    NotSent,
    /// Everything after that without a readable answer.
    Unknown,
    /// A well-formed no.
    Refused,
    /// Issued, but other than sent.
    Mismatch,
}

/// What may happen after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// Repeating is harmless: nothing reached the provider.
    RetryByItself,
    /// Nothing was issued; something must be put right first.
    FixThenRetry,
    /// The outcome is unknown: a look-up decides, never a blind repeat.
    AskProvider,
    NeedsPerson,
    /// What is wrong is the connection: stop it once, fail no record.
    StopConnection,
}

macro_rules! failure_kinds {
    ($($variant:ident => $code:literal),+ $(,)?) => {
        /// Every reason that a document is not issued, or that a call to an outside system failed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum FailureKind { $($variant),+ }

        impl FailureKind {
            pub const ALL: &'static [FailureKind] = &[$(FailureKind::$variant),+];

            /// The code stored in the ledger, sent over the api and used as catalogue key.
            pub fn as_str(self) -> &'static str {
                match self { $(FailureKind::$variant => $code),+ }
            }
        }
    };
}

failure_kinds! {
    // prepare
    MappingError => "mapping_error",
    FieldMissing => "field_missing",
    FieldInvalid => "field_invalid",
    TotalsDiffer => "totals_differ",
    VatRateNotLegal => "vat_rate_not_legal",
    TaxIdInvalid => "tax_id_invalid",
    AddressIncomplete => "address_incomplete",
    CurrencyUnknown => "currency_unknown",
    InvoicedElsewhere => "invoiced_elsewhere",
    TakenByOtherFlow => "taken_by_other_flow",
    OrderWithdrawn => "order_withdrawn",
    FlowIncomplete => "flow_incomplete",
    NeedsApproval => "needs_approval",
    IssueDateTooEarly => "issue_date_too_early",
    CashLimit => "cash_limit",
    MaybeDoubled => "maybe_doubled",
    CredentialMissing => "credential_missing",
    // the vault cannot be asked: no fault of the connection
    VaultWaiting => "vault_waiting",
    VaultLocked => "vault_locked",
    VaultNotChosen => "vault_not_chosen",
    // not sent
    Unreachable => "unreachable",
    AddressPrivate => "address_private",
    TlsFailed => "tls_failed",
    // unknown
    TimedOut => "timed_out",
    ConnectionLost => "connection_lost",
    ServerError => "server_error",
    UnreadableAnswer => "unreadable_answer",
    Interrupted => "interrupted",
    RepeatUnconfirmed => "repeat_unconfirmed",
    NumberTaken => "number_taken",
    // refused
    CredentialRefused => "credential_refused",
    CompanyUnavailable => "company_unavailable",
    RightMissing => "right_missing",
    RateLimited => "rate_limited",
    PlanQuota => "plan_quota",
    VatRateUnknown => "vat_rate_unknown",
    SeriesUnknown => "series_unknown",
    PeriodClosed => "period_closed",
    ClientInvalid => "client_invalid",
    ProductInvalid => "product_invalid",
    TooManyLines => "too_many_lines",
    DuplicateName => "duplicate_name",
    DocumentNotFound => "document_not_found",
    OrderGone => "order_gone",
    RequestInvalid => "request_invalid",
    RefusedOther => "refused_other",
    AlreadyReversed => "already_reversed",
    DocumentCancelled => "document_cancelled",
    NotLastInSeries => "not_last_in_series",
    AlreadyPaid => "already_paid",
    PaymentInvalid => "payment_invalid",
    EmailRefused => "email_refused",
    NotOffered => "not_offered",
    // proven absent after a doubt
    NeverIssued => "never_issued",
    NeverDone => "never_done",
    // ours
    LedgerUnwritable => "ledger_unwritable",
    OrderUnreadable => "order_unreadable",
    ListingUnsteady => "listing_unsteady",
    FileUnreadable => "file_unreadable",
    TooManyRejected => "too_many_rejected",
    BackupUnwritable => "backup_unwritable",
    BackupUnverified => "backup_unverified",
    BackupPassphrase => "backup_passphrase",
    // mismatch
    TotalMismatch => "total_mismatch",
}

impl FailureKind {
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }

    /// Whether a person lets the document pass as it is, with a reason, instead of mending anything.
    pub fn is_released(self) -> bool {
        matches!(
            self,
            FailureKind::NeedsApproval
                | FailureKind::IssueDateTooEarly
                | FailureKind::MaybeDoubled
                | FailureKind::InvoicedElsewhere
        )
    }

    /// Whether the credential is only waited for: it goes on by itself once the vault is open.
    pub fn is_of_vault(self) -> bool {
        matches!(self, FailureKind::VaultWaiting | FailureKind::VaultLocked | FailureKind::VaultNotChosen)
    }

    pub fn next(self) -> Next {
        match self {
            FailureKind::MappingError
            | FailureKind::FieldMissing
            | FailureKind::FieldInvalid
            | FailureKind::TotalsDiffer
            | FailureKind::VatRateNotLegal
            | FailureKind::TaxIdInvalid
            | FailureKind::AddressIncomplete
            | FailureKind::CurrencyUnknown
            | FailureKind::FlowIncomplete
            | FailureKind::CashLimit
            | FailureKind::VatRateUnknown
            | FailureKind::SeriesUnknown
            | FailureKind::PeriodClosed
            | FailureKind::ClientInvalid
            | FailureKind::ProductInvalid
            | FailureKind::TooManyLines
            | FailureKind::DuplicateName
            | FailureKind::DocumentNotFound
            | FailureKind::RequestInvalid
            | FailureKind::RefusedOther
            | FailureKind::DocumentCancelled
            | FailureKind::PaymentInvalid
            | FailureKind::EmailRefused => Next::FixThenRetry,
            FailureKind::InvoicedElsewhere
            | FailureKind::TakenByOtherFlow
            | FailureKind::OrderWithdrawn
            | FailureKind::NeedsApproval
            | FailureKind::IssueDateTooEarly
            | FailureKind::MaybeDoubled
            | FailureKind::NeverIssued
            | FailureKind::NeverDone
            | FailureKind::AlreadyReversed
            | FailureKind::NotLastInSeries
            | FailureKind::AlreadyPaid
            | FailureKind::NotOffered
            | FailureKind::NumberTaken
            | FailureKind::LedgerUnwritable
            | FailureKind::OrderUnreadable
            | FailureKind::OrderGone
            | FailureKind::ListingUnsteady
            | FailureKind::FileUnreadable
            | FailureKind::TooManyRejected
            | FailureKind::BackupUnwritable
            | FailureKind::BackupUnverified
            | FailureKind::BackupPassphrase
            | FailureKind::TotalMismatch => Next::NeedsPerson,
            FailureKind::Unreachable | FailureKind::TlsFailed => Next::RetryByItself,
            FailureKind::TimedOut
            | FailureKind::ConnectionLost
            | FailureKind::ServerError
            | FailureKind::UnreadableAnswer
            | FailureKind::Interrupted
            | FailureKind::RepeatUnconfirmed => Next::AskProvider,
            FailureKind::AddressPrivate
            | FailureKind::CredentialMissing
            | FailureKind::VaultWaiting
            | FailureKind::VaultLocked
            | FailureKind::VaultNotChosen
            | FailureKind::CredentialRefused
            | FailureKind::CompanyUnavailable
            | FailureKind::RightMissing
            | FailureKind::RateLimited
            | FailureKind::PlanQuota => Next::StopConnection,
        }
    }
}

/// One failure, as it is stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub kind: FailureKind,
    pub phase: Phase,
    /// What was being done: `create invoice`, `list series`, `read order`.
    pub operation: Box<str>,
    /// To what: `order #1042`, `series FCT`.
    pub object: Box<str>,
    /// The other side's own words, as they came (bounded, without markup).
    pub provider_words: Option<String>,
    /// Which of the other side's known answers this is, by its system (`smartbill.vat_of_product`); none for words that are
    /// not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Box<str>>,
    /// What exactly: the field, the value, the rate. Facts, not sentences.
    pub detail: Option<String>,
    /// Earliest useful next try, in milliseconds from the answer, where the other side named one.
    pub retry_after_ms: Option<i64>,
}

impl Failure {
    pub fn new(kind: FailureKind, phase: Phase, operation: impl Into<String>, object: impl Into<String>) -> Self {
        Failure {
            kind,
            phase,
            operation: operation.into().into_boxed_str(),
            object: object.into().into_boxed_str(),
            provider_words: None,
            code: None,
            detail: None,
            retry_after_ms: None,
        }
    }

    pub fn with_words(mut self, words: impl AsRef<str>) -> Self {
        self.provider_words = Some(words.as_ref().chars().take(1000).collect());
        self
    }

    pub fn with_code(mut self, system: &str, code: &str) -> Self {
        self.code = Some(format!("{system}.{code}").into_boxed_str());
        self
    }

    pub fn with_detail(mut self, detail: impl AsRef<str>) -> Self {
        self.detail = Some(detail.as_ref().chars().take(1000).collect());
        self
    }

    /// What may follow: the phase decides before the kind. After an unknown outcome only the provider can tell.
    pub fn next(&self) -> Next {
        match self.phase {
            Phase::Unknown => Next::AskProvider,
            Phase::NotSent => Next::RetryByItself,
            Phase::Prepare | Phase::Refused | Phase::Mismatch => self.kind.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_and_match_serde() {
        for kind in FailureKind::ALL {
            assert_eq!(FailureKind::parse(kind.as_str()), Some(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str(), "one spelling everywhere");
        }
    }

    #[test]
    fn an_unknown_outcome_is_never_retried_whatever_the_kind() {
        for kind in FailureKind::ALL {
            let failure = Failure::new(*kind, Phase::Unknown, "create invoice", "order #1");
            assert_eq!(failure.next(), Next::AskProvider, "{kind:?}");
        }
    }

    #[test]
    fn only_what_never_left_is_retried_by_itself() {
        let retried: Vec<_> = FailureKind::ALL.iter().filter(|k| k.next() == Next::RetryByItself).collect();
        assert_eq!(retried, [&FailureKind::Unreachable, &FailureKind::TlsFailed]);
    }
}
