//! The built programs, as processes that end with their test.

use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

use crate::{Control, until};

/// Longest that a program may take to do what it is asked.
const LIMIT: Duration = Duration::from_secs(60);

/// A program of the workspace: beside the test's own, or where `PUNTE_PROGRAMS` says.
pub fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let beside = || own.parent().and_then(Path::parent).unwrap().to_owned();
    let path = std::env::var_os("PUNTE_PROGRAMS").map_or_else(beside, PathBuf::from).join(name);
    assert!(path.exists(), "{} is not built: cargo build --workspace --bins", path.display());
    path
}

/// What a program said and how it ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Runs a program to its end, in English.
pub async fn run(name: &str, home: &Path, arguments: &[&str]) -> Ended {
    let mut command = command(name, home);
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(LIMIT, command.output()).await.expect("the program ends in time").unwrap();
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The same with a text on its standard input, as a passphrase is given.
pub async fn run_given(name: &str, home: &Path, arguments: &[&str], input: &str) -> Ended {
    use tokio::io::AsyncWriteExt;
    let mut command = command(name, home);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // one that asks for nothing may have ended by now
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output =
        tokio::time::timeout(LIMIT, child.wait_with_output()).await.expect("the program ends in time").unwrap();
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn command(name: &str, home: &Path) -> Command {
    let mut command = Command::new(program(name));
    command.env("PUNTE_HOME", home).env("LC_ALL", "C.UTF-8").env_remove("PUNTE_LOG");
    command
}

/// A program that goes on until it is stopped; killed when dropped.
pub struct Running(Child);

impl Drop for Running {
    /// What it started goes with it.
    fn drop(&mut self) {
        if let Some(pid) = self.0.id() {
            let _ = std::process::Command::new("kill").args(["-KILL", "--", &format!("-{pid}")]).output();
        }
    }
}

impl Running {
    pub fn start<A: AsRef<OsStr>>(name: &str, home: &Path, arguments: &[A]) -> Running {
        Running::start_with(name, home, arguments, &[])
    }

    /// With more in its environment.
    pub fn start_with<A: AsRef<OsStr>>(name: &str, home: &Path, arguments: &[A], more: &[(&str, &str)]) -> Running {
        let mut command = command(name, home);
        command.envs(more.iter().copied());
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Running(command.process_group(0).kill_on_drop(true).spawn().unwrap())
    }

    /// A program that is not one of ours.
    pub fn start_at(path: &Path, home: &Path, arguments: &[String]) -> Running {
        let mut command = Command::new(path);
        command
            .args(arguments)
            .env("PUNTE_HOME", home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let spawned = command.process_group(0).kill_on_drop(true).spawn();
        Running(spawned.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    pub fn id(&self) -> u32 {
        self.0.id().expect("it runs")
    }

    /// SIGKILL: no chance to tidy up.
    pub async fn kill(mut self) {
        self.0.kill().await.unwrap();
    }

    /// SIGTERM, and how it ended.
    pub async fn stop(self) -> Option<i32> {
        self.signal("TERM").await;
        self.ended().await
    }

    /// Sends it a signal by its name (`HUP`).
    pub async fn signal(&self, name: &str) {
        let told = Command::new("kill").args(["-s", name, &self.id().to_string()]).status().await.unwrap();
        assert!(told.success());
    }

    /// Ends what is left of all that a program started, without a chance to tidy up.
    pub fn end_group(group: u32) {
        signal_group(group, "KILL");
    }

    /// The same once it had a moment to end by itself.
    pub async fn see_off(group: u32) {
        let gone = async {
            while signal_group(group, "0") {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(5), gone).await.is_err() {
            Running::end_group(group);
        }
    }

    /// How it ended.
    pub async fn ended(mut self) -> Option<i32> {
        tokio::time::timeout(Duration::from_secs(10), self.0.wait()).await.expect("it stops when told").unwrap().code()
    }
}

/// Whether anything of the group was there to hear it.
fn signal_group(group: u32, name: &str) -> bool {
    let arguments = ["-s", name, "--", &format!("-{group}")];
    std::process::Command::new("kill").args(arguments).stderr(Stdio::null()).status().is_ok_and(|told| told.success())
}

/// `punte-cli sandbox` in a process of its own.
pub struct SandboxProgram {
    pub running: Running,
    /// What the port file says.
    pub ports: Value,
    pub control: Control,
}

impl SandboxProgram {
    pub async fn start(folder: &Path) -> SandboxProgram {
        Self::start_with(folder, &[]).await
    }

    /// With more flags.
    pub async fn start_with(folder: &Path, more: &[&str]) -> SandboxProgram {
        let (ports, state) = (folder.join("ports.json"), folder.join("simulators.json"));
        if ports.exists() {
            std::fs::remove_file(&ports).unwrap();
        }
        let arguments =
            [OsStr::new("sandbox"), OsStr::new("--port-file"), ports.as_os_str(), OsStr::new("--no-limits")];
        let more: Vec<&OsStr> = more.iter().map(OsStr::new).collect();
        let arguments = [&arguments[..], &[OsStr::new("--state"), state.as_os_str()], &more].concat();
        let running = Running::start("punte-cli", folder, &arguments);
        let ports: Value = until("the port file", LIMIT, async || {
            let text = std::fs::read_to_string(&ports).map_err(|error| error.to_string())?;
            serde_json::from_str(&text).map_err(|error| error.to_string())
        })
        .await;
        let control = Control::at(ports["control"]["url"].as_str().unwrap());
        SandboxProgram { running, ports, control }
    }
}
