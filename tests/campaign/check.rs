//! Whether all is well in a world whose faults have healed: what the providers hold, what the ledger says, and what was
//! promised.

use crate::clock::lock;
use crate::hands::BY_HAND;
use crate::passes::{Findings, same_number, touched_by_hand};
use crate::run::{provider_name, waits_for_person};
use crate::world::{Life, World};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use punte_domain::{DocumentState, IssueKey, OrderStatus, Reference, Role, Verification};
use punte_engine::OperationParams;
use punte_engine::reconcile::FindingKind;
use punte_engine::store::ledger::{Document, ListQuery, OrderRow};
use punte_sandbox::{Provider, account};
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::str::FromStr;

/// Longer than a look waits before it decides: an effect that comes later than this after its request can be prevented
/// nowhere.
const QUIET_MS: i64 = 20 * 60 * 1000;
const GENERATIONS: u32 = 6;

/// What was found.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Broken promises, in words.
    pub broken: Vec<String>,
    pub orders: u32,
    pub issued: u32,
    /// Documents that were in doubt at some time.
    pub doubted: u32,
    /// Left to a person, although no other person had a hand in it.
    pub left: u32,
    pub left_reasons: BTreeMap<String, u32>,
    /// Twice at SmartBill, by an effect after the last look.
    pub unpreventable: u32,
}

/// A document as a provider holds it.
struct Held {
    provider: Provider,
    series: String,
    number: String,
    total: Decimal,
    reference: Option<Reference>,
    is_live: bool,
    is_storno: bool,
    is_proforma: bool,
    cancelled: bool,
    /// Number of the storno that takes it back.
    reversed_by: Option<String>,
    /// Written by other people: its mentions say so, although its answer may have been lost on its way to them.
    by_hand: bool,
    created_ms: i64,
    paid: Decimal,
}

pub async fn check(world: &World, life: &Life) -> Verdict {
    let ledger = life.workspace().ledger();
    let query = || ListQuery { limit: 500, ..ListQuery::default() };
    let mut verdict = Verdict::default();
    let documents = ledger.page_documents(query()).await.expect("documents");
    let orders = ledger.page_orders(query()).await.expect("orders");
    verdict.orders = world.orders.len() as u32;
    verdict.issued = documents.iter().filter(|one| one.number.is_some()).count() as u32;
    let held = held(world);
    let keys = keys(world, life, &orders);
    verdict.broken.extend(world.net.complaints());
    let findings = Findings::of(world, life, &mut verdict.broken).await;
    once(world, &held, &keys, &findings, &mut verdict);
    strangers(&held, &documents, &findings, &mut verdict);
    not_more_than_invoiced(world, &held, &documents, &keys, &findings, &mut verdict);
    none_lost(world, life, &orders, &documents, &mut verdict).await;
    agree(world, life, &documents, &held, &findings, &mut verdict).await;
    at_rest(world, life, &documents, &mut verdict).await;
    no_secret(world, &mut verdict);
    verdict.broken.extend(crate::ledger::broken(world));
    verdict
}

fn held(world: &World) -> Vec<Held> {
    let state = world.sandbox.state();
    let mut all = Vec::new();
    for provider in [Provider::Oblio, Provider::SmartBill] {
        for one in state[provider_name(provider)]["documents"].as_array().into_iter().flatten() {
            let text = |field: &str| one[field].as_str().unwrap_or_default().to_owned();
            let amount = |field: &str| match &one[field] {
                Value::String(text) => Decimal::from_str(text).unwrap_or_default(),
                other => Decimal::from_str(&other.to_string()).unwrap_or_default(),
            };
            let cancelled = one["cancelled"] == true;
            let is_storno = one["kind"] == "storno" || one["reverses"].is_string();
            all.push(Held {
                provider,
                series: text("series"),
                number: text("number"),
                total: amount("total"),
                reference: Reference::find_all(&text("mentions")).into_iter().next(),
                is_live: !cancelled && one["reversed_by"].is_null() && !is_storno,
                is_storno,
                is_proforma: one["kind"] == "proforma",
                cancelled,
                reversed_by: one["reversed_by"].as_str().map(str::to_owned),
                by_hand: text("mentions").contains(BY_HAND),
                created_ms: one["created_ms"].as_i64().unwrap_or_default(),
                paid: amount(if provider == Provider::Oblio { "collected" } else { "paid" }),
            });
        }
    }
    all
}

/// What a reference stands for.
struct Meant {
    order: u64,
    generation: u32,
    /// Order and role: all generations of an invoice are one, for only one of them may live.
    name: String,
}

type Keys = BTreeMap<Reference, Meant>;

/// Every reference that Punte could have written, and what it stands for.
fn keys(world: &World, life: &Life, orders: &[OrderRow]) -> Keys {
    let info = life.workspace().ledger().info();
    let identity = orders.first().map_or_else(String::new, |order| order.shop_identity.clone());
    let mut all = BTreeMap::new();
    for id in world.orders.keys() {
        for generation in 1..=GENERATIONS {
            let refunds = world.refunds.iter().filter(|(order, _)| order == id);
            let corrections = refunds.map(|(_, refund)| Role::Correction(refund.clone()));
            let others = [Role::Invoice, Role::Proforma, Role::Correction("storno".to_owned())];
            for role in corrections.chain(others) {
                let (shop_identity, order_id) = (identity.clone(), id.to_string());
                let name = format!("{id} {}", if role == Role::Invoice { String::new() } else { role.to_string() });
                let key = IssueKey { shop_identity, order_id, role, generation };
                all.insert(info.seed.reference(&key), Meant { order: *id, generation, name });
            }
        }
    }
    all
}

/// At most one live invoice of an order and one live proforma, over all generations and both providers. What other people made
/// is theirs.
fn once(world: &World, held: &[Held], keys: &Keys, findings: &Findings, verdict: &mut Verdict) {
    let taken_back = taken_back(held, keys);
    let mut live: BTreeMap<&String, Vec<&Held>> = BTreeMap::new();
    for one in held.iter().filter(|one| one.is_live) {
        if one.by_hand || touched_by_hand(world, one.provider, &one.series, &one.number) {
            continue;
        }
        match one.reference.as_ref().map(|reference| keys.get(reference)) {
            Some(Some(meant)) if taken_back.contains(&(meant.order, meant.generation)) => {}
            Some(Some(meant)) => live.entry(&meant.name).or_default().push(one),
            Some(None) => verdict.broken.push(format!("{} {} bears a reference of no order", one.series, one.number)),
            None => verdict.broken.push(format!("{} {} bears no reference", one.series, one.number)),
        }
    }
    for (order, twice) in live.into_iter().filter(|(_, all)| all.len() > 1) {
        let late = late_ones(world, &twice);
        if twice.len() > late + 1 {
            let numbers: Vec<String> = twice.iter().map(|one| format!("{} {}", one.series, one.number)).collect();
            verdict.broken.push(format!("order {order} has more than one document: {}", numbers.join(", ")));
            continue;
        }
        verdict.unpreventable += 1;
        // no pass goes over proformas, which commit nobody
        if twice.iter().all(|one| one.is_proforma) {
            continue;
        }
        // one of them is linked; every other one must be shown
        let shown = |one: &&&Held| findings.names_number(one.provider, &one.number, &[FindingKind::Duplicate]);
        if twice.iter().filter(shown).count() + 1 < twice.len() {
            verdict
                .broken
                .push(format!("order {order} was invoiced twice by a late effect, and the pass does not show it"));
        }
    }
}

/// Generations whose invoice was taken back whole by corrections: nothing of it lives on.
fn taken_back(held: &[Held], keys: &Keys) -> BTreeSet<(u64, u32)> {
    let mut left: BTreeMap<(u64, u32), (Decimal, usize)> = BTreeMap::new();
    for one in held.iter().filter(|one| one.is_live && !one.by_hand && !one.is_proforma) {
        let Some(meant) = one.reference.as_ref().and_then(|reference| keys.get(reference)) else { continue };
        let (sum, count) = left.entry((meant.order, meant.generation)).or_default();
        *sum += one.total;
        *count += 1;
    }
    left.into_iter().filter(|(_, (sum, count))| sum.is_zero() && *count > 1).map(|(key, _)| key).collect()
}

/// Stornos and corrections together never take back more than the invoices of their order say. Where a part of the ledger was
/// lost, a storno without a reference cannot be told, but it is shown.
fn not_more_than_invoiced(
    world: &World,
    held: &[Held],
    documents: &[Document],
    keys: &Keys,
    findings: &Findings,
    verdict: &mut Verdict,
) {
    let mut left: BTreeMap<u64, Decimal> = BTreeMap::new();
    let mut shown = BTreeSet::new();
    // a copy that bears our reference is ours to every reader: one that was linked is what was invoiced
    let is_linked = |one: &Held| {
        documents.iter().any(|document| {
            let is_its = document.provider == provider_name(one.provider) && document.series == one.series;
            is_its && document.number.as_deref().is_some_and(|number| same_number(number, &one.number))
        })
    };
    // a storno is counted with what it takes back
    let counts = |one: &&Held| !one.cancelled && !one.is_storno && !one.is_proforma;
    for one in held.iter().filter(counts).filter(|one| !one.by_hand || is_linked(one)) {
        let Some(meant) = one.reference.as_ref().and_then(|reference| keys.get(reference)) else { continue };
        let left = left.entry(meant.order).or_default();
        match &one.reversed_by {
            None => *left += one.total,
            Some(storno) if findings.names_number(one.provider, storno, &[FindingKind::UnknownHere]) => {
                shown.insert(meant.order);
            }
            Some(_) => {}
        }
    }
    let is_told = |order: &u64| world.restored && shown.contains(order);
    for (order, left) in left.into_iter().filter(|(order, left)| *left < Decimal::ZERO && !is_told(order)) {
        verdict.broken.push(format!("order {order}: {left} was taken back that was never invoiced"));
    }
}

/// Every invoice that other people wrote is shown by the pass.
fn strangers(held: &[Held], documents: &[Document], findings: &Findings, verdict: &mut Verdict) {
    let kinds = [FindingKind::UnknownHere, FindingKind::Duplicate];
    // ours was deleted, and its copy, reference and all, was given its number: to every reader it is ours
    let stands_in = |one: &Held| {
        documents.iter().any(|document| {
            let is_its = one.reference.as_ref().is_some_and(|reference| reference.as_str() == document.reference);
            is_its && document.number.as_deref().is_some_and(|number| same_number(number, &one.number))
        })
    };
    // a SmartBill series is read from the first number on that the ledger knows: of a restored one that may have been lost
    let number_of = |text: &str| text.parse::<u64>().ok();
    let first_known = documents
        .iter()
        .filter(|document| document.provider == "smartbill")
        .filter_map(|document| number_of(document.number.as_deref()?))
        .min();
    let is_earlier = |one: &Held| one.provider == Provider::SmartBill && number_of(&one.number) < first_known;
    for one in held.iter().filter(|one| one.by_hand && one.is_live && !stands_in(one) && !is_earlier(one)) {
        if !findings.names_number(one.provider, &one.number, &kinds)
            && !findings.names_as_theirs(one.provider, &one.number)
        {
            verdict
                .broken
                .push(format!("{} {} was made by hand, and the pass does not show it", one.series, one.number));
        }
    }
}

/// How many of an order's documents at SmartBill came into being after every look that their requests allowed for. Each is
/// set against the latest request before it that no other one stands for.
fn late_ones(world: &World, documents: &[&Held]) -> usize {
    let arrivals = world.net.arrivals();
    let mut documents: Vec<&&Held> = documents.iter().filter(|one| one.provider == Provider::SmartBill).collect();
    documents.sort_by_key(|one| one.created_ms);
    let mut spent = vec![false; arrivals.len()];
    let mut late = 0;
    for one in documents {
        let Some(reference) = &one.reference else { continue };
        let before = arrivals.iter().enumerate().rev().find(|(at, arrival)| {
            !spent[*at] && arrival.at_ms <= one.created_ms && arrival.body.contains(reference.as_str())
        });
        match before {
            Some((at, arrival)) => {
                spent[at] = true;
                late += usize::from(one.created_ms - arrival.at_ms > QUIET_MS);
            }
            None => late += 1,
        }
    }
    late
}

/// Every order that calls for an invoice has a document, an open failure or a recorded decision.
async fn none_lost(world: &World, life: &Life, orders: &[OrderRow], documents: &[Document], verdict: &mut Verdict) {
    for (id, order) in &world.orders {
        let Some(known) = orders.iter().find(|known| known.head.order_id == id.to_string()) else {
            verdict.broken.push(format!("order {id} was never taken in"));
            continue;
        };
        let raw: Value = match life.workspace().ledger().get_order_json(known.row).await {
            Ok(json) => serde_json::from_str(&json).unwrap_or_default(),
            Err(error) => {
                verdict.broken.push(format!("order {id}: {error}"));
                continue;
            }
        };
        if raw["status"] != order["status"] || raw["billing"]["address_1"] != order["billing"]["address_1"] {
            verdict.broken.push(format!("order {id}: its newest version was never taken in"));
        }
        let has_document =
            documents.iter().any(|document| document.order_row == known.row && document.role != "proforma");
        let is_due = known.head.status == OrderStatus::Completed;
        if is_due && !has_document {
            verdict.broken.push(format!("order {id} has no document: {} {}", known.decision, known.reason));
        }
        if known.wanted > 0 {
            verdict.broken.push(format!("order {id} was never decided"));
        }
    }
}

/// The ledger and the providers say the same of every document, as far as nobody else had a hand in it.
async fn agree(
    world: &World,
    life: &Life,
    documents: &[Document],
    held: &[Held],
    findings: &Findings,
    verdict: &mut Verdict,
) {
    for document in documents {
        let Some(number) = &document.number else { continue };
        let provider = if document.provider == "oblio" { Provider::Oblio } else { Provider::SmartBill };
        if touched_by_hand(world, provider, &document.series, number) {
            continue;
        }
        let name = format!("{} {number} ({})", document.series, document.state.as_str());
        let is_shown = document.verification == Verification::Mismatched || findings.names_document(document.row);
        // what was done to it in the part of the ledger that is lost is not here, but it must show
        if world.restored && is_shown {
            continue;
        }
        let there = held
            .iter()
            .find(|one| one.provider == provider && one.series == document.series && same_number(&one.number, number));
        let ours =
            |one: &&Held| one.reference.as_ref().is_none_or(|reference| reference.as_str() == document.reference);
        // SmartBill does not tell whether a document is cancelled: what was lost of that cannot be read again
        if world.restored && provider == Provider::SmartBill && there.is_some_and(|one| one.cancelled) {
            continue;
        }
        // a storno of SmartBill's own bears no reference: one may stand under a number that was deleted
        let is_another = there.is_some_and(|one| one.reference.is_none());
        match (document.state, there.filter(ours)) {
            (DocumentState::Deleted, None) => {}
            (DocumentState::Deleted, Some(_)) if is_another => {}
            (DocumentState::Deleted, Some(_)) => verdict.broken.push(format!("{name} still exists")),
            (_, None) => verdict.broken.push(format!("{name} does not exist at the provider")),
            (state, Some(one)) => {
                if one.cancelled != (state == DocumentState::Cancelled) {
                    verdict.broken.push(format!("{name}: cancelled there is {}", one.cancelled));
                }
                let is_original = document.reverses_row.is_none();
                let stranger = [FindingKind::UnknownHere];
                let storno_is_shown =
                    one.reversed_by.as_ref().is_some_and(|storno| findings.names_number(provider, storno, &stranger));
                if world.restored && storno_is_shown {
                    continue;
                }
                if is_original && state == DocumentState::Issued && !one.is_live {
                    verdict.broken.push(format!("{name} is not live there"));
                }
                // nobody tells the total of SmartBill's proformas, nor what was sent in a part of the ledger that is lost
                let is_untold = world.restored && provider == Provider::SmartBill && document.role == "proforma";
                totals(document, one, &name, is_shown || is_untold, verdict);
                payments(world, life, document, one, &name, verdict).await;
            }
        }
    }
}

fn totals(document: &Document, one: &Held, name: &str, is_shown: bool, verdict: &mut Verdict) {
    let Some(draft) = &document.draft else {
        verdict.broken.push(format!("{name} has no draft"));
        return;
    };
    if one.total != draft.total() && !is_shown && !one.is_storno {
        verdict.broken.push(format!("{name}: {} there, {} here, and nobody says so", one.total, draft.total()));
    }
}

/// No payment was recorded twice: never more is paid than the invoice says, nor than was asked for.
async fn payments(world: &World, life: &Life, document: &Document, one: &Held, name: &str, verdict: &mut Verdict) {
    let operations = life.workspace().ledger().list_operations(document.row).await.unwrap_or_default();
    let was_deleted = operations.iter().any(|operation| operation.kind.as_str() == "delete_payment");
    let Some(draft) = document.draft.as_ref().filter(|draft| !was_deleted && !draft.total().is_sign_negative()) else {
        return;
    };
    let of = |params: &str| match serde_json::from_str(params) {
        Ok(OperationParams::Payment(payment)) => payment.value,
        _ => Decimal::ZERO,
    };
    let with_it = draft.payment.as_ref().map_or(Decimal::ZERO, |payment| payment.value);
    let asked: Decimal = with_it + operations.iter().map(|operation| of(&operation.params)).sum::<Decimal>();
    // what was asked for in a part of the ledger that is lost is not known here
    let most = if world.restored { draft.total() } else { draft.total().min(asked) };
    if one.paid > most + Decimal::ONE {
        verdict.broken.push(format!("{name}: {} paid of {}, {asked} asked for", one.paid, draft.total()));
    }
}

/// Nothing is under way or forgotten, and what is left to a person is counted.
async fn at_rest(world: &World, life: &Life, documents: &[Document], verdict: &mut Verdict) {
    let others = !lock(&world.hands.made).is_empty() || !lock(&world.hands.deleted).is_empty();
    for document in documents {
        let attempts = life.workspace().ledger().list_attempts(document.row).await.unwrap_or_default();
        let was_doubted = attempts.iter().any(|attempt| attempt.outcome == "unknown");
        verdict.doubted += u32::from(was_doubted);
        let name = format!("document {} of order {}", document.id, document.order_number);
        match document.state {
            DocumentState::Sending => verdict.broken.push(format!("{name} is still being sent")),
            DocumentState::Ready if waits_for_person(life, document).await => {}
            DocumentState::Ready => verdict.broken.push(format!("{name} was never sent")),
            DocumentState::InDoubt if document.parked_reason.is_none() => {
                verdict.broken.push(format!("{name} is in doubt, and nobody looks"));
            }
            DocumentState::InDoubt => {
                let reason = document.parked_reason.clone().unwrap_or_default();
                *verdict.left_reasons.entry(reason).or_default() += 1;
                if !others && world.settings.ours {
                    verdict.left += 1;
                }
            }
            _ => {}
        }
        for operation in life.workspace().ledger().list_operations(document.row).await.unwrap_or_default() {
            if matches!(operation.state.as_str(), "sending" | "waiting") {
                verdict.broken.push(format!("{name}: {} is {}", operation.kind.as_str(), operation.state.as_str()));
            }
        }
    }
}

/// No secret stands in any file of the workspace.
fn no_secret(world: &World, verdict: &mut Verdict) {
    let basic = |name: &str, secret: &str| BASE64_STANDARD.encode(format!("{name}:{secret}"));
    let secrets = [
        account::SMARTBILL_TOKEN.to_owned(),
        account::OBLIO_SECRET.to_owned(),
        account::WOOCOMMERCE_SECRET.to_owned(),
        basic(account::SMARTBILL_USERNAME, account::SMARTBILL_TOKEN),
        basic(account::WOOCOMMERCE_KEY, account::WOOCOMMERCE_SECRET),
    ];
    let Ok(entries) = std::fs::read_dir(world.ledger_folder()) else { return };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let bytes = std::fs::read(&path).unwrap_or_default();
        for secret in &secrets {
            if memchr::memmem::find(&bytes, secret.as_bytes()).is_some() {
                let file = path.file_name().map(Path::new).map(|name| name.display().to_string());
                verdict.broken.push(format!("a secret stands in {}", file.unwrap_or_default()));
            }
        }
    }
}
