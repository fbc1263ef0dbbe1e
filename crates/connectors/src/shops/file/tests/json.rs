//! JSON in all its shapes.

use super::*;

fn order(id: &str, more: &str) -> String {
    format!(
        r#"{{"id": {id}, "status": "completed", "currency": "RON", "total": "59.00",
  "line_items": [], "date_created_gmt": "2026-10-01T10:00:00"{more}}}"#
    )
}

fn read_bytes(bytes: &[u8]) -> (Vec<(usize, String)>, Vec<Told>) {
    let (_folder, path) = file(bytes);
    let (taken, told) = read(open(&path, None).unwrap());
    (taken.into_iter().map(|(line, raw)| (line, raw["id"].to_string())).collect(), told)
}

#[test]
fn a_list_a_wrapped_list_and_orders_line_by_line_read_alike() {
    let (one, two) = (order("1", ""), order("2", ""));
    let one_line = |text: &str| text.replace('\n', " ");
    for text in [
        format!("[\n{one},\n{two}\n]"),
        format!("\u{feff}{{\"orders\":\n [{one},\n{two}], \"total\": 2}}"),
        format!("{{ \"data\": [{one}, {two}]}}"),
        format!("{}\n{}\n", one_line(&one), one_line(&two)),
        format!("\u{feff}\n{}\r\n\n{}", one_line(&one), one_line(&two)),
        format!("{one}\n\n{two}"),
        format!("{}\r{}", one_line(&one), one_line(&two)),
    ] {
        let (taken, told) = read_bytes(text.as_bytes());
        assert_eq!(told, [], "{text}");
        assert_eq!(taken.len(), 2, "{text}");
    }
}

#[test]
fn each_bad_record_is_named_by_line_field_and_reason_and_the_others_go_through() {
    let records = [order("1", ""), order("2", "").replace("59.00", "cincizeci"), order("\"x\"", ""), order("4", "")];
    for (text, lines) in [
        (format!("[\n{}\n]", records.join(",\n")), [2, 4, 6, 8]),
        (records.clone().map(|record| record.replace('\n', " ")).join("\n"), [1, 2, 3, 4]),
        (records.map(|record| record.replace('\n', " ")).join("\r"), [1, 2, 3, 4]),
    ] {
        let (taken, told) = read_bytes(text.as_bytes());
        assert_eq!(taken, [(lines[0], "1".to_owned()), (lines[3], "4".to_owned())]);
        let named: Vec<_> = told.iter().map(|(line, order, field, _)| (*line, order.as_deref(), &**field)).collect();
        assert_eq!(named, [(lines[1], Some("2"), "total"), (lines[2], Some("x"), "id")]);
        assert!(told[0].3.contains("cincizeci"), "{}", told[0].3);
    }
}

#[test]
fn a_file_that_breaks_off_gives_what_stands_before_and_says_where() {
    let whole = format!("[\n{},\n{}\n]", order("1", ""), order("2", ""));
    let (taken, told) = read_bytes(&whole.as_bytes()[..whole.len() - 20]);
    assert_eq!(taken, [(2, "1".to_owned())]);
    assert_eq!((told.len(), told[0].0), (1, 5), "{}", told[0].3);
    let unclosed = format!("[{}", order("1", ""));
    assert!(read_bytes(unclosed.as_bytes()).1[0].3 == "list_not_closed");
    let lined = format!("{}\n{{\"id\": 2, ", order("1", "").replace('\n', " "));
    let (taken, told) = read_bytes(lined.as_bytes());
    assert_eq!((taken.len(), told[0].0), (1, 2));
}

#[test]
fn a_line_that_is_too_long_or_no_text_costs_itself_alone() {
    let sound = order("1", "").replace('\n', " ");
    let long = format!("{{\"id\": 9, \"note\": \"{}\"}}", "x".repeat(5 << 20));
    let mut bytes = [sound.clone(), long, sound.replace("59.00", "\u{1}"), sound].join("\n").into_bytes();
    for byte in &mut bytes {
        if *byte == 1 {
            *byte = 0xe3;
        }
    }
    let (taken, told) = read_bytes(&bytes);
    assert_eq!(taken.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 4]);
    assert_eq!(told.iter().map(|(line, ..)| *line).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn nesting_without_end_is_told_and_nothing_overflows() {
    let deep = format!("[{}", "[".repeat(1_000_000));
    assert_eq!(read_bytes(deep.as_bytes()).0, []);
    let inside = format!("[{{\"id\": {}", "[".repeat(100_000));
    assert_eq!(read_bytes(inside.as_bytes()).1.len(), 1);
}

#[test]
fn how_far_the_reading_is_grows_to_the_end() {
    let one = order("1", "").replace('\n', " ");
    for text in [vec![one.clone(); 400].join("\n"), format!("[{}]", vec![one; 400].join(","))] {
        let (_folder, path) = file(text.as_bytes());
        let mut orders = open(&path, None).unwrap();
        let mut before = 0;
        while orders.next().is_some() {
            assert!(orders.progress() >= before && orders.progress() < 1000);
            before = orders.progress();
        }
        assert!(before > 900 && orders.progress() == 1000, "{before}");
    }
}
