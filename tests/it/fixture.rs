//! A run of the program: an empty folder, an empty environment, one command line.
//!
//! Nothing of the machine gets in: no home, no time zone, no locale, no path. What comes
//! out is kept as it is; the lookups below fail with the whole answer in sight.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The built program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_leadflow");

/// A run that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder to run in.
pub struct Run {
    folder: TempDir,
}

impl Run {
    /// An empty folder.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("leadflow-it-").tempdir();
        Self {
            folder: folder.expect("a temporary folder"),
        }
    }

    /// A folder with these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let run = Self::new();
        for (name, text) in files {
            run.file(name, text);
        }
        run
    }

    /// Writes a file; folders in its name are made.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, bytes).expect("a file");
        self
    }

    /// Where a file of the folder is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The text of a file of the folder.
    pub fn read(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Names of everything in the folder, with `/`, sorted.
    pub fn files(&self) -> Vec<String> {
        names_below(self.folder.path())
    }

    /// The program in this folder, without arguments; for tests that need pipes of their own.
    pub fn command(&self) -> std::process::Command {
        let mut command = std::process::Command::new(PROGRAM);
        command.env_clear().current_dir(self.folder.path());
        command
    }

    /// Runs `leadflow LINE`; quotes group words as in a shell.
    pub fn leadflow(&self, line: &str) -> Outcome {
        self.leadflow_with(line, &[], "")
    }

    /// Runs with environment variables and standard input.
    pub fn leadflow_with(&self, line: &str, variables: &[(&str, &str)], input: &str) -> Outcome {
        let mut command = Command::new(PROGRAM);
        command.env_clear().current_dir(self.folder.path());
        command.envs(variables.iter().copied()).args(words(line));
        command.write_stdin(input).timeout(PATIENCE);
        let output = command.output().expect("the program starts");
        Outcome::of(line, &output)
    }

    /// Runs with `--format json` and reads the answer; exit status 0 is demanded.
    pub fn json(&self, line: &str) -> Answer {
        self.leadflow(&format!("{line} --format json")).answer()
    }
}

/// Names of the files below a folder, with `/`, sorted.
pub fn names_below(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below the folder");
                names.push(name.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    names.sort();
    names
}

/// The words of a command line: blanks separate, single and double quotes group, a
/// backslash within double quotes keeps the next character.
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (Some('"'), '\\') => word.get_or_insert_default().extend(characters.next()),
            (Some(open), c) if open == c => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    assert!(quote.is_none(), "a quote stays open: {line}");
    words.extend(word);
    words
}

/// How a run ended and what it said.
pub struct Outcome {
    /// The words behind `leadflow`.
    pub line: String,
    /// Exit status; 128 and more: ended by a signal.
    pub status: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard output as bytes.
    pub bytes: Vec<u8>,
    /// Standard error.
    pub stderr: String,
}

impl Outcome {
    /// From the output of a process.
    pub fn of(line: &str, output: &Output) -> Self {
        Self {
            line: line.to_owned(),
            status: output.status.code().unwrap_or_else(|| signal(output)),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            bytes: output.stdout.clone(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The same, where the exit status is this one.
    pub fn ended(self, status: i32) -> Self {
        assert_eq!(self.status, status, "exit status of {self}");
        self
    }

    /// The JSON on standard output of a run that ended well.
    pub fn answer(self) -> Answer {
        let this = self.ended(0);
        let value = serde_json::from_str(&this.stdout);
        Answer(value.unwrap_or_else(|error| panic!("no JSON ({error}) from {this}")))
    }
}

#[cfg(unix)]
fn signal(output: &Output) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    128 + output.status.signal().unwrap_or(0)
}

#[cfg(not(unix))]
fn signal(_output: &Output) -> i32 {
    128
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let cut = |text: &str| text.chars().take(3_000).collect::<String>();
        let (out, err) = (cut(&self.stdout), cut(&self.stderr));
        write!(
            f,
            "`leadflow {}`: {}\n--- stdout\n{out}\n--- stderr\n{err}",
            self.line, self.status
        )
    }
}

/// A report as JSON.
pub struct Answer(pub Value);

impl Answer {
    /// The rows of a table.
    pub fn table(&self, id: &str) -> &[Value] {
        let rows = self.0["tables"][id].as_array();
        let known = || {
            let tables = self.0["tables"].as_object();
            tables.map(|tables| tables.keys().cloned().collect::<Vec<_>>())
        };
        rows.unwrap_or_else(|| panic!("no table `{id}` among {:?}", known()))
    }

    /// True where the report has the table.
    pub fn has(&self, id: &str) -> bool {
        self.0["tables"][id].is_array()
    }

    /// The one row whose text cells are these.
    pub fn row(&self, table: &str, keys: &[(&str, &str)]) -> &Value {
        let fits = |row: &&Value| keys.iter().all(|(key, text)| row[*key] == *text);
        let found: Vec<&Value> = self.table(table).iter().filter(fits).collect();
        match found[..] {
            [row] => row,
            _ => panic!(
                "{} rows of `{table}` have {keys:?}:\n{}",
                found.len(),
                pretty(self.table(table))
            ),
        }
    }

    /// The only row of a table.
    pub fn only(&self, table: &str) -> &Value {
        self.row(table, &[])
    }

    /// Texts of a column, top first.
    pub fn texts(&self, table: &str, column: &str) -> Vec<String> {
        let text = |row: &Value| row[column].as_str().unwrap_or_default().to_owned();
        self.table(table).iter().map(text).collect()
    }

    /// Codes of the notes.
    pub fn notes(&self) -> Vec<&str> {
        let notes = self.0["notes"].as_array().expect("notes");
        notes
            .iter()
            .filter_map(|note| note["code"].as_str())
            .collect()
    }
}

/// JSON for a message.
pub fn pretty(rows: &[Value]) -> String {
    serde_json::to_string_pretty(rows).unwrap_or_default()
}

/// A number of a row.
pub fn number(row: &Value, key: &str) -> f64 {
    let value = row[key].as_f64();
    value.unwrap_or_else(|| panic!("`{key}` is no number in {row:#}"))
}

/// A count of a row.
pub fn count(row: &Value, key: &str) -> u64 {
    let value = row[key].as_u64();
    value.unwrap_or_else(|| panic!("`{key}` is no count in {row:#}"))
}

/// k and n of a rate.
pub fn rate(row: &Value, key: &str) -> (u64, u64) {
    (count(&row[key], "k"), count(&row[key], "n"))
}

/// Why a cell has no value; fails where it has one.
pub fn reason<'a>(row: &'a Value, key: &str) -> &'a str {
    assert!(row[key].is_null(), "`{key}` has a value in {row:#}");
    let reason = row["undefined"][key].as_str();
    reason.unwrap_or_else(|| panic!("`{key}` has no reason in {row:#}"))
}

/// Demands that two numbers agree within `tolerance`.
#[track_caller]
pub fn near(found: f64, wanted: f64, tolerance: f64, what: &str) {
    let apart = (found - wanted).abs();
    assert!(apart <= tolerance, "{what}: {found} is not {wanted}");
}

/// Demands k, n, the share and both ends of the interval, as a JSON of `{n, k, rate, wilson95}`.
#[track_caller]
pub fn agrees(rate: &Value, wanted: &Value, what: &str) {
    assert_eq!(rate["k"], wanted["k"], "{what}: k of {rate:#}");
    assert_eq!(rate["n"], wanted["n"], "{what}: n of {rate:#}");
    let pairs = [
        ("rate", &wanted["rate"]),
        ("ci_low", &wanted["wilson95"][0]),
        ("ci_high", &wanted["wilson95"][1]),
    ];
    for (key, wanted) in pairs {
        let wanted = wanted.as_f64().expect("an expected number");
        near(number(rate, key), wanted, 1e-6, &format!("{what}: {key}"));
    }
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file or folder of the real data beside the repository; absent data is said in one line.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = root().parent()?.join("shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    skipped(&format!("{} is not there", path.display()));
    None
}

/// Says why something is not tested here; the line is seen without `--nocapture`.
pub fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// The JSON in a file.
pub fn json_file(path: &Path) -> Value {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Copies a folder with everything in it.
pub fn copy_folder(from: &Path, to: &Path) {
    for name in names_below(from) {
        let target = to.join(&name);
        fs::create_dir_all(target.parent().expect("a folder")).expect("folders");
        fs::copy(from.join(&name), target).expect("a copy");
    }
}

#[test]
fn command_lines_are_split_as_a_shell_does() {
    let found = words(r#"funnel  a.csv --rows 'mql{channel="SEO"}' --by "a b" ''"#);
    assert_eq!(
        found,
        [
            "funnel",
            "a.csv",
            "--rows",
            r#"mql{channel="SEO"}"#,
            "--by",
            "a b",
            ""
        ]
    );
}

/// Numbers that look random and are always the same.
pub struct Dice(u64);

impl Dice {
    /// Begins at a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to before `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}
