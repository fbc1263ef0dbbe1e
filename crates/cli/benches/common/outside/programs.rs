//! The programs as processes that end with their holder.

use serde_json::Value;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Resident memory of a process, in MiB.
pub fn rss_mib(pid: u32) -> f64 {
    memory_mib(pid, "VmRSS:")
}

/// The most memory of a process that was resident at a time so far, in MiB.
pub fn peak_mib(pid: u32) -> f64 {
    memory_mib(pid, "VmHWM:")
}

fn memory_mib(pid: u32, name: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

/// The terminal program, built beside this benchmark.
pub fn program() -> &'static str {
    env!("CARGO_BIN_EXE_punte-cli")
}

/// A process that ends with its holder.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `punte-cli sandbox`, without limits and without a state file.
pub struct Simulators {
    _running: Running,
    pub ports: Value,
}

impl Simulators {
    pub fn start(folder: &Path, series: u32) -> Simulators {
        let port_file = folder.join("ports.json");
        let mut command = Command::new(program());
        command.args(["sandbox", "--no-limits", "--more-series", &series.to_string(), "--port-file"]).arg(&port_file);
        command.env("PUNTE_HOME", folder).env("PUNTE_LOG", "warn").stdout(Stdio::null());
        let running = Running(command.spawn().unwrap());
        let started = Instant::now();
        let ports = loop {
            match std::fs::read_to_string(&port_file).ok().and_then(|text| serde_json::from_str(&text).ok()) {
                Some(ports) => break ports,
                None => assert!(started.elapsed() < Duration::from_secs(20), "the simulators do not start"),
            }
            std::thread::yield_now();
        };
        Simulators { _running: running, ports }
    }
}
