use super::numbers::{Bounds, Plan, plan};
use super::*;
use punte_domain::DocumentState;
use rust_decimal::dec;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn november() -> (NaiveDate, NaiveDate) {
    (day("2026-11-01"), day("2026-11-30"))
}

fn listed() -> Coverage {
    Coverage::Listed { from: day("2026-10-25"), to: day("2026-12-07") }
}

/// Document `n` of ours, issued as number `n`.
fn ours(n: i64) -> Ours {
    Ours {
        row: n,
        id: format!("doc_{n}"),
        order_row: n,
        reference: format!("PNT-{n}"),
        state: DocumentState::Issued,
        is_storno: false,
        reverses: None,
        series: "FCT".into(),
        number: Some(format!("{n:04}")),
        provider_id: Some(format!("{}", 100 + n)),
        day: Some(day("2026-11-10")),
        total: dec!(59.00),
        currency: "RON".into(),
        client: "Ștefan Țîru".into(),
        is_recent: false,
    }
}

/// The same at the provider.
fn theirs(n: i64) -> Theirs {
    Theirs {
        series: "FCT".into(),
        number: n.to_string(),
        provider_id: Some(format!("{}", 100 + n)),
        day: Some(day("2026-11-10")),
        total: Some(dec!(59)),
        currency: "RON".into(),
        client: "Ştefan  ŢÎRU".into(),
        cancelled: Some(false),
        is_storno: Some(false),
        references: vec![format!("PNT-{n}")],
        is_read: true,
    }
}

/// As SmartBill tells: no id, no day, no client.
fn by_number(n: i64) -> Theirs {
    Theirs {
        provider_id: None,
        day: None,
        currency: String::new(),
        client: String::new(),
        cancelled: None,
        number: format!("{n:04}"),
        ..theirs(n)
    }
}

fn told(ours: &[Ours], theirs: &[Theirs]) -> Classified {
    classify(ours, &[], theirs, &listed(), november())
}

fn looked(from: u64, to: u64, given: u64, empty: &[u64]) -> Coverage {
    Coverage::Numbers { looked: (from, to), given, empty: empty.iter().copied().collect() }
}

fn kinds(told: &Classified) -> Vec<(FindingKind, &str)> {
    told.findings.iter().map(|one| (one.kind, one.facts.why.as_str())).collect()
}

fn fields(told: &Classified) -> Vec<&str> {
    told.findings.iter().flat_map(|one| &one.facts.differs).map(|one| one.field.as_str()).collect()
}

#[test]
fn numbers_are_numbers_totals_are_decimals_and_names_are_folded() {
    let told = told(&[ours(9), ours(10)], &[theirs(10), theirs(9)]);
    assert_eq!((told.matched, told.findings.len(), told.agreed.as_slice()), (2, 0, [9, 10].as_slice()), "{told:?}");
}

#[test]
fn each_field_that_differs_is_named_with_both_values() {
    let all = [
        (Theirs { total: Some(dec!(59.01)), ..theirs(1) }, "total"),
        (Theirs { currency: "EUR".into(), ..theirs(1) }, "currency"),
        (Theirs { client: "Stefania Țîru".into(), ..theirs(1) }, "client"),
        (Theirs { day: Some(day("2026-11-11")), ..theirs(1) }, "date"),
        (Theirs { cancelled: Some(true), ..theirs(1) }, "state"),
        (Theirs { number: "2".into(), ..theirs(1) }, "number"),
        (Theirs { references: Vec::new(), ..theirs(1) }, "reference"),
    ];
    for (theirs, field) in all {
        let told = told(&[ours(1)], &[theirs]);
        assert_eq!((kinds(&told), fields(&told)), (vec![(FindingKind::Mismatched, "")], vec![field]));
    }
    let told = told(&[ours(1)], &[Theirs { total: Some(dec!(59.01)), ..theirs(1) }]);
    let total = &told.findings[0].facts.differs[0];
    assert_eq!((total.ours.as_str(), total.theirs.as_str()), ("59", "59.01"));
}

#[test]
fn what_is_not_told_is_no_difference() {
    let bare = by_number(1);
    let record = Ours { provider_id: None, ..ours(1) };
    let told = classify(&[record], &[], &[bare], &looked(1, 1, 2, &[]), november());
    assert_eq!((told.matched, told.findings.len()), (1, 0));
}

#[test]
fn a_state_that_changed_at_the_provider_is_named() {
    let cancelled = Ours { state: DocumentState::Cancelled, ..ours(1) };
    assert_eq!(fields(&told(&[cancelled], &[theirs(1)])), ["state"], "restored by hand");
    let deleted = Ours { state: DocumentState::Deleted, ..ours(1) };
    assert_eq!(fields(&told(&[deleted], &[theirs(1)])), ["state"], "still there");
    let reversed = Ours { state: DocumentState::Reversed, ..ours(1) };
    assert_eq!(told(&[reversed], &[theirs(1)]).matched, 1);
}

#[test]
fn what_is_not_issued_yet_is_expected_and_no_alarm() {
    let open = [DocumentState::Held, DocumentState::Ready, DocumentState::Sending, DocumentState::InDoubt];
    for state in open {
        let record = Ours { state, number: None, provider_id: None, ..ours(1) };
        assert_eq!(kinds(&told(&[record], &[])), [(FindingKind::Expected, state.as_str())]);
    }
    let order = |date: &str| WaitingOrder {
        order_row: 7,
        order_id: "ord_7".into(),
        day: day(date),
        reason: "waiting_mapping".into(),
    };
    let waiting = [order("2026-11-30"), order("2026-12-01")];
    let told = classify(&[], &waiting, &[], &listed(), november());
    assert_eq!(kinds(&told), [(FindingKind::Expected, "waiting_mapping")], "another month's waits elsewhere");
}

#[test]
fn only_a_whole_list_proves_that_something_is_missing() {
    let records = [ours(1), ours(2), ours(3)];
    let there = [theirs(1), theirs(3)];
    let whole = classify(&records, &[], &there, &listed(), november());
    let found = [(FindingKind::MissingThere, "absent"), (FindingKind::Gap, "record_missing")];
    assert_eq!((kinds(&whole), whole.matched), (found.to_vec(), 2));
    let cut = classify(&records, &[], &there, &Coverage::Nothing, november());
    assert_eq!((cut.findings.len(), cut.not_told), (0, 1));
    let recent = Ours { is_recent: true, ..ours(2) };
    let lagging = classify(&[ours(1), recent, ours(3)], &[], &there, &listed(), november());
    assert_eq!((lagging.findings.len(), lagging.not_told), (0, 1), "a list may lag behind");
}

#[test]
fn an_unreadable_print_is_not_told_and_never_missing() {
    let records = [Ours { provider_id: None, ..ours(1) }, Ours { provider_id: None, ..ours(2) }];
    let unread = |n, total| Theirs { total, references: Vec::new(), is_read: false, is_storno: None, ..by_number(n) };
    let there = [unread(1, Some(dec!(59))), unread(2, None), unread(3, Some(dec!(1)))];
    let told = classify(&records, &[], &there, &looked(1, 3, 4, &[]), november());
    assert_eq!((told.findings.len(), told.not_told, told.matched), (0, 3, 0));
    let other = classify(&records, &[], &[unread(1, Some(dec!(60)))], &looked(1, 1, 2, &[]), november());
    assert_eq!(fields(&other), ["total"], "its total is told all the same");
}

#[test]
fn a_number_that_was_given_to_another_is_missing_there() {
    let stranger = Theirs { references: vec!["PNT-9".into()], ..by_number(1) };
    let record = Ours { provider_id: None, ..ours(1) };
    let told = classify(&[record], &[], &[stranger], &looked(1, 1, 2, &[]), november());
    let found = [(FindingKind::MissingThere, "number_given"), (FindingKind::UnknownHere, "another_punte")];
    assert_eq!(kinds(&told), found);
    let other_id = Theirs { provider_id: Some("777".into()), references: Vec::new(), ..theirs(1) };
    let told = super::classify(&[ours(1)], &[], &[other_id], &listed(), november());
    assert_eq!(kinds(&told), [(FindingKind::MissingThere, "number_given"), (FindingKind::UnknownHere, "elsewhere")]);
}

#[test]
fn a_second_document_with_our_reference_is_a_duplicate_with_a_storno_proposed() {
    let copy = Theirs { references: vec!["PNT-1".into()], ..theirs(2) };
    let told = told(&[ours(1)], &[theirs(1), copy]);
    assert_eq!((kinds(&told), told.matched), (vec![(FindingKind::Duplicate, "linked_elsewhere")], 1));
    let found = &told.findings[0];
    assert_eq!((found.facts.proposal.as_str(), found.facts.linked.as_str()), ("storno", "FCT 0001"));
    assert_eq!((found.document_row, found.number.as_deref()), (Some(1), Some("2")));
}

#[test]
fn a_duplicate_of_a_document_that_was_not_looked_at_is_one_all_the_same() {
    let record = Ours { provider_id: None, day: Some(day("2026-10-02")), ..ours(1) };
    let copy = Theirs { references: vec!["PNT-1".into()], ..by_number(8) };
    let told = classify(&[record], &[], &[copy], &looked(7, 9, 9, &[7]), november());
    assert_eq!(kinds(&told), [(FindingKind::Duplicate, "linked_elsewhere"), (FindingKind::Gap, "unexplained")]);
}

#[test]
fn a_copy_that_is_cancelled_or_a_storno_bills_nobody() {
    let copy = |n: i64| Theirs { references: vec!["PNT-1".into()], ..theirs(n) };
    let cancelled = Theirs { cancelled: Some(true), ..copy(2) };
    assert_eq!(told(&[ours(1)], &[theirs(1), cancelled]).findings, []);
    let storno = Theirs { is_storno: Some(true), total: Some(dec!(-59)), ..copy(2) };
    assert_eq!(kinds(&told(&[ours(1)], &[theirs(1), storno])), [(FindingKind::UnknownHere, "storno")]);
}

#[test]
fn a_document_that_moved_to_another_number_is_mismatched_by_number() {
    let moved = Theirs { provider_id: Some("555".into()), references: vec!["PNT-1".into()], ..theirs(4) };
    let told = told(&[ours(1)], &[moved]);
    assert_eq!((kinds(&told), fields(&told)), (vec![(FindingKind::Mismatched, "")], vec!["number"]));
}

#[test]
fn two_documents_of_a_doubt_are_one_to_link_and_one_too_many() {
    let doubt = Ours { state: DocumentState::InDoubt, number: None, provider_id: None, ..ours(1) };
    let there = [theirs(1), Theirs { references: vec!["PNT-1".into()], ..theirs(2) }];
    let told = told(&[doubt], &there);
    let found = [
        (FindingKind::Expected, "in_doubt"),
        (FindingKind::UnknownHere, "not_linked"),
        (FindingKind::Duplicate, "second"),
    ];
    assert_eq!(kinds(&told), found);
    assert_eq!(told.findings[1].facts.proposal, "link");
}

#[test]
fn what_others_made_is_unknown_here() {
    let by_hand = Theirs { references: Vec::new(), ..theirs(2) };
    let told = told(&[ours(1)], &[theirs(1), by_hand]);
    assert_eq!(kinds(&told), [(FindingKind::UnknownHere, "elsewhere")]);
    assert_eq!(told.findings[0].facts.theirs[0].client, "Ştefan  ŢÎRU");
}

#[test]
fn a_storno_of_ours_is_known_without_a_reference_and_with_its_originals() {
    let storno = |references: &[&str]| Theirs {
        is_storno: Some(true),
        total: Some(dec!(-59)),
        references: references.iter().map(ToString::to_string).collect(),
        ..by_number(2)
    };
    let record =
        Ours { provider_id: None, is_storno: true, reverses: Some("PNT-1".into()), total: dec!(-59), ..ours(2) };
    for references in [&[][..], &["PNT-1"], &["PNT-2"]] {
        let told =
            classify(std::slice::from_ref(&record), &[], &[storno(references)], &looked(2, 2, 3, &[]), november());
        assert_eq!((told.matched, told.findings.len()), (1, 0), "{references:?}");
    }
}

#[test]
fn numbers_missing_between_first_and_last_are_gaps_in_a_row() {
    let there = [theirs(1), theirs(5), theirs(6)];
    let deleted = Ours { state: DocumentState::Deleted, ..ours(3) };
    let told = told(&[ours(1), deleted, ours(5), ours(6)], &there);
    assert_eq!(kinds(&told), [(FindingKind::Gap, "deleted_here")]);
    let gap = &told.findings[0];
    assert_eq!((gap.number.as_deref(), gap.facts.until.as_str(), gap.document_row), (Some("2"), "4", Some(3)));
}

#[test]
fn a_number_that_is_known_of_another_day_is_no_gap() {
    let other_day = Ours { day: Some(day("2026-09-01")), ..ours(2) };
    assert_eq!(told(&[ours(1), other_day, ours(3)], &[theirs(1), theirs(3)]).findings, []);
}

#[test]
fn a_gap_at_the_end_shows_by_the_counter() {
    let record = Ours { provider_id: None, ..ours(1) };
    let told = classify(&[record], &[], &[by_number(1)], &looked(1, 5, 4, &[2, 3, 4, 5]), november());
    assert_eq!(kinds(&told), [(FindingKind::Gap, "unexplained")]);
    assert_eq!((told.findings[0].number.as_deref(), told.findings[0].facts.until.as_str()), (Some("0002"), "0003"));
}

#[test]
fn two_documents_with_one_number_are_a_repeat() {
    let again = Theirs { provider_id: Some("999".into()), references: Vec::new(), number: "0001".into(), ..theirs(1) };
    let told = told(&[ours(1)], &[theirs(1), again]);
    assert_eq!(kinds(&told), [(FindingKind::UnknownHere, "elsewhere"), (FindingKind::Repeat, "")]);
    assert_eq!(told.findings[1].facts.theirs.len(), 2);
}

/// A seeded shuffle, so that a failure can be run again.
fn shuffled<T: Clone>(list: &[T], seed: u64) -> Vec<T> {
    let mut list = list.to_vec();
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    for at in (1..list.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        list.swap(at, (state % (at as u64 + 1)) as usize);
    }
    list
}

/// A world of everything at once, made from a seed.
fn world(seed: u64) -> (Vec<Ours>, Vec<Theirs>) {
    let mut records = Vec::new();
    let mut there = Vec::new();
    for n in 1..40_i64 {
        let dice = (seed.wrapping_mul(2_654_435_761).wrapping_add(n as u64 * 40_503)) % 11;
        let state = match dice {
            0 => DocumentState::Held,
            1 => DocumentState::InDoubt,
            2 => DocumentState::Cancelled,
            3 => DocumentState::Deleted,
            _ => DocumentState::Issued,
        };
        let is_open = dice < 2;
        records.push(Ours {
            state,
            number: (!is_open).then(|| format!("{n:04}")),
            provider_id: (!is_open).then(|| format!("{}", 100 + n)),
            ..ours(n)
        });
        match dice {
            0 | 4 => {}
            5 => there.extend([theirs(n), Theirs { references: vec![format!("PNT-{n}")], ..theirs(n + 50) }]),
            6 => there.push(Theirs { references: Vec::new(), provider_id: Some(format!("x{n}")), ..theirs(n) }),
            7 => there.push(Theirs { total: Some(dec!(1)), ..theirs(n) }),
            8 => there.extend([theirs(n), Theirs { provider_id: Some(format!("b{n}")), ..theirs(n) }]),
            _ => there.push(theirs(n)),
        }
    }
    (records, there)
}

#[test]
fn the_order_of_what_comes_in_changes_nothing() {
    for seed in 0..200 {
        let (records, there) = world(seed);
        let first = told(&records, &there);
        for turn in 0..5 {
            let again = told(&shuffled(&records, seed + turn), &shuffled(&there, seed + 7 * turn));
            assert_eq!(first, again, "seed {seed}");
        }
    }
}

#[test]
fn every_record_and_every_document_is_accounted_for_once() {
    for seed in 0..200 {
        let (records, there) = world(seed);
        let told = told(&records, &there);
        let subjects: Vec<(FindingKind, &String)> = told.findings.iter().map(|one| (one.kind, &one.subject)).collect();
        let unique: BTreeSet<_> = subjects.iter().collect();
        assert_eq!(unique.len(), subjects.len(), "seed {seed}");
        let about = |row: i64| {
            told.findings.iter().any(|one| {
                one.document_row == Some(row)
                    && matches!(one.kind, FindingKind::Mismatched | FindingKind::Expected | FindingKind::MissingThere)
            })
        };
        for record in records.iter().filter(|one| one.state != DocumentState::Deleted) {
            let agreed = told.agreed.contains(&record.row);
            assert!(agreed != about(record.row), "seed {seed}: {record:?}");
        }
    }
}

#[test]
fn numbers_are_looked_at_from_the_last_known_before_to_beyond_the_counter() {
    let bounds = Bounds { last_before: Some(6), first_inside: Some(9), first_after: None };
    let whole = Plan { from: 7, to: 13, resume_at: None, is_continued: false };
    assert_eq!(plan(bounds, 12, None, 500), Some(whole));
    let closed = Bounds { first_after: Some(11), ..bounds };
    assert_eq!(plan(closed, 40, None, 500), Some(Plan { to: 10, ..whole }), "another month's begin there");
    assert_eq!(plan(Bounds { last_before: None, ..bounds }, 12, None, 500), Some(Plan { from: 9, ..whole }));
    assert_eq!(plan(Bounds::default(), 12, None, 500), None, "nothing says where to begin");
}

#[test]
fn a_long_series_is_looked_at_in_parts() {
    let bounds = Bounds { last_before: Some(0), first_inside: Some(1), first_after: None };
    let first = plan(bounds, 1000, None, 500).unwrap();
    assert_eq!(first, Plan { from: 1, to: 500, resume_at: Some(501), is_continued: false });
    let second = plan(bounds, 1000, first.resume_at, 500).unwrap();
    assert_eq!(second, Plan { from: 501, to: 1000, resume_at: Some(1001), is_continued: true });
    let third = plan(bounds, 1000, second.resume_at, 500).unwrap();
    assert_eq!(third, Plan { from: 1001, to: 1001, resume_at: None, is_continued: true });
    assert_eq!(plan(bounds, 1000, third.resume_at, 500).unwrap(), first, "then from the start");
}
