//! Which layer wins, and what a finding says of its place.

use super::*;

#[test]
fn without_any_configuration_the_defaults_hold() {
    let settings = Project::empty().run("funnel").unwrap();
    assert_eq!(settings.zone, Tz::UTC);
    assert_eq!(
        settings.ladder.iter().collect::<Vec<_>>(),
        ["lead", "mql", "sql", "opportunity", "customer"]
    );
    assert_eq!(settings.horizons.days(0, 1), 90);
    assert_eq!(settings.policy, Policy::Implied);
    assert_eq!(settings.entry, Entry::FirstStage);
    assert_eq!(settings.view, None);
    assert_eq!(
        settings.from_deals,
        [(3, DealMoment::Created), (4, DealMoment::Won)]
    );
    assert_eq!(settings.as_of, AsOf::Evidence);
    assert_eq!(settings.period, None);
    assert_eq!(settings.seed, 20_260_101);
    assert_eq!(settings.reading.max_rejects, RejectLimit::Count(0));
    assert!(settings.extensions && settings.inputs.is_empty() && settings.config_file.is_none());
    assert_eq!(settings.output.out, None);
}

#[test]
fn flag_beats_variable_beats_project_beats_user() {
    let user = "time_zone = 'Asia/Tokyo'\ncurrency = 'JPY'\nseed = 1\nperiod = '2021'\n";
    let project = Project::new("time_zone = 'Europe/Berlin'\nseed = 2\nperiod = '2022'\n")
        .set("LEADFLOW_TZ", "Asia/Manila")
        .set("LEADFLOW_SEED", "3");
    project.write("xdg/leadflow/config.toml", user);
    let xdg = project.path("xdg").to_string_lossy().into_owned();
    let project = project.set("XDG_CONFIG_HOME", &xdg);
    let settings = project.run("funnel --tz America/Lima").unwrap();
    assert_eq!(settings.zone, Tz::America__Lima);
    assert_eq!(settings.seed, 3);
    assert_eq!(settings.period, Some(PeriodSpec::parse("2022").unwrap()));
    assert_eq!(settings.currency.as_deref(), Some("JPY"));

    assert_eq!(
        shown(&settings, "time_zone"),
        ("America/Lima".into(), "--tz".into())
    );
    assert_eq!(
        shown(&settings, "seed"),
        ("3".into(), "LEADFLOW_SEED".into())
    );
    assert_eq!(
        shown(&settings, "period"),
        ("2022".into(), "leadflow.toml:3".into())
    );
    let (currency, origin) = shown(&settings, "currency");
    assert_eq!(currency, "JPY");
    assert!(origin.ends_with("leadflow/config.toml:2"), "{origin}");
    assert_eq!(
        shown(&settings, "funnel.policy"),
        ("implied".into(), "default".into())
    );
}

#[test]
fn the_users_file_stands_below_home_unless_xdg_says_otherwise() {
    let project = Project::empty();
    project.write("home/.config/leadflow/config.toml", "color = 'never'\n");
    let home = project.path("home").to_string_lossy().into_owned();
    let settings = project.set("HOME", &home).run("funnel").unwrap();
    assert_eq!(settings.shell.colour, ColourChoice::Never);
    assert_eq!(
        shown(&settings, "color").1,
        "~/.config/leadflow/config.toml:1"
    );
}

#[test]
fn the_project_file_is_found_in_a_parent_and_paths_start_there() {
    let project = Project::empty();
    project.write(
        "../leadflow.toml",
        "[[input]]\npath = 'exports/a.csv'\n[charts]\nfont = 'f.ttf'\n",
    );
    let settings = project.run("funnel").unwrap();
    assert_eq!(settings.base, project.folder.path());
    assert_eq!(settings.inputs[0].path.as_deref(), Some("exports/a.csv"));
    assert_eq!(
        settings.fonts.as_deref(),
        Some(project.folder.path().join("f.ttf").as_path())
    );
    assert_eq!(shown(&settings, "input[1].path").1, "../leadflow.toml:2");
}

#[test]
fn a_named_file_replaces_the_search() {
    let project = Project::new("currency = 'EUR'");
    project.write(
        "other/x.toml",
        "currency = 'USD'\n[[input]]\npath = 'a.csv'",
    );
    let settings = project.run("-c other/x.toml funnel").unwrap();
    assert_eq!(settings.currency.as_deref(), Some("USD"));
    assert!(settings.base.ends_with("other"));
    let settings = project
        .set("LEADFLOW_CONFIG", "other/x.toml")
        .run("funnel")
        .unwrap();
    assert_eq!(settings.currency.as_deref(), Some("USD"));

    let (code, text, _) = Project::empty().refused("-c nowhere.toml funnel");
    assert_eq!(code, "not_found");
    assert!(text.contains("`nowhere.toml`: not found"), "{text}");
    let project = Project::empty();
    project.write("folder/x", "");
    let (_, text, _) = project.refused("-c folder funnel");
    assert!(text.contains("directory"), "{text}");
}

#[test]
fn commands_that_read_no_project_do_not_stumble_over_it() {
    let project = Project::new("nonsense = 1");
    assert!(project.run("sources").is_ok());
    assert!(project.run("init").is_ok());
    assert!(project.run("funnel").is_err());
}

#[test]
fn findings_of_a_file_have_a_place_and_those_of_a_flag_name_it() {
    let (code, text, place) = refused("[funnel]\nhorizn_days = 3\n");
    assert_eq!(
        (code.as_str(), place.as_str()),
        ("unknown_key", "leadflow.toml:2:1")
    );
    assert!(text.contains("`horizn_days`"), "{text}");
    let (code, text, place) = refused("time_zone = 'Europe/Berln'\n");
    assert_eq!(
        (code.as_str(), place.as_str()),
        ("config", "leadflow.toml:1:1")
    );
    assert!(text.contains("`Europe/Berln` is no time zone"), "{text}");
    let (code, text, place) = Project::empty().refused("funnel --tz Europe/Berln");
    assert_eq!((code.as_str(), place.as_str()), ("usage", ""));
    assert_eq!(text, "--tz: `Europe/Berln` is no time zone");
    for period in ["2026-13", "2026-02-30", "2026-06..2026-01", "soon"] {
        let (code, text, _) = Project::empty().refused(&format!("funnel --period {period}"));
        assert_eq!(code, "usage");
        assert!(text.starts_with("--period: `"), "{text}");
    }
    let project = Project::empty().set("LEADFLOW_SEED", "many");
    assert_eq!(
        project.refused("funnel").1,
        "LEADFLOW_SEED: `many` is not a whole number"
    );
}

#[test]
fn set_takes_any_key_with_or_without_quotes() {
    let words = [
        "funnel",
        "--set",
        "time_zone=Europe/Paris",
        "--set",
        "funnel.horizon_days=60",
        "--set",
        "funnel.stages=[\"lead\", \"won\"]",
        "--set",
        "cost=[{ channel = \"SEO\", money = 5, from = 2026-01-01 }]",
        "--set",
        "fx.USD=0.5",
        "--set",
        "period=2026-10",
    ];
    let settings = Project::empty().run_words(&words).unwrap();
    assert_eq!(settings.zone, Tz::Europe__Paris);
    assert_eq!(settings.horizons.default_days, 60);
    assert_eq!(settings.ladder.len(), 2);
    assert_eq!(settings.costs[0].money, Money::from_units(5.0));
    assert_eq!(settings.fx.rate("USD", None), Some(0.5));
    assert_eq!(shown(&settings, "funnel.horizon_days").1, "--set");
    let settings = Project::empty()
        .run("funnel --set time_zone=Asia/Tokyo --tz UTC")
        .unwrap();
    assert_eq!(settings.zone, Tz::UTC);

    let project = Project::empty();
    assert_eq!(project.refused("funnel --set nothing").0, "usage");
    let (code, text, _) = project.refused("funnel --set funnel.horizn_days=3");
    assert_eq!(code, "unknown_key");
    assert_eq!(
        text,
        "--set funnel.horizn_days: `horizn_days` is no key of `funnel`"
    );
    let (_, text, _) = project.refused("funnel --set funnel.horizon_days=soon");
    assert!(text.contains("expected a whole number"), "{text}");
    let (_, text, _) = project.refused("funnel --set time_zone=Nowhere");
    assert_eq!(text, "--set time_zone: `Nowhere` is no time zone");
}

#[test]
fn an_unknown_variable_is_a_warning_with_the_nearest_name() {
    let settings = Project::empty()
        .set("LEADFLOW_SEDE", "1")
        .run("funnel")
        .unwrap();
    assert!(settings.findings[0].text.contains("LEADFLOW_SEDE"));
    assert!(
        settings.findings[0]
            .hint
            .as_deref()
            .unwrap()
            .contains("LEADFLOW_SEED")
    );
}

#[test]
fn every_option_has_a_variable_that_the_file_model_takes() {
    let files = Project::empty();
    files.write("tests.csv", "channel,lift,standard_error\n");
    let tests = files.path("tests.csv").display().to_string();
    for key in KEYS {
        let Some(name) = key.variable() else { continue };
        let value = match (key.path, key.form) {
            ("time_zone" | "input_time_zone", _) => "Europe/Berlin",
            ("as_of", _) => "2026-10-31",
            ("period", _) => "2026",
            ("dimension_at", _) => "now",
            ("funnel.policy", _) => "strict",
            ("funnel.view", _) => "to-date",
            ("funnel.events.steps", _) => "a,b",
            ("funnel.events.window", _) => "30min",
            ("funnel.events.order", _) => "ordered",
            ("funnel.events.entry" | "funnel.events.anchor", _) => "first",
            ("funnel.events.value_from", _) => "first",
            ("funnel.events.exclude_ends", _) => "entity",
            ("channels.basis", _) => "cohort",
            ("flywheel.base", _) => "year-before",
            ("decimal", _) => "comma",
            ("max_rejects", _) => "2%",
            ("delimiter", _) => "tab",
            ("error_format", _) => "json",
            ("color", _) => "never",
            ("attribution.experiment" | "pii_key_file", _) => tests.as_str(),
            (_, Form::Whole | Form::Number) => "3",
            (_, Form::Flag) => "true",
            _ => "x",
        };
        let settings = Project::empty().set(&name, value).run("funnel").unwrap();
        assert_eq!(shown(&settings, key.path).1, name);
        assert!(settings.findings.is_empty());
    }
}

#[test]
fn every_option_says_that_it_was_typed() {
    let words = "funnel x -q --color never --threads 2 --error-format json --period 2026 --as-of 2026-10-31 \
        --by owner --where a=1 --dimension-at now --seed 7 --tz UTC --input-tz UTC --encoding utf-8 \
        --delimiter tab --date-format %d --decimal comma --lax --rejects r --keep-going --format csv \
        --table t -o o --no-clobber --include-pii --raw-csv --scale 3 --fail-on-empty --policy strict \
        --view cohort --horizon 3";
    let settings = Project::empty().run(words).unwrap();
    let elsewhere = |path: &str| {
        ["verbose", "channels.basis", "pii_key_file"].contains(&path)
            || path.starts_with("attribution.")
            || path == "paths.top"
            || path.starts_with("funnel.events.")
    };
    for key in KEYS.iter().filter(|key| !elsewhere(key.path)) {
        let Some(option) = key.option else { continue };
        let option = if option == "max-rejects" {
            "lax"
        } else {
            option
        };
        assert_eq!(shown(&settings, key.path).1, format!("--{option}"));
    }
    let settings = Project::empty()
        .run(
            "funnel x --steps a,b --window 2h --order strict --entry first --strict-increase --exclude c \
             --exclude-ends entity --anchor first --value-from last",
        )
        .unwrap();
    for key in KEYS
        .iter()
        .filter(|key| key.path.starts_with("funnel.events."))
    {
        let option = format!("--{}", key.option.unwrap());
        assert_eq!(shown(&settings, key.path).1, option);
    }
    let settings = Project::empty()
        .run("channels x -vv --basis cohort")
        .unwrap();
    assert_eq!((settings.shell.verbose, settings.basis), (2, Basis::Cohort));
    let settings = Project::empty()
        .run("attribution x --model j,markov:2 --direct d --collapse-repeats")
        .unwrap();
    for key in ["model", "direct", "collapse_repeats"] {
        let option = format!("--{}", key.replace('_', "-"));
        assert_eq!(shown(&settings, &format!("attribution.{key}")).1, option);
    }
    assert_eq!(settings.attribution.models, ["j", "markov:2"]);
    let settings = Project::empty().run("paths x --top 3").unwrap();
    assert_eq!(shown(&settings, "paths.top").1, "--top");
    assert_eq!(settings.attribution.top, 3);
}
