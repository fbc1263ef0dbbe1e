//! Letters and conversations, over real sockets: what arrives, and what each trouble is called.

use super::*;
use crate::alerts::{NoticeItem, NoticeKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use server::{Rules, Server};

mod server;

const QUICK: Bounds = Bounds { connect: Duration::from_secs(2), total: Duration::from_secs(10), read: 16 * 1024 };

fn notice() -> Notice {
    Notice {
        id: "01940000-0000-7000-8000-000000000001".into(),
        kind: NoticeKind::Raised,
        at_ms: 1_764_000_000_000,
        workspace: "Atelier Cană SRL".into(),
        subject: "Punte: 7 comenzi nu au factură".into(),
        text: "Cota TVA nu e setată.\n.un rând cu punct\n\nDe la 09:12 & mai departe <b>.".into(),
        items: vec![NoticeItem {
            rule: "failure_group".into(),
            cause: "vat_rate_unknown".into(),
            state: "raised".into(),
            title: "Cota TVA".into(),
            path: "/failures?group=vat_rate_unknown".into(),
            since_ms: 1_764_000_000_000,
        }],
    }
}

fn mail(server: &Server, security: MailSecurity) -> MailServer {
    MailServer {
        host: "localhost".into(),
        port: server.address.port(),
        security,
        user: String::new(),
        password: None,
        from: "Punte Atelier <alerte@atelier-cana.ro>".into(),
        to: vec!["ana@atelier-cana.ro".into()],
    }
}

fn with_login(mail: MailServer) -> MailServer {
    MailServer { user: "alerte".into(), password: Some("p&rolă secretă".into()), ..mail }
}

fn login() -> Rules {
    Rules { offers: "AUTH PLAIN LOGIN", login: Some(("alerte", "p&rolă secretă")), ..Rules::default() }
}

async fn told(server: &Server, mail: &MailServer) -> Result<(), AlertError> {
    send(mail, &notice(), &Trust::Only(server.authority.clone()), QUICK).await
}

#[tokio::test]
async fn a_letter_arrives_whole_whichever_way_was_chosen() {
    for (rules, security) in [
        (login(), MailSecurity::Plain),
        (Rules { tls_from_start: true, ..login() }, MailSecurity::Tls),
        (Rules { starttls: true, ..login() }, MailSecurity::StartTls),
        (Rules { offers: "AUTH LOGIN", tls_from_start: true, ..login() }, MailSecurity::Tls),
    ] {
        let server = Server::start(rules).await;
        told(&server, &with_login(mail(&server, security))).await.unwrap();
        let seen = server.seen();
        assert_eq!(seen.letters.len(), 1);
        let talked = if security == MailSecurity::Plain { &seen.plain } else { &seen.secured };
        assert!(talked.iter().any(|line| line == "MAIL FROM:<alerte@atelier-cana.ro>"), "{talked:?}");
        assert!(talked.iter().any(|line| line == "RCPT TO:<ana@atelier-cana.ro>"), "{talked:?}");
        assert!(talked.iter().any(|line| line.starts_with("AUTH")), "{talked:?}");
        if security != MailSecurity::Plain {
            assert!(seen.plain.iter().all(|line| line.starts_with("EHLO") || line == "STARTTLS"), "{:?}", seen.plain);
        }
    }
}

#[tokio::test]
async fn a_letter_says_that_a_program_wrote_it_and_is_the_same_letter_when_repeated() {
    let server = Server::start(Rules::default()).await;
    let plain = mail(&server, MailSecurity::Plain);
    told(&server, &plain).await.unwrap();
    told(&server, &plain).await.unwrap();
    let letters = server.seen().letters;
    let header = |letter: &str, name: &str| -> Vec<String> {
        let head = letter.split("\n\n").next().unwrap();
        head.lines().filter_map(|line| line.strip_prefix(&format!("{name}: "))).map(str::to_owned).collect()
    };
    for letter in &letters {
        assert!(letter.is_ascii());
        assert_eq!(header(letter, "Message-ID"), ["<01940000-0000-7000-8000-000000000001@atelier-cana.ro>"]);
        assert_eq!(header(letter, "Auto-Submitted"), ["auto-generated"]);
        assert_eq!(header(letter, "Date"), ["Mon, 24 Nov 2025 16:00:00 +0000"]);
        assert_eq!(header(letter, "From"), ["\"Punte Atelier\" <alerte@atelier-cana.ro>"]);
        assert_eq!(header(letter, "To"), ["ana@atelier-cana.ro"]);
        assert!(
            letter.contains("text/plain") && letter.contains("text/html") && letter.contains("multipart/alternative")
        );
        // quoted-printable
        assert!(letter.contains("Cota TVA nu e setat=C4=83."), "{letter}");
        assert!(letter.contains("\n.un r=C3=A2nd cu punct"), "a dot at the start is doubled on the way: {letter}");
        assert!(letter.contains("mai departe &lt;b&gt;."), "what a shop writes is no HTML of ours: {letter}");
    }
}

#[tokio::test]
async fn no_text_becomes_a_header_or_a_command() {
    let server = Server::start(Rules::default()).await;
    let plain = mail(&server, MailSecurity::Plain);
    let hostile = Notice {
        id: "x>\r\nBcc: evil@example.ro".into(),
        subject: "Comanda\r\nBcc: evil@example.ro\r\n\r\nbody".into(),
        text: "a\r\n.\r\nMAIL FROM:<evil@example.ro>\r\n".into(),
        ..notice()
    };
    send(&plain, &hostile, &Trust::System, QUICK).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.letters.len(), 1);
    let head = seen.letters[0].split("\n\n").next().unwrap();
    assert!(!head.lines().any(|line| line.to_lowercase().starts_with("bcc:")), "{head}");
    assert!(head.contains("Subject: Comanda Bcc: evil@example.ro body"), "{head}");
    assert!(!seen.plain.iter().any(|line| line.contains("evil")), "{:?}", seen.plain);
    for from in ["a@b.ro\r\nRCPT TO:<evil@example.ro>", "A\r\nBcc: e@x.ro <a@b.ro>", "<a@b.ro", "a b@c.ro", "a@", "ana"]
    {
        let wrong = MailServer { from: from.into(), ..plain.clone() };
        assert_eq!(check_mail(&wrong).unwrap_err().code, AlertCode::SenderInvalid, "{from}");
    }
    for to in ["a@b.ro>\r\nDATA", "\"a b\"@c.ro", "Ana <a@b.ro>", "ană@b.ro", "a@b.ro,c@d.ro", "a@[127.0.0.1]"] {
        let wrong = MailServer { to: vec![to.into()], ..plain.clone() };
        assert_eq!(check_mail(&wrong).unwrap_err().code, AlertCode::AddressInvalid, "{to}");
    }
    let own = MailServer { to: vec!["contabilă.ana+punte@plăți.ro".replace("ă.", "a.")], ..plain };
    check_mail(&own).unwrap();
}

#[test]
fn settings_that_cannot_be_used_are_refused_before_anything_is_sent() {
    let right = MailServer {
        host: "mail.example.ro".into(),
        port: 465,
        security: MailSecurity::Tls,
        user: "a".into(),
        password: Some("b".into()),
        from: "a@example.ro".into(),
        to: vec!["b@example.ro".into()],
    };
    check_mail(&right).unwrap();
    let plain = |host: &str| MailServer { security: MailSecurity::Plain, host: host.into(), ..right.clone() };
    for here in ["localhost", "127.0.0.1", "::1", "[::1]", "LOCALHOST"] {
        check_mail(&plain(here)).unwrap_or_else(|error| panic!("{here}: {error}"));
    }
    for (wrong, code) in [
        (plain("mail.example.ro"), AlertCode::PlainNotHere),
        (plain("10.0.0.1"), AlertCode::PlainNotHere),
        (plain("localhost.example.ro"), AlertCode::PlainNotHere),
        (MailServer { host: " ".into(), ..right.clone() }, AlertCode::HostInvalid),
        (MailServer { host: "mail server".into(), ..right.clone() }, AlertCode::HostInvalid),
        (MailServer { port: 0, ..right.clone() }, AlertCode::HostInvalid),
        (MailServer { to: vec![], ..right.clone() }, AlertCode::NoRecipient),
        (MailServer { to: vec!["b@example.ro".into(); 21], ..right.clone() }, AlertCode::TooManyRecipients),
        (MailServer { password: None, ..right.clone() }, AlertCode::LoginIncomplete),
        (MailServer { user: String::new(), ..right.clone() }, AlertCode::LoginIncomplete),
        (MailServer { password: Some("a\0b".into()), ..right.clone() }, AlertCode::LoginIncomplete),
    ] {
        let error = check_mail(&wrong).unwrap_err();
        assert_eq!((error.code, error.again), (code, false), "{wrong:?}");
    }
}

#[tokio::test]
async fn each_refusal_is_told_for_what_it_refuses_in_the_servers_words() {
    let says = |step: &'static str, words: &str| Rules { says: vec![(step, words.to_owned())], ..login() };
    for (rules, code, again, words) in [
        (says("hello", "554 5.7.1 not you"), AlertCode::NotServed, false, "554 5.7.1 not you"),
        (says("EHLO", "421 4.3.2 later"), AlertCode::NotServed, true, "421 4.3.2 later"),
        (says("AUTH", "535 5.7.8 bad login"), AlertCode::LoginRefused, false, "535 5.7.8 bad login"),
        (says("AUTH", "454 4.7.0 wait"), AlertCode::LoginRefused, true, "454 4.7.0 wait"),
        (says("MAIL", "553 5.7.1 not your address"), AlertCode::SenderRefused, false, "553 5.7.1 not your address"),
        (
            says("RCPT", "550 5.1.1 no such mailbox"),
            AlertCode::RecipientRefused,
            false,
            "ana@atelier-cana.ro: 550 5.1.1 no such mailbox",
        ),
        (says("DATA", "451 4.3.0 busy"), AlertCode::MessageRefused, true, "451 4.3.0 busy"),
        (says("letter", "552 5.3.4 too big"), AlertCode::MessageRefused, false, "552 5.3.4 too big"),
        (Rules { offers: "AUTH CRAM-MD5", ..login() }, AlertCode::LoginMissing, false, "localhost"),
    ] {
        let server = Server::start(rules).await;
        let error = told(&server, &with_login(mail(&server, MailSecurity::Plain))).await.unwrap_err();
        assert_eq!((error.code, error.again, error.said.as_str()), (code, again, words));
        assert!(server.seen().letters.is_empty());
    }
}

#[tokio::test]
async fn one_address_that_is_refused_keeps_nothing_from_the_others() {
    let refused = ("RCPT TO:<bogdan@atelier-cana.ro>", "450 4.2.1 full".to_owned());
    let server = Server::start(Rules { says: vec![refused], ..Rules::default() }).await;
    let to = vec!["bogdan@atelier-cana.ro".into(), "ana@atelier-cana.ro".into()];
    let error = told(&server, &MailServer { to, ..mail(&server, MailSecurity::Plain) }).await.unwrap_err();
    assert_eq!((error.code, error.again), (AlertCode::RecipientRefused, false), "again, Ana would have it twice");
    assert_eq!(error.said, "bogdan@atelier-cana.ro: 450 4.2.1 full");
    assert_eq!(server.seen().letters.len(), 1);
}

#[tokio::test]
async fn a_password_that_a_server_says_back_is_not_kept() {
    let echoed = format!("535 5.7.8 {} is wrong, and p&rolă secretă too", STANDARD.encode("\0alerte\0p&rolă secretă"));
    let server = Server::start(Rules { says: vec![("AUTH", echoed)], ..login() }).await;
    let error = told(&server, &with_login(mail(&server, MailSecurity::Plain))).await.unwrap_err();
    assert_eq!(error.said, "535 5.7.8 … is wrong, and … too");
}

#[tokio::test]
async fn without_the_tls_that_was_chosen_nothing_is_said() {
    // offers none
    let server = Server::start(login()).await;
    let error = told(&server, &with_login(mail(&server, MailSecurity::StartTls))).await.unwrap_err();
    assert_eq!((error.code, error.again), (AlertCode::StartTlsMissing, false));
    // offers it, and refuses
    let refuses = Rules { starttls: true, says: vec![("STARTTLS", "454 4.7.0 not now".into())], ..login() };
    let refusing = Server::start(refuses).await;
    let error = told(&refusing, &with_login(mail(&refusing, MailSecurity::StartTls))).await.unwrap_err();
    assert_eq!((error.code, error.said.as_str()), (AlertCode::StartTlsMissing, "454 4.7.0 not now"));
    // speaks no TLS where it is to be spoken from the start
    let error = told(&server, &with_login(mail(&server, MailSecurity::Tls))).await.unwrap_err();
    assert_eq!(error.code, AlertCode::Tls, "{error}");
    for server in [server, refusing] {
        let seen = server.seen();
        assert!(
            !seen.plain.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")),
            "{:?}",
            seen.plain
        );
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_the_hosts_or_nobodys_is_refused() {
    for (rules, security) in [
        (Rules { tls_from_start: true, ..login() }, MailSecurity::Tls),
        (Rules { starttls: true, ..login() }, MailSecurity::StartTls),
    ] {
        let server = Server::start(rules).await;
        let right = with_login(mail(&server, security));
        // of an authority that the system does not know
        let error = send(&right, &notice(), &Trust::System, QUICK).await.unwrap_err();
        assert_eq!(error.code, AlertCode::Tls, "{error}");
        // for another name
        let error = told(&server, &MailServer { host: "127.0.0.1".into(), ..right }).await.unwrap_err();
        assert_eq!(error.code, AlertCode::Tls, "{error}");
        assert_eq!(server.seen().secured, Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_somebody_on_the_way_appends_before_tls_is_not_taken_for_the_servers() {
    let appended = "\r\n250-here.test\r\n250 AUTH PLAIN";
    let server = Server::start(Rules { starttls: true, appended, ..login() }).await;
    let error = told(&server, &with_login(mail(&server, MailSecurity::StartTls))).await.unwrap_err();
    assert_eq!(error.code, AlertCode::Tls, "{error}");
    assert_eq!(server.seen().secured, Vec::<String>::new());
}

#[tokio::test]
async fn a_server_that_hangs_or_hangs_up_is_told_from_one_that_refuses() {
    for step in ["hello", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "letter"] {
        let server = Server::start(Rules { hangs_up_at: Some(step), ..login() }).await;
        let error = told(&server, &with_login(mail(&server, MailSecurity::Plain))).await.unwrap_err();
        assert_eq!((error.code, error.again), (AlertCode::CutOff, true), "{step}: {error}");

        let server = Server::start(Rules { hangs_at: Some(step), ..login() }).await;
        let plain = with_login(mail(&server, MailSecurity::Plain));
        let short = Bounds { total: Duration::from_millis(300), ..QUICK };
        let error = send(&plain, &notice(), &Trust::System, short).await.unwrap_err();
        assert_eq!((error.code, error.again), (AlertCode::TimedOut, true), "{step}: {error}");
    }
    // the letter was taken, and nothing is lost with the goodbye
    let server = Server::start(Rules { hangs_up_at: Some("QUIT"), ..Rules::default() }).await;
    told(&server, &mail(&server, MailSecurity::Plain)).await.unwrap();
    let server = Server::start(Rules { starttls: true, hangs_up_at: Some("STARTTLS"), ..login() }).await;
    let error = told(&server, &mail(&server, MailSecurity::StartTls)).await.unwrap_err();
    assert_eq!(error.code, AlertCode::CutOff, "{error}");
}

#[tokio::test]
async fn no_answer_fills_the_memory() {
    for words in ["x".repeat(100_000), format!("250-{}", "x".repeat(80_000)), "250-a\r\n".repeat(20_000)] {
        let server = Server::start(Rules { says: vec![("EHLO", words)], ..Rules::default() }).await;
        let error = told(&server, &mail(&server, MailSecurity::Plain)).await.unwrap_err();
        assert_eq!(error.code, AlertCode::Unreadable, "{error}");
        assert!(error.said.len() <= 500);
    }
    let server = Server::start(Rules { says: vec![("hello", "HTTP/1.1 400 Bad Request".into())], ..login() }).await;
    let error = told(&server, &mail(&server, MailSecurity::Plain)).await.unwrap_err();
    assert_eq!(error.code, AlertCode::Unreadable, "{error}");
}

#[tokio::test]
async fn a_host_that_is_not_found_is_told_from_one_where_nobody_listens() {
    let server = Server::start(login()).await;
    let right = mail(&server, MailSecurity::Tls);
    let missing = MailServer { host: "no-such-host.invalid".into(), ..right.clone() };
    let error = told(&server, &missing).await.unwrap_err();
    assert_eq!((error.code, error.said.as_str()), (AlertCode::HostNotFound, "no-such-host.invalid"));
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let error = told(&server, &MailServer { host: "127.0.0.1".into(), port, ..right }).await.unwrap_err();
    assert_eq!((error.code, error.said), (AlertCode::Refused, format!("127.0.0.1:{port}")));
}
