//! `punte-cli reconcile`: one pass, told to its end.

use crate::commands::{Desk, DeskError};
use crate::words::Words;
use punte_api::{ApiError, ErrorCode};
use serde_json::{Value, json};
use std::time::Duration;

/// What is to be compared; what is left out must be the only one there is.
pub struct Wanted {
    /// Id or name of a billing connection.
    pub connection: Option<String>,
    pub company: Option<String>,
    pub series: Option<String>,
    /// `YYYY-MM-DD`
    pub from: String,
    pub to: String,
}

/// A pass and everything that it found.
pub struct Told {
    pub run: Value,
    pub findings: Vec<Value>,
}

impl Told {
    /// It ended well, looked at everything, and found nothing but what is expected.
    pub fn is_clean(&self) -> bool {
        self.run["result"] == "clean" && self.run["complete"] == true
    }
}

/// Runs a pass and waits for its end.
///
/// # Errors
/// As the api answers; a connection or series that is none, or one of several, is named with what there is.
pub async fn run(desk: &Desk, wanted: &Wanted, words: &Words) -> Result<Told, DeskError> {
    let known = desk.call("reconcile.runs", Value::Null).await?;
    let is = |lane: &Value, field: &str, text: &Option<String>| text.as_ref().is_none_or(|text| lane[field] == **text);
    let fits = |lane: &&Value| {
        let named = is(lane, "connectionId", &wanted.connection) || is(lane, "connectionName", &wanted.connection);
        named && is(lane, "company", &wanted.company) && is(lane, "series", &wanted.series)
    };
    let lanes: Vec<&Value> = known["lanes"].as_array().into_iter().flatten().collect();
    let fitting: Vec<&Value> = lanes.iter().copied().filter(fits).collect();
    let [lane] = fitting[..] else {
        let offered: Vec<String> = lanes
            .iter()
            .map(|lane| format!("{} {} {}", text(lane, "connectionName"), text(lane, "company"), text(lane, "series")))
            .collect();
        let named =
            [&wanted.connection, &wanted.company, &wanted.series].map(|text| text.as_deref().unwrap_or_default());
        let named = named.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
        let said = match (lanes.len(), fitting.len()) {
            (0, _) => words.say("terminal.reconcile.nothing", &[]),
            (_, 0) => words.say("terminal.reconcile.unknown", &[("named", &named), ("lanes", &offered.join(", "))]),
            _ => words.say("terminal.reconcile.lanes", &[("lanes", &offered.join(", "))]),
        };
        return Err(ApiError::new(ErrorCode::InvalidInput, said).into());
    };
    let request = json!({ "connectionId": lane["connectionId"], "company": lane["company"], "series": lane["series"],
        "from": wanted.from, "to": wanted.to });
    let started = desk.call("reconcile.run", request).await?;
    let run = loop {
        let now = desk.call("reconcile.runs", Value::Null).await?;
        let run = now["runs"].as_array().into_iter().flatten().find(|run| run["id"] == started["runId"]).cloned();
        match run {
            Some(run) if run["result"] != "running" => break run,
            // a pass is bounded by the calls that it may make
            _ => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    };
    let mut findings = Vec::new();
    let mut after = Value::Null;
    loop {
        let request = json!({ "kinds": [], "state": "", "runId": started["runId"], "after": after, "limit": 500 });
        let page = desk.call("reconcile.findings", request).await?;
        findings.extend(page["rows"].as_array().into_iter().flatten().cloned());
        after = page["next"].clone();
        if after.is_null() {
            break;
        }
    }
    // they come newest first
    findings.reverse();
    Ok(Told { run, findings })
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

/// The report, in words.
pub fn tell(told: &Told, words: &Words, print: &dyn Fn(&str)) {
    let run = &told.run;
    let result = words.say(&format!("passResult.{}", text(run, "result")), &[]);
    let facts =
        [("series", text(run, "series")), ("from", text(run, "from")), ("to", text(run, "to")), ("result", &result)];
    print(&words.say("terminal.reconcile.title", &facts));
    let count = |field: &str| run[field].as_u64().unwrap_or_default().to_string();
    let (looked, matched, not_told) = (count("looked"), count("matched"), count("notTold"));
    let facts = [("looked", &*looked), ("matched", &*matched), ("notTold", &*not_told)];
    print(&words.say("terminal.reconcile.counts", &facts));
    if run["complete"] != true {
        let why = words.say(&format!("passWhy.{}", text(run, "why")), &[]);
        print(&words.say("terminal.reconcile.incomplete", &[("why", &why)]));
    }
    if let Some(kind) = run["failure"]["kind"].as_str() {
        print(&words.say(&format!("failure.{kind}.title"), &[("detail", text(&run["failure"], "detail"))]));
    }
    for finding in &told.findings {
        print(&line(finding, words));
        for one in finding["differs"].as_array().into_iter().flatten() {
            let field = words.say(&format!("findingField.{}", text(one, "field")), &[]);
            print(&format!("    {field}: {} ≠ {}", text(one, "ours"), text(one, "theirs")));
        }
    }
}

fn line(finding: &Value, words: &Words) -> String {
    let kind = words.say(&format!("finding.{}", text(finding, "kind")), &[]);
    let mut line = format!("  {kind:<18}");
    if let Some(number) = finding["number"].as_str() {
        line.push_str(&format!(" {} {number}", text(finding, "series")));
    }
    let until = text(finding, "until");
    if !until.is_empty() && finding["number"] != until {
        line.push_str(&format!("–{until}"));
    }
    if let Some(order) = finding["orderNumber"].as_str() {
        line.push_str(&format!(" #{order}"));
    }
    let why = text(finding, "why");
    if !why.is_empty() {
        let key = format!("findingWhy.{why}");
        let said = words.say(&key, &[("linked", text(finding, "linked"))]);
        // an order that waits says why as every order does
        let why = if said == key { words.say(&format!("reason.{why}"), &[]) } else { said };
        line.push_str(&format!("  {why}"));
    }
    let proposal = text(finding, "proposal");
    if !proposal.is_empty() {
        line.push_str(&format!("  {}", words.say(&format!("findingProposal.{proposal}"), &[])));
    }
    if finding["state"] == "ignored" {
        line.push_str(&format!("  ({})", text(finding, "reason")));
    }
    line
}
