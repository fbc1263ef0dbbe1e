//! What a look at the provider proves about a document in doubt: pure functions over the evidence.
//!
//! The reference alone identifies; only a complete look after the quiet time proves absence; a total never does.

use punte_connectors::billing::{Evidence, Issued, Settling};
use punte_domain::planted::{Bug, is_planted};

/// What follows from a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It exists: attach its identifiers.
    Attach(Issued),
    /// The quiet time is not over: this look proves nothing.
    Wait,
    /// Not everything could be read: look again.
    LookAgain,
    /// Proven absent once: the same payload may be sent again.
    Repeat,
    /// Proven absent again after a repeat: held, for a person.
    Absent,
    /// Punte cannot tell by itself: a person decides.
    Park(&'static str),
}

impl Verdict {
    /// For the log.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Attach(_) => "found",
            Verdict::Wait => "wait",
            Verdict::LookAgain => "look_again",
            Verdict::Repeat => "repeat",
            Verdict::Absent => "absent",
            Verdict::Park(why) => why,
        }
    }
}

/// What is known beside the evidence.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances {
    pub settling: Settling,
    /// The quiet time was over when the look began.
    pub decisive: bool,
    /// Nobody but Punte writes in the series.
    pub series_is_ours: bool,
    /// Earlier decisive looks that proved absence.
    pub earlier_proofs: u32,
    /// Earlier decisive looks that could not be completed.
    pub incomplete: u32,
    /// The provider answered with a number that another record holds: it was issued, and is only to be found.
    pub number_taken: bool,
}

/// Decisive looks that may stay incomplete before a person is asked.
const INCOMPLETE_LOOKS: u32 = 5;

/// The judgement on one look.
pub fn judge(evidence: &Evidence, circumstances: Circumstances) -> Verdict {
    let ours = evidence.ours();
    match ours.as_slice() {
        [one] => return Verdict::Attach(one.document.clone()),
        [] => {}
        _ => return Verdict::Park("two_found"),
    }
    if !circumstances.decisive {
        return Verdict::Wait;
    }
    if circumstances.number_taken {
        return Verdict::Park("number_taken");
    }
    if !evidence.complete && !is_planted(Bug::IncompleteLookProves) {
        return if circumstances.incomplete + 1 < INCOMPLETE_LOOKS {
            Verdict::LookAgain
        } else {
            Verdict::Park("unreadable")
        };
    }
    let again = if circumstances.earlier_proofs == 0 { Verdict::Repeat } else { Verdict::Absent };
    match circumstances.settling {
        Settling::ByList => again,
        Settling::ByGap => match (
            evidence.counter_unchanged.map(|unchanged| unchanged || is_planted(Bug::CounterIgnored)),
            circumstances.series_is_ours || is_planted(Bug::SharedSeriesIsOurs),
        ) {
            (Some(true), true) => again,
            (Some(true), false) => Verdict::Park("series_shared"),
            (Some(false) | None, _) => Verdict::Park("series_moved"),
        },
    }
}

/// Whether a person may declare a document never issued, after these looks (newest first), and if not why.
pub fn absence_blocked(looks: &[(bool, Option<Evidence>)]) -> Option<&'static str> {
    // what was seen is there, whenever it was looked
    if looks.iter().flat_map(|(_, evidence)| evidence).any(|evidence| !evidence.ours().is_empty()) {
        return Some("found");
    }
    let Some((_, Some(newest))) = looks.iter().find(|(decisive, evidence)| *decisive && evidence.is_some()) else {
        return Some(if looks.is_empty() { "not_looked" } else { "quiet_time" });
    };
    if newest.complete { None } else { Some("unreadable") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use punte_connectors::billing::{Candidate, ReferenceSeen};

    fn candidate(number: &str, reference: ReferenceSeen) -> Candidate {
        Candidate {
            document: Issued { series: "FCT".into(), number: number.into(), provider_id: None, link: None },
            total: None,
            client: None,
            cancelled: None,
            reference,
        }
    }

    fn evidence(candidates: Vec<Candidate>, complete: bool, counter_unchanged: Option<bool>) -> Evidence {
        Evidence { looked_at: candidates, complete, next_number: None, counter_unchanged }
    }

    fn circumstances(settling: Settling) -> Circumstances {
        Circumstances {
            settling,
            decisive: true,
            series_is_ours: true,
            earlier_proofs: 0,
            incomplete: 0,
            number_taken: false,
        }
    }

    #[test]
    fn our_reference_is_attached_whenever_it_is_seen() {
        let seen = evidence(vec![candidate("0008", ReferenceSeen::Ours)], false, Some(false));
        for decisive in [true, false] {
            for settling in [Settling::ByList, Settling::ByGap] {
                let circumstances = Circumstances { decisive, ..circumstances(settling) };
                assert!(matches!(judge(&seen, circumstances), Verdict::Attach(issued) if issued.number == "0008"));
            }
        }
    }

    #[test]
    fn two_documents_with_our_reference_are_a_persons_matter() {
        let seen =
            evidence(vec![candidate("0008", ReferenceSeen::Ours), candidate("0009", ReferenceSeen::Ours)], true, None);
        assert_eq!(judge(&seen, circumstances(Settling::ByList)), Verdict::Park("two_found"));
    }

    #[test]
    fn an_empty_look_before_the_quiet_time_proves_nothing() {
        let seen = evidence(vec![], true, Some(true));
        for settling in [Settling::ByList, Settling::ByGap] {
            assert_eq!(judge(&seen, Circumstances { decisive: false, ..circumstances(settling) }), Verdict::Wait);
        }
    }

    #[test]
    fn an_incomplete_look_never_leads_to_a_repeat() {
        let seen = evidence(vec![candidate("0008", ReferenceSeen::Unreadable)], false, Some(true));
        for incomplete in 0..10 {
            for settling in [Settling::ByList, Settling::ByGap] {
                let verdict = judge(&seen, Circumstances { incomplete, ..circumstances(settling) });
                assert!(matches!(verdict, Verdict::LookAgain | Verdict::Park("unreadable")), "{verdict:?}");
            }
        }
    }

    #[test]
    fn absence_is_repeated_once_and_then_held() {
        let seen = evidence(vec![], true, Some(true));
        for settling in [Settling::ByList, Settling::ByGap] {
            assert_eq!(judge(&seen, circumstances(settling)), Verdict::Repeat);
            assert_eq!(judge(&seen, Circumstances { earlier_proofs: 1, ..circumstances(settling) }), Verdict::Absent);
        }
    }

    #[test]
    fn what_the_provider_named_is_never_proven_absent() {
        let empty = evidence(vec![], true, Some(true));
        for settling in [Settling::ByList, Settling::ByGap] {
            let named = Circumstances { number_taken: true, ..circumstances(settling) };
            assert_eq!(judge(&empty, named), Verdict::Park("number_taken"));
        }
    }

    #[test]
    fn in_a_shared_or_moved_series_a_person_decides() {
        let still = evidence(vec![], true, Some(true));
        let shared = Circumstances { series_is_ours: false, ..circumstances(Settling::ByGap) };
        assert_eq!(judge(&still, shared), Verdict::Park("series_shared"));
        let moved = evidence(vec![candidate("0008", ReferenceSeen::None)], true, Some(false));
        assert_eq!(judge(&moved, circumstances(Settling::ByGap)), Verdict::Park("series_moved"));
    }

    #[test]
    fn absence_is_declared_only_on_a_complete_decisive_look_that_found_nothing() {
        let empty = evidence(vec![], true, Some(true));
        let partial = evidence(vec![], false, None);
        let found = evidence(vec![candidate("0008", ReferenceSeen::Ours)], true, None);
        assert_eq!(absence_blocked(&[]), Some("not_looked"));
        assert_eq!(absence_blocked(&[(false, Some(empty.clone()))]), Some("quiet_time"));
        assert_eq!(absence_blocked(&[(true, None), (false, Some(empty.clone()))]), Some("quiet_time"));
        assert_eq!(absence_blocked(&[(true, Some(partial))]), Some("unreadable"));
        assert_eq!(absence_blocked(&[(true, Some(empty.clone())), (false, Some(found.clone()))]), Some("found"));
        assert_eq!(absence_blocked(&[(false, Some(found))]), Some("found"), "before the quiet time is over, too");
        assert_eq!(absence_blocked(&[(true, Some(empty))]), None);
    }
}
