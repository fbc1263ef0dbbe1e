//! SmartBill's own words over real HTTP: each refusal that the simulator gives for an input, and the kind of failure that
//! it becomes. The inputs that no connector would send are written into its requests on their way.

use crate::World;
use crate::account::{
    Account, account, client_of, client_over, email, from_proforma, payment, proforma_request, request, storno, target,
    unpaid_request,
};
use crate::patched::Patched;
use punte_connectors::billing::{BillingProvider, DocumentKind, Target};
use punte_domain::{CollectKind, Failure, FailureKind as K, Phase};
use punte_sandbox::Provider;
use rust_decimal::dec;
use serde_json::{Value, json};
use std::sync::Arc;

const SMARTBILL: Provider = Provider::SmartBill;

/// A change to a body, by JSON pointer; null takes the field away.
type Edit = (&'static str, Value);

fn edited(body: &mut Value, edits: &[Edit]) {
    for (pointer, value) in edits {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = if parent.is_empty() { Some(&mut *body) } else { body.pointer_mut(parent) };
        match parent {
            Some(Value::Object(fields)) if value.is_null() => {
                fields.remove(key);
            }
            Some(Value::Object(fields)) => {
                fields.insert(key.to_owned(), value.clone());
            }
            other => panic!("{pointer} leads to {other:?}"),
        }
    }
}

fn editing(account: &Account, edits: Vec<Edit>) -> Arc<dyn BillingProvider> {
    client_over(SMARTBILL, account.config.clone(), Patched::body(move |body| edited(body, &edits)))
}

fn expect(failure: &Failure, kind: K, words: &str) {
    assert_eq!((failure.kind, failure.phase), (kind, Phase::Refused), "{words}: {failure:?}");
    let told = failure.provider_words.as_deref().unwrap_or_default();
    assert!(told.contains(words), "{words} was told as {told}");
}

fn line(change: &[(&str, Value)]) -> Value {
    let mut line = json!({"name": "Cană", "measuringUnitName": "buc", "currency": "RON", "quantity": 1, "price": 10,
        "isTaxIncluded": true, "taxName": "Normala", "taxPercentage": 21, "isDiscount": false});
    edited_line(&mut line, change);
    line
}

fn edited_line(line: &mut Value, change: &[(&str, Value)]) {
    for (key, value) in change {
        match value {
            Value::Null => line.as_object_mut().unwrap().remove(*key),
            value => line.as_object_mut().unwrap().insert((*key).to_owned(), value.clone()),
        };
    }
}

fn discount(change: &[(&str, Value)]) -> Value {
    let mut line = json!({"name": "Reducere", "measuringUnitName": "buc", "currency": "RON", "isDiscount": true,
        "numberOfItems": 2, "discountType": 1, "discountValue": -1, "taxName": "Normala", "taxPercentage": 21});
    edited_line(&mut line, change);
    line
}

fn only(line: Value) -> Vec<Edit> {
    vec![("/products", json!([line]))]
}

/// Goods out of a warehouse.
fn stock(warehouse: Option<&str>, code: &str, quantity: u32) -> Vec<Edit> {
    let warehouse = warehouse.map_or(Value::Null, Value::from);
    let goods = line(&[("warehouseName", warehouse), ("code", code.into()), ("quantity", quantity.into())]);
    vec![("/useStock", json!(true)), ("/products", json!([goods]))]
}

/// Edits of a create, the kind that follows, and words that must be told.
fn creates() -> Vec<(Vec<Edit>, K, &'static str)> {
    let mut cases = vec![
        (vec![("/companyVatCode", json!("RO99"))], K::CompanyUnavailable, "nu mai este disponibila in Cloud"),
        (
            vec![("/companyVatCode", json!("RO14399840"))],
            K::RightMissing,
            "nu este disponibila pentru acest utilizator",
        ),
        (vec![("/seriesName", json!("FARA-DREPT"))], K::RightMissing, "pe seria selectata"),
        (vec![("/seriesName", json!("FARA-DREPTURI"))], K::RightMissing, "Nu aveti dreptul de a adauga facturi"),
        (vec![("/seriesName", json!("NIMIC"))], K::SeriesUnknown, "Seria nu a fost gasita"),
        (vec![("/issueDate", json!("23.11.2026"))], K::RequestInvalid, "de forma yyyy-MM-dd"),
        (vec![("/issueDate", json!("2020-01-01"))], K::PeriodClosed, "perioada inchisa"),
        (vec![("/language", json!("ZZ"))], K::FieldInvalid, "Limba nu a fost gasita"),
        (vec![("/currency", json!("XDR"))], K::CurrencyUnknown, "Moneda nu a fost gasita"),
        (vec![("/client/country", Value::Null)], K::ClientInvalid, "tara trebuie specificata"),
        (vec![("/client/name", json!(""))], K::ClientInvalid, "Client invalid"),
        (vec![("/products", json!([]))], K::ProductInvalid, "invoiceProducts trebuie specificat"),
        (vec![("/products", json!(vec![line(&[]); 401]))], K::TooManyLines, "400 intrari"),
        (vec![("/payment/type", Value::Null)], K::PaymentInvalid, "type trebuie specificat pentru incasare"),
        (vec![("/payment/isCash", Value::Null)], K::PaymentInvalid, "isCash trebuie specificat pentru incasare"),
        (vec![("/payment/value", Value::Null)], K::PaymentInvalid, "value trebuie specificat pentru incasare"),
        (vec![("/payment/type", json!("Aur"))], K::PaymentInvalid, "Tipul documentului nu a fost gasit"),
        (
            vec![("/companyVatCode", json!("18547290")), ("/usePaymentTax", json!(true))],
            K::PaymentInvalid,
            "nu poate folosi tva la incasare",
        ),
        (
            vec![("/useEstimateDetails", json!(true)), ("/estimate", json!({"seriesName": "ATP", "number": "9999"}))],
            K::DocumentNotFound,
            "Factura proforma ATP9999 nu a fost gasita",
        ),
        (vec![("/zzz", json!(1))], K::RequestInvalid, "Unrecognized property: zzz."),
        (
            vec![("/currency", json!("EUR")), ("/products", json!([line(&[("exchangeRate", json!(5))])]))],
            K::CurrencyUnknown,
            "cu moneda de referinta a produselor",
        ),
    ];
    cases.extend(lines());
    cases
}

fn lines() -> Vec<(Vec<Edit>, K, &'static str)> {
    let mut cases = vec![
        (only(line(&[("name", Value::Null)])), K::ProductInvalid, "name trebuie specificat"),
        (only(line(&[("measuringUnitName", Value::Null)])), K::ProductInvalid, "measuringUnitName trebuie specificat"),
        (only(line(&[("quantity", Value::Null)])), K::ProductInvalid, "quantity trebuie specificat"),
        (only(line(&[("price", Value::Null)])), K::ProductInvalid, "price trebuie specificat"),
        (only(line(&[("taxName", json!("21%"))])), K::VatRateUnknown, "Cota tva a produsului"),
        (
            only(line(&[("taxPercentage", Value::Null), ("taxName", Value::Null)])),
            K::VatRateUnknown,
            "Trebuie sa setezi o cota tva",
        ),
        (only(line(&[("name", json!("Produs fara cota default"))])), K::VatRateUnknown, "Cota default"),
        (
            only(line(&[("name", json!("Produs fara cota in cloud"))])),
            K::VatRateUnknown,
            "nu are cota tva setata in cloud",
        ),
        (only(line(&[("name", json!("Produs cu cod obligatoriu"))])), K::ProductInvalid, "nu are codul specificat"),
        (only(line(&[("currency", json!("EUR"))])), K::CurrencyUnknown, "pretul in alta moneda"),
        (only(discount(&[])), K::ProductInvalid, "contine doar un discount"),
    ];
    for (change, kind, words) in [
        (
            vec![("discountType", json!(2)), ("discountValue", Value::Null)],
            K::ProductInvalid,
            "Trebuie sa introduceti valoarea procentului",
        ),
        (vec![("discountValue", Value::Null)], K::ProductInvalid, "discountValue trebuie specificat"),
        (vec![("taxPercentage", json!(19))], K::VatRateUnknown, "Cota 19 nu a fost gasita"),
        (
            vec![("taxPercentage", Value::Null), ("taxName", Value::Null)],
            K::VatRateUnknown,
            "discount pentru produse cu cote tva diferite",
        ),
    ] {
        let reduced = line(&[("taxName", json!("Redusa")), ("taxPercentage", json!(11))]);
        cases.push((vec![("/products", json!([line(&[]), reduced, discount(&change)]))], kind, words));
    }
    for (edits, kind, words) in [
        (stock(None, "STOC-01", 1), K::ProductInvalid, "Gestiunea predatoare nu este setata"),
        (stock(Some("Pod"), "STOC-01", 1), K::ProductInvalid, "Gestiunea predatoare Pod"),
        (stock(Some("Depozit"), "X", 1), K::ProductInvalid, "Nu ai facut nicio achizitie"),
        (stock(Some("Depozit"), "STOC-02", 4), K::ProductInvalid, "Cantitate stoc insuficienta la"),
        (stock(Some("Gestiune invalida"), "X", 1), K::ProductInvalid, "Gestiunea predatoare este invalida"),
        (stock(Some("Gestiune fara modul"), "X", 1), K::ProductInvalid, "Modulul stoc nu este activ"),
        (stock(Some("Gestiune cu cod dublu"), "X", 1), K::ProductInvalid, "Exista deja pe stoc"),
        (stock(Some("Gestiune fara conversie"), "X", 1), K::ProductInvalid, "factor de conversie"),
        (stock(Some("Gestiune importata"), "X", 1), K::PeriodClosed, "importului de stoc initial"),
    ] {
        cases.push((edits, kind, words));
    }
    cases
}

#[tokio::test]
async fn every_refusal_of_a_create_has_its_kind_and_issues_nothing() {
    let world = World::new().await;
    let account = account(&world, SMARTBILL);
    for (edits, kind, words) in creates() {
        let client = editing(&account, edits);
        expect(&client.issue_invoice(&request(&account, "9001")).await.outcome.unwrap_err(), kind, words);
    }
    let estimate = editing(&account, vec![("/products", json!([])), ("/seriesName", json!("ATP"))]);
    let failure = estimate.issue_proforma(&request(&account, "9001")).await.outcome.unwrap_err();
    expect(&failure, K::ProductInvalid, "estimateProducts trebuie specificat");
    assert_eq!(world.documents(SMARTBILL), 0);
}

#[tokio::test]
async fn the_plans_end_and_a_saved_client_are_told() {
    let world = World::with(|config| config.document_quota = Some(1)).await;
    let account = account(&world, SMARTBILL);
    let saving = editing(&account, vec![("/client/saveToDb", json!(true))]);
    saving.issue_invoice(&request(&account, "9002")).await.outcome.unwrap();
    let failure = saving.issue_invoice(&request(&account, "9003")).await.outcome.unwrap_err();
    expect(&failure, K::PlanQuota, "numarul maxim de documente permis");
    let world = World::new().await;
    let account = crate::account::account(&world, SMARTBILL);
    editing(&account, vec![("/client/saveToDb", json!(true))])
        .issue_invoice(&request(&account, "9002"))
        .await
        .outcome
        .unwrap();
    let other = editing(&account, vec![("/client/saveToDb", json!(true)), ("/client/vatCode", json!("RO18547290"))]);
    let failure = other.issue_invoice(&request(&account, "9003")).await.outcome.unwrap_err();
    expect(&failure, K::ClientInvalid, "Clientul exista deja pe server");
}

#[tokio::test]
async fn a_refused_mail_with_an_invoice_leaves_its_issue_in_doubt() {
    let world = World::new().await;
    let account = account(&world, SMARTBILL);
    for (edits, words) in [
        (vec![("/client/email", Value::Null)], "adresa de email a clientului"),
        (vec![("/client/email", json!("fara-server@example.com"))], "Server-ul de email"),
    ] {
        let mut edits: Vec<Edit> = edits;
        edits.push(("/sendEmail", json!(true)));
        let failure = editing(&account, edits).issue_invoice(&request(&account, "9004")).await.outcome.unwrap_err();
        assert_eq!((failure.kind, failure.phase), (K::EmailRefused, Phase::Unknown), "{words}");
        assert!(failure.provider_words.unwrap().contains(words));
    }
}

/// An issued invoice that nothing was paid for.
async fn issued(
    account: &Account,
    order: &str,
    change: impl FnOnce(&mut punte_connectors::billing::IssueRequest),
) -> Target {
    let mut sent = unpaid_request(account, order);
    change(&mut sent);
    let client = client_of(SMARTBILL, account.config.clone());
    let document = client.issue_invoice(&sent).await.outcome.unwrap();
    target(&sent, DocumentKind::Invoice, document)
}

#[tokio::test]
async fn every_refusal_of_a_change_of_state_has_its_kind() {
    let world = World::new().await;
    let account = account(&world, SMARTBILL);
    let plain = issued(&account, "9005", |_| {}).await;
    for (from, to, kind, words) in [
        ("&number=0001", "&number=", K::RequestInvalid, "Numarul facturii trebuie specificat"),
        ("seriesname=ATC", "seriesname=", K::RequestInvalid, "Seria facturii trebuie specificata"),
        ("&number=0001", "&number=1", K::DocumentNotFound, "nu a fost gasita"),
        ("cif=RO41236549", "cif=", K::FlowIncomplete, "Ciful firmei trebuie specificat"),
        ("cif=RO41236549", "cif=18547290", K::RefusedOther, "a fost emis ca platitor tva"),
    ] {
        let client = client_over(SMARTBILL, account.config.clone(), Patched::address(from, to));
        expect(&client.cancel(&plain).await.outcome.unwrap_err(), kind, words);
        expect(&client.restore(&plain).await.outcome.unwrap_err(), kind, words);
        expect(&client.delete(&plain, "k").await.outcome.unwrap_err(), kind, words);
    }
    let fixed = issued(&account, "9006", |sent| sent.draft.client.name = "Client intangibil".into()).await;
    let client = client_of(SMARTBILL, account.config.clone());
    expect(&client.cancel(&fixed).await.outcome.unwrap_err(), K::RightMissing, "dreptul de a modifica factura");
    let failure = client.delete(&plain, "k").await.outcome.unwrap_err();
    expect(&failure, K::NotLastInSeries, "nu este ultimul din serie");
}

#[tokio::test]
async fn every_refusal_of_a_storno_has_its_kind() {
    let world = World::new().await;
    let account = account(&world, SMARTBILL);
    let original = issued(&account, "9007", |_| {}).await;
    let sent = unpaid_request(&account, "9007");
    let asked = storno(&sent, original.document.clone());
    for (edits, kind, words) in [
        (vec![("/number", json!(""))], K::RequestInvalid, "Numarul facturii trebuie specificat"),
        (vec![("/seriesName", json!(""))], K::RequestInvalid, "Seria facturii trebuie specificata"),
        (vec![("/number", json!("9999"))], K::DocumentNotFound, "nu a fost gasita"),
        (vec![("/issueDate", json!("2020-01-01"))], K::RequestInvalid, "nu poate fi anterioara"),
    ] {
        expect(&editing(&account, edits).issue_storno(&asked).await.outcome.unwrap_err(), kind, words);
    }
    let client = client_of(SMARTBILL, account.config.clone());
    client.cancel(&original).await.outcome.unwrap();
    expect(&client.issue_storno(&asked).await.outcome.unwrap_err(), K::DocumentCancelled, "este anulata");
    client.restore(&original).await.outcome.unwrap();
    let reversal = client.issue_storno(&asked).await.outcome.unwrap();
    expect(&client.issue_storno(&asked).await.outcome.unwrap_err(), K::AlreadyReversed, "este deja stornata");
    let of_storno = client.issue_storno(&storno(&sent, reversal)).await.outcome.unwrap_err();
    expect(&of_storno, K::RefusedOther, "este de tip storno");

    let stocked = editing(&account, stock(Some("Depozit"), "STOC-01", 1));
    let document = stocked.issue_invoice(&unpaid_request(&account, "9008")).await.outcome.unwrap();
    client.issue_storno(&storno(&sent, document.clone())).await.outcome.unwrap();
    let failure = client.cancel(&Target { document, ..original }).await.outcome.unwrap_err();
    expect(&failure, K::AlreadyReversed, "exista deja stornari care incarca stocul");
}

#[tokio::test]
async fn every_refusal_of_a_payment_has_its_kind() {
    let world = World::new().await;
    let account = account(&world, SMARTBILL);
    let invoice = issued(&account, "9009", |_| {}).await;
    let other = json!({"name": "Alt client", "vatCode": "RO18547290"});
    let receipt = json!({"name": "Client fara casa de marcat", "vatCode": "RO14399840"});
    for (edits, kind, words) in [
        (vec![("/useInvoiceDetails", json!(false))], K::PaymentInvalid, "Datele clientului trebuie specificate"),
        (
            vec![("/useInvoiceDetails", json!(false)), ("/client", receipt.clone()), ("/value", Value::Null)],
            K::PaymentInvalid,
            "Valoarea incasarii trebuie specificata",
        ),
        (vec![("/type", Value::Null)], K::PaymentInvalid, "Tipul incasarii trebuie specificat"),
        (vec![("/type", json!("Aur"))], K::PaymentInvalid, "Tipul documentului nu a fost gasit"),
        (vec![("/client", other)], K::PaymentInvalid, "difera de ciful clientului incasarii"),
        (
            vec![("/invoicesList", json!([{"seriesName": "ATC", "number": "9999"}]))],
            K::DocumentNotFound,
            "Factura nu a fost gasita!",
        ),
        (vec![("/currency", json!("EUR"))], K::PaymentInvalid, "nu corespunde cu moneda incasarii"),
        (vec![("/language", json!("EN"))], K::PaymentInvalid, "nu corespunde cu limba incasarii"),
        (
            vec![
                ("/type", json!("Bon")),
                ("/currency", json!("EUR")),
                ("/invoicesList", json!([])),
                ("/client", receipt.clone()),
            ],
            K::PaymentInvalid,
            "doar in Lei",
        ),
        (
            vec![("/type", json!("Bon")), ("/invoicesList", json!([])), ("/client", receipt)],
            K::PaymentInvalid,
            "casa de marcat",
        ),
        (
            vec![
                ("/type", json!("Bon")),
                ("/invoicesList", json!([])),
                ("/client", json!({"name": "Ana", "vatCode": "1"})),
                ("/receivedCec", json!(5)),
            ],
            K::PaymentInvalid,
            "neconfigurate pe casa de marcat",
        ),
        (
            vec![
                ("/type", json!("Bon")),
                ("/invoicesList", json!([])),
                ("/client", json!({"name": "Ana", "vatCode": "1"})),
                ("/companyVatCode", json!("18547290")),
            ],
            K::PaymentInvalid,
            "Configurarea casei de marcat",
        ),
        (
            vec![("/type", json!("Chitanta")), ("/seriesName", json!("ATC"))],
            K::PaymentInvalid,
            "nu poate fi folosita la chitante",
        ),
        (
            vec![("/type", json!("Chitanta")), ("/seriesName", json!("NIMIC"))],
            K::SeriesUnknown,
            "Seria nu a fost gasita",
        ),
    ] {
        let failure = editing(&account, edits).record_payment(&invoice, &payment(dec!(1))).await.outcome.unwrap_err();
        expect(&failure, kind, words);
    }
    let client = client_of(SMARTBILL, account.config.clone());
    client.record_payment(&invoice, &payment(dec!(71.97))).await.outcome.unwrap();
    let failure = client.record_payment(&invoice, &payment(dec!(1))).await.outcome.unwrap_err();
    expect(&failure, K::AlreadyPaid, "incasata sau stornata in totalitate");
    let unknown = client_over(
        SMARTBILL,
        account.config.clone(),
        Patched::address("paymentType=Ordin+plata", "paymentType=ordin"),
    );
    let failure = unknown.delete_payment(&invoice, CollectKind::BankTransfer).await.outcome.unwrap_err();
    expect(&failure, K::PaymentInvalid, "Tipul incasarii (paymentType)");
    let failure = client.delete_payment(&invoice, CollectKind::Other).await.outcome.unwrap_err();
    expect(&failure, K::DocumentNotFound, "Nu au fost gasite incasari");
    let of_receipt = |from, to| {
        let patched = Patched::new(move |request| {
            request.url = request.url.replace("/payment/v2", "/payment/chitanta").replace(from, to);
        });
        client_over(SMARTBILL, account.config.clone(), patched)
    };
    let nameless =
        of_receipt("invoiceNumber", "x").delete_payment(&invoice, CollectKind::Other).await.outcome.unwrap_err();
    expect(&nameless, K::RequestInvalid, "Numarul chitantei trebuie specificat");
    let receipt = of_receipt("invoiceSeries=ATC&invoiceNumber=", "seriesname=CHT&number=");
    let failure = receipt.delete_payment(&invoice, CollectKind::Other).await.outcome.unwrap_err();
    expect(&failure, K::DocumentNotFound, "Chitanta nu a fost gasita");
}

#[tokio::test]
async fn every_refusal_of_a_mail_and_of_a_read_has_its_kind() {
    let world = World::new().await;
    let account = account(&world, SMARTBILL);
    let invoice = issued(&account, "9010", |_| {}).await;
    for (edits, kind, words) in [
        (vec![("/number", json!("9999"))], K::DocumentNotFound, "Documentul nu a fost gasit"),
        (vec![("/type", json!("aviz"))], K::RequestInvalid, "nu este suportata (aviz)"),
        (vec![("/type", Value::Null)], K::RequestInvalid, "trebuie specificat. Valorile acceptate"),
        (vec![("/number", Value::Null)], K::RequestInvalid, "Numarul documentului trebuie specificat"),
        (vec![("/seriesName", Value::Null)], K::SeriesUnknown, "Seria nu a fost gasita"),
        (vec![("/subject", json!("nu e cod"))], K::EmailRefused, "Subiectul emailului"),
        (vec![("/bodyText", json!("nu e cod"))], K::EmailRefused, "Continutul emailului"),
        (vec![("/to", json!("ana"))], K::EmailRefused, "Invalid Addresses"),
        (vec![("/to", json!("@example.com"))], K::EmailRefused, "Missing local name"),
        (vec![("/to", json!("ana@"))], K::EmailRefused, "Missing domain"),
        (vec![("/to", json!("ana@exam ple.com"))], K::EmailRefused, "Domain contains illegal character"),
        (vec![("/companyVatCode", json!("RO99"))], K::CompanyUnavailable, "nu mai este disponibila"),
    ] {
        expect(&editing(&account, edits).send_email(&invoice, &email()).await.outcome.unwrap_err(), kind, words);
    }
    for (from, to, kind, words) in [
        ("/tax?cif=RO41236549", "/series?cif=RO41236549&type=x", K::RequestInvalid, "Tipul documentului nu poate fi x"),
        ("/tax?", "/stocks?", K::RequestInvalid, "Data la care vreti sa aflati"),
        ("/tax?", "/stocks?date=azi&", K::RequestInvalid, "Data trebuie sa fie de forma"),
        ("/tax?", "/stocks?date=2026-11-24&warehouseName=Pod&", K::ProductInvalid, "Gestiunea Pod nu a fost gasita"),
        ("/tax?", "/nimic?", K::RequestInvalid, "was not found"),
    ] {
        let client = client_over(SMARTBILL, account.config.clone(), Patched::address(from, to));
        expect(&client.list_vat_rates(&account.company).await.unwrap_err(), kind, words);
    }
    let client = client_of(SMARTBILL, account.config.clone());
    assert_eq!(client.list_vat_rates("18547290").await.unwrap(), [], "no VAT payer is a fact, not a failure");
    let empty = unpaid_request(&account, "9011");
    let mut proforma = proforma_request(client.as_ref(), &account, "9011").await;
    proforma.draft.client.name = "Client cu proforma goala".into();
    let hollow = client.issue_proforma(&proforma).await.outcome.unwrap();
    let failure = client.issue_from_proforma(&from_proforma(&empty, hollow)).await.outcome.unwrap_err();
    expect(&failure, K::RequestInvalid, "Proforma nu contine produse");
}

#[tokio::test]
async fn a_ban_is_a_ban_under_either_status_and_a_business_403_is_none() {
    for status in [403u16, 429] {
        let world = World::with(|config| {
            config.rate_limits = punte_sandbox::Limits::On;
            config.ban_status = status.try_into().unwrap();
        })
        .await;
        let account = account(&world, SMARTBILL);
        let client = client_of(SMARTBILL, account.config.clone());
        let mut banned = None;
        for _ in 0..31 {
            banned = client.list_series(&account.company).await.err();
        }
        let banned = banned.unwrap();
        assert_eq!((banned.kind, banned.phase), (K::RateLimited, Phase::Refused), "{status}");
        assert_eq!(banned.retry_after_ms, Some(600_000));
    }
}
