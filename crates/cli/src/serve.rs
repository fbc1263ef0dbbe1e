//! The screens in a browser of this machine: the same api, over loopback.

use crate::compose::{Composition, Options, compose};
use crate::words::Language;
use punte_api::{ApiError, ErrorCode};
use punte_http::Place;
use std::path::{Path, PathBuf};

/// What is served, and where.
pub struct Wanted {
    /// On loopback; 0 takes a free one.
    pub port: u16,
    /// The built screens. Default: those installed with the program, or `ui/dist` beside it or above it.
    pub screens: Option<PathBuf>,
    /// Keep secrets in memory only.
    pub no_keyring: bool,
    /// Of the screens, until somebody chooses another there. Default: the browser's.
    pub language: Option<Language>,
}

/// Listens, opens a workspace (the one given, or the last one), and runs every enabled one. Where none was opened yet, the
/// first screen is served.
///
/// # Errors
/// No built screens, a taken port, or the workspace given cannot be opened.
pub async fn start(home: PathBuf, workspace: Option<&Path>, wanted: Wanted) -> Result<Composition, ApiError> {
    let screens = match wanted.screens {
        Some(folder) => folder,
        None => find_screens().ok_or_else(|| ApiError::invalid("ui", "ui/dist was not found: name it with --ui"))?,
    };
    if !are_screens(&screens) {
        return Err(ApiError::invalid("ui", format!("{} holds no index.html", screens.display())));
    }
    let mut composition = compose(Options { home, no_keyring: wanted.no_keyring, prepare_sandbox: None }).await?;
    if let Some(language) = wanted.language {
        composition.host.speak(language.code());
    }
    let place = Place { port: wanted.port, screens: Some(screens) };
    composition.listen_at(place).await.map_err(|error| ApiError::new(ErrorCode::NotNow, error.to_string()))?;
    match workspace {
        Some(folder) => {
            composition.host.open_folder(folder).await?;
        }
        // a workspace that cannot be opened is told on the first screen, but one that another process owns is asked there
        None => match composition.host.open_last().await {
            Err(error) if error.code == ErrorCode::WorkspaceOwned => return Err(error),
            Err(error) => tracing::info!(%error, "no workspace was opened"),
            Ok(_) => {}
        },
    }
    // what cannot be opened is in the log
    composition.host.run_enabled().await;
    Ok(composition)
}

/// Where a package puts the screens, seen from the folder of the programs: on Linux, in macOS' bundle, on Windows.
const INSTALLED: [&str; 3] = ["../share/punte/screens", "../Resources/screens", "screens"];

/// Those that were installed with the program; otherwise above the folder at hand and above the program, as in this project's
/// own tree. An installed program shows its own, whatever lies where it is started.
fn find_screens() -> Option<PathBuf> {
    let program = std::env::current_exe().ok();
    let installed = program.as_deref().and_then(installed_screens);
    let found = |start: &Path| {
        start.ancestors().map(|folder| folder.join("ui").join("dist")).find(|folder| are_screens(folder))
    };
    installed.or_else(|| [std::env::current_dir().ok(), program].iter().flatten().find_map(|start| found(start)))
}

fn installed_screens(program: &Path) -> Option<PathBuf> {
    let folder = program.parent()?;
    INSTALLED.iter().map(|place| folder.join(place)).find(|place| are_screens(place))
}

fn are_screens(folder: &Path) -> bool {
    folder.join("index.html").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installed_program_finds_the_screens_that_came_with_it() {
        let root = tempfile::tempdir().unwrap();
        let programs = root.path().join("usr/bin");
        let screens = root.path().join("usr/share/punte/screens");
        std::fs::create_dir_all(&programs).unwrap();
        std::fs::create_dir_all(&screens).unwrap();
        assert_eq!(installed_screens(&programs.join("punte-cli")), None, "a folder without a page is none");
        std::fs::write(screens.join("index.html"), "").unwrap();
        let found = installed_screens(&programs.join("punte-cli")).unwrap();
        assert_eq!(found.canonicalize().unwrap(), screens.canonicalize().unwrap());
    }
}
