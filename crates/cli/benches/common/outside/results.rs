//! Where results go, and what many measurements come to.

use serde_json::{Value, json};
use std::path::PathBuf;

/// `target/bench`, wherever this program was built.
pub fn out_dir() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let target = program.ancestors().find(|dir| dir.ends_with("release") || dir.ends_with("debug")).unwrap();
    let dir = target.parent().unwrap().join("bench");
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

/// Results of one benchmark, told as they come and written at the end.
pub struct Results {
    file: &'static str,
    rows: Vec<Value>,
}

impl Results {
    pub fn new(file: &'static str) -> Results {
        Results { file, rows: Vec::new() }
    }

    /// A figure with a goal, or one that only explains the others (no goal). Of times, memory and bans less is better, of
    /// everything else more.
    pub fn add(&mut self, name: &str, value: f64, unit: &str, goal: Option<f64>) {
        let value = (value * 1000.0).round() / 1000.0;
        println!("  {name:<34} {value} {unit}");
        self.rows.push(json!({ "name": name, "value": value, "unit": unit, "goal": goal }));
    }

    pub fn write(&self) {
        let path = out_dir().join(self.file);
        std::fs::write(&path, format!("{:#}\n", Value::Array(self.rows.clone()))).unwrap();
    }
}

/// The value below which a share of the measurements lies.
pub fn quantile(measured: &mut [f64], share: f64) -> f64 {
    measured.sort_by(f64::total_cmp);
    let at = ((measured.len() as f64 * share).ceil() as usize).clamp(1, measured.len());
    measured[at - 1]
}

pub fn median(measured: &mut [f64]) -> f64 {
    quantile(measured, 0.5)
}
