//! `punte-cli sandbox`: the simulators alone, for any client. The port file is all that such a client needs.

use clap::{Args, ValueEnum};
use punte_sandbox::{Limits, RepeatedKey, Sandbox, SandboxConfig, SandboxError};
use std::path::PathBuf;

/// How the simulators behave.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Written when they listen: addresses, logins and series of every simulator, as JSON.
    #[arg(long, value_name = "FILE")]
    port_file: PathBuf,
    /// Keep documents, counters and orders in this file. Default: in memory.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Forgive what older SmartBill clients do: seriesName in queries, routes without /v2, unknown fields, numbers as text.
    #[arg(long)]
    tolerant: bool,
    /// Do not count calls against the providers' published limits.
    #[arg(long)]
    no_limits: bool,
    /// What SmartBill answers while a token is banned: 429 by the specification of 2026, 403 by that of 2021.
    #[arg(long, value_name = "STATUS", default_value = "429", value_parser = ["429", "403"])]
    ban_status: String,
    /// For how many seconds SmartBill bans a token that went over the limit.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    ban_seconds: u32,
    /// Let SmartBill give the number of a deleted last document again. Oblio always does.
    #[arg(long)]
    deleted_number_returns: bool,
    /// What Oblio answers to a create whose idempotencyKey it knows: the first document again, or a refusal.
    #[arg(long, value_enum, default_value_t = Repeated::Replay)]
    repeated_key: Repeated,
    /// After so many documents each provider says that the plan is full. Default: without end.
    #[arg(long, value_name = "DOCUMENTS")]
    quota: Option<u32>,
    /// More invoice series at SmartBill: S01, S02 and so on. Only a new state gets them.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    more_series: u32,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Repeated {
    Replay,
    Refuse,
}

impl Arguments {
    fn config(&self) -> SandboxConfig {
        let standard = SandboxConfig::default();
        SandboxConfig {
            state_file: self.state.clone(),
            tolerant: self.tolerant,
            rate_limits: if self.no_limits { Limits::Off } else { Limits::On },
            ban_status: self.ban_status.parse().unwrap_or(standard.ban_status),
            ban_ms: i64::from(self.ban_seconds) * 1_000,
            deleted_number_returns: self.deleted_number_returns,
            repeated_key: match self.repeated_key {
                Repeated::Replay => RepeatedKey::Replay,
                Repeated::Refuse => RepeatedKey::Refuse,
            },
            document_quota: self.quota,
            more_series: self.more_series,
            ..standard
        }
    }
}

/// Serves until `stopped`. Prints the port file's content too.
///
/// # Errors
/// What kept the simulators from listening, or the port file from being written.
pub async fn run(
    arguments: Arguments,
    stopped: impl Future<Output = ()>,
    print: &dyn Fn(&str),
) -> Result<(), SandboxError> {
    let running = Sandbox::open(arguments.config())?.serve_loopback().await?;
    punte_sandbox::write_port_file(&arguments.port_file, running.endpoints())?;
    print(&serde_json::to_string(&running.endpoints()).unwrap_or_default());
    stopped.await;
    running.shutdown().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Whole {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn config(more: &str) -> Option<SandboxConfig> {
        let line = format!("sandbox --port-file ports.json {more}");
        Whole::try_parse_from(line.split_whitespace()).ok().map(|whole| whole.arguments.config())
    }

    #[test]
    fn nothing_said_is_what_a_stranger_should_meet() {
        let (said, standard) = (config("").unwrap(), SandboxConfig::default());
        assert_eq!((said.tolerant, said.rate_limits), (standard.tolerant, standard.rate_limits));
        assert_eq!((said.ban_status, said.ban_ms), (standard.ban_status, standard.ban_ms));
        assert_eq!((said.repeated_key, said.document_quota), (standard.repeated_key, standard.document_quota));
        assert_eq!(said.deleted_number_returns, standard.deleted_number_returns);
    }

    #[test]
    fn what_sources_tell_two_ways_can_be_had_both_ways() {
        let said = config("--ban-status 403 --ban-seconds 5 --deleted-number-returns --repeated-key refuse --quota 3");
        let said = said.unwrap();
        assert_eq!((said.ban_status.as_u16(), said.ban_ms, said.document_quota), (403, 5_000, Some(3)));
        assert_eq!((said.deleted_number_returns, said.repeated_key), (true, RepeatedKey::Refuse));
        assert!(config("--ban-status 500").is_none());
    }
}
