//! SmartBill's payments and mails, and what a storno does to what is owed.

use axum::http::Method;
use punte_sandbox::account;
use serde_json::{Value, json};

use crate::support::{Answer, World, smartbill_invoice, world, world_with};

async fn issue(world: &World) {
    world.smartbill(Method::POST, "/invoice/v2", Some(smartbill_invoice("x"))).await;
}

async fn pay(world: &World, more: Value) -> Answer {
    let mut body = json!({"companyVatCode": account::COMPANY, "issueDate": "2026-11-23", "type": "Card", "isCash": false,
        "useInvoiceDetails": true, "invoicesList": [{"seriesName": "ATC", "number": "0001"}]});
    for (key, value) in more.as_object().unwrap() {
        body[key.as_str()] = value.clone();
    }
    world.smartbill(Method::POST, "/payment", Some(body)).await
}

/// Paid, unpaid, whether it is paid.
async fn status(world: &World) -> (Value, Value, Value) {
    let status = world.smartbill_invoice(Method::GET, "/paymentstatus", "0001").await.json();
    (status["paidAmount"].clone(), status["unpaidAmount"].clone(), status["paid"].clone())
}

async fn unpay(world: &World, more: &str) -> Answer {
    world.smartbill(Method::DELETE, &format!("/payment/v2?cif={}{more}", account::COMPANY), None).await
}

#[tokio::test]
async fn parts_are_paid_until_all_is_paid_and_then_no_more() {
    let world = world();
    issue(&world).await;
    assert_eq!(pay(&world, json!({"value": 40})).await.json()["errorText"], "");
    assert_eq!(status(&world).await, (json!(40), json!(59.8), json!(false)));
    let one_object = json!({"type": "ordin PLATA", "invoicesList": {"seriesName": "ATC", "number": "0001"}});
    let rest = pay(&world, one_object).await.json();
    assert_eq!((&rest["errorText"], &rest["number"]), (&json!(""), &json!("")), "only receipts have numbers");
    assert_eq!(status(&world).await, (json!(99.8), json!(0), json!(true)));
    let again = pay(&world, json!({})).await;
    assert_eq!(again.json()["errorText"], "Factura este incasata sau stornata in totalitate.");
    let document = &world.documents("smartbill")[0];
    assert_eq!((&document["paid"], document["payments"].as_array().unwrap().len()), (&json!("99.80"), 2));
    assert_eq!(document["payments"][1]["type"], "Ordin plata", "kept as deleting spells it");
}

#[tokio::test]
async fn every_refusal_of_a_payment_has_its_own_words() {
    let world = world();
    issue(&world).await;
    for (status, words, change) in [
        (400, "Tipul incasarii trebuie specificat.", json!({"type": null})),
        (404, "Tipul documentului nu a fost gasit pe server!", json!({"type": "Card  online"})),
        (400, "Factura nu a fost gasita!", json!({"invoicesList": [{"seriesName": "ATC", "number": "1"}]})),
        (400, "Datele clientului trebuie specificate.", json!({"useInvoiceDetails": false})),
        (400, "Valoarea incasarii trebuie specificata.", json!({"invoicesList": [], "client": {"name": "Ana"}})),
        (
            400,
            "Ciful clientului de pe factura ATC0001 difera de ciful clientului incasarii!",
            json!({"client": {"name": "Ana", "vatCode": "RO1"}}),
        ),
        (400, "Moneda facturii ATC0001 nu corespunde cu moneda incasarii!", json!({"currency": "EUR"})),
        (400, "Limba facturii ATC0001 nu corespunde cu limba incasarii!", json!({"language": "EN"})),
        (
            400,
            "Bonurile fiscale pot fi emise doar in Lei!",
            json!({"type": "Bon", "invoicesList": [], "client": {"name": "Ana"}, "currency": "EUR", "value": 1}),
        ),
        (
            400,
            "Nu s-a gasit casa de marcat pentru userul contabil@",
            json!({"type": "Bon", "invoicesList": [], "client": {"name": "Client fara casa de marcat"}, "value": 1}),
        ),
        (
            400,
            "Configurarea casei de marcat pentru firma neplatitoare de TVA nu a fost facuta.",
            json!({"companyVatCode": account::NON_VAT_COMPANY, "type": "Bon", "invoicesList": [],
                "client": {"name": "Ana"}, "value": 1}),
        ),
        (
            400,
            "Cota TVA Redusa (11.00%) nu a fost configurata pentru casa de marcat selectata",
            json!({"type": "Bon", "invoicesList": [], "client": {"name": "Ana"}, "value": 1,
                "products": [{"name": "x", "taxName": "Redusa", "taxPercentage": 11}]}),
        ),
        (
            400,
            "Au fost inregistrate urmatoarele plati partiale cu metode de plata neconfigurate pe casa de marcat: Cec: 5",
            json!({"type": "Bon", "invoicesList": [], "client": {"name": "Ana"}, "value": 5, "receivedCec": 5}),
        ),
        (
            400,
            "Moneda nu a fost gasita pe server!",
            json!({"invoicesList": [], "client": {"name": "Ana"}, "currency": "BGN", "value": 1}),
        ),
        (400, "Seria nu a fost gasita!", json!({"type": "Chitanta", "seriesName": "ZZ"})),
        (400, "Seria nu poate fi folosita la chitante.", json!({"type": "Chitanta", "seriesName": "ATC"})),
    ] {
        let answer = pay(&world, change).await;
        let said = answer.json()["errorText"].as_str().unwrap().to_owned();
        assert!(said.starts_with(words), "{words:?} expected, {said:?} found");
        assert_eq!(answer.status.as_u16(), status, "{words}");
    }
    let unknown = pay(&world, json!({"observations": "x"})).await.json();
    assert_eq!(unknown["errors"][0]["param"], "observations", "it is called observation here");
    world.smartbill_invoice(Method::PUT, "/cancel", "0001").await;
    let cancelled = pay(&world, json!({})).await.json();
    assert!(cancelled["errorText"].as_str().unwrap().starts_with("Factura ATC0001 este anulata, nu o puteti incasa."));
    assert_eq!(world.sandbox.state()["smartbill"]["payments"], json!([]));
}

#[tokio::test]
async fn a_receipt_has_a_number_and_only_the_last_can_be_taken_back() {
    let world = world();
    issue(&world).await;
    let receipt = json!({"type": "Chitanta", "seriesName": "CHT", "value": 10});
    for number in ["0001", "0002"] {
        let made = pay(&world, receipt.clone()).await.json();
        assert_eq!((&made["series"], &made["number"]), (&json!("CHT"), &json!(number)));
    }
    let series = world.smartbill(Method::GET, &format!("/series?cif={}&type=c", account::COMPANY), None).await.json();
    assert_eq!(series["list"][0], json!({"name": "CHT", "nextNumber": 3, "type": "c"}));
    let delete = async |number: &str| {
        let path = format!("/payment/chitanta?cif={}&seriesname=CHT&number={number}", account::COMPANY);
        world.smartbill(Method::DELETE, &path, None).await
    };
    assert_eq!(delete("0001").await.status.as_u16(), 403);
    assert_eq!(delete("0002").await.json()["errorText"], "");
    assert_eq!(delete("0002").await.json()["errorText"], "Chitanta nu a fost gasita.");
    assert_eq!(
        delete("").await.json()["errorText"],
        "Numarul chitantei trebuie specificat in url in parametrul 'number'!"
    );
    assert_eq!(status(&world).await.0, json!(10));
    let mut with_receipt = smartbill_invoice("y");
    with_receipt["payment"] = json!({"type": "Chitanta", "value": 99.8, "isCash": true, "paymentSeries": "CHT"});
    world.smartbill(Method::POST, "/invoice/v2", Some(with_receipt)).await;
    let paid = &world.documents("smartbill")[1]["payments"][0];
    assert_eq!((&paid["series"], &paid["number"]), (&json!("CHT"), &json!("0003")), "the block takes a number too");
}

#[tokio::test]
async fn a_fiscal_receipt_can_be_read_again_by_its_id() {
    let world = world();
    let bon = json!({"type": "Bon", "invoicesList": [], "client": {"name": "Ana"}, "value": 12.5,
        "returnFiscalPrinterText": true});
    let made = pay(&world, bon).await.json();
    let text = async |id: &str| {
        world.smartbill(Method::GET, &format!("/payment/text?cif={}&id={id}", account::COMPANY), None).await
    };
    assert_eq!(
        (&made["number"], &made["series"]),
        (&json!("0"), &Value::Null),
        "the machine numbers it when it prints"
    );
    let again = text(made["id"].as_str().unwrap()).await.json();
    assert_eq!(again["message"], made["message"]);
    let wrong = text("abc").await;
    assert_eq!((wrong.status.as_u16(), wrong.text().contains("Tomcat")), (500, true));
}

#[tokio::test]
async fn a_payment_is_deleted_by_invoice_or_by_four_facts_to_the_letter() {
    let world = world();
    issue(&world).await;
    pay(&world, json!({"value": 40})).await;
    let by_invoice = "&invoiceSeries=ATC&invoiceNumber=0001";
    let wrong = unpay(&world, &format!("&paymentType=card{by_invoice}")).await.json();
    assert!(wrong["errorText"].as_str().unwrap().starts_with("Tipul incasarii (paymentType) poate fi 'Card', 'CEC'"));
    assert_eq!(
        unpay(&world, &format!("&paymentType=CEC{by_invoice}")).await.json()["errorText"],
        "Nu au fost gasite incasari conform datelor specificate."
    );
    assert_eq!(unpay(&world, &format!("&paymentType=Card{by_invoice}")).await.status.as_u16(), 200);
    assert_eq!(status(&world).await, (json!(0), json!(99.8), json!(false)));
    let alone = json!({"invoicesList": [], "client": {"name": "Ana", "vatCode": "RO77"}, "value": 5});
    pay(&world, alone).await;
    let facts = "&paymentType=Card&paymentDate=2026-11-23&paymentValue=5.00&clientName=Ana&clientCif=";
    assert_eq!(unpay(&world, &format!("{facts}77")).await.status.as_u16(), 400, "RO belongs to the code");
    assert_eq!(
        unpay(&world, &format!("{facts}RO77")).await.json()["message"],
        "Incasarea emisa catre clientul Ana RO77 in data de 23/11/2026 cu valoare de 5 de tip Card a fost stearsa cu succes."
    );
    assert_eq!(world.sandbox.state()["smartbill"]["payments"], json!([]));
}

#[tokio::test]
async fn a_storno_leaves_nothing_to_pay_while_it_stands() {
    let world = world();
    issue(&world).await;
    let back = json!({"companyVatCode": account::COMPANY, "seriesName": "ATC", "number": "0001"});
    world.smartbill(Method::POST, "/invoice/reverse", Some(back.clone())).await;
    assert_eq!(status(&world).await, (json!(0), json!(0), json!(true)));
    assert_eq!(pay(&world, json!({})).await.json()["errorText"], "Factura este incasata sau stornata in totalitate.");
    assert_eq!(world.documents("smartbill")[0]["reversed_by"], "0002");
    assert_eq!(world.documents("smartbill")[1]["kind"], "storno");
    world.smartbill_invoice(Method::DELETE, "", "0002").await;
    assert_eq!(status(&world).await.1, json!(99.8));
    assert_eq!(world.documents("smartbill")[0]["reversed_by"], Value::Null);
    world.smartbill(Method::POST, "/invoice/reverse", Some(back.clone())).await;
    world.smartbill_invoice(Method::PUT, "/cancel", "0003").await;
    assert_eq!(status(&world).await.1, json!(99.8), "a cancelled storno takes nothing back");
}

#[tokio::test]
async fn a_mail_is_kept_so_that_it_can_be_counted() {
    let world = world();
    issue(&world).await;
    let send = async |more: Value| {
        let mut body = json!({"companyVatCode": account::COMPANY, "seriesName": "ATC", "number": "0001",
            "type": "Factura", "to": "ana@example.com"});
        for (key, value) in more.as_object().unwrap() {
            body[key.as_str()] = value.clone();
        }
        let answer = world.smartbill(Method::POST, "/document/send", Some(body)).await;
        (answer.status.as_u16(), answer.json())
    };
    let (code, sent) = send(json!({"subject": "RmFjdHVyYSDIm2E=", "bodyText": "QnVuxIMh"})).await;
    assert_eq!((code, sent), (200, json!({"status": {"code": 0, "message": "Documentul a fost trimis cu succes."}})));
    for (words, change) in [
        (
            "Valoarea campului 'type' nu este suportata (invoice). Valorile acceptate sunt: factura, proforma.",
            json!({"type": "invoice"}),
        ),
        ("type  trebuie specificat. Valorile acceptate sunt: factura, proforma.", json!({"type": ""})),
        ("Documentul nu a fost gasit", json!({"type": "proforma"})),
        ("Seria nu a fost gasita! Folositi o serie creata in contul de cloud.", json!({"seriesName": ""})),
        ("Numarul documentului  trebuie specificat", json!({"number": ""})),
        ("Missing local name", json!({"to": "@example.com"})),
        ("Missing domain", json!({"bcc": "ana@"})),
        ("Domain contains illegal character", json!({"to": "ana@exa mple.com"})),
        ("Documentul nu a fost gasit", json!({"number": "1"})),
        ("Subiectul emailului trebuie sa fie codat folosind Base64.", json!({"subject": "Factura ta"})),
        ("Continutul emailului trebuie sa fie codat folosind Base64.", json!({"bodyText": "ă"})),
        ("Invalid Addresses", json!({"cc": "ana@example.com, nimeni"})),
        ("Server-ul de email nu a fost configurat.", json!({"to": "fara-server@example.com"})),
        ("Trebuie specificata adresa de email a clientului.", json!({"to": ""})),
    ] {
        assert_eq!(send(change).await, (400, json!({"status": {"code": 1, "message": words}})));
    }
    assert_eq!(send(json!({"companyVatCode": "RO1"})).await.1["key"], "!.oresp@&", "401 keeps its shape");
    let mut mailed = smartbill_invoice("y");
    mailed["sendEmail"] = json!(true);
    mailed["email"] = json!({"to": "ion@example.com"});
    world.smartbill(Method::POST, "/invoice/v2", Some(mailed)).await;
    let emails = world.sandbox.state()["smartbill"]["emails"].clone();
    assert_eq!(emails.as_array().unwrap().len(), 2);
    assert_eq!((&emails[0]["subject"], &emails[0]["body"]), (&json!("Factura ța"), &json!("Bună!")));
    assert_eq!((&emails[1]["to"], &emails[1]["number"]), (&json!("ion@example.com"), &json!("0002")));
}

#[tokio::test]
async fn a_payment_block_without_is_cash_is_forgiven_in_tolerant_mode() {
    let tolerant = world_with(|config| config.tolerant = true);
    let mut body = smartbill_invoice("x");
    body["payment"] = json!({"type": "Card", "value": 99.8});
    tolerant.smartbill(Method::POST, "/invoice", Some(body)).await;
    assert_eq!(status(&tolerant).await.0, json!(99.8));
}

#[tokio::test]
async fn a_company_unknown_in_2021_had_more_words() {
    let tolerant = world_with(|config| config.tolerant = true);
    let words = async |path: &str| tolerant.smartbill(Method::GET, path, None).await.json()["errorText"].clone();
    assert!(words("/tax?cif=RO1").await.as_str().unwrap().ends_with("in Cloud. Verificati ciful companiei."));
    assert_eq!(
        world().smartbill(Method::GET, "/tax?cif=RO1", None).await.json()["errorText"],
        "Firma la care incercati sa va conectati nu mai este disponibila in Cloud."
    );
}
