//! Pages made from what the program itself knows: the mapping's functions, the kinds of failure with the screens' words, and
//! the command line. `make docs-pages` writes them.

use clap::{Command, CommandFactory};
use punte_cli::args::Arguments;
use punte_domain::FailureKind;
use punte_domain::failure::Next;
use punte_engine::mapping::functions;
use serde_json::Value;
use std::fmt::Write;

/// The language of a page, with the words that no catalogue has.
struct Book {
    folder: &'static str,
    catalogues: &'static str,
    note: &'static str,
    functions: [&'static str; 3],
    failures: [&'static str; 6],
    next: [(Next, &'static str, &'static str); 5],
    /// Headings of the two providers' answers, with their names in the catalogue.
    answers: [(&'static str, &'static str); 2],
    cli: [&'static str; 5],
}

const ENGLISH: Book = Book {
    folder: "docs",
    catalogues: "en",
    note: "<!-- made by `make docs-pages`: change what it is made from -->",
    functions: [
        "# Functions by example",
        "What an [expression](mapping.md#expressions) may call. The examples are evaluated over the order that is built into the \
         editor (*Sample*, *Built-in*), with a table `unități` in which `kg` stands for `kilogram`. In the editor Ctrl+Space \
         offers them with these words.",
        "| function | gives | example | result |",
    ],
    failures: [
        "# Failures and what they mean",
        "What a screen calls a failure, with its cause and what to do about it. How far the request came decides before anything \
         else: what **was sent and not answered** is *in doubt*, whatever its kind, and is settled by asking the provider; it is \
         never sent again blindly. Only what never left is tried again without asking.",
        "**What to do:**",
        "It can also be released, with a reason that is kept.",
        "What a provider refuses with is quoted in its own words. These answers are known, and explained more exactly than by their \
         kind. Any other is shown as *The provider refused*.",
        "| answer | means | what to do |",
    ],
    next: [
        (
            Next::AskProvider,
            "In doubt: the provider is asked",
            "A document may exist or not. Nothing is sent until that is known.",
        ),
        (Next::FixThenRetry, "Mend it, then retry", "Nothing was issued. Once the cause is mended, a retry is safe."),
        (
            Next::NeedsPerson,
            "Left to a person",
            "Nothing follows by itself: somebody compares, decides, or lets it pass.",
        ),
        (
            Next::StopConnection,
            "The connection stops",
            "The fault is the connection's, not the record's. It is told once; what is due waits, and goes on by itself afterwards.",
        ),
        (Next::RetryByItself, "Tried again by itself", "The connection was never made, so nothing was sent."),
    ],
    answers: [("smartbill", "SmartBill's answers"), ("oblio", "Oblio's answers")],
    cli: [
        "# Command line",
        "`punte-cli` does in the terminal what the window does. While somebody works in a workspace, its commands ask that process; \
         otherwise they open it themselves. This is what `punte-cli --help` says.",
        "## For every command",
        "Default",
        "one of",
    ],
};

const ROMANIAN: Book = Book {
    folder: "docs/ro",
    catalogues: "ro",
    note: "<!-- făcută de `make docs-pages`: schimbați sursa din care se face -->",
    functions: [
        "# Funcții prin exemple",
        "Ce poate apela o [expresie](mapping.md#expresii). Exemplele se calculează pe comanda inclusă în editor (*Exemplu*, *Cea \
         inclusă*), cu un tabel `unități` în care `kg` devine `kilogram`. În editor, Ctrl+Spațiu le arată cu aceleași cuvinte.",
        "| funcția | dă | exemplu | rezultat |",
    ],
    failures: [
        "# Eșecurile și ce înseamnă ele",
        "Ce numește ecranul eșec, cu cauza și cu ce este de făcut. Înainte de orice contează cât de departe a ajuns cererea: ce **s-a \
         trimis și nu a primit răspuns** este *incert*, indiferent de fel, și se lămurește întrebând furnizorul; nu se trimite \
         niciodată din nou orbește. Doar ce nu a plecat deloc se încearcă din nou fără a întreba.",
        "**Ce este de făcut:**",
        "Poate fi și eliberată, cu un motiv care se păstrează.",
        "Refuzul unui furnizor este citat cu vorbele lui. Răspunsurile de mai jos sunt cunoscute și sunt explicate mai exact decât prin \
         felul lor. Oricare altul apare ca *Furnizorul a refuzat*.",
        "| răspuns | înseamnă | ce este de făcut |",
    ],
    next: [
        (
            Next::AskProvider,
            "Incert: se întreabă furnizorul",
            "Un document poate exista sau nu. Nu se trimite nimic până nu se știe.",
        ),
        (
            Next::FixThenRetry,
            "Se corectează, apoi se reîncearcă",
            "Nu s-a emis nimic. După ce cauza este corectată, se poate reîncerca fără risc.",
        ),
        (
            Next::NeedsPerson,
            "Rămâne în seama unei persoane",
            "Nu urmează nimic de la sine: cineva compară, hotărăște sau o lasă să treacă.",
        ),
        (
            Next::StopConnection,
            "Conexiunea se oprește",
            "Problema este a conexiunii, nu a înregistrării. Se spune o singură dată; ce este scadent așteaptă și continuă apoi singur.",
        ),
        (Next::RetryByItself, "Se încearcă din nou de la sine", "Legătura nu s-a făcut, deci nu s-a trimis nimic."),
    ],
    answers: [("smartbill", "Răspunsurile SmartBill"), ("oblio", "Răspunsurile Oblio")],
    cli: [
        "# Linia de comandă",
        "`punte-cli` face în terminal ce face fereastra. Cât timp cineva lucrează într-un spațiu de lucru, comenzile întreabă acel \
         proces; altfel îl deschid ele. Mai jos este ce spune `punte-cli --help`, în engleză, cum o spune și programul.",
        "## Pentru orice comandă",
        "Implicit",
        "una dintre",
    ],
};

impl Book {
    fn words(&self, file: &str) -> Value {
        let path = crate::root().join("ui/src/shared/i18n").join(self.catalogues).join(file);
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    fn functions(&self) -> String {
        let words = self.words("editor.json");
        let [title, text, head] = self.functions;
        let mut page = format!("{title}\n{}\n\n{text}\n\n{head}\n|---|---|---|---|\n", self.note);
        for function in functions() {
            let gives = words["editor"]["function"][function.name].as_str().unwrap();
            let cells = [
                &format!("`{}`", function.signature),
                gives,
                &format!("`{}`", function.example),
                &format!("`{}`", function.result),
            ]
            .map(|cell| cell.replace('|', "\\|"));
            writeln!(page, "| {} |", cells.join(" | ")).unwrap();
        }
        page
    }

    fn failures(&self) -> String {
        let (words, literals) = (self.words("words.json"), self.words("literals.json"));
        let text = |told: &Value, what: &str| told[what].as_str().unwrap().replace('|', "\\|");
        let [title, about, fix, released, known, head] = self.failures;
        let mut page = format!("{title}\n{}\n\n{about}\n", self.note);
        for (next, heading, meaning) in self.next {
            write!(page, "\n## {heading}\n\n{meaning}\n").unwrap();
            for kind in FailureKind::ALL.iter().filter(|kind| kind.next() == next) {
                let told = &words["failure"][kind.as_str()];
                let more = if kind.is_released() { format!(" {released}") } else { String::new() };
                let (name, cause, mend) = (text(told, "title"), text(told, "cause"), text(told, "fix"));
                write!(page, "\n### {name}\n\n{cause} {fix} {mend}{more} (`{}`)\n", kind.as_str()).unwrap();
            }
        }
        for (at, (system, heading)) in self.answers.into_iter().enumerate() {
            write!(page, "\n## {heading}\n\n").unwrap();
            if at == 0 {
                write!(page, "{known}\n\n").unwrap();
            }
            write!(page, "{head}\n|---|---|---|\n").unwrap();
            for (code, told) in literals["literal"][system].as_object().unwrap() {
                writeln!(page, "| `{code}` | {} | {} |", text(told, "cause"), text(told, "fix")).unwrap();
            }
        }
        page
    }

    fn command_line(&self) -> String {
        let [title, about, every, ..] = self.cli;
        let program = Arguments::command().disable_help_subcommand(true);
        let mut page = format!("{title}\n{}\n\n{about}\n\n{every}\n\n", self.note);
        self.arguments(&program, &mut page);
        for command in program.get_subcommands().filter(|command| !command.is_hide_set()) {
            self.command(command, "punte-cli", 2, &mut page);
        }
        page
    }

    fn command(&self, command: &Command, before: &str, level: usize, page: &mut String) {
        let name = format!("{before} {}", command.get_name());
        let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
        let mut asked = command.clone().bin_name(&name).disable_help_flag(true).disable_help_subcommand(true);
        let usage = asked.render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ").lines().map(str::trim).collect::<Vec<_>>().join("\n");
        write!(page, "\n{} {name}\n\n{about}.\n\n```text\n{usage}\n```\n\n", "#".repeat(level)).unwrap();
        self.arguments(command, page);
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            self.command(inner, &name, level + 1, page);
        }
    }

    fn arguments(&self, command: &Command, page: &mut String) {
        let [.., default, one_of] = self.cli;
        for argument in
            command.get_arguments().filter(|argument| !["help", "version"].contains(&argument.get_id().as_str()))
        {
            let values: Vec<String> =
                argument.get_value_names().unwrap_or_default().iter().map(|name| format!("<{name}>")).collect();
            let takes = argument.get_action().takes_values();
            let shown = match (argument.get_long(), takes) {
                (Some(long), true) => format!("--{long} {}", values.join(" ")),
                (Some(long), false) => format!("--{long}"),
                (None, _) => values.join(" "),
            };
            let mut told: Vec<String> = argument.get_help().map(|help| format!("{help}.")).into_iter().collect();
            let possible: Vec<String> = if takes {
                argument.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect()
            } else {
                Vec::new()
            };
            if !possible.is_empty() {
                told.push(format!("({one_of} {})", possible.join(", ")));
            }
            let defaults: Vec<String> =
                argument.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect();
            if takes && !defaults.is_empty() {
                told.push(format!("{default}: {}.", defaults.join(", ")));
            }
            let told = if told.is_empty() { String::new() } else { format!(": {}", told.join(" ")) };
            writeln!(page, "- `{shown}`{}", told.replace("..", ".")).unwrap();
        }
    }
}

#[test]
fn what_is_generated_is_current() {
    let mut stale = Vec::new();
    for book in [ENGLISH, ROMANIAN] {
        let made =
            [("functions.md", book.functions()), ("failures.md", book.failures()), ("cli.md", book.command_line())];
        for (name, text) in made {
            // a command without arguments leaves a line too many
            let text = format!("{}\n", text.replace("\n\n\n", "\n\n").trim_end());
            let path = crate::root().join(book.folder).join(name);
            if std::env::var_os("PUNTE_WRITE_DOCS").is_some() {
                std::fs::write(&path, text).unwrap();
            } else if std::fs::read_to_string(&path).ok().as_deref() != Some(&text) {
                stale.push(format!("{}/{name}", book.folder));
            }
        }
    }
    assert!(stale.is_empty(), "{stale:?} are not current: make docs-pages");
}
