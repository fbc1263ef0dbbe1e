//! The tray: how things stand at a glance, the window again, and the way out.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
pub use linux::Tray;
#[cfg(not(target_os = "linux"))]
pub use other::Tray;

use crate::desk::{Desk, Watched, watched};
use punte_cli::words::{Language, Words, system_language};
use serde_json::{Value, json};

/// Where a line of the menu leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The window as it was left.
    Show,
    /// A screen of the workspace on screen.
    Screen(&'static str),
    /// Another workspace, by its id.
    Workspace(String),
    Quit,
}

/// How things stand, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mood {
    /// Nothing goes out: the ledger, or a connection that only a person can mend.
    Stopped,
    /// Something waits for a person.
    NeedsYou,
    Well,
    /// Nobody is signed in, or no workspace is open: nothing can be told.
    Unknown,
}

/// What the tray shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub mood: Mood,
    /// In words: beside the icon, and first in the menu. Of several workspaces what is not well, worst first.
    pub told: String,
    /// A line of the menu with where it leads.
    pub lines: Vec<(String, Asked)>,
}

/// Kinds of connection states that only a person ends.
const STOPPED: [&str; 2] = ["needs_reconnect", "credential_missing"];

impl Seen {
    /// As long as nothing was asked.
    pub fn nothing(words: &Words) -> Seen {
        seen(&Value::Null, "", words)
    }

    /// Asks the desk.
    pub async fn ask(desk: &Desk) -> Seen {
        let app = desk.call("app.get", json!({})).await.unwrap_or_default();
        let words = Words::of(language_of(&app));
        let mut all = Vec::new();
        for one in watched(&app) {
            let overview = desk.call_about(&one.id, "overview.get", json!({})).await.unwrap_or_default();
            let seen = seen(&overview, &one.name, &words);
            all.push((one, seen));
        }
        together(all, &words)
    }
}

/// Characters of what stands beside the icon: one system shows no more.
const TOLD: usize = 120;

/// How several workspaces stand: the one on screen with its lines, and a line for each other that is not well.
fn together(all: Vec<(Watched, Seen)>, words: &Words) -> Seen {
    let is_ill = |seen: &Seen| seen.mood <= Mood::NeedsYou;
    let here = all.iter().find(|(one, _)| one.is_on_screen).map(|(_, seen)| seen.clone());
    let mut here = here.unwrap_or_else(|| Seen::nothing(words));
    let mut ill: Vec<&(Watched, Seen)> = all.iter().filter(|(_, seen)| is_ill(seen)).collect();
    ill.sort_by_key(|(_, seen)| seen.mood);
    for (one, seen) in ill.iter().filter(|(one, _)| !one.is_on_screen) {
        here.lines.push((seen.told.clone(), Asked::Workspace(one.id.clone())));
    }
    if let Some((_, worst)) = ill.first() {
        here.mood = worst.mood;
        let told = ill.iter().map(|(_, seen)| seen.told.as_str()).collect::<Vec<_>>().join(" · ");
        let is_long = told.chars().count() > TOLD;
        here.told = if is_long { told.chars().take(TOLD - 1).chain(['…']).collect() } else { told };
    }
    here
}

/// The language that the screens have.
pub fn language_of(app: &Value) -> Language {
    match app["language"].as_str() {
        Some("ro") => Language::Ro,
        Some("en") => Language::En,
        _ => system_language(),
    }
}

fn seen(overview: &Value, workspace: &str, words: &Words) -> Seen {
    let count = |field: &str| overview["counts"][field].as_u64().unwrap_or_default();
    let needs: u64 =
        overview["needsYou"].as_array().into_iter().flatten().filter_map(|one| one["count"].as_u64()).sum();
    let connections = overview["connections"].as_array().into_iter().flatten();
    let stopped = connections.filter(|one| one["health"].as_str().is_some_and(|health| STOPPED.contains(&health)));
    let stopped = stopped.count() as u64;
    let mood = if overview.is_null() {
        Mood::Unknown
    } else if !overview["ledgerTrouble"].is_null() || stopped > 0 {
        Mood::Stopped
    } else if needs > 0 {
        Mood::NeedsYou
    } else {
        Mood::Well
    };
    let say = |key: &str, count: u64| words.say(&format!("desktop.tray.{key}"), &[("count", &count.to_string())]);
    let told = match mood {
        Mood::Unknown => say("unknown", 0),
        Mood::Well => say("well", 0),
        Mood::NeedsYou => say("needs", needs),
        Mood::Stopped if stopped > 0 => say("stopped", stopped),
        Mood::Stopped => say("ledger", 0),
    };
    let told = if workspace.is_empty() { told } else { format!("{workspace}: {told}") };
    let waiting = count("ready") + count("sending");
    let lines = [
        ("failures", count("held"), "/failures"),
        ("doubts", count("inDoubt"), "/reconcile"),
        ("stoppedLine", stopped, "/connections"),
        ("waiting", waiting, "/invoices"),
    ];
    let lines = lines.into_iter().filter(|(_, count, _)| *count > 0);
    Seen { mood, told, lines: lines.map(|(key, count, path)| (say(key, count), Asked::Screen(path))).collect() }
}

/// The icon's pixels (RGBA, rows from the top) with a sign of the mood in the lower right corner. The signs differ in shape, too:
/// a disc with a bar for what needs a person, a square for what stopped, a ring where nothing is known.
pub fn drawn(base: &[u8], width: u32, height: u32, mood: Mood) -> Vec<u8> {
    let mut pixels = base.to_vec();
    let (colour, is_in): ([u8; 3], fn(f32, f32) -> bool) = match mood {
        Mood::Well => return pixels,
        Mood::NeedsYou => {
            ([0xE8, 0x59, 0x0C], |x, y| x.hypot(y) <= 1.0 && !(x.abs() < 0.18 && (-0.6..0.6).contains(&y)))
        }
        Mood::Stopped => ([0xC9, 0x2A, 0x2A], |x, y| x.abs().max(y.abs()) <= 0.9),
        Mood::Unknown => ([0x86, 0x8E, 0x96], |x, y| (0.55..=1.0).contains(&x.hypot(y))),
    };
    let radius = width.min(height) as f32 * 0.27;
    let (right, low) = (width as f32 - radius, height as f32 - radius);
    for (at, pixel) in pixels.chunks_exact_mut(4).enumerate() {
        let (column, row) = (at as u32 % width, at as u32 / width);
        let (x, y) = ((column as f32 + 0.5 - right) / radius, (row as f32 + 0.5 - low) / radius);
        let is_sign = is_in(x, y);
        // a rim of nothing, so that the sign stands apart from the icon on any panel
        if x.abs().max(y.abs()) <= 1.25 && (x.hypot(y) <= 1.25 || mood == Mood::Stopped) {
            pixel.copy_from_slice(&[0xFF, 0xFF, 0xFF, if x.hypot(y) <= 1.0 && !is_sign { 0xFF } else { 0 }]);
        }
        if is_sign {
            pixel[..3].copy_from_slice(&colour);
            pixel[3] = 0xFF;
        }
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overview(held: u32, in_doubt: u32, health: &str) -> Value {
        json!({
            "counts": { "held": held, "inDoubt": in_doubt, "ready": 2, "sending": 1 },
            "needsYou": [{ "what": "failures", "count": held }, { "what": "doubts", "count": in_doubt }],
            "connections": [{ "health": health }], "ledgerTrouble": null,
        })
    }

    #[test]
    fn the_worst_is_told_first_and_each_line_leads_to_its_screen() {
        let words = Words::of(Language::En);
        let told = |overview: &Value| seen(overview, "Atelier", &words);
        let busy = told(&overview(3, 1, "healthy"));
        assert_eq!((busy.mood, busy.told.as_str()), (Mood::NeedsYou, "Atelier: 4 need you"));
        let paths: Vec<Asked> = busy.lines.iter().map(|(_, asked)| asked.clone()).collect();
        assert_eq!(paths, ["/failures", "/reconcile", "/invoices"].map(Asked::Screen));
        assert_eq!(told(&overview(0, 0, "healthy")).mood, Mood::Well);
        assert_eq!(told(&overview(3, 0, "needs_reconnect")).mood, Mood::Stopped);
        assert_eq!(told(&Value::Null).mood, Mood::Unknown);
        let mut full = overview(0, 0, "healthy");
        full["ledgerTrouble"] = json!({ "kind": "ledger_full" });
        assert_eq!(told(&full).mood, Mood::Stopped);
    }

    #[test]
    fn another_workspace_that_is_not_well_is_told_with_a_line_that_leads_to_it() {
        let words = Words::of(Language::En);
        let of = |all: &[(&str, bool, Value)]| {
            let seen_of = |(name, is_on_screen, overview): &(&str, bool, Value)| {
                let one = Watched { id: name.to_lowercase(), name: (*name).to_owned(), is_on_screen: *is_on_screen };
                (one, seen(overview, name, &words))
            };
            together(all.iter().map(seen_of).collect(), &words)
        };
        let (well, busy) = (overview(0, 0, "healthy"), overview(3, 0, "healthy"));
        let stopped = overview(0, 0, "needs_reconnect");

        let alone = of(&[("A", true, well.clone()), ("B", false, well.clone()), ("C", false, Value::Null)]);
        assert_eq!(alone, seen(&well, "A", &words), "what is well needs no line");
        let told = of(&[("A", true, well.clone()), ("B", false, busy.clone()), ("C", false, stopped)]);
        assert_eq!(told.mood, Mood::Stopped);
        assert!(told.told.starts_with("C: ") && told.told.ends_with(" · B: 3 need you"), "{}", told.told);
        let others: Vec<&Asked> = told.lines[1..].iter().map(|(_, asked)| asked).collect();
        assert_eq!(others, [&Asked::Workspace("c".to_owned()), &Asked::Workspace("b".to_owned())]);
        let unseen = of(&[("A", true, Value::Null), ("B", false, well)]);
        assert_eq!(unseen.mood, Mood::Unknown, "nobody is signed in where the window is");
        assert_eq!(of(&[("B", false, busy.clone())]).mood, Mood::NeedsYou, "no workspace is open");
        let long = "S".repeat(100);
        let cut = of(&[(&long, true, busy.clone()), ("B", false, busy)]);
        assert!(cut.told.chars().count() == TOLD && cut.told.ends_with('…'), "{}", cut.told);
    }

    #[test]
    fn every_word_of_the_tray_is_in_both_languages() {
        let mut full = overview(3, 1, "needs_reconnect");
        for language in [Language::En, Language::Ro] {
            let words = Words::of(language);
            for trouble in [Value::Null, json!({})] {
                full["ledgerTrouble"] = trouble;
                for one in [seen(&full, "", &words), seen(&overview(0, 0, ""), "", &words), Seen::nothing(&words)] {
                    let all = one.lines.iter().map(|(line, _)| line).chain([&one.told]);
                    all.for_each(|line| assert!(!line.contains("desktop.") && !line.contains("{{"), "{line}"));
                }
            }
        }
    }

    #[test]
    fn moods_differ_in_shape_and_well_is_the_icon_itself() {
        let base = [[0x40, 0x40, 0x40, 0xFF]; 32 * 32].concat();
        let of = |mood| drawn(&base, 32, 32, mood);
        assert_eq!(of(Mood::Well), base);
        let is_sign = |pixel: &[u8]| pixel[3] == 0xFF && pixel[..3] != [0x40; 3] && pixel[..3] != [0xFF; 3];
        let shape = |mood| -> Vec<bool> { of(mood).chunks_exact(4).map(is_sign).collect() };
        let shapes = [Mood::NeedsYou, Mood::Stopped, Mood::Unknown].map(shape);
        assert!(shapes.iter().all(|shape| shape.contains(&true)));
        assert!(shapes[0] != shapes[1] && shapes[1] != shapes[2] && shapes[0] != shapes[2]);
    }
}
