//! Punte in the terminal.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a terminal program prints")]

use clap::Parser;
use punte_cli::args::{Arguments, Command};
use punte_cli::commands::{Desk, DeskError};
use punte_cli::compose::{Composition, Options, compose};
use punte_cli::passphrase::{self, Opened};
use punte_cli::reconcile::{self, Wanted};
use punte_cli::signals::{StopSignal, stop_signal};
use punte_cli::words::{Words, system_language};
use punte_cli::{
    audit, backup, demo, home, imports, log, manual, people, personal, sandbox, seed, serve, setup, traces,
};
use punte_logs::traces::Traces;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// What is still being done on other threads has so long to end.
const LAST_WORK: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let home = home(arguments.home.clone());
    let words = Words::of(arguments.lang.unwrap_or_else(system_language));
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let collector = arguments.command.watched().otlp;
    let traces = match collector.map(|address| traces::to(&address, runtime.handle())).transpose() {
        Ok(traces) => traces,
        Err(error) => {
            eprintln!("{}", words.say("terminal.noTraces", &[("reason", &error.to_string())]));
            return ExitCode::FAILURE;
        }
    };
    let _log = match punte_logs::init_with(&home.join("logs"), punte_logs::Options::default(), traces.as_ref()) {
        Ok(guard) => Some(guard),
        Err(error) => {
            eprintln!("{}", words.say("terminal.noLog", &[("reason", &error.to_string())]));
            None
        }
    };
    let code = match runtime.block_on(run(arguments, home, &words)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{}", tell(&error, &words));
            ExitCode::FAILURE
        }
    };
    traces.iter().for_each(Traces::end);
    // a question at the terminal that nobody answers keeps nothing waiting
    runtime.shutdown_timeout(LAST_WORK);
    code
}

async fn run(arguments: Arguments, home: PathBuf, words: &Words) -> Result<ExitCode, DeskError> {
    let workspace = arguments.workspace.as_deref();
    let operator = arguments.operator.as_deref();
    let print = |line: &str| println!("{line}");
    match arguments.command {
        Command::Demo => {
            let summary = demo::run(arguments.workspace.clone(), words, arguments.json, &print).await?;
            if arguments.json {
                println!("{}", json!(summary));
            } else {
                if !summary.agrees() {
                    println!(
                        "{}",
                        words.say("terminal.demo.disagrees", &[("count", &summary.at_providers.to_string())])
                    );
                }
                println!();
                println!(
                    "{} issued, {} held, {} settled, {} duplicated",
                    summary.issued, summary.held, summary.settled, summary.duplicated
                );
            }
            Ok(if summary.agrees() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Import { file, connection, columns, preview, report } => {
            let wanted = imports::Wanted { file, connection, columns, preview, report };
            import(home, workspace, operator, &wanted, arguments.json, words).await
        }
        Command::Run { watched } => run_until_stopped(home, workspace, watched.metrics_port, words).await,
        Command::Check => check(home, workspace, operator, arguments.json, words).await,
        Command::Audit { act } => audit(home, workspace, operator, act, arguments.json, words).await,
        Command::Backup(wanted) => {
            backup::run(home, workspace, operator, wanted, arguments.json, words, &print).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Restore(wanted) => {
            backup::run_restore(home, workspace, wanted, arguments.json, words, &print).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::People { act: people::Act::Reset { name } } => {
            let desk = Desk::open(home, workspace).await?;
            let told = people::reset(&desk, &name, words).await;
            desk.close().await;
            told?;
            println!("{}", words.say("terminal.people.reset", &[("name", &name)]));
            Ok(ExitCode::SUCCESS)
        }
        Command::Log(wanted) => log::show(home, workspace, operator, &wanted, arguments.json, words, &print).await,
        Command::Support(bundle) => log::save(home, workspace, operator, &bundle, arguments.json, words, &print).await,
        Command::Setup { act } => setup::run(home, workspace, operator, act, arguments.json, words, &print).await,
        Command::Personal(wanted) => personal::run(home, workspace, operator, wanted, arguments.json, words).await,
        Command::Status => status(home, workspace, operator, arguments.json, words).await,
        Command::Retry { ids } => retry(home, workspace, operator, ids, arguments.json, words).await,
        Command::Reconcile { connection, company, series, from, to } => {
            let wanted = Wanted { connection, company, series, from, to };
            reconcile(home, workspace, operator, &wanted, arguments.json, words).await
        }
        Command::Seed { documents } => {
            let now_ms = punte_engine::Clock::now_ms(&punte_engine::SystemClock::default());
            let quiet = arguments.json;
            let told = move |orders: usize| {
                if !quiet && orders.is_multiple_of(100_000) {
                    eprintln!("{orders}");
                }
            };
            let folder = seed::run(&home, workspace, documents, now_ms, told).await?;
            if arguments.json {
                println!("{}", json!({ "folder": folder, "documents": documents }));
            } else {
                println!("{}", folder.display());
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve { port, ui, no_keyring, watched } => {
            let mut stop = StopSignal::listen();
            let wanted = serve::Wanted { port, screens: ui, no_keyring, language: arguments.lang };
            let mut composition = serve::start(home, workspace, wanted).await?;
            println!("{}", composition.address().unwrap_or_default());
            if !show_metrics(&mut composition, watched.metrics_port, words).await {
                composition.shut_down().await;
                return Ok(ExitCode::FAILURE);
            }
            println!("{}", words.say("terminal.running", &[]));
            stop.asked().await;
            println!("{}", words.say("terminal.stopping", &[]));
            composition.shut_down().await;
            Ok(ExitCode::SUCCESS)
        }
        Command::Sandbox(arguments) => {
            sandbox::run(arguments, stop_signal(), &print)
                .await
                .map_err(|error| punte_api::ApiError::new(punte_api::ErrorCode::Internal, error.to_string()))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Manual { into } => {
            manual::write(&into)
                .map_err(|error| punte_api::ApiError::new(punte_api::ErrorCode::Internal, error.to_string()))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn import(
    home: PathBuf,
    workspace: Option<&Path>,
    operator: Option<&str>,
    wanted: &imports::Wanted,
    as_json: bool,
    words: &Words,
) -> Result<ExitCode, DeskError> {
    let desk = people::open(home, workspace, operator, words).await?;
    let told = match imports::run(&desk, wanted, words, stop_signal()).await {
        Ok(told) => told,
        Err(error) => {
            desk.close().await;
            return Err(error);
        }
    };
    if as_json {
        let mut all = told.answer.clone();
        all["rejectedRows"] = json!(told.rejected);
        println!("{all}");
    } else {
        imports::tell(&told, wanted, words, &|line| println!("{line}"));
    }
    if !wanted.preview {
        settle_down(&desk).await?;
    }
    desk.close().await;
    Ok(if told.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Gives what was just taken in time to be decided, and what is due time to be sent, when this process is the owner.
async fn settle_down(desk: &Desk) -> Result<(), DeskError> {
    if matches!(desk, Desk::Attached(_)) {
        return Ok(());
    }
    let mut still = 0;
    for _ in 0..150 {
        let counts = desk.call("counts.get", Value::Null).await?;
        let busy = counts["sending"].as_u64().unwrap_or_default() + counts["ready"].as_u64().unwrap_or_default();
        still = if busy == 0 { still + 1 } else { 0 };
        if still > 4 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

/// Serves metrics where a port is named, and says where. Answers whether it could.
async fn show_metrics(composition: &mut Composition, port: u16, words: &Words) -> bool {
    match composition.serve_metrics(port).await {
        Ok(Some(address)) => println!("{}", words.say("terminal.metrics", &[("address", &address)])),
        Ok(None) => {}
        Err(error) => {
            let facts = [("port", port.to_string()), ("reason", error.to_string())];
            let facts = facts.each_ref().map(|(name, fact)| (*name, fact.as_str()));
            eprintln!("{}", words.say("terminal.metricsNotServed", &facts));
            return false;
        }
    }
    true
}

async fn run_until_stopped(
    home: PathBuf,
    workspace: Option<&Path>,
    metrics_port: u16,
    words: &Words,
) -> Result<ExitCode, DeskError> {
    // from here on nothing ends without order, however long it takes to open what is there
    let mut stop = StopSignal::listen();
    let mut desk = match workspace {
        Some(_) => Desk::open(home, workspace).await?,
        None => {
            let (desk, problems) = Desk::run_enabled(home).await?;
            for problem in &problems {
                let code = match problem.code.as_str() {
                    "owned_by_other" => "workspace_owned",
                    "folder_missing" => "not_found",
                    "other" => "internal",
                    ledger => ledger,
                };
                let said = words.say(&format!("error.{code}"), &[("detail", &problem.detail)]);
                eprintln!("{}: {said} ({})", problem.workspace.name, problem.detail);
            }
            if desk.count_running().await == 0 {
                desk.close().await;
                return Ok(ExitCode::FAILURE);
            }
            desk
        }
    };
    if let Desk::Attached(attached) = &desk {
        let pid = attached.owner_pid().to_string();
        eprintln!("{}", words.say("terminal.ownedBy", &[("pid", &pid)]));
        return Ok(ExitCode::FAILURE);
    }
    let asked_early = tokio::select! {
        locked = unless_locked(&desk, words) => locked,
        () = stop.asked() => Some(ExitCode::SUCCESS),
    };
    if let Some(code) = asked_early {
        desk.close().await;
        return Ok(code);
    }
    if let Desk::Own(composition) = &mut desk
        && !show_metrics(composition, metrics_port, words).await
    {
        desk.close().await;
        return Ok(ExitCode::FAILURE);
    }
    println!("{}", words.say("terminal.running", &[]));
    stop.asked().await;
    println!("{}", words.say("terminal.stopping", &[]));
    desk.close().await;
    Ok(ExitCode::SUCCESS)
}

/// The exit code where the file of credentials is locked and nobody is there to open it: nothing could be sent or read.
async fn unless_locked(desk: &Desk, words: &Words) -> Option<ExitCode> {
    let opened = passphrase::open(desk, words, &|line| eprintln!("{line}")).await;
    (opened == Opened::Locked).then(|| ExitCode::from(2))
}

async fn check(
    home: PathBuf,
    workspace: Option<&Path>,
    operator: Option<&str>,
    as_json: bool,
    words: &Words,
) -> Result<ExitCode, DeskError> {
    let report = punte_cli::commands::check(home, workspace, operator, words).await?;
    if as_json {
        println!("{}", json!(report));
    } else {
        for one in &report.findings {
            let name = words.say(&format!("check.{}", one.check), &[]);
            let verdict = words.say(&format!("check.verdict.{}", one.verdict), &[]);
            println!("  {name:<40} {verdict} {}", one.detail);
        }
        let outcome = if report.is_good() { "check.good" } else { "check.wrong" };
        println!("{}", words.say(outcome, &[]));
    }
    Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn audit(
    home: PathBuf,
    workspace: Option<&Path>,
    operator: Option<&str>,
    act: audit::Act,
    as_json: bool,
    words: &Words,
) -> Result<ExitCode, DeskError> {
    let options = Options { home: home.clone(), no_keyring: false, prepare_sandbox: None };
    match act {
        audit::Act::Verify { head } => {
            let verified = match compose(options).await {
                Ok(composition) => audit::verify(&composition, workspace, head.as_deref()).await,
                Err(error) => Err(error.into()),
            };
            let report = match verified {
                Ok(report) => report,
                Err(error) => {
                    eprintln!("{}", tell(&error, words));
                    return Ok(ExitCode::from(2));
                }
            };
            if as_json {
                println!("{}", json!(report));
            } else {
                audit::tell(&report, words, &|line| println!("{line}"));
            }
            return Ok(if report.broken.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        audit::Act::Anchor => {
            let composition = compose(options).await?;
            for line in audit::anchors(&home, &composition, workspace).await? {
                println!("{line}");
            }
        }
        audit::Act::Export { format, to } => {
            let desk = people::open(home, workspace, operator, words).await?;
            let bytes = audit::export(&desk, &format).await;
            desk.close().await;
            let bytes = bytes?;
            let written = match &to {
                Some(file) => std::fs::write(file, &bytes),
                None => std::io::Write::write_all(&mut std::io::stdout(), &bytes),
            };
            written.map_err(|error| punte_api::ApiError::new(punte_api::ErrorCode::Internal, error.to_string()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn status(
    home: PathBuf,
    workspace: Option<&Path>,
    operator: Option<&str>,
    as_json: bool,
    words: &Words,
) -> Result<ExitCode, DeskError> {
    let desk = people::open(home, workspace, operator, words).await?;
    let app = desk.call("app.get", Value::Null).await?;
    let overview = desk.call("overview.get", Value::Null).await?;
    let failures = desk.call("failures.list", Value::Null).await?;
    let doubts = desk.call("doubts.list", Value::Null).await?;
    let alerts = desk.call("alerts.get", Value::Null).await?["open"].take();
    desk.close().await;
    if as_json {
        let all = json!({
            "workspace": app["open"], "overview": overview, "failures": failures, "doubts": doubts, "alerts": alerts,
        });
        println!("{all}");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{}", app["open"]["name"].as_str().unwrap_or_default());
    for (name, count) in overview["counts"].as_object().into_iter().flatten() {
        if count != 0 {
            println!("  {:<24} {count}", words.say(&format!("counts.{name}"), &[]));
        }
    }
    for connection in overview["connections"].as_array().into_iter().flatten() {
        println!(
            "  {:<32} {}",
            connection["name"].as_str().unwrap_or_default(),
            words.say(&format!("health.{}", connection["health"].as_str().unwrap_or_default()), &[])
        );
    }
    for alert in alerts.as_array().into_iter().flatten() {
        println!("  ! {}", alert["title"].as_str().unwrap_or_default());
    }
    demo::tell_failures(&failures, words, &|line| println!("{line}"));
    Ok(ExitCode::SUCCESS)
}

async fn retry(
    home: PathBuf,
    workspace: Option<&Path>,
    operator: Option<&str>,
    ids: Vec<String>,
    as_json: bool,
    words: &Words,
) -> Result<ExitCode, DeskError> {
    let desk = people::open(home, workspace, operator, words).await?;
    if let Some(code) = unless_locked(&desk, words).await {
        desk.close().await;
        return Ok(code);
    }
    let result = desk.call("documents.retry", json!({ "ids": ids })).await?;
    settle_down(&desk).await?;
    desk.close().await;
    if as_json {
        println!("{result}");
    } else {
        for id in result["queued"].as_array().into_iter().flatten() {
            println!("{}  {}", id.as_str().unwrap_or_default(), words.say("timeline.queued", &[]));
        }
        for skip in result["skipped"].as_array().into_iter().flatten() {
            let reason = words.say(&format!("skipped.{}", skip["reason"].as_str().unwrap_or_default()), &[]);
            let kind = skip["failure"]["kind"].as_str();
            let detail = skip["failure"]["detail"].as_str().unwrap_or_default();
            let why =
                kind.map(|kind| words.say(&format!("failure.{kind}.title"), &[("detail", detail)])).unwrap_or_default();
            println!("{}  {reason} {why}", skip["id"].as_str().unwrap_or_default());
        }
    }
    let all_queued = result["skipped"].as_array().is_none_or(Vec::is_empty);
    Ok(if all_queued { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn reconcile(
    home: PathBuf,
    workspace: Option<&Path>,
    operator: Option<&str>,
    wanted: &Wanted,
    as_json: bool,
    words: &Words,
) -> Result<ExitCode, DeskError> {
    let desk = people::open(home, workspace, operator, words).await?;
    if let Some(code) = unless_locked(&desk, words).await {
        desk.close().await;
        return Ok(code);
    }
    let told = reconcile::run(&desk, wanted, words).await;
    desk.close().await;
    let told = told?;
    if as_json {
        println!("{}", json!({ "run": told.run, "findings": told.findings }));
    } else {
        reconcile::tell(&told, words, &|line| println!("{line}"));
    }
    Ok(if told.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// An error in words, with its facts.
fn tell(error: &DeskError, words: &Words) -> String {
    if let Some(said) = backup::words_for(error, words) {
        return said;
    }
    match error {
        DeskError::Api(error) => words.say_error(error),
        DeskError::Attach(error) => format!("{} ({error})", words.say("terminal.ownerSilent", &[])),
    }
}
