//! A home in which somebody has worked, and the files that the documents name.

use crate::lines::{block, root};
use punte_tests::{Buyer, Desk, Ended, SandboxProgram, create_workspace, order, program};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

/// Longest that a command may take.
const LIMIT: Duration = Duration::from_secs(100);
/// Answers to whoever asks for a new passphrase, twice.
const TYPED: &str = "cinci cuvinte alese de noi\ncinci cuvinte alese de noi\n";
/// Commands that go on until they are stopped.
const GO_ON: &[&str] = &["punte-cli log --follow", "punte-cli run", "punte-cli serve", "punte-cli sandbox"];

pub struct Home {
    home: TempDir,
    /// Another one, where a person works: Ana.
    peopled: TempDir,
    /// Where the commands are typed.
    work: TempDir,
    /// A record that may be tried again.
    held: String,
    series: String,
    _sandbox: SandboxProgram,
}

impl Home {
    pub async fn new() -> Home {
        let [home, with_ana, work] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
        people(with_ana.path()).await;
        let sandbox = SandboxProgram::start(home.path()).await;
        let folder = create_workspace(home.path()).await;
        let desk = Desk::start(home.path(), &folder).await;
        desk.connect(&sandbox).await;
        sandbox.control.order(order(1001, Buyer::Person)).await;
        desk.wait_for(1001, "issued").await;
        let refusal = json!({ "provider": "smartbill", "operation": "create", "kind": "refuse_vat", "times": 1 });
        sandbox.control.fault(refusal).await;
        sandbox.control.order(order(1002, Buyer::Person)).await;
        let held = desk.wait_for(1002, "held").await["id"].as_str().unwrap().to_owned();
        assert_eq!(desk.running.stop().await, Some(0));
        let series = sandbox.ports["smartbill"]["series"].as_str().unwrap().to_owned();
        files(work.path());
        let home = Home { home, peopled: with_ana, work, held, series, _sandbox: sandbox };
        for command in ["punte-cli import ana.csv", "punte-cli backup --to books.sqlite"] {
            let done = home.run(command).await.unwrap();
            assert_eq!(done.code, Some(0), "{command}: {done:?}");
        }
        home
    }

    /// What stands for a reader's own: an id, a series, a connection.
    pub fn meant(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DOCUMENT-ID", self.held.clone()),
            ("--series FCT", format!("--series {}", self.series)),
            ("--connection SmartBill", "--connection smartbill".into()),
        ]
    }

    /// Where a command is at home. `seed` leaves its workspace as the one that was open last, so it has a home of its own.
    fn home_of(&self, line: &str) -> PathBuf {
        match line {
            line if line.starts_with("punte-cli seed") => self.work.path().join("seeded"),
            line if line.starts_with("punte-cli people") => self.peopled.path().to_owned(),
            _ => self.home.path().to_owned(),
        }
    }

    /// Runs one line, as a person types it.
    pub async fn run(&self, line: &str) -> Result<Ended, String> {
        let goes_on = GO_ON.iter().any(|one| line == *one || line.starts_with(&format!("{one} ")));
        let line = match line.strip_prefix("make ") {
            // whether there is such a target; what it does is done by the other phases of the tests
            Some(target) => format!("make -n -C '{}' {target}", root().display()),
            None => line.to_owned(),
        };
        let programs = program("punte-cli").parent().unwrap().to_owned();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let at = self.home_of(&line);
        let line = if goes_on { format!("exec {line}") } else { line };
        let mut command = Command::new("bash");
        command
            .args(["-euo", "pipefail", "-c", line.as_str()])
            .current_dir(self.work.path())
            .env("PATH", path)
            .env("PUNTE_HOME", at)
            .env("LC_ALL", "C.UTF-8")
            .env_remove("PUNTE_LOG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let mut typed = child.stdin.take().unwrap();
        // a program that asks for nothing may have ended by now
        let _ = typed.write_all(TYPED.as_bytes()).await;
        drop(typed);
        let ended = async {
            if goes_on {
                return heard_and_stopped(child).await;
            }
            let output = child.wait_with_output().await.map_err(|error| error.to_string())?;
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            Ok(Ended { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) })
        };
        tokio::time::timeout(LIMIT, ended).await.map_err(|_| format!("not within {LIMIT:?}"))?
    }
}

/// A workspace with one person, Ana. Nothing runs afterwards.
async fn people(home: &Path) {
    let folder = create_workspace(home).await;
    let desk = Desk::start(home, &folder).await;
    desk.call("people.add", json!({ "name": "Ana", "role": "admin", "password": "patru cuvinte de test" })).await;
    assert_eq!(desk.running.stop().await, Some(0));
}

/// Waits until a program says that it works, or has worked quietly for some seconds, and stops it as systemd does.
async fn heard_and_stopped(mut child: Child) -> Result<Ended, String> {
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = tokio::time::timeout(Duration::from_secs(8), said.next_line()).await;
    let first = first.ok().and_then(Result::ok).flatten().unwrap_or_default();
    let id = child.id().ok_or("it ended by itself")?;
    let told =
        Command::new("kill").args(["-TERM", &id.to_string()]).status().await.map_err(|error| error.to_string())?;
    let mut stderr = String::new();
    let errors = child.stderr.take().unwrap();
    let _ = BufReader::new(errors).read_to_string(&mut stderr).await;
    let code = child.wait().await.map_err(|error| error.to_string())?.code();
    if told.success() {
        Ok(Ended { code, stdout: first, stderr })
    } else {
        Err(format!("it had ended: {code:?} {stderr}"))
    }
}

/// The files that the documents name: those that stand in a page, and some of the same kind.
fn files(folder: &Path) {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let orders = block("docs/imports.md", "csv");
    write("orders.csv", &orders);
    write("market.csv", &orders.replace("A-1", "M-1"));
    write("atelier.setup.toml", &block("docs/setup-file.md", "toml"));
    write(
        "ana.csv",
        "number,date,status,total,currency,customer.name,customer.email,customer.address,customer.city,customer.county,\
         customer.country,line.name,line.quantity,line.unit_price,line.vat_rate\n\
         Z-1,2026-11-20 10:00,open,30.00,RON,Ana Ionescu,ana@example.com,Str. Test 99,Cluj-Napoca,CJ,RO,Carte,1,30.00,11\n",
    );
    let columns = block("docs/imports.md", "json");
    write("columns.json", &columns);
    sheet(&folder.join("sheet.xlsx"), &serde_json::from_str(&columns).unwrap());
}

/// A workbook with the headings that the columns name.
fn sheet(path: &Path, columns: &Value) {
    let cells = [
        ("number", "F-1"),
        ("date", "2026-11-20 10:00"),
        ("total", "30.00"),
        ("customer.name", "Dan Pop"),
        ("customer.address", "Str. Lungă 1"),
        ("customer.city", "Iași"),
        ("line.name", "Carte"),
        ("line.quantity", "1"),
        ("line.unit_price", "30.00"),
    ];
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (at, (field, cell)) in (0u16..).zip(cells) {
        sheet.write(0, at, columns["columns"][field].as_str().unwrap()).unwrap();
        sheet.write(1, at, cell).unwrap();
    }
    book.save(path).unwrap();
}
