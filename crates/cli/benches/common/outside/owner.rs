//! `punte-cli serve` as the owner of a workspace, and its commands over loopback.

use super::http::ask;
use super::{Running, peak_mib, program};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};

pub struct Owner {
    running: Running,
    base: String,
    token: String,
    /// It goes on saying things, and somebody must hold the other end.
    _said: BufReader<ChildStdout>,
}

impl Owner {
    /// Starts it under a home, on a workspace or on none yet, and waits until it answers.
    pub fn start(home: &Path, workspace: Option<&Path>, arguments: &[&str]) -> Owner {
        let screens = home.join("screens");
        std::fs::create_dir_all(&screens).unwrap();
        std::fs::write(screens.join("index.html"), "<title>Punte</title>").unwrap();
        let mut command = Command::new(program());
        command.arg("serve").arg("--ui").arg(&screens).args(arguments).env("PUNTE_HOME", home).stdout(Stdio::piped());
        if let Some(folder) = workspace {
            command.arg("--workspace").arg(folder);
        }
        let mut running = Running(command.spawn().unwrap());
        let mut address = String::new();
        let mut said = BufReader::new(running.0.stdout.take().unwrap());
        said.read_line(&mut address).unwrap();
        let (base, token) = address.trim().split_once("/#token=").expect("it prints where it serves");
        Owner { base: base.to_owned(), token: token.to_owned(), running, _said: said }
    }

    pub async fn call(&self, command: &str, payload: Value) -> Value {
        ask(&self.base, &format!("/call/{command}"), Some(&self.token), &payload).await
    }

    /// Makes a workspace; answers its folder.
    pub async fn create_workspace(&self) -> PathBuf {
        let app = self.call("workspace.create", json!({ "name": "Bench" })).await;
        PathBuf::from(app["open"]["folder"].as_str().unwrap())
    }

    /// The most memory that was resident at a time so far, in MiB.
    pub fn peak_mib(&self) -> f64 {
        peak_mib(self.running.0.id())
    }

    /// SIGKILL: no chance to tidy up.
    pub fn kill(self) {
        drop(self);
    }
}
