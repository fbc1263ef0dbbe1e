//! What strangers send: deliveries of shops, orders, files to import. Each entry takes bytes and must neither panic nor believe
//! what nobody signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderName, HeaderValue};
use punte_connectors::shops::file::{Columns, FileTrouble};
use punte_connectors::shops::hook::{self, Verdict};
use punte_connectors::shops::{self, RejectedOrder, ShopKind, ShopOrder, file};
use secrecy::SecretString;
use serde_json::Value;
use sha2::Sha256;
use std::io::{Cursor, Read};

const KINDS: [ShopKind; 5] =
    [ShopKind::WooCommerce, ShopKind::Shopify, ShopKind::Stripe, ShopKind::Webhook, ShopKind::File];
/// A shared secret that every kind can use, and a public key whose private half nobody here has.
const SHARED: &str = "whsec_c2lnbmVkLWJ5LWEtZnV6emVyLXRoYXQta25vd3MtaXQ=";
const PUBLIC: &str = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
/// The instant of every judgement, in milliseconds and in the seconds that senders write.
const NOW_MS: i64 = 1_795_000_000_000;
const NOW_S: &str = "1795000000";

/// One delivery: a byte for kind, secrets and whether it is signed rightly; lines of headers; an empty line; the body.
pub fn signature(data: &[u8]) {
    let Some((choice, rest)) = data.split_first() else { return };
    let kind = KINDS[usize::from(choice & 7) % KINDS.len()];
    let (mut headers, body) = request(rest);
    let secrets = secrets(choice >> 4 & 3);
    if choice & 8 == 0 {
        let checked = hook::check(kind, &secrets, &headers, body, NOW_MS);
        let again = hook::check(kind, &secrets, &headers, body, NOW_MS);
        assert_eq!(checked, again, "a judgement depends on nothing else");
        assert!(!secrets.is_empty() || checked.verdict != Verdict::Accepted, "believed without a secret");
        return;
    }
    if !sign(kind, &mut headers, body) {
        return;
    }
    let secrets = [SecretString::from(SHARED)];
    let verdict = hook::check(kind, &secrets, &headers, body, NOW_MS).verdict;
    assert!(
        !matches!(verdict, Verdict::NoSecret | Verdict::NoSignature | Verdict::BadSignature),
        "{kind:?}: {verdict:?}"
    );
    let altered = [body, b" "].concat();
    let verdict = hook::check(kind, &secrets, &headers, &altered, NOW_MS).verdict;
    assert_ne!(verdict, Verdict::Accepted, "{kind:?}: another body was believed");
    let verdict = hook::check(kind, &[SecretString::from(PUBLIC)], &headers, body, NOW_MS).verdict;
    assert!(kind != ShopKind::Webhook || verdict != Verdict::Accepted, "another key was believed");
}

fn secrets(choice: u8) -> Vec<SecretString> {
    let of = |all: &[&str]| all.iter().map(|one| SecretString::from(*one)).collect();
    match choice {
        0 => of(&[SHARED]),
        1 => of(&[PUBLIC, SHARED]),
        2 => of(&["", " ", "whsec_short", "whpk_=="]),
        _ => Vec::new(),
    }
}

/// Headers, each in a line of its own, up to an empty line; then the body.
fn request(data: &[u8]) -> (HeaderMap, &[u8]) {
    let mut headers = HeaderMap::new();
    let mut rest = data;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        if line.is_empty() {
            break;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = HeaderName::from_bytes(&line[..colon]);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(&line[colon + 1..])) {
            headers.append(name, value);
        }
    }
    (headers, rest)
}

/// Signs a body as its kind would. `false`: nobody signs for it.
fn sign(kind: ShopKind, headers: &mut HeaderMap, body: &[u8]) -> bool {
    let mac = |key: &[u8], parts: &[&[u8]]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().to_vec()
    };
    let mut set = |name: &'static str, value: String| {
        headers.insert(name, HeaderValue::from_str(&value).expect("text in ASCII"));
    };
    let base64 = |bytes: Vec<u8>| STANDARD.encode(bytes);
    match kind {
        ShopKind::WooCommerce => set("x-wc-webhook-signature", base64(mac(SHARED.as_bytes(), &[body]))),
        ShopKind::Shopify => set("x-shopify-hmac-sha256", base64(mac(SHARED.as_bytes(), &[body]))),
        ShopKind::Stripe => {
            let hex: String = mac(SHARED.as_bytes(), &[NOW_S.as_bytes(), b".", body])
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            set("stripe-signature", format!("t={NOW_S},v1={hex}"));
        }
        ShopKind::Webhook => {
            let key = STANDARD.decode(&SHARED["whsec_".len()..]).expect("the secret above");
            let signature = base64(mac(&key, &[b"msg_1.", NOW_S.as_bytes(), b".", body]));
            set("webhook-id", "msg_1".to_owned());
            set("webhook-timestamp", NOW_S.to_owned());
            set("webhook-signature", format!("v1,{signature}"));
        }
        ShopKind::File => return false,
    }
    true
}

/// One order in JSON, read as every kind of shop would write it.
pub fn order(data: &[u8]) {
    let Ok(record) = serde_json::from_slice::<Value>(data) else { return };
    for kind in KINDS {
        if let Ok(order) = shops::read_order(kind, &record) {
            let kept = shops::read_order(kind, &kept(&order.raw)).map(|order| order.head);
            assert_eq!(kept.ok(), Some(bare(&order).head), "what is kept can be read again");
        }
    }
    let head = shops::head_of(&record);
    assert_eq!(head, shops::read_order(ShopKind::File, &record).ok().map(|order| order.head));
    let content = shops::content_of(&record);
    assert_eq!(content, shops::content_of(&content), "nothing more is left out the second time");
}

/// An order without what the message around it said: the order alone is kept, and its head beside it.
fn bare(order: &ShopOrder) -> ShopOrder {
    let mut bare = order.clone();
    bare.head.place.told_ms = None;
    bare
}

/// An order as it comes back from the ledger, which keeps its text.
fn kept(raw: &Value) -> Value {
    let text = serde_json::to_string(raw).expect("a tree of JSON is text");
    serde_json::from_str(&text).expect("its own text")
}

/// A file that somebody imports: a byte says how it is read, and how its columns are understood.
pub fn file(data: &[u8]) {
    let Some((choice, rest)) = data.split_first() else { return };
    if choice & 1 == 1 {
        let _ = all(file::orders_from_json(rest.to_vec()));
        return;
    }
    let columns = columns(*choice);
    let whole = all(file::orders_from_csv(Cursor::new(rest.to_vec()), columns.as_ref()));
    let pieces = all(file::orders_from_csv(Pieces(Cursor::new(rest.to_vec())), columns.as_ref()));
    assert_eq!(whole, pieces, "it matters how a file comes in");
}

type All = Result<Vec<Result<(usize, ShopOrder), RejectedOrder>>, String>;

fn all(orders: Result<file::Orders, FileTrouble>) -> All {
    let mut orders = orders.map_err(|trouble| trouble.to_string())?;
    let mut read = Vec::new();
    for one in orders.by_ref() {
        if let Ok((line, order)) = &one {
            assert!(*line >= 1, "lines are counted from one");
            assert_eq!(shops::head_of(&order.raw), Some(bare(order).head), "what is kept can be read again");
        }
        read.push(one);
    }
    assert_eq!(orders.progress(), 1000);
    Ok(read)
}

/// As the headings suggest, or each field under its own name.
fn columns(choice: u8) -> Option<Columns> {
    let of = |all: [&str; 3], bits: u8| all[usize::from(bits) % all.len()].to_owned();
    (choice & 2 == 2).then(|| Columns {
        columns: file::fields().iter().map(|field| (field.name.to_owned(), field.name.to_owned())).collect(),
        currency: "RON".to_owned(),
        country: "RO".to_owned(),
        prices_include_vat: choice & 4 == 4,
        vat_rate: (choice & 8 == 8).then(|| "21".to_owned()),
        status: "completed".to_owned(),
        dates: of(["auto", "day_first", "month_first"], choice >> 4 & 3),
        numbers: of(["auto", "point", "comma"], choice >> 6),
    })
}

/// Gives at most seven bytes at a time.
struct Pieces(Cursor<Vec<u8>>);

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(7);
        self.0.read(&mut buffer[..most])
    }
}
