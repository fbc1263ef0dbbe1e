use super::*;
use crate::scripted::{json_answer, page_answer};
use serde_json::json;

fn operation() -> Operation {
    Operation::new("create invoice", "order 1001")
}

fn decide(status: u16, words: &str) -> (FailureKind, Phase) {
    let body = json!({"errorText": words, "message": "", "number": "", "series": "", "url": "", "documentId": -1});
    let failure = read_answer(&operation(), &json_answer(status, &body, &[])).unwrap_err();
    (failure.kind, failure.phase)
}

/// Every literal of the protocol note that a create, a list, a status or a PDF can bring.
const KNOWN: &[(&str, FailureKind)] = &[
    ("Autentificare esuata. Va rugam verificati datele si incercati din nou.", K::CredentialRefused),
    ("Firma la care incercati sa va conectati nu mai este disponibila in Cloud.", K::CompanyUnavailable),
    (
        "Firma la care incercati sa va conectati nu mai este disponibila in Cloud. Verificati ciful companiei.",
        K::CompanyUnavailable,
    ),
    ("Firma la care incercati sa va conectati nu este disponibila pentru acest utilizator.", K::RightMissing),
    ("Ciful firmei trebuie specificat!", K::FlowIncomplete),
    ("Nu aveti dreptul de a adauga facturi", K::RightMissing),
    ("Nu aveti dreptul de a adauga facturi pe seria selectata", K::RightMissing),
    ("Nu aveti dreptul de a modifica factura", K::RightMissing),
    ("Pentru acest pachet s-a emis numarul maxim de documente permis", K::PlanQuota),
    ("Firma este neplatitoare de tva.", K::VatRateUnknown),
    ("Seria nu a fost gasita! Folositi o serie creata in contul de cloud.", K::SeriesUnknown),
    ("Tipul documentului nu poate fi x! Parametrul type poate lua valorile: 'f' pentru factura.", K::RequestInvalid),
    ("Data documentului trebuie sa fie de forma yyyy-MM-dd.", K::RequestInvalid),
    ("Moneda nu a fost gasita pe server!", K::CurrencyUnknown),
    ("Nu puteti adauga documentul intr-o perioada inchisa", K::PeriodClosed),
    ("Limba nu a fost gasita pe server!", K::FieldInvalid),
    ("Numarul maxim acceptat de 400 intrari pe document a fost depasit.", K::TooManyLines),
    ("tara trebuie specificata", K::ClientInvalid),
    ("Client invalid!", K::ClientInvalid),
    ("Clientul exista deja pe server", K::ClientInvalid),
    ("invoiceProducts trebuie specificat si trebuie sa contina cel putin un element", K::ProductInvalid),
    ("estimateProducts trebuie specificat si trebuie sa contina cel putin un element", K::ProductInvalid),
    ("name trebuie specificat pentru fiecare produs", K::ProductInvalid),
    ("measuringUnitName trebuie specificat pentru fiecare produs", K::ProductInvalid),
    ("price trebuie specificat pentru fiecare produs", K::ProductInvalid),
    ("discountValue trebuie specificat pentru fiecare produs de tip discount", K::ProductInvalid),
    ("Cota tva a produsului Cana nu a fost gasita pe server!", K::VatRateUnknown),
    ("Cota 19 nu a fost gasita pe server!", K::VatRateUnknown),
    ("Cota default nu a fost gasita pe server!", K::VatRateUnknown),
    ("Trebuie sa setezi o cota tva pentru produsul Cana", K::VatRateUnknown),
    ("Produsul Cana nu are cota tva setata in cloud. Setati o cota din nomenclatorul de produse.", K::VatRateUnknown),
    (
        "La aplicarea unui discount pentru produse cu cote tva diferite, trebuie sa specifici si cota tva a discountului.",
        K::VatRateUnknown,
    ),
    ("Produsul Cana nu are codul specificat.", K::ProductInvalid),
    (
        "Nu poti sa emiti un document care contine doar un discount. Trebuie sa ai si produse / servicii adaugate.",
        K::ProductInvalid,
    ),
    ("Trebuie sa introduceti valoarea procentului!", K::ProductInvalid),
    ("Aveti produse care au pretul in alta moneda decat cea a facturii.", K::CurrencyUnknown),
    ("Nu puteti emite documente in EUR cu moneda de referinta a produselor in USD !", K::CurrencyUnknown),
    ("isCash trebuie specificat pentru incasare", K::PaymentInvalid),
    ("Tipul documentului nu a fost gasit pe server!", K::PaymentInvalid),
    ("O firma neplatitoare de tva nu poate folosi tva la incasare!", K::PaymentInvalid),
    ("Factura proforma PRO0001 nu a fost gasita!", K::DocumentNotFound),
    ("Proforma nu contine produse!", K::RequestInvalid),
    ("Gestiunea predatoare nu este setata pentru produsul Cana.", K::ProductInvalid),
    ("Gestiunea predatoare Sediu a produsului Cana nu a fost gasita.", K::ProductInvalid),
    ("Gestiunea predatoare este invalida!", K::ProductInvalid),
    ("Modulul stoc nu este activ!", K::ProductInvalid),
    ("Nu ai facut nicio achizitie pentru produsul Cana", K::ProductInvalid),
    ("Exista deja pe stoc un produs cu numele Cana si codul C1", K::ProductInvalid),
    ("Unitatea de masura buc a produsului Cana nu are factor de conversie setat.", K::ProductInvalid),
    (
        "Nu poti adauga documente cu tranzactii pe stoc la data anterioara datei importului de stoc initial",
        K::PeriodClosed,
    ),
    ("Factura nu a fost gasita", K::DocumentNotFound),
    ("Factura cu seria si numarul FCT0099 nu a fost gasita!", K::DocumentNotFound),
    ("Numarul facturii trebuie specificat", K::RequestInvalid),
    ("Seria facturii trebuie specificata in url in parametrul 'seriesname'!", K::RequestInvalid),
    ("Numarul facturii trebuie specificat in parametrul 'number'!", K::RequestInvalid),
    ("Proforma cu seria si numarul PRO0099 nu a fost gasita!", K::DocumentNotFound),
    // storno, cancel, restore, delete
    ("Factura este deja stornata.", K::AlreadyReversed),
    ("Factura FCT0007 este anulata.", K::DocumentCancelled),
    ("Factura FCT0007 este de tip storno. Nu se poate storna.", K::RefusedOther),
    ("Data emiterii facturii storno nu poate fi anterioara datei emiterii facturii stornate.", K::RequestInvalid),
    (NOT_LAST, K::NotLastInSeries),
    ("Documentul a fost emis ca platitor tva. Nu se poate anula.", K::RefusedOther),
    ("Documentul a fost emis ca neplatitor tva. Nu se poate sterge.", K::RefusedOther),
    ("Pentru factura FCT0007 exista deja stornari care incarca stocul.", K::AlreadyReversed),
    // payments
    (
        "Datele clientului trebuie specificate. Ele se preiau din factura doar in cazul in care usePaymentDetails = true.",
        K::PaymentInvalid,
    ),
    ("Valoarea incasarii trebuie specificata.", K::PaymentInvalid),
    ("Tipul incasarii trebuie specificat.", K::PaymentInvalid),
    ("Ciful clientului de pe factura FCT0007 difera de ciful clientului incasarii!", K::PaymentInvalid),
    ("Factura nu a fost gasita!", K::DocumentNotFound),
    (
        "Factura FCT0007 este anulata, nu o puteti incasa. Restaurati intai factura sau emiteti incasarea independent de \
         factura.",
        K::DocumentCancelled,
    ),
    ("Factura este incasata sau stornata in totalitate.", K::AlreadyPaid),
    ("Bonurile fiscale pot fi emise doar in Lei!", K::PaymentInvalid),
    ("Nu s-a gasit casa de marcat pentru userul ana.", K::PaymentInvalid),
    ("Configurarea casei de marcat pentru firma neplatitoare de TVA nu a fost facuta.", K::PaymentInvalid),
    ("Cota TVA Redusa (11.00%) nu a fost configurata pentru casa de marcat selectata", K::PaymentInvalid),
    (
        "Au fost inregistrate urmatoarele plati partiale cu metode de plata neconfigurate pe casa de marcat: Cec: 5",
        K::PaymentInvalid,
    ),
    ("Moneda facturii FCT0007 nu corespunde cu moneda incasarii!", K::PaymentInvalid),
    ("Limba facturii FCT0007 nu corespunde cu limba incasarii!", K::PaymentInvalid),
    ("Seria nu poate fi folosita la chitante.", K::PaymentInvalid),
    ("Nu au fost gasite incasari conform datelor specificate.", K::DocumentNotFound),
    ("Tipul incasarii (paymentType) poate fi 'Card', 'CEC', 'Bilet ordin', 'Ordin plata'.", K::PaymentInvalid),
    ("Chitanta nu a fost gasita.", K::DocumentNotFound),
    // mail
    ("Documentul nu a fost gasit", K::DocumentNotFound),
    ("Subiectul emailului trebuie sa fie codat folosind Base64.", K::EmailRefused),
    ("Continutul emailului trebuie sa fie codat folosind Base64.", K::EmailRefused),
    ("Invalid Addresses", K::EmailRefused),
    ("Missing local name", K::EmailRefused),
    ("Missing domain", K::EmailRefused),
    ("Domain contains illegal character", K::EmailRefused),
    ("Valoarea campului 'type' nu este suportata (aviz). Valorile acceptate sunt: factura.", K::RequestInvalid),
    ("type  trebuie specificat. Valorile acceptate sunt: factura, proforma.", K::RequestInvalid),
    ("Numarul documentului  trebuie specificat", K::RequestInvalid),
    // stocks
    ("Data la care vreti sa aflati valoarea stocului trebuie specificata!", K::RequestInvalid),
    ("Data trebuie sa fie de forma yyyy-MM-dd.", K::RequestInvalid),
    ("Gestiunea Sediu nu a fost gasita pe server.", K::ProductInvalid),
];

const NOT_LAST: &str = "Nu poti sterge documentul cu seria si numarul FCT 0007, deoarece nu este ultimul din serie!";

#[test]
fn every_literal_has_its_meaning_whatever_the_status() {
    for (words, kind) in KNOWN {
        for status in [200, 400, 401, 403, 410, 422, 500] {
            assert_eq!(decide(status, words), (*kind, Phase::Refused), "{status} {words}");
        }
    }
}

#[test]
fn no_entry_of_the_table_is_shadowed() {
    for (at, (_, parts, _)) in LITERALS.iter().enumerate() {
        let fits = |words: &&(&str, FailureKind)| {
            let folded = fold(words.0);
            LITERALS.iter().position(|(_, candidate, _)| candidate.iter().all(|part| folded.contains(part))) == Some(at)
        };
        let by_mail = parts.iter().any(|part| part.contains("email"));
        let by_stock = parts.iter().any(|part| part.contains("insuficienta"));
        assert!(by_mail || by_stock || KNOWN.iter().any(|words| fits(&words)), "{parts:?} is reached by no known text");
    }
}

#[test]
fn a_refused_mail_leaves_the_invoice_in_doubt() {
    for words in ["Trebuie specificata adresa de email a clientului.", "Server-ul de email nu a fost configurat."] {
        assert_eq!(decide(400, words).1, Phase::Unknown, "{words}");
    }
}

#[test]
fn the_cause_stands_before_the_first_tag() {
    let body = json!({"errorText": "Cantitate stoc insuficienta la <b>Factura x</b><br/><div id=\"moreErrorDetails\">y</div>"});
    let failure = read_answer(&operation(), &json_answer(400, &body, &[])).unwrap_err();
    assert_eq!(failure.kind, K::ProductInvalid);
    assert_eq!(failure.provider_words.as_deref(), Some("Cantitate stoc insuficienta la"));
}

#[test]
fn unknown_words_go_by_their_status_and_a_200_is_no_yes() {
    assert_eq!(decide(200, "Ceva nou"), (K::RefusedOther, Phase::Refused));
    assert_eq!(decide(400, "Ceva nou"), (K::RefusedOther, Phase::Refused));
    assert_eq!(decide(401, "Ceva nou"), (K::CredentialRefused, Phase::Refused));
    assert_eq!(decide(403, "Ceva nou"), (K::RightMissing, Phase::Refused));
    assert_eq!(decide(500, "Internal Server Error!"), (K::ServerError, Phase::Unknown));
    assert_eq!(decide(429, "Prea multe"), (K::RateLimited, Phase::Refused));
}

#[test]
fn a_ban_is_told_from_a_business_403() {
    for status in [403, 429] {
        for answer in [page_answer(status, "<html>Forbidden</html>"), page_answer(status, "")] {
            let failure = read_answer(&operation(), &answer).unwrap_err();
            assert_eq!((failure.kind, failure.retry_after_ms), (K::RateLimited, Some(600_000)), "{status}");
        }
    }
    let named = json_answer(429, &json!({"errorText": ""}), &[("retry-after", "30")]);
    assert_eq!(read_answer(&operation(), &named).unwrap_err().retry_after_ms, Some(30_000));
    // the specification of 2021 bans by 403, the one of 2026 writes errors as a list: both without an errorText
    let listed = json!({"status": 403, "errors": [{"code": "rate_limit_exceeded", "message": "Too many requests."}]});
    assert_eq!(read_answer(&operation(), &json_answer(403, &listed, &[])).unwrap_err().kind, K::RateLimited);
    assert_eq!(decide(403, NOT_LAST).0, K::NotLastInSeries);
}

#[test]
fn a_request_that_was_not_understood_names_its_field() {
    let body = json!({"status": 400, "type": "invalid_request_error", "errors": [
        {"code": "json_mapping_error", "message": "Unrecognized property: zzz.", "param": "zzz"}]});
    for status in [400, 404, 405, 406, 415] {
        let failure = read_answer(&operation(), &json_answer(status, &body, &[])).unwrap_err();
        assert_eq!((failure.kind, failure.phase), (K::RequestInvalid, Phase::Refused));
        assert_eq!(failure.detail, Some(format!("HTTP {status} json_mapping_error zzz")));
    }
}

#[test]
fn pages_and_cut_bodies_are_no_answers() {
    for (answer, kind) in [
        (page_answer(500, "<html>Apache Tomcat</html>"), K::ServerError),
        (page_answer(502, "<html>nginx</html>"), K::ServerError),
        (page_answer(200, "<html>Login</html>"), K::UnreadableAnswer),
        (page_answer(200, r#"{"errorText":"","num"#), K::UnreadableAnswer),
        (page_answer(401, "<html>who are you</html>"), K::UnreadableAnswer),
        (page_answer(302, ""), K::UnreadableAnswer),
        (json_answer(503, &json!({"errors": [{"code": "maintenance_in_progress"}]}), &[]), K::ServerError),
        (json_answer(400, &json!({"message": "?"}), &[]), K::UnreadableAnswer),
    ] {
        let failure = read_answer(&operation(), &answer).unwrap_err();
        assert_eq!((failure.kind, failure.phase), (kind, Phase::Unknown), "{}", answer.status);
    }
}

#[test]
fn a_company_without_vat_is_recognised() {
    let body = json!({"errorText": "Firma este neplatitoare de tva.", "message": ""});
    let failure = read_answer(&operation(), &json_answer(400, &body, &[])).unwrap_err();
    assert!(says_no_vat_payer(&failure));
}

fn sent(status: u16, body: &serde_json::Value) -> Result<(), (FailureKind, Phase)> {
    read_sent(&operation(), &json_answer(status, body, &[])).map_err(|failure| (failure.kind, failure.phase))
}

#[test]
fn a_mail_is_sent_when_its_own_code_says_so() {
    let told = |code: i32, message: &str| json!({"status": {"code": code, "message": message}});
    assert_eq!(sent(200, &told(0, "Documentul a fost trimis cu succes.")), Ok(()));
    for status in [200, 400] {
        let refused = |words: &str| sent(status, &told(1, words)).unwrap_err();
        assert_eq!(refused("Invalid Addresses"), (K::EmailRefused, Phase::Refused));
        assert_eq!(refused("Documentul nu a fost gasit"), (K::DocumentNotFound, Phase::Refused));
        assert_eq!(refused("Server-ul de email nu a fost configurat."), (K::EmailRefused, Phase::Refused));
        assert_eq!(refused("Ceva nou"), (K::EmailRefused, Phase::Refused));
        assert_eq!(sent(status, &told(2, "Eroare")).unwrap_err().1, Phase::Unknown, "nobody knows");
    }
    let denied = json!({"errorText": "Autentificare esuata. Va rugam verificati datele si incercati din nou."});
    assert_eq!(sent(401, &denied), Err((K::CredentialRefused, Phase::Refused)));
    assert_eq!(sent(200, &json!({"errorText": ""})).unwrap_err().1, Phase::Unknown);
    let page = read_sent(&operation(), &page_answer(200, "<html></html>")).unwrap_err();
    assert_eq!(page.phase, Phase::Unknown);
}

#[test]
fn a_proforma_without_invoices_is_the_one_error_text_that_is_no_refusal() {
    let none = json!({"errorText": "Proforma nu a fost facturata.", "areInvoicesCreated": false});
    assert!(says_not_invoiced(&json_answer(200, &none, &[])));
    assert!(!says_not_invoiced(&json_answer(410, &none, &[])), "not found");
    assert!(!says_not_invoiced(&json_answer(200, &json!({"areInvoicesCreated": true}), &[])));
}
