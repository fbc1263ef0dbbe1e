//! What both programs can be told on a command line: read by them, and by what writes their manual pages and completions.

use crate::words::Language;
use crate::{audit, backup, log, people, personal, sandbox, setup};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// The terminal program.
#[derive(Debug, Parser)]
#[command(
    name = "punte-cli",
    version,
    about = "Orders become invoices at SmartBill and Oblio: once, correct, on time."
)]
pub struct Arguments {
    /// Folder of the app's state (settings, workspaces). Default: PUNTE_HOME, or the system's place.
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// A workspace's folder. Default: the one that was open last.
    #[arg(long, global = true, value_name = "DIR")]
    pub workspace: Option<PathBuf>,
    /// Who you are, in a workspace that has people. The password is asked for, or read from standard input.
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub operator: Option<String>,
    /// Print data as JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// Language of the words; with `serve` of the screens, too, until another is chosen there. Default: the system's.
    #[arg(long, global = true, value_enum)]
    pub lang: Option<Language>,
    #[command(subcommand)]
    pub command: Command,
}

impl Command {
    /// What it is to show while it runs.
    pub fn watched(&self) -> Watched {
        match self {
            Command::Run { watched } | Command::Serve { watched, .. } => watched.clone(),
            _ => Watched::default(),
        }
    }
}

/// What the terminal program does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The main job on the sandbox, from orders to settled invoices.
    Demo,
    /// Take orders from a file in: CSV, XLSX or JSON. Exits 0 once it was read to its end, whatever rows were rejected.
    Import {
        file: PathBuf,
        /// The connection whose orders these are, by its id or name; a name that none has makes one for files. Default: the one
        /// for files, or for JSON the only shop.
        #[arg(long, value_name = "NAME")]
        connection: Option<String>,
        /// A JSON file that says which column is which field. Default: as the headings suggest.
        #[arg(long, value_name = "FILE")]
        columns: Option<PathBuf>,
        /// Only say what would be taken in.
        #[arg(long)]
        preview: bool,
        /// Write every rejected row into this CSV file.
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
    /// Work without a window until stopped: every enabled workspace, or the one given.
    Run {
        #[command(flatten)]
        watched: Watched,
    },
    /// Check a workspace's ledger, whether anybody works on it or not. Changes nothing.
    Check,
    /// The people of a workspace: `reset` sets somebody's password anew, for whoever owns this machine's account.
    People {
        #[command(subcommand)]
        act: people::Act,
    },
    /// The program's log: the newest lines of a workspace, and what comes from now on.
    Log(log::Arguments),
    /// Show or write what somebody needs to help: how this Punte stands and its log, without names, addresses and secrets. Sends it nowhere.
    Support(log::Bundle),
    /// A workspace's set-up as a file: connections without their credentials, mappings and flows.
    Setup {
        #[command(subcommand)]
        act: setup::Act,
    },
    /// Personal data: what a retention period takes away; one client found, taken away as a file, erased.
    Personal(personal::Arguments),
    /// Counts, connections and failures.
    Status,
    /// The audit log: whether it is whole, lines to keep elsewhere, and the log as a file.
    Audit {
        #[command(subcommand)]
        act: audit::Act,
    },
    /// A backup, verified: in the workspace's folder of backups, or in a file. Whoever works in the workspace goes on.
    #[command(args_conflicts_with_subcommands = true)]
    Backup(backup::Make),
    /// Put a backup back; nobody may work there. Older than what was seen here, nothing is sent until the providers were read.
    Restore(backup::PutBack),
    /// Check held documents again and queue those that pass.
    Retry {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Compare a series with its provider for a period. Exits 0 only if everything was looked at and nothing differs.
    Reconcile {
        /// Id or name of a billing connection; not needed where there is one.
        #[arg(long, value_name = "ID")]
        connection: Option<String>,
        #[arg(long)]
        company: Option<String>,
        #[arg(long)]
        series: Option<String>,
        /// First day, YYYY-MM-DD.
        #[arg(long, value_name = "DAY")]
        from: String,
        /// Last day.
        #[arg(long, value_name = "DAY")]
        to: String,
    },
    /// A workspace full of documents that nobody issued, to measure and to try the screens with: a new one, or the empty one given.
    Seed {
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=20_000_000))]
        documents: u64,
    },
    /// The screens in a browser of this machine, until stopped. Prints the address; whoever has it may do what you may.
    Serve {
        /// Default: a free one.
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// The built screens. Default: those installed with the program, or ui/dist above the folder at hand or the program.
        #[arg(long, value_name = "DIR")]
        ui: Option<PathBuf>,
        /// Keep secrets in memory only, until the end.
        #[arg(long)]
        no_keyring: bool,
        #[command(flatten)]
        watched: Watched,
    },
    /// The simulators alone, for any client.
    Sandbox(sandbox::Arguments),
    /// Write the manual pages and the shells' completions into a folder, for whoever packages Punte.
    #[command(hide = true)]
    Manual {
        #[arg(value_name = "DIR")]
        into: PathBuf,
    },
}

/// What a program that goes on until it is stopped shows to whoever watches it.
#[derive(Debug, Clone, Default, Args)]
pub struct Watched {
    /// Serve metrics at http://127.0.0.1:PORT/metrics, to whoever asks on this machine: numbers and ids. 0: no metrics.
    #[arg(long, env = "PUNTE_METRICS_PORT", value_name = "PORT", default_value_t = 0)]
    pub metrics_port: u16,
    /// Send traces to the collector at this address (OTLP over HTTP): what was done when to which id, nothing personal.
    #[arg(long, env = "PUNTE_OTLP", value_name = "URL")]
    pub otlp: Option<String>,
}

/// The window's program.
#[derive(Debug, Parser)]
#[command(name = "punte", version, about = "Orders become invoices at SmartBill and Oblio: once, correct, on time.")]
pub struct WindowArguments {
    /// Folder of the app's state (settings, workspaces, logs). Default: PUNTE_HOME, or the system's place.
    #[arg(long, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// A workspace's folder to open. Default: the one that was open last.
    #[arg(long, value_name = "DIR")]
    pub workspace: Option<PathBuf>,
    /// Without its window: it is in the tray, or comes when Punte is started once more.
    #[arg(long)]
    pub hidden: bool,
    #[command(flatten)]
    pub watched: Watched,
}
