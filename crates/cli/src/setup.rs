//! A workspace's set-up as a file, at the terminal: written, looked at, taken in.

use crate::commands::{Desk, DeskError};
use crate::people;
use crate::personal::write_new;
use crate::words::Words;
use punte_api::{ApiError, ErrorCode};
use punte_engine::carry::MOST_BYTES;
use serde_json::{Value, json};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is done with a set-up.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Act {
    /// Write connections without their credentials, mappings and flows as TOML: for another company to start from.
    Export {
        /// A file that is not there yet. Default: standard output.
        file: Option<PathBuf>,
    },
    /// Say what such a file would add, and everything that is wrong with it. Changes nothing; exits 0 if it could be taken in.
    Check(Taken),
    /// Take such a file in, all of it or nothing. What is here already is used; its flows come in switched off.
    Import(Taken),
}

/// A file, and what of it is another here.
#[derive(Debug, Clone, clap::Args)]
pub struct Taken {
    file: PathBuf,
    /// A tax id of the file, and the one that takes its place. May be given again.
    #[arg(long, value_name = "OLD=NEW", value_parser = pair)]
    company: Vec<(String, String)>,
    /// The same for a series.
    #[arg(long, value_name = "OLD=NEW", value_parser = pair)]
    series: Vec<(String, String)>,
    /// The same for a Stripe account (`acct_…`): it belongs to one company.
    #[arg(long, value_name = "OLD=NEW", value_parser = pair)]
    account: Vec<(String, String)>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((old, new)) if !old.trim().is_empty() && !new.trim().is_empty() => {
            Ok((old.trim().to_owned(), new.trim().to_owned()))
        }
        _ => Err("OLD=NEW".to_owned()),
    }
}

fn failed(path: &Path, error: impl std::fmt::Display) -> DeskError {
    ApiError::new(ErrorCode::Internal, format!("{}: {error}", path.display())).into()
}

/// Does it, and says what came of it.
///
/// # Errors
/// A file that cannot be read or written, or a workspace that cannot be opened.
pub async fn run(
    home: PathBuf,
    workspace: Option<&Path>,
    operator: Option<&str>,
    act: Act,
    as_json: bool,
    words: &Words,
    print: &dyn Fn(&str),
) -> Result<ExitCode, DeskError> {
    let (taken, is_import) = match act {
        Act::Export { file } => {
            if let Some(file) = file.as_ref().filter(|file| file.exists()) {
                print(&words.say("setup.cli.exists", &[("file", &file.display().to_string())]));
                return Ok(ExitCode::FAILURE);
            }
            let desk = people::open(home, workspace, operator, words).await?;
            let made = desk.call("setup.export", Value::Null).await;
            desk.close().await;
            return export(&made?, file.as_deref(), as_json, words, print);
        }
        Act::Check(taken) => (taken, false),
        Act::Import(taken) => (taken, true),
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(&taken.file).map_err(|error| failed(&taken.file, error))?;
    // no more of a larger one than shows that it is, in the middle of a letter if need be
    file.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| failed(&taken.file, error))?;
    let content = match String::from_utf8(bytes) {
        Ok(content) => content,
        Err(cut) if cut.as_bytes().len() > MOST_BYTES => String::from_utf8_lossy(cut.as_bytes()).into_owned(),
        Err(error) => return Err(failed(&taken.file, std::io::Error::new(std::io::ErrorKind::InvalidData, error))),
    };
    let pairs = |pairs: &[(String, String)]| -> Vec<Value> {
        pairs.iter().map(|(from, to)| json!({ "from": from, "to": to })).collect()
    };
    let input = json!({ "content": content, "companies": pairs(&taken.company), "series": pairs(&taken.series),
        "accounts": pairs(&taken.account) });
    let desk = people::open(home, workspace, operator, words).await?;
    let plan = take(&desk, input, is_import).await;
    desk.close().await;
    let plan = plan?;
    let is_good = is_good(&plan);
    if as_json {
        print(&plan.to_string());
    } else {
        tell(&plan, is_import && is_good, words, print);
    }
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a file would add, or has added; of one with problems, those.
async fn take(desk: &Desk, input: Value, is_import: bool) -> Result<Value, DeskError> {
    let plan = desk.call("setup.preview", input.clone()).await?;
    if !is_import || !is_good(&plan) {
        return Ok(plan);
    }
    desk.call("setup.import", input).await
}

fn is_good(plan: &Value) -> bool {
    plan["problems"].as_array().is_none_or(Vec::is_empty)
}

fn export(
    made: &Value,
    file: Option<&Path>,
    as_json: bool,
    words: &Words,
    print: &dyn Fn(&str),
) -> Result<ExitCode, DeskError> {
    let content = made["content"].as_str().unwrap_or_default();
    let Some(file) = file else {
        print(&if as_json { made.to_string() } else { content.trim_end().to_owned() });
        return Ok(ExitCode::SUCCESS);
    };
    write_new(file, content.as_bytes())?;
    let shown = file.display().to_string();
    print(&if as_json {
        json!({ "file": shown }).to_string()
    } else {
        words.say("setup.cli.exported", &[("file", &shown)])
    });
    Ok(ExitCode::SUCCESS)
}

/// A plan in words: what is new and what is here already, or everything that is wrong.
fn tell(plan: &Value, is_done: bool, words: &Words, print: &dyn Fn(&str)) {
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let items = |list: &str| plan[list].as_array().cloned().unwrap_or_default();
    for problem in items("problems") {
        let facts = [("given", text(&problem, "given"))];
        let said = words.say(
            &format!("setup.problem.{}", text(&problem, "code")),
            &facts.each_ref().map(|(n, v)| (*n, v.as_str())),
        );
        let name = Some(text(&problem, "name")).filter(|name| !name.is_empty());
        let name = name.map_or_else(String::new, |name| words.say("setup.cli.named", &[("name", &name)]));
        let told = [text(&problem, "at"), name, said, text(&problem, "given")];
        print(&told.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" · "));
    }
    if !is_good(plan) {
        return print(&words.say("setup.cli.refused", &[]));
    }
    let line = |item: &Value, parts: &[String]| {
        let fate = words.say(&format!("setup.cli.{}", text(item, "fate")), &[]);
        let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        print(&format!("  {fate:<14} {}", parts.join(" · ")));
    };
    for one in items("connections") {
        let system = words.say(&format!("system.{}", text(&one, "kind")), &[]);
        line(&one, &[text(&one, "name"), system, text(&one, "detail")]);
    }
    for one in items("mappings") {
        line(&one, &[text(&one, "name"), words.say("setup.cli.mapping", &[])]);
    }
    for one in items("flows") {
        let way = format!("{} → {}", text(&one, "shop"), text(&one, "billing"));
        line(&one, &[text(&one, "name"), way, text(&one, "company"), text(&one, "series")]);
    }
    print(&words.say(if is_done { "setup.cli.done" } else { "setup.cli.good" }, &[]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;
    use std::cell::RefCell;

    fn said(plan: &Value, is_done: bool, language: Language) -> Vec<String> {
        let lines = RefCell::new(Vec::new());
        tell(plan, is_done, &Words::of(language), &|line| lines.borrow_mut().push(line.to_owned()));
        lines.into_inner()
    }

    #[test]
    fn a_plan_is_told_thing_by_thing_in_both_languages() {
        let plan = json!({ "problems": [],
            "connections": [{ "name": "Magazin", "kind": "woocommerce", "detail": "https://cana.ro", "fate": "new" }],
            "mappings": [{ "name": "M", "kind": "mapping", "detail": "12", "fate": "kept" }],
            "flows": [{ "name": "F", "shop": "Magazin", "billing": "B", "company": "RO1", "series": "A", "fate": "new" }] });
        let lines = said(&plan, true, Language::En);
        assert_eq!(lines[0], "  new            Magazin · WooCommerce · https://cana.ro");
        assert_eq!(lines[2], "  new            F · Magazin → B · RO1 · A");
        assert!(lines[3].contains("switched off"), "{lines:?}");
        for language in [Language::Ro, Language::En] {
            for is_done in [false, true] {
                let lines = said(&plan, is_done, language);
                assert!(!lines.iter().any(|line| line.contains("setup.") || line.contains("system.")), "{lines:?}");
            }
        }
    }

    #[test]
    fn everything_wrong_is_told_with_its_place_in_both_languages() {
        for language in [Language::Ro, Language::En] {
            for code in punte_engine::carry::SetupCode::ALL {
                let problem = json!({ "code": code.as_str(), "at": "flows[1].shop", "name": "Cana", "given": "Nix" });
                let lines = said(&json!({ "problems": [problem] }), false, language);
                let place = match language {
                    Language::Ro => "flows[1].shop · „Cana” · ",
                    Language::En => "flows[1].shop · “Cana” · ",
                };
                assert!(lines[0].starts_with(place) && lines[0].ends_with(" · Nix"), "{lines:?}");
                assert!(!lines.iter().any(|line| line.contains("setup.")), "{code:?}: {lines:?}");
            }
        }
    }

    #[test]
    fn what_takes_anothers_place_is_named_with_it() {
        assert_eq!(pair("RO1 = RO2"), Ok(("RO1".to_owned(), "RO2".to_owned())));
        for wrong in ["RO1", "=RO2", "RO1=", ""] {
            assert!(pair(wrong).is_err(), "{wrong}");
        }
    }
}
