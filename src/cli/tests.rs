#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;

fn read(words: &[&str]) -> Result<Cli, Stop> {
    Cli::read(std::iter::once("leadflow").chain(words.iter().copied()))
}

fn mistake(words: &[&str]) -> (String, String) {
    match read(words) {
        Err(Stop::Mistake { message, hint }) => (message, hint.unwrap_or_default()),
        other => panic!("{words:?} gave {other:?}"),
    }
}

fn answer(words: &[&str]) -> String {
    match read(words) {
        Err(Stop::Answer { plain, .. }) => plain,
        other => panic!("{words:?} gave {other:?}"),
    }
}

#[test]
fn the_declarations_do_not_contradict_each_other() {
    Cli::command().debug_assert();
}

#[test]
fn without_words_there_is_short_help() {
    let Err(Stop::NoCommand { plain, .. }) = read(&[]) else {
        panic!("expected the short help");
    };
    assert!(plain.lines().count() < 40, "{plain}");
    assert!(plain.contains("funnel"));
}

#[test]
fn every_command_has_examples() {
    for command in Cli::command().get_subcommands() {
        let help = answer(&[command.get_name(), "--help"]);
        assert!(help.contains("Examples:"), "{help}");
        assert!(
            help.contains(&format!("leadflow {}", command.get_name())),
            "{help}"
        );
    }
    for words in [&["--help"][..], &["help"], &["config", "show", "--help"]] {
        assert!(answer(words).contains("Examples:"), "{words:?}");
    }
}

#[test]
fn the_version_is_one_line() {
    let version = answer(&["--version"]);
    assert_eq!(version, format!("leadflow {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn misspellings_are_answered_with_the_nearest_name() {
    let (message, hint) = mistake(&["funnel", "--perod", "2026"]);
    assert!(message.contains("--perod"), "{message}");
    assert!(hint.contains("--period"), "{hint}");
    let (_, hint) = mistake(&["chanels"]);
    assert!(hint.contains("channels"), "{hint}");
    let (message, hint) = mistake(&["funnel", "--policy", "implid"]);
    assert!(
        message.contains("implid") && message.contains("explicit"),
        "{message}"
    );
    assert!(hint.contains("implied"), "{hint}");
}

#[test]
fn running_options_stand_before_and_after_the_command() {
    let before = read(&["-c", "a.toml", "-vv", "funnel", "x.csv"]).unwrap();
    let after = read(&["funnel", "x.csv", "-vv", "-c", "a.toml"]).unwrap();
    for cli in [before, after] {
        assert_eq!(cli.running.config.as_deref(), Some("a.toml"));
        assert_eq!(cli.running.verbose, 2);
        assert_eq!(cli.command.files(), ["x.csv"]);
    }
}

#[test]
fn lists_are_split_at_commas_and_files_may_be_standard_input() {
    let cli = read(&["channels", "-", "--by", "campaign,month", "--lax"]).unwrap();
    assert_eq!(cli.command.files(), ["-"]);
    assert_eq!(cli.command.what().unwrap().by, ["campaign", "month"]);
    assert!(cli.command.reading().unwrap().lax);
}

#[test]
fn what_excludes_each_other_is_refused() {
    mistake(&["funnel", "--lax", "--max-rejects", "3"]);
    mistake(&["funnel", "--columns", "a,b"]);
    mistake(&["explain", "roi", "--list"]);
}

#[test]
fn rows_means_lines_of_a_number_or_a_count_for_the_demo() {
    let cli = read(&["funnel", "--rows", "mql{channel=SEO}"]).unwrap();
    assert_eq!(cli.command.rows(), Some("mql{channel=SEO}"));
    let cli = read(&["demo", "--rows", "100", "--out", "x"]).unwrap();
    let Command::Demo(demo) = cli.command else {
        panic!("expected demo");
    };
    assert_eq!(demo.rows, 100);
}

#[test]
fn a_view_has_two_spellings() {
    for view in ["to-date", "to_date"] {
        assert!(read(&["funnel", "--view", view]).is_ok());
    }
}

#[test]
fn every_shell_gets_completions() {
    use clap::ValueEnum;
    for shell in CompletionShell::value_variants() {
        let script = String::from_utf8(completions(*shell)).unwrap();
        assert!(script.contains("leadflow"), "{shell}");
    }
}

#[test]
fn the_manual_has_a_chapter_per_command() {
    let page = String::from_utf8(manual().unwrap()).unwrap();
    assert_eq!(page.matches(".TH ").count(), 1);
    for command in Cli::command().get_subcommands() {
        let heading = format!("LEADFLOW {}", command.get_name().to_uppercase());
        assert!(page.contains(&heading), "{heading}");
    }
}

#[test]
fn mistakes_fit_five_lines() {
    for words in [
        &["funnel", "--nonsense"][..],
        &["completions"],
        &["completions", "csh"],
        &["demo"],
        &["demo", "--out", "x", "--months", "0"],
        &["funnel", "--horizon", "soon"],
    ] {
        let (message, hint) = mistake(words);
        assert!(
            !message.contains('\n') && !hint.contains('\n'),
            "{message} {hint}"
        );
        assert!(!message.is_empty());
    }
}
