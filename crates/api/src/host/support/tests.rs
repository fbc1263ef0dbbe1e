use super::*;

#[test]
fn a_bundle_holds_its_parts_byte_for_byte() {
    let parts = [told("a.json", "{}\n".to_owned()), told("log.jsonl", "ș ••• ••• x\n".to_owned())];
    assert_eq!((parts[1].bytes, parts[1].masked), ("ș ••• ••• x\n".len() as u32, 2));
    let mut archive = zip::ZipArchive::new(Bytes::new(archive(&parts).unwrap())).unwrap();
    assert_eq!(archive.len(), 2);
    for part in &parts {
        let file = archive.by_name(&part.name).unwrap();
        assert_eq!(std::io::read_to_string(file).unwrap(), part.text);
    }
}

#[test]
fn of_a_long_log_the_newest_lines_are_taken_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let line = |number: usize| {
        format!(
            r#"{{"timestamp":"2026-11-27T10:00:00Z","level":"INFO","n":{},"message":"waited","target":"punte_engine"}}"#,
            number % 10_000
        ) + "\n"
    };
    let text: String = (0..40_000).map(line).collect();
    std::fs::write(folder.path().join("punte.2026-11-27.jsonl"), text).unwrap();
    let wanted = Wanted { machine: true, ..Wanted::default() };
    let (text, is_cut) = read_log(folder.path(), &wanted, &Stripper::new([])).unwrap();
    assert!(is_cut && text.len() <= MOST_LOG && text.len() > MOST_LOG - 1000, "{}", text.len());
    let numbers: Vec<i64> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["n"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers.last(), Some(&9999));
    assert!(
        numbers.windows(2).all(|pair| pair[1] == (pair[0] + 1) % 10_000),
        "in the order in which they were written"
    );
}
