#![allow(clippy::unwrap_used, clippy::expect_used)]
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::diagnostics::Location;
use crate::diagnostics::terminal::{ColourChoice, Speech};

/// A writer whose content can be looked at.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(lock(&self.0).clone()).unwrap()
    }
}

/// A writer that always refuses.
struct Refusing(ErrorKind);

impl Write for Refusing {
    fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(self.0.into())
    }
}

fn shell(options: &ShellOptions) -> (Shell, Paper, Paper) {
    let (data, speech) = (Paper::default(), Paper::default());
    let sinks = (Box::new(data.clone()), Box::new(speech.clone()));
    let shell = Shell::with_sinks(options, TerminalFacts::default(), sinks.0, sinks.1);
    (shell, data, speech)
}

fn plain() -> Shell {
    shell(&ShellOptions::default()).0
}

fn finding(text: &str) -> Diagnostic {
    Diagnostic::new(&codes::BAD_DATE, text).at(Location::cell("a.csv", 7, 3, "Created"))
}

fn text_of(failure: &Failure) -> String {
    format!("{}: {}", failure.0[0].code.id, failure.0[0].text)
}

#[test]
fn data_and_speech_do_not_mix() {
    let (shell, data, speech) = shell(&ShellOptions::default());
    shell.data(b"1,2\n").unwrap();
    shell.tell(&finding("`x` is no date").hint("write 2026-10-31"));
    shell.say("wrote it");
    shell.detail("nobody asked");
    assert_eq!(shell.finish(Ok(ExitStatus::Done)), ExitStatus::Done);
    assert_eq!(data.text(), "1,2\n");
    assert_eq!(
        speech.text(),
        "error: a.csv:7:3: `x` is no date\nhelp: write 2026-10-31\nwrote it\n"
    );
}

#[test]
fn quiet_leaves_only_errors() {
    let (shell, _, speech) = shell(&ShellOptions {
        quiet: true,
        ..ShellOptions::default()
    });
    shell.tell(&Diagnostic::new(&codes::LOW_SAMPLE, "few"));
    shell.tell(&Diagnostic::new(&codes::PARTIAL_PERIOD, "partial"));
    shell.say("wrote it");
    shell.detail("more");
    assert_eq!(speech.text(), "");
    assert_eq!(shell.finish(Err(finding("bad").into())), ExitStatus::Failed);
    assert_eq!(speech.text(), "error: a.csv:7:3: bad\n");
}

#[test]
fn foreign_text_is_cleaned_and_cannot_begin_a_line() {
    let (shell, _, speech) = shell(&ShellOptions::default());
    let mut evil = finding("red \u{1b}[31m\n::error::forged\nerror: forged");
    evil.location = Some(Location::file("\u{202e}gpj.exe"));
    evil.hint = Some("a\nb".to_owned());
    shell.fail(&evil.into());
    let said = speech.text();
    assert!(said.chars().all(|c| c == '\n' || !c.is_control()), "{said}");
    assert!(!said.contains('\u{202e}'));
    let starts: Vec<&str> = said.lines().map(|line| &line[..2]).collect();
    assert_eq!(starts, ["er", "  ", "  ", "he"]);
    assert!(
        said.starts_with("error: \\u{202e}gpj.exe: red \\u{1b}[31m\n"),
        "{said}"
    );
}

#[test]
fn a_failure_takes_five_lines_at_most() {
    let said = |findings: Vec<Diagnostic>| {
        let (shell, _, speech) = shell(&ShellOptions::default());
        shell.fail(&Failure(findings));
        speech.text().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let many = (0..20)
        .map(|n| finding(&format!("row {n}")).hint(format!("hint {}", n / 2)))
        .collect();
    let lines = said(many);
    assert_eq!(lines.len(), 5);
    assert!(lines[2].contains("row 2"));
    assert_eq!(lines[3], "help: hint 0");
    assert_eq!(
        lines[4],
        "... and 17 more; `--error-format json` lists them all"
    );
    let same = vec![finding("a").hint("h"), finding("b").hint("h")];
    assert_eq!(said(same).len(), 3);
    let caret = vec![finding("a\nb\n ^").hint("h"), finding("c").hint("i")];
    let lines = said(caret);
    assert_eq!(lines.len(), 5);
    assert_eq!(
        (lines[2].as_str(), lines[4].as_str()),
        (
            "   ^",
            "... and 1 more; `--error-format json` lists them all"
        )
    );
}

#[test]
fn json_errors_are_one_line_each_and_alone() {
    let (shell, _, speech) = shell(&ShellOptions {
        speech: Speech::Json,
        ..ShellOptions::default()
    });
    shell.say("wrote it");
    shell.fail(&Failure(vec![
        finding("a\nb").hint("c"),
        Diagnostic::new(&codes::USAGE, "d"),
    ]));
    let lines: Vec<serde_json::Value> = speech
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["code"], "bad_date");
    assert_eq!(lines[0]["message"], "a\nb");
    assert_eq!(
        (&lines[0]["file"], &lines[0]["line"], &lines[0]["column"]),
        (&"a.csv".into(), &7.into(), &3.into())
    );
    assert_eq!(lines[0]["hint"], "c");
    assert!(lines[1]["file"].is_null() && lines[1]["hint"].is_null());
}

#[test]
fn colours_where_they_are_wanted() {
    let options = ShellOptions {
        colour: ColourChoice::Always,
        ..ShellOptions::default()
    };
    let (shell, _, speech) = shell(&options);
    shell.tell(&Diagnostic::new(&codes::LOW_SAMPLE, "few").times(3));
    assert_eq!(speech.text(), "\u{1b}[1;36mnote:\u{1b}[0m few (3 times)\n");
    assert!(shell.colours_data());
    assert!(!plain().colours_data());
}

#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let data = Box::new(Refusing(ErrorKind::BrokenPipe));
    let options = ShellOptions::default();
    let speech = Paper::default();
    let shell = Shell::with_sinks(
        &options,
        TerminalFacts::default(),
        data,
        Box::new(speech.clone()),
    );
    for _ in 0..3 {
        shell.data(&[b'x'; 1 << 16]).unwrap();
    }
    assert_eq!(
        shell.finish(Ok(ExitStatus::CheckFailed)),
        ExitStatus::CheckFailed
    );
    assert_eq!(speech.text(), "");
}

#[test]
fn a_full_disk_is_a_failure_also_when_it_shows_at_the_end() {
    for bytes in [10, 1 << 20] {
        let data = Box::new(Refusing(ErrorKind::StorageFull));
        let options = ShellOptions::default();
        let speech = Paper::default();
        let shell = Shell::with_sinks(
            &options,
            TerminalFacts::default(),
            data,
            Box::new(speech.clone()),
        );
        let result = shell.data(&vec![b'x'; bytes]).map(|()| ExitStatus::Done);
        assert_eq!(shell.finish(result), ExitStatus::Failed);
        assert_eq!(
            speech.text(),
            "error: standard output: no space left on the device\n"
        );
    }
}

#[test]
fn the_worse_end_wins() {
    assert_eq!(ExitStatus::CheckFailed.worst(ExitStatus::Failed).code(), 2);
    assert_eq!(ExitStatus::CheckFailed.worst(ExitStatus::Done).code(), 1);
    assert_eq!(ExitStatus::Done.code(), 0);
}

#[test]
fn progress_without_a_terminal_is_nothing() {
    let (shell, _, speech) = shell(&ShellOptions::default());
    let progress = shell.progress("reading", 10);
    progress.inc(5);
    progress.finish();
    assert_eq!(speech.text(), "");
}

/// The names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_appears_whole_and_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let shell = plain();
    let rules = OutputRules::default();
    shell.check_output(&path, &rules).unwrap();
    assert!(names(folder.path()).is_empty());
    shell.write_file(&path, b"one", &rules).unwrap();
    shell.write_file(&path, b"two", &rules).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"two");
    assert_eq!(names(folder.path()), ["a.csv"]);
}

#[test]
fn what_may_not_be_replaced_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, "old").unwrap();
    let rules = OutputRules {
        no_clobber: true,
        ..OutputRules::default()
    };
    for result in [
        plain().check_output(&path, &rules),
        plain().write_file(&path, b"new", &rules),
    ] {
        assert!(text_of(&result.unwrap_err()).starts_with("output_exists: "));
    }
    let inputs = [folder.path().join("sub/../a.csv")];
    fs::create_dir(folder.path().join("sub")).unwrap();
    let rules = OutputRules {
        inputs: &inputs,
        ..OutputRules::default()
    };
    let failure = plain().write_file(&path, b"new", &rules).unwrap_err();
    assert!(text_of(&failure).contains("is one of the inputs"));
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(folder.path()), ["a.csv", "sub"]);
}

#[test]
fn a_missing_folder_is_told_with_the_command_that_makes_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no/such/a.csv");
    let failure = plain()
        .check_output(&path, &OutputRules::default())
        .unwrap_err();
    assert!(text_of(&failure).contains("there is no directory"));
    let hint = failure.0[0].hint.clone().unwrap();
    assert!(
        hint.starts_with("mkdir -p '") && hint.ends_with("no/such'"),
        "{hint}"
    );

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let failure = plain()
        .check_output(&file.join("a.csv"), &OutputRules::default())
        .unwrap_err();
    assert!(
        text_of(&failure).contains("is no directory"),
        "{}",
        text_of(&failure)
    );
    let failure = plain()
        .check_output(folder.path(), &OutputRules::default())
        .unwrap_err();
    assert!(text_of(&failure).contains("is a directory"));
    let slashed = PathBuf::from(format!("{}/x/", folder.path().display()));
    assert!(
        plain()
            .check_output(&slashed, &OutputRules::default())
            .is_err()
    );
}

#[test]
fn folders_are_made_where_the_parent_exists() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    plain().check_folder(&report).unwrap();
    assert!(!report.exists());
    plain().make_folder(&report).unwrap();
    plain().make_folder(&report).unwrap();
    assert!(report.is_dir());
    assert!(plain().make_folder(&folder.path().join("a/b")).is_err());
    fs::write(folder.path().join("f"), "").unwrap();
    let failure = plain().make_folder(&folder.path().join("f")).unwrap_err();
    assert!(text_of(&failure).starts_with("output_exists"));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_link_is_replaced_and_its_target_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "old").unwrap();
        symlink(&target, &link).unwrap();
        plain()
            .write_file(&link, b"new", &OutputRules::default())
            .unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"old");
        assert_eq!(fs::read(&link).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_file());

        let dangling = folder.path().join("dangling");
        symlink(folder.path().join("nowhere"), &dangling).unwrap();
        plain()
            .write_file(&dangling, b"new", &OutputRules::default())
            .unwrap();
        assert!(!folder.path().join("nowhere").exists());
    }

    #[test]
    fn the_old_file_is_never_opened_for_writing_and_its_mode_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let before = fs::metadata(&path).unwrap().ino();
        plain()
            .write_file(&path, b"new", &OutputRules::default())
            .unwrap();
        let after = fs::metadata(&path).unwrap();
        assert_ne!(before, after.ino());
        assert_eq!(after.permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn devices_are_written_in_place() {
        let full = Path::new("/dev/full");
        if !full.exists() {
            return;
        }
        plain().check_output(full, &OutputRules::default()).unwrap();
        let failure = plain()
            .write_file(full, b"x", &OutputRules::default())
            .unwrap_err();
        assert_eq!(
            text_of(&failure),
            "output: cannot write `/dev/full`: no space left on the device"
        );
        plain()
            .write_file(Path::new("/dev/null"), b"x", &OutputRules::default())
            .unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn a_hard_link_to_an_input_is_that_input() {
        let folder = tempfile::tempdir().unwrap();
        let (input, other) = (folder.path().join("in"), folder.path().join("other"));
        fs::write(&input, "x").unwrap();
        fs::hard_link(&input, &other).unwrap();
        let inputs = [input];
        let rules = OutputRules {
            inputs: &inputs,
            ..OutputRules::default()
        };
        assert!(plain().check_output(&other, &rules).is_err());
    }
}

#[test]
fn what_was_begun_can_be_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join(".leadflow-x.tmp");
    fs::write(&left, "half").unwrap();
    let files = Files::default();
    files.clone().remember(left.clone());
    drop(files.remove_temporary());
    assert!(!left.exists());
}

#[test]
fn refusals_of_the_system_have_no_numbers() {
    let error = io::Error::from_raw_os_error(5);
    let words = message::io_words(&error);
    assert!(!words.contains("os error") && !words.is_empty(), "{words}");
}
