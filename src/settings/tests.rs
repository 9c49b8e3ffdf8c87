#![allow(
    clippy::disallowed_methods,
    reason = "tests write the files that they read"
)]
#![allow(clippy::unwrap_used, clippy::expect_used)]
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::cli::Cli;
use crate::diagnostics::codes;
use crate::diagnostics::terminal::ColourChoice;
use crate::domain::channel::Class;
use crate::domain::money::Money;

/// A project folder of its own, with nothing around it.
struct Project {
    folder: TempDir,
    variables: BTreeMap<String, String>,
    stdin_is_terminal: bool,
}

impl Project {
    fn new(config: &str) -> Self {
        let project = Self::empty();
        project.write("leadflow.toml", config);
        project
    }

    fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: BTreeMap::new(),
            stdin_is_terminal: false,
        }
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn run(&self, words: &str) -> Result<Settings, Failure> {
        self.run_words(&words.split_whitespace().collect::<Vec<_>>())
    }

    fn run_words(&self, words: &[&str]) -> Result<Settings, Failure> {
        fs::create_dir_all(self.path("")).unwrap();
        let cli = Cli::read(std::iter::once("leadflow").chain(words.iter().copied())).unwrap();
        let environment = Environment {
            variables: self.variables.clone(),
            working_directory: self.path(""),
            stdin_is_terminal: self.stdin_is_terminal,
            clock: || 1_772_000_000_000,
        };
        resolve(&cli, &environment)
    }

    fn refused(&self, words: &str) -> (String, String, String) {
        let failure = self.run(words).unwrap_err();
        let finding = &failure.0[0];
        let place = finding.location.as_ref().map(ToString::to_string);
        (
            finding.code.id.to_owned(),
            finding.text.clone(),
            place.unwrap_or_default(),
        )
    }
}

use crate::diagnostics::Failure;

fn settings(config: &str) -> Settings {
    Project::new(config).run("funnel").unwrap()
}

fn refused(config: &str) -> (String, String, String) {
    Project::new(config).refused("funnel")
}

fn shown(settings: &Settings, key: &str) -> (String, String) {
    let found = settings
        .describe()
        .iter()
        .find(|shown| shown.key == key)
        .unwrap();
    (found.value.clone(), found.origin.to_string())
}

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
    for key in KEYS {
        let Some(name) = key.variable() else { continue };
        let value = match (key.path, key.form) {
            ("time_zone" | "input_time_zone", _) => "Europe/Berlin",
            ("as_of", _) => "2026-10-31",
            ("period", _) => "2026",
            ("dimension_at", _) => "now",
            ("funnel.policy", _) => "strict",
            ("funnel.view", _) => "to-date",
            ("channels.basis", _) => "cohort",
            ("decimal", _) => "comma",
            ("max_rejects", _) => "2%",
            ("delimiter", _) => "tab",
            ("error_format", _) => "json",
            ("color", _) => "never",
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
fn the_as_of_moment() {
    let berlin = "time_zone = 'Europe/Berlin'\n";
    let end_of_october = 1_793_487_600_000; // 2026-11-01T00:00:00+01:00
    for config in [
        "as_of = '2026-10-31'",
        "as_of = 2026-10-31",
        "as_of = '2026-11-01T00:00:00+01:00'",
        "as_of = '2026-11-01 00:00'",
    ] {
        let settings = settings(&format!("{berlin}{config}"));
        assert_eq!(settings.as_of, AsOf::Instant(end_of_october), "{config}");
    }
    let now = Project::empty().run("funnel --as-of now").unwrap().as_of;
    assert_eq!(now, AsOf::Instant(1_772_000_000_000));
    assert!(
        refused("as_of = 'now'")
            .1
            .contains("another report every day")
    );
    assert!(
        refused("as_of = 'yesterday'")
            .1
            .contains("`yesterday` is no moment")
    );
}

#[test]
fn the_ladder_is_checked_where_it_stands() {
    for (stages, said, column) in [
        ("[]", "at least one stage", 1),
        ("['lead', 'Lead']", "stands there twice", 19),
        ("['lead', 'lost']", "end without a win", 19),
        ("['lead', 'visits']", "is a name of the output", 19),
        ("['lead', 'cost_per_x']", "is a name of the output", 19),
        ("['lead', 'hand_to_sales']", "is a name of the output", 19),
        ("['', 'mql']", "no name of a stage", 11),
        ("['a{b', 'mql']", "no stage can have", 11),
    ] {
        let (_, text, place) = refused(&format!("[funnel]\nstages = {stages}"));
        assert!(text.contains(said), "{text}");
        assert_eq!(place, format!("leadflow.toml:2:{column}"), "{stages}");
    }
    let (code, _, _) = refused("[funnel]\nstages = ['lead', 'spend']");
    assert_eq!(code, codes::RESERVED_NAME.id);
}

#[test]
fn stage_words_meet_in_normal_form() {
    let settings = settings(
        "[[stage]]\nname='sql'\nlabels=['Hot  Lead']\noptional=true\n[[stage]]\nname='lost'\nlabels=['Gone']\n",
    );
    let label = |word: &str| settings.stage_labels.get(word).map(String::as_str);
    assert_eq!(label("hot lead"), Some("sql"));
    assert_eq!(label("gone"), Some("lost"));
    assert_eq!(label("marketing qualified lead"), Some("mql"));
    assert_eq!(label("sales qualified lead"), Some("sql"));
    assert_eq!(label("closed won"), Some("won"));
    assert_eq!(label("closed lost"), Some("lost"));
    assert_eq!(label("customer"), Some("customer"));
    assert_eq!(label("sales accepted lead"), None);
    assert!(settings.ladder.is_optional(2));
}

#[test]
fn stage_tables_name_known_stages_and_words_mean_one_thing() {
    let (code, text, place) = refused("[[stage]]\nname = 'MLQ'\n");
    assert_eq!(
        (code.as_str(), place.as_str()),
        ("unknown_name", "leadflow.toml:2:1")
    );
    assert_eq!(
        text,
        "`name`: `MLQ` is no stage of the funnel".replace("name", "stage[1].name")
    );
    let (_, text, place) =
        refused("[[stage]]\nname='sql'\nlabels=['x']\n[[stage]]\nname='mql'\nlabels=['y', 'X']");
    assert!(text.contains("the word `X` means `sql` already"), "{text}");
    assert_eq!(place, "leadflow.toml:6:14");
    assert!(
        refused("[[stage]]\nname='sql'\nlabels=['mql']")
            .1
            .contains("means `mql` already")
    );
}

#[test]
fn horizons_are_for_spans_of_the_ladder() {
    let settings =
        settings("[funnel]\nhorizon_days=30\n[funnel.horizon]\nlead_to_customer=180\nl2m=10\n");
    assert_eq!(settings.horizons.days(0, 4), 180);
    assert_eq!(settings.horizons.days(0, 1), 10);
    assert_eq!(settings.horizons.days(1, 2), 30);
    let (code, _, place) = refused("[funnel.horizon]\nlead_to_custmer = 1");
    assert_eq!(
        (code.as_str(), place.as_str()),
        ("unknown_name", "leadflow.toml:2:1")
    );
    assert_eq!(refused("[funnel]\nhorizon_days = 0").2, "leadflow.toml:2:1");
    let flag = Project::empty()
        .run("funnel --horizon 7 --view to_date --policy strict")
        .unwrap();
    assert_eq!(flag.horizons.default_days, 7);
    assert_eq!(
        (flag.view, flag.policy),
        (Some(View::ToDate), Policy::Strict)
    );
}

#[test]
fn deals_carry_leads_as_said_or_by_the_names_of_stages() {
    let of = |config: &str| settings(config).from_deals;
    assert_eq!(of("[funnel]\nstages=['mql','won']"), [(1, DealMoment::Won)]);
    assert_eq!(of("[funnel]\nstages=['a','b']"), []);
    assert_eq!(
        of("[funnel]\nstages=['a','b']\n[funnel.from_deals]\nb='won'\na='created'"),
        [(0, DealMoment::Created), (1, DealMoment::Won)]
    );
    assert_eq!(of("[funnel]\nfrom_deals = {}"), []);
    let (code, _, place) = refused("[funnel.from_deals]\ncustomr='won'");
    assert_eq!(
        (code.as_str(), place.as_str()),
        ("unknown_name", "leadflow.toml:2:1")
    );
}

#[test]
fn money_keys() {
    let settings = settings(
        "currency='eur'\ngross_margin=0.8\n[hours]\nrate=60\nrates={Anna=85.5}\n\
         [[cost]]\nchannel='SEO'\nmoney=1200\nevery='month'\nfrom='2026-01'\nto='2026-03'\n\
         [[cost]]\nchannel='Fair'\nmoney=99.5\ncurrency='usd'\nevery='once'\nfrom=2026-05-02\nname='stand'\n",
    );
    assert_eq!(settings.currency.as_deref(), Some("EUR"));
    assert_eq!(settings.gross_margin, Some(0.8));
    assert_eq!(settings.hours.rate, Some(Money::from_units(60.0)));
    assert_eq!(settings.hours.rates["Anna"], Money::from_units(85.5));
    let [retainer, fair] = &settings.costs[..] else {
        unreachable!("two costs")
    };
    assert_eq!(retainer.every, Every::Month);
    assert_eq!(retainer.from.unwrap().to_string(), "2026-01-01");
    assert_eq!(retainer.end.unwrap().to_string(), "2026-04-01");
    assert_eq!(
        (fair.every, fair.currency.as_deref(), fair.name.as_deref()),
        (Every::Once, Some("USD"), Some("stand"))
    );

    assert_eq!(refused("gross_margin = 80").2, "leadflow.toml:1:1");
    assert_eq!(
        refused("currency = 'Euro'").1,
        "`currency`: `Euro` is no currency"
    );
    assert!(
        refused("[[cost]]\nchannel='x'\nmoney=nan\nevery='month'")
            .1
            .contains("no amount of money")
    );
    assert!(
        refused("[[cost]]\nchannel='x'\nmoney=1")
            .1
            .contains("needs the day")
    );
    assert!(
        refused("[[cost]]\nchannel='x'\nmoney=1\nevery='month'\nfrom='2026-05'\nto='2026-04'")
            .1
            .contains("ends before")
    );
}

#[test]
fn rates_are_constants_or_a_file_by_month() {
    let project = Project::new("[fx]\nUSD = 0.92\nfile = 'rates/fx.csv'\n");
    project.write(
        "rates/fx.csv",
        "month;currency;rate\n2026-01;GBP;1.15\n2026-02;gbp;1.16\n",
    );
    let fx = project.run("channels").unwrap().fx;
    let day = |text: &str| text.parse().ok();
    assert_eq!(fx.rate("USD", None), Some(0.92));
    assert_eq!(fx.rate("GBP", day("2026-02-17")), Some(1.16));
    assert_eq!(fx.rate("GBP", day("2026-03-01")), None);
    assert_eq!(fx.rate("GBP", None), None);
    assert_eq!(fx.currencies().collect::<Vec<_>>(), ["GBP", "USD"]);

    for (rates, said, line) in [
        ("month,currency,rate\n2026,GBP,1\n", "no month", 2),
        (
            "month,currency,rate\n2026-01,GBP,1\n2026-01,GBP,2\n",
            "two rates",
            3,
        ),
        ("month,currency,rate\n2026-01,GBP,x\n", "no number", 2),
        ("month,currency,rate\n2026-01,GBP,0\n", "above 0", 2),
        ("month,currency\n2026-01,GBP\n", "no `rate`", 2),
        (
            "month,currency,rate\n2026-01,GBP\n",
            "more or fewer cells",
            2,
        ),
    ] {
        let project = Project::new("[fx]\nfile = 'fx.csv'\n");
        project.write("fx.csv", rates);
        let (_, text, place) = project.refused("channels");
        assert!(text.contains(said), "{text}");
        assert_eq!(place, format!("fx.csv:{line}"));
    }
    assert_eq!(refused("[fx]\nfile = 'none.csv'").0, "not_found");
    assert!(refused("[fx]\nUSD = 'dear'").1.contains("no rate"));
    assert!(refused("[fx]\nUSD = -1").1.contains("above 0"));
}

#[test]
fn segments_keep_their_order_and_own_no_taken_name() {
    let settings = settings(
        "[[segment]]\nname='region'\nfrom='territory'\nmap={ 'DACH*'='Europe', 'A*'='Asia', '*'='Other' }\n",
    );
    let segment = &settings.segments[0];
    assert_eq!(
        (segment.name.as_str(), segment.from.as_str()),
        ("region", "territory")
    );
    let patterns: Vec<&str> = segment
        .rules
        .iter()
        .map(|(pattern, _)| pattern.as_str())
        .collect();
    assert_eq!(patterns, ["DACH*", "A*", "*"]);
    assert_eq!(
        refused("[[segment]]\nname='month'\nfrom='x'").0,
        "reserved_name"
    );
    assert!(
        refused("[[segment]]\nname='mql'\nfrom='x'")
            .1
            .contains("name of a stage")
    );
    assert!(
        refused("[[segment]]\nname='a'\nfrom='x'\n[[segment]]\nname='A'\nfrom='y'")
            .1
            .contains("twice")
    );
    let (_, _, place) = refused("[[segment]]\nname='a'\nfrom='x'\nmap={ 'b'=1 }");
    assert_eq!(place, "leadflow.toml:4:7");
}

#[test]
fn exclusions_know_their_place() {
    let settings = settings(
        "[[exclude]]\ntable='leads'\nwhere=\"email like '%@acme.example'\"\nwhy='ourselves'\n",
    );
    let exclusion = &settings.exclusions[0];
    assert_eq!(exclusion.filter, "email like '%@acme.example'");
    assert_eq!(exclusion.why.as_deref(), Some("ourselves"));
    assert_eq!(
        exclusion.location.as_ref().unwrap().to_string(),
        "leadflow.toml:3:1"
    );
}

#[test]
fn targets_stand_in_the_file_or_beside_it() {
    let project = Project::new(
        "[[target]]\nmetric='mql'\nperiod='2026-Q4'\nby={channel='SEO'}\nvalue=120\n[[target]]\nfile='t.csv'\n",
    );
    project.write(
        "t.csv",
        "metric,period,value,channel\nlead,2026-10,500,\nlead_to_mql,2026-10,0.25,SEO\n",
    );
    let targets = project.run("report").unwrap().targets;
    assert_eq!(targets.len(), 3);
    assert_eq!(
        (targets[0].period.label.as_str(), targets[0].value),
        ("2026-Q4", 120.0)
    );
    assert_eq!(targets[0].by["channel"], "SEO");
    assert!(targets[1].by.is_empty());
    assert_eq!(
        (
            targets[2].metric.as_str(),
            targets[2].by["channel"].as_str()
        ),
        ("lead_to_mql", "SEO")
    );

    assert!(
        refused("[[target]]\nmetric='mql'\nvalue=1")
            .1
            .contains("needs `period`")
    );
    assert!(
        refused("[[target]]\nmetric='mql'\nperiod='soon'\nvalue=1")
            .1
            .contains("`soon` is no period")
    );
    assert!(
        refused("[[target]]\nfile='t.csv'\nvalue=1")
            .1
            .contains("either one value")
    );
}

#[test]
fn channel_rules_are_handed_on() {
    let settings = settings(
        "[channels]\nextensions=false\nbasis='cohort'\n[visits]\nfrom='ga4'\n[[channel]]\nname='SEO'\nmatch=['SEO*']\nwhen=[{medium='organic'}]\nclass='inbound'\n",
    );
    assert!(!settings.extensions);
    assert_eq!(settings.basis, Basis::Cohort);
    assert_eq!(settings.visits_from.as_deref(), Some("ga4"));
    let rule = &settings.channel_rules[0];
    assert_eq!(
        (rule.name.as_str(), rule.class),
        ("SEO", Some(Class::Inbound))
    );
    assert_eq!(rule.when[0].medium.as_deref(), Some("organic"));
    let (_, _, place) = refused("[[channel]]\nname='SEO'\nwhen=[{}]");
    assert_eq!(place, "leadflow.toml:3:7");
    assert!(refused("[[channel]]\nname=''").1.contains("needs a name"));
}

#[test]
fn typed_files_replace_the_inputs_and_keep_their_mapping() {
    let config = "[[input]]\npath='crm/leads.csv'\ntable='leads'\n[[input]]\npath='exports/meta-*.csv'\nkind='meta-ads'\nseveral='parts'\n";
    let project = Project::new(config);
    let settings = project
        .run("funnel ./crm/leads.csv exports/meta-1.csv crm/meta-2.csv")
        .unwrap();
    assert_eq!(settings.base, project.path(""));
    assert!(settings.inputs_were_typed);
    let [leads, meta, other] = &settings.inputs[..] else {
        unreachable!("three inputs")
    };
    assert_eq!(
        (leads.path.as_deref(), leads.table.as_deref()),
        (Some("./crm/leads.csv"), Some("leads"))
    );
    assert_eq!(
        (meta.path.as_deref(), meta.kind.as_deref()),
        (Some("exports/meta-1.csv"), Some("meta-ads"))
    );
    assert_eq!(
        (other.kind.as_deref(), other.table.as_deref()),
        (None, None)
    );

    project.write("sub/leadflow.toml", config);
    let settings = project
        .run("-c sub/leadflow.toml funnel sub/exports/meta-x.csv")
        .unwrap();
    assert_eq!(settings.inputs[0].kind.as_deref(), Some("meta-ads"));
    assert_eq!(settings.base, project.path(""));
}

#[test]
fn options_of_the_run_win_over_the_input_and_file_defaults_do_not() {
    let config =
        "encoding='utf-8'\n[[input]]\npath='a'\nencoding='utf-16le'\n[[input]]\npath='b'\n";
    let settings = settings(config);
    assert_eq!(settings.inputs[0].encoding.as_deref(), Some("utf-16le"));
    assert_eq!(settings.inputs[1].encoding, None);
    assert_eq!(settings.reading.encoding.as_deref(), Some("utf-8"));
    let words = "funnel --encoding windows-1252 --delimiter tab --date-format %d/%m/%Y --input-tz Asia/Tokyo --decimal comma";
    let settings = Project::new(config).run(words).unwrap();
    for input in &settings.inputs {
        assert_eq!(input.encoding.as_deref(), Some("windows-1252"));
        assert_eq!(
            input.date_format.as_ref().unwrap().get("created"),
            Some("%d/%m/%Y")
        );
        assert_eq!(input.time_zone.as_deref(), Some("Asia/Tokyo"));
    }
    assert_eq!(settings.reading.delimiter, Some(b'\t'));
    assert_eq!(settings.reading.zone, Tz::Asia__Tokyo);
}

#[test]
fn how_inputs_are_read() {
    let project = Project::empty();
    let reading = |words: &str| project.run(words).unwrap().reading;
    assert_eq!(
        reading("funnel x --lax").max_rejects,
        RejectLimit::Unlimited
    );
    assert_eq!(
        reading("funnel x --max-rejects 3").max_rejects,
        RejectLimit::Count(3)
    );
    assert_eq!(
        reading("funnel x --max-rejects 2.5%").max_rejects,
        RejectLimit::Share(0.025)
    );
    let header = reading("funnel x --no-header --columns id,created");
    assert_eq!(header.header, Some(false));
    assert_eq!(header.columns.unwrap(), ["id", "created"]);
    assert_eq!(
        reading("funnel x --rejects out.csv").rejects.as_deref(),
        Some(Path::new("out.csv"))
    );
    assert!(reading("funnel x --keep-going").keep_going);
    for words in [
        "--max-rejects some",
        "--max-rejects 101%",
        "--delimiter ab",
        "--delimiter é",
    ] {
        assert_eq!(
            project.refused(&format!("funnel x {words}")).0,
            "usage",
            "{words}"
        );
    }
    assert!(
        refused("[[input]]\ntable='leads'")
            .1
            .contains("needs a `path`")
    );
    assert_eq!(
        refused("[[input]]\npath='a'\ntime_zone='Mars'").2,
        "leadflow.toml:3:1"
    );
}

#[test]
fn standard_input_is_read_once_and_not_from_a_terminal() {
    let mut project = Project::empty();
    assert_eq!(
        project.run("funnel -").unwrap().inputs[0].path.as_deref(),
        Some("-")
    );
    assert!(project.refused("funnel - -").1.contains("only once"));
    project.stdin_is_terminal = true;
    assert!(project.refused("funnel -").1.contains("terminal"));
}

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
    assert!(options.error_json && options.quiet);
    assert_eq!(options.colour, ColourChoice::Never);
    assert!(resolve(&cli, &environment).is_err());
}

#[test]
fn the_whole_grammar_of_one_project() {
    let settings = settings(
        r#"
currency = "EUR"
time_zone = "Europe/Berlin"
as_of = "2026-11-01"
gross_margin = 0.8

[funnel]
stages = ["lead", "mql", "sql", "opportunity", "customer"]
horizon_days = 90
policy = "implied"
entry = "created"
view = "cohort"
by = "channel, month"

[[stage]]
name = "sql"
labels = ["Sales Qualified Lead", "salesqualifiedlead"]

[funnel.from_deals]
opportunity = "created"
customer = "won"

[[input]]
path = "exports/contacts-*.csv"
several = "latest"

[[input]]
path = "crm/leads.csv"
table = "leads"
[input.columns]
id = "mql_id"
channel = "origin"
"stage.mql" = "first_contact_date"

[[input]]
path = "lists/mqls.csv"
table = "stage_events"
[input.set]
stage = "mql"

[hours]
rate = 60
rates = { "Anna" = 85 }

[report]
period = "last-month"

[inspect]
format = "json"
"#,
    );
    assert_eq!(settings.inputs.len(), 3);
    assert_eq!(settings.entry, Entry::Created);
    assert_eq!(settings.view, Some(View::Cohort));
    assert_eq!(settings.by, ["channel", "month"]);
    assert!(settings.inputs[1].columns.contains_key("stage.mql"));
}

#[test]
fn every_option_says_that_it_was_typed() {
    let words = "funnel x -q --color never --threads 2 --error-format json --period 2026 --as-of 2026-10-31 \
        --by owner --where a=1 --dimension-at now --seed 7 --tz UTC --input-tz UTC --encoding utf-8 \
        --delimiter tab --date-format %d --decimal comma --lax --rejects r --keep-going --format csv \
        -o o --no-clobber --include-pii --raw-csv --scale 3 --fail-on-empty --policy strict \
        --view cohort --horizon 3";
    let settings = Project::empty().run(words).unwrap();
    for key in KEYS
        .iter()
        .filter(|key| !["verbose", "channels.basis"].contains(&key.path))
    {
        let Some(option) = key.option else { continue };
        let option = if option == "max-rejects" {
            "lax"
        } else {
            option
        };
        assert_eq!(shown(&settings, key.path).1, format!("--{option}"));
    }
    let settings = Project::empty()
        .run("channels x -vv --basis cohort")
        .unwrap();
    assert_eq!((settings.shell.verbose, settings.basis), (2, Basis::Cohort));
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
    assert!(options(&["leadflow", "--error-format", "json", "--nope"]).error_json);
    assert!(options(&["leadflow", "--nope", "--error-format=json"]).error_json);
    assert!(!options(&["leadflow", "--nope", "--error-format"]).error_json);
    assert_eq!(
        options(&["leadflow", "--color=never", "x"]).colour,
        ColourChoice::Never
    );
}
