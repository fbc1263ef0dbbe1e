use super::*;
use std::io::Write;

fn event(day: &str, second: u32, level: &str, about: &str, message: &str) -> String {
    format!(
        r#"{{"timestamp":"{day}T10:{:02}:{:02}Z","level":"{level}",{about}"message":"{message}","target":"punte_engine"}}"#,
        second / 60,
        second % 60
    ) + "\n"
}

fn folder(days: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (day, text) in days {
        std::fs::write(folder.path().join(format!("punte.{day}.jsonl")), text).unwrap();
    }
    folder
}

fn everything() -> Wanted {
    Wanted { machine: true, ..Wanted::default() }
}

fn messages(page: &Page) -> Vec<&str> {
    page.lines.iter().map(|line| line.message.as_str()).collect()
}

fn few(lines: usize) -> Limits {
    Limits { lines, ..Limits::default() }
}

/// So many lines that they stand in several pieces, over three days.
fn long() -> (tempfile::TempDir, Vec<String>) {
    let mut all = Vec::new();
    let mut days = Vec::new();
    for day in ["2026-11-25", "2026-11-26", "2026-11-27"] {
        let mut text = String::new();
        for number in 0..1500 {
            let message = format!("{day} {number} {}", "ș".repeat(number % 40));
            text.push_str(&event(day, number as u32, "INFO", "", &message));
            all.push(message);
        }
        days.push((day, text));
    }
    (folder(&days), all)
}

#[test]
fn every_line_is_read_once_and_in_order_whatever_the_pages_and_pieces() {
    let (folder, mut all) = long();
    all.reverse();
    for size in [1, 7, 199, 4000, 5000] {
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let page = read_before(folder.path(), &everything(), before.as_ref(), few(size)).unwrap();
            assert!(page.lines.len() <= size && !page.is_cut);
            found.extend(messages(&page).into_iter().map(str::to_owned));
            before = page.older;
            if before.is_none() || found.len() > all.len() || size == 1 && found.len() == 50 {
                break;
            }
        }
        assert_eq!(found, all[..found.len()], "pages of {size}");
        assert!(size == 1 || found.len() == all.len());
    }
}

#[test]
fn a_bound_of_bytes_ends_a_search_and_says_where_to_go_on() {
    let (folder, _) = long();
    let wanted = Wanted { text: "2026-11-25 3 ș".into(), ..everything() };
    let limits = Limits { lines: 10, bytes: 100_000 };
    let mut page = read_before(folder.path(), &wanted, None, limits).unwrap();
    let mut pages = 1;
    while page.lines.is_empty() {
        assert!(page.is_cut && page.bytes < 100_000 + 2 * PIECE as u64, "{} bytes", page.bytes);
        let older = page.older.expect("there is more to look at");
        page = read_before(folder.path(), &wanted, Some(&older), limits).unwrap();
        pages += 1;
    }
    assert!(pages > 3 && page.lines[0].message.starts_with("2026-11-25 3 ș"), "{pages} {page:?}");
}

#[test]
fn what_came_since_is_followed_over_midnight_and_a_half_written_line_is_waited_for() {
    let (first, second) = ("2026-11-26", "2026-11-27");
    let folder =
        folder(&[(first, event(first, 1, "INFO", "", "one") + "{\"timestamp\":\"2026-11-26T10:00:02Z\",\"lev")]);
    let path = folder.path().join("punte.2026-11-26.jsonl");
    let page = read_before(folder.path(), &everything(), None, few(10)).unwrap();
    assert_eq!(messages(&page), ["one"]);
    let since = page.newer.unwrap();
    let page = read_since(folder.path(), &everything(), &since, few(10)).unwrap();
    assert!(page.lines.is_empty() && page.newer == Some(since.clone()), "a half line is none yet");

    let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(b"el\":\"WARN\",\"message\":\"two\",\"target\":\"punte\"}\n").unwrap();
    let page = read_since(folder.path(), &everything(), &since, few(10)).unwrap();
    assert_eq!(messages(&page), ["two"]);
    file.write_all(event(first, 3, "INFO", "", "three").as_bytes()).unwrap();
    std::fs::write(folder.path().join("punte.2026-11-27.jsonl"), event(second, 1, "INFO", "", "four")).unwrap();
    let since = page.newer.unwrap();
    let page = read_since(folder.path(), &everything(), &since, few(10)).unwrap();
    assert_eq!((messages(&page), page.is_cut), (vec!["four", "three"], false));
    // one at a time, the oldest first
    let page = read_since(folder.path(), &everything(), &since, few(1)).unwrap();
    assert_eq!((messages(&page), page.is_cut), (vec!["three"], true));
    let page = read_since(folder.path(), &everything(), &page.newer.unwrap(), few(1)).unwrap();
    assert_eq!(messages(&page), ["four"]);
}

#[test]
fn the_end_of_a_day_that_a_crash_cut_off_is_shown() {
    let folder =
        folder(&[("2026-11-26", "{\"timest".to_owned()), ("2026-11-27", event("2026-11-27", 1, "INFO", "", "one"))]);
    let page = read_before(folder.path(), &everything(), None, few(10)).unwrap();
    assert_eq!(messages(&page), ["one", "{\"timest"]);
    let since = "2026-11-26:0".parse().unwrap();
    assert_eq!(messages(&read_since(folder.path(), &everything(), &since, few(10)).unwrap()), ["one", "{\"timest"]);
}

#[test]
fn lines_are_chosen_by_workspace_level_connection_record_and_words() {
    let day = "2026-11-27";
    let about = |what: &str| format!("{what},");
    let text = [
        event(day, 1, "ERROR", &about(r#""workspace":"ws_1","connection":"con_1""#), "the connection rests"),
        event(day, 2, "INFO", &about(r#""workspace":"ws_1","order":"ord_1","why":"Ce \"greu\"""#), "decided"),
        event(day, 3, "WARN", &about(r#""workspace":"ws_1","document":"doc_1""#), "in doubt"),
        event(day, 4, "ERROR", &about(r#""workspace":"ws_2","order":"ord_1""#), "another's"),
        event(day, 5, "DEBUG", "", "the machine's own, of ws_1"),
        "no event, of ws_1\n".to_owned(),
    ];
    let folder = folder(&[(day, text.concat())]);
    let read = |wanted: &Wanted| {
        let page = read_before(folder.path(), wanted, None, few(10)).unwrap();
        messages(&page).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let one = Wanted { workspace: Some("ws_1".into()), ..Wanted::default() };
    assert_eq!(read(&one), ["in doubt", "decided", "the connection rests"]);
    let with_machine = Wanted { machine: true, ..one.clone() };
    assert_eq!(read(&with_machine).len(), 5);
    assert_eq!(read(&Wanted { level: Some(Level::Warn), ..one.clone() }), ["in doubt", "the connection rests"]);
    let unknown = Wanted { level: Some(Level::Error), ..with_machine.clone() };
    assert_eq!(read(&unknown), ["no event, of ws_1", "the connection rests"]);
    assert_eq!(read(&Wanted { connection: Some("con_1".into()), ..one.clone() }), ["the connection rests"]);
    let records = vec!["ord_1".to_owned(), "doc_1".to_owned()];
    assert_eq!(read(&Wanted { records, ..one.clone() }), ["in doubt", "decided"]);
    for text in ["GREU", "\"greu\"", "ord_1", "decided"] {
        assert_eq!(read(&Wanted { text: text.into(), ..one.clone() }), ["decided"], "{text}");
    }
    let from_ms = chrono::DateTime::parse_from_rfc3339("2026-11-27T10:00:02Z").unwrap().timestamp_millis();
    assert_eq!(read(&Wanted { from_ms: Some(from_ms), ..one.clone() }), ["in doubt", "decided"]);
    assert!(read(&Wanted { from_ms: Some(from_ms + 86_400_000), ..one }).is_empty());
}

#[test]
fn a_folder_without_a_log_is_empty_and_other_files_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = read_before(&folder.path().join("none"), &everything(), None, few(5)).unwrap();
    assert_eq!(nothing, Page::default());
    for name in ["punte.jsonl", "punte.2026-13-01.jsonl", "punte.2026-11-27.jsonl.bak", "other.txt"] {
        std::fs::write(folder.path().join(name), "x\n").unwrap();
    }
    assert_eq!(read_before(folder.path(), &everything(), None, few(5)).unwrap(), Page::default());
}

#[test]
fn a_line_longer_than_any_of_ours_is_passed_and_what_is_no_text_is_no_end() {
    let day = "2026-11-27";
    let mut bytes = event(day, 1, "INFO", "", "before").into_bytes();
    bytes.extend(vec![b'x'; 3 * LONGEST_LINE]);
    bytes.extend(b"\n\xff\xfe\n\n");
    bytes.extend(event(day, 2, "INFO", "", "after").into_bytes());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("punte.2026-11-27.jsonl"), bytes).unwrap();
    let page = read_before(folder.path(), &everything(), None, few(50)).unwrap();
    let found = messages(&page);
    assert_eq!((found.first(), found.last()), (Some(&"after"), Some(&"before")));
    assert!(found.len() < 10 && found[1].contains('\u{fffd}'), "{}", found.len());
    let since = "2026-11-27:0".parse().unwrap();
    let page = read_since(folder.path(), &everything(), &since, few(50)).unwrap();
    assert_eq!((messages(&page).first(), messages(&page).last()), (Some(&"after"), Some(&"before")));
}

#[test]
fn a_place_is_read_back_as_it_was_written_and_nothing_else_is_one() {
    let at: Cursor = "2026-11-27:12".parse().unwrap();
    assert_eq!(at.to_string(), "2026-11-27:12");
    for text in ["", "2026-11-27", "2026-11-27:", "2026-11-27:-1", "../../etc:1", "2026-02-30:1"] {
        assert!(text.parse::<Cursor>().is_err(), "{text}");
    }
    // a file that is shorter than it was is read from its beginning
    let folder = folder(&[("2026-11-27", event("2026-11-27", 1, "INFO", "", "one"))]);
    let page = read_since(folder.path(), &everything(), &"2026-11-27:99999".parse().unwrap(), few(5)).unwrap();
    assert_eq!(messages(&page), ["one"]);
}
