//! Manual pages and completions, from the definition that the programs themselves read.

use crate::args::{Arguments, WindowArguments};
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use std::io::Result;
use std::path::Path;

/// The terminal program's name.
const PROGRAM: &str = "punte-cli";
/// Shells whose completions are written.
const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Zsh, Shell::Fish];

/// Writes `man/*.1` of both programs and of every subcommand that is shown, and `completions/*` of the terminal's, into a folder.
///
/// # Errors
/// What kept a file from being written.
pub fn write(into: &Path) -> Result<()> {
    let (pages, completions) = (into.join("man"), into.join("completions"));
    std::fs::create_dir_all(&pages)?;
    std::fs::create_dir_all(&completions)?;
    for program in [Arguments::command(), WindowArguments::command()] {
        clap_mangen::generate_to(program.disable_help_subcommand(true), &pages)?;
    }
    for shell in SHELLS {
        clap_complete::generate_to(shell, &mut shown(&Arguments::command()), PROGRAM, &completions)?;
    }
    Ok(())
}

/// The same without what is hidden: completions would offer it.
fn shown(program: &Command) -> Command {
    Command::new(PROGRAM)
        .version(env!("CARGO_PKG_VERSION"))
        .args(program.get_arguments().cloned())
        .subcommands(program.get_subcommands().filter(|one| !one.is_hide_set()).cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_that_is_shown_has_a_page_and_is_completed_in_three_shells() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path()).unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let (bash, zsh, fish) =
            (read("completions/punte-cli.bash"), read("completions/_punte-cli"), read("completions/punte-cli.fish"));
        for command in Arguments::command().get_subcommands() {
            let (name, is_shown) = (command.get_name(), !command.is_hide_set());
            assert_eq!(folder.path().join(format!("man/punte-cli-{name}.1")).is_file(), is_shown, "a page of {name}");
            assert_eq!(bash.contains(&format!("punte__cli,{name})")), is_shown, "bash completes {name}");
            assert_eq!(zsh.contains(&format!("\n'{name}:")), is_shown, "zsh completes {name}");
            assert_eq!(fish.contains(&format!("-a \"{name}\"")), is_shown, "fish completes {name}");
        }
        assert!(read("man/punte-cli.1").contains("reconcile"));
        assert!(read("man/punte.1").contains("workspace"));
    }
}
