//! What is written, and how the program talks.

use super::*;

#[test]
fn options_of_the_output() {
    let project = Project::new(
        "[report]\nout='out'\nformat='html'\n[funnel]\nformat='json'\nby=['channel','month']\n",
    );
    let report = project.run("report").unwrap();
    assert_eq!(
        report.output.out,
        Some(OutTarget::Path(project.path("out")))
    );
    assert_eq!(report.output.format.as_deref(), Some("html"));
    assert!(report.by.is_empty());
    let funnel = project
        .run("funnel -o - --by owner --no-clobber --fail-on-empty --scale 3")
        .unwrap();
    assert_eq!(funnel.output.out, Some(OutTarget::Stdout));
    assert_eq!(funnel.output.format.as_deref(), Some("json"));
    assert_eq!(funnel.by, ["owner"]);
    assert!(funnel.output.no_clobber && funnel.output.fail_on_empty);
    assert!((funnel.output.scale - 3.0).abs() < f64::EPSILON);
    assert_eq!(project.run("funnel").unwrap().by, ["channel", "month"]);
    assert!(project.refused("funnel --scale 0").1.contains("no scale"));
    assert!(
        project
            .refused("funnel --threads 0")
            .1
            .contains("at least one")
    );
}

#[test]
fn the_conversation_is_known_before_the_settings() {
    let cli = Cli::read([
        "leadflow",
        "-c",
        "gone.toml",
        "--error-format",
        "json",
        "funnel",
        "-q",
    ])
    .unwrap();
    let environment = Environment {
        variables: BTreeMap::from([("LEADFLOW_COLOR".to_owned(), "never".to_owned())]),
        working_directory: PathBuf::from("/nonexistent"),
        stdin_is_terminal: false,
        clock: || 0,
    };
    let options = shell_options(&cli, &environment);
    assert!(options.speech == Speech::Json && options.quiet);
    assert_eq!(options.colour, ColourChoice::Never);
    assert!(resolve(&cli, &environment).is_err());
}

#[test]
fn a_senseless_command_line_still_says_how_to_answer() {
    let environment = Environment {
        variables: BTreeMap::new(),
        working_directory: PathBuf::new(),
        stdin_is_terminal: false,
        clock: || 0,
    };
    let options = |words: &[&str]| {
        let words: Vec<std::ffi::OsString> = words.iter().map(Into::into).collect();
        early_shell_options(&words, &environment)
    };
    assert_eq!(options(&["leadflow", "--error-format", "json", "--nope"]).speech, Speech::Json);
    assert_eq!(options(&["leadflow", "--nope", "--error-format=json"]).speech, Speech::Json);
    assert_eq!(options(&["leadflow", "--nope", "--error-format"]).speech, Speech::Text);
    assert_eq!(
        options(&["leadflow", "--color=never", "x"]).colour,
        ColourChoice::Never
    );
}
