//! `leadflow score`: rules over events, a learned score against a truth that is known, the
//! list of whom to call, the section of the report, and what is refused.

use std::fmt::Write;

use crate::fixture::{Answer, Dice, Run, number, rate, reason};

const HEAD: &str = "as_of = \"2026-06-30\"\n[funnel]\nstages = [\"lead\", \"customer\"]\n";
const LEADS: &str = "[[input]]\npath = \"leads.csv\"\ntable = \"leads\"\n[input.columns]\n\
    id = \"id\"\ncreated = \"created\"\n\"stage.customer\" = \"bought\"\n";

/// 3,000 leads over 300 days. The odds of buying within 20 days are those of a logistic
/// model: twice per ten employees, times five with a demo, a tenth without a phone number.
fn company(more: &str) -> Run {
    let mut dice = Dice::new(11);
    let mut leads = String::from("id,created,employees,demo,phone,noise,email,points,bought\n");
    for lead in 0..3000_u64 {
        let created =
            chrono::NaiveDate::from_ymd_opt(2025, 9, 1).unwrap() + chrono::Days::new(lead / 10);
        let employees = dice.below(50);
        let demo = dice.below(4) == 0;
        let phone = dice.below(10) != 0;
        let noise = ["red", "green", "blue"][dice.below(3) as usize];
        let odds = 0.06
            * 2_f64.powf(employees as f64 / 10.0)
            * if demo { 5.0 } else { 1.0 }
            * if phone { 1.0 } else { 0.1 };
        let buys = (dice.below(1_000_000) as f64 / 1e6) < odds / (1.0 + odds);
        let day = created + chrono::Days::new(1 + dice.below(19));
        let bought = if buys { day.to_string() } else { String::new() };
        let shown = if phone {
            employees.to_string()
        } else {
            String::new()
        };
        let _ = writeln!(
            leads,
            "l{lead},{created},{shown},{},{},{noise},p{lead}@firm{lead}.example,{},{bought}",
            if demo { "yes" } else { "no" },
            if phone { "yes" } else { "no" },
            employees * 2,
        );
    }
    let config = format!(
        "{HEAD}{LEADS}employees = \"employees\"\ndemo = \"demo\"\nphone = \"phone\"\nnoise = \"noise\"\n\
         email = \"email\"\n{more}"
    );
    Run::with(&[("leads.csv", &leads), ("leadflow.toml", &config)])
}

fn quality(answer: &Answer, key: &str) -> f64 {
    number(answer.row("quality", &[("key", key)]), "value")
}

#[test]
fn a_learned_score_finds_the_truth() {
    let answer = company("score = \"points\"\n").json("score --learn --capacity 20");
    let odds = |level: &str, wanted: f64| {
        let rows = answer.table("coefficients").iter();
        let row = rows
            .filter(|row| row["level"] == *level)
            .find(|row| row["feature"] != "noise")
            .unwrap_or_else(|| panic!("no level {level}"));
        let (low, high) = (number(row, "low"), number(row, "high"));
        assert!(low < wanted && wanted < high, "{level}: {low} to {high}");
    };
    odds("10 more", 2.0);
    odds("yes", 5.0);
    for row in answer.table("coefficients") {
        if row["feature"] == "noise" {
            assert!(
                number(row, "low") < 1.0 && number(row, "high") > 1.0,
                "{row}"
            );
        }
    }
    // What was foretold came: every bin but one in ten holds its mean.
    let bins = answer.table("calibration");
    let held = bins.iter().filter(|bin| {
        let foretold = number(bin, "foretold");
        number(&bin["rate"], "ci_low") <= foretold && foretold <= number(&bin["rate"], "ci_high")
    });
    assert!(held.count() + 2 >= bins.len());
    // It knows more than the points, which are the employees alone.
    let auc = |score: &str| number(answer.row("comparison", &[("score", score)]), "auc");
    assert!(auc("learned") > auc("export") + 0.02);
    // The older 70 % train; those of the last 90 days are young.
    assert!(quality(&answer, "too_young") > 800.0);
    let low = answer.row("quality", &[("key", "auc")]);
    assert!(
        number(low, "low") < number(low, "value") && number(low, "value") < number(low, "high")
    );
    // At the advised cut there are at most 20 leads a week, just above it at the next more.
    let cuts = answer.table("threshold");
    let advised = cuts
        .iter()
        .position(|cut| cut["advice"] == "capacity")
        .unwrap();
    assert!(number(&cuts[advised], "leads_per_week") <= 20.0);
    assert!(number(&cuts[advised + 1], "leads_per_week") > 20.0);
}

#[test]
fn the_same_bytes_with_any_number_of_threads() {
    let run = company("");
    for line in ["score --learn", "score --learn --list"] {
        let one = run
            .leadflow(&format!("{line} --threads 1 --format json"))
            .ended(0);
        let eight = run
            .leadflow(&format!("{line} --threads 8 --format json"))
            .ended(0);
        assert_eq!(one.stdout, eight.stdout);
    }
    let other = run.json("score --learn --seed 9");
    assert!(other.table("coefficients").len() > 3);
}

#[test]
fn the_list_is_best_first_and_names_nobody() {
    let run = company("");
    let answer = run.json("score --learn --list --top 50");
    let list = answer.table("list");
    assert_eq!(list.len(), 50);
    let chances: Vec<f64> = list.iter().map(|row| number(row, "probability")).collect();
    assert!(chances.is_sorted_by(|a, b| a >= b));
    assert!(list.iter().all(|row| number(row, "age_days") < 90.0));
    assert!(list[0]["why"].as_str().unwrap().contains("demo yes (x"));
    assert_eq!(run.json("score --learn --list").table("list").len(), 20);
    let daily = run.json("score --learn --list --capacity 35");
    assert_eq!(daily.table("list").len(), 7);
    for format in ["json", "csv", "table", "markdown", "html"] {
        let outcome = run
            .leadflow(&format!("score --learn --list --format {format}"))
            .ended(0);
        assert!(!outcome.stdout.contains("@firm"), "{format}");
    }
}

#[test]
fn every_format_prints_every_kind_of_score() {
    let rules = "score = \"points\"\n[score.fit]\nletters = [20, 10]\n[score.interest]\ndigits = [2, 1]\n\
        [[score.rule]]\ngroup = \"fit\"\nwhen = \"employees > 25\"\npoints = 20\n\
        [[score.rule]]\ngroup = \"interest\"\nwhen = \"demo = 'yes'\"\npoints = 2\n";
    let run = company(rules);
    for model in ["column", "rules", "logistic"] {
        for format in ["table", "json", "csv", "markdown", "html", "svg"] {
            run.leadflow(&format!("score --model {model} --format {format}"))
                .ended(0);
        }
        run.leadflow(&format!("score --model {model} --table gain -o gain.png"))
            .ended(0);
    }
    let answer = run.json("score");
    let a1 = answer.row("grid", &[("cell", "A1")]);
    let (k, n) = rate(a1, "rate");
    let c3 = answer.row("grid", &[("cell", "C3")]);
    assert!(k as f64 / n as f64 > 3.0 * number(&c3["rate"], "rate"));
    assert_eq!(
        reason(answer.row("grid", &[("cell", "B1")]), "rate"),
        "zero_denominator"
    );
    let said = answer.0["summary"].to_string();
    assert!(said.contains("score of the export ranks"), "{said}");
}

#[test]
fn a_better_cell_that_converts_worse_is_flagged() {
    let rules = "[score.fit]\nletters = [20, 10]\n[score.interest]\ndigits = [2, 1]\n\
        [[score.rule]]\ngroup = \"fit\"\nwhen = \"employees < 10\"\npoints = 20\n\
        [[score.rule]]\ngroup = \"interest\"\nwhen = \"demo = 'no'\"\npoints = 2\n";
    let answer = company(rules).json("score");
    assert_eq!(answer.row("grid", &[("cell", "A1")])["inversion"], true);
    assert_eq!(answer.row("grid", &[("cell", "C3")])["inversion"], false);
    assert!(answer.0["summary"].to_string().contains("Upside down"));
}

/// Four leads with calls, one of them planned for next week.
fn callers(rules: &str) -> Run {
    let leads = "id,created,bought\nl1,2026-06-01,\nl2,2026-06-02,\nl3,2026-06-03,\nl4,2026-01-05,2026-02-01\n";
    let calls = "id,at,kind,direction\nl1,2026-06-20,call,inbound\nl1,2026-06-25,mail,outbound\n\
        l2,2026-06-29,call,inbound\nl3,2026-07-05,call,inbound\nl4,2026-01-04,call,inbound\n";
    let config = format!(
        "{HEAD}{LEADS}[[input]]\npath = \"calls.csv\"\ntable = \"activities\"\n[input.columns]\nid = \"id\"\n\
         at = \"at\"\nkind = \"kind\"\ndirection = \"direction\"\n{rules}"
    );
    Run::with(&[
        ("leads.csv", leads),
        ("calls.csv", calls),
        ("leadflow.toml", &config),
    ])
}

#[test]
fn calls_count_until_today_and_planned_ones_do_not() {
    let rule = "[[score.rule]]\ngroup = \"interest\"\nfrom = \"activities\"\n\
        when = \"kind = 'call' and direction = 'in'\"\npoints = 10\n";
    let answer = callers(rule).json("score --list");
    assert_eq!(answer.texts("list", "id"), ["l2", "l1", "l3"]);
    let row = |id: &str| answer.row("list", &[("id", id)]);
    assert!((number(row("l1"), "interest") - 10.0).abs() < 1e-9);
    assert!((number(row("l1"), "idle_days") - 6.0).abs() < 1e-6);
    assert!((number(row("l3"), "interest")).abs() < 1e-9);
    assert!(row("l3")["idle_days"].is_null());
    // The lead of January is judged, with the call before its entry.
    let answer = callers(rule).json("score");
    assert_eq!(rate(answer.only("rules"), "rate"), (1, 1));
}

#[test]
fn what_is_wrong_is_refused_with_its_place() {
    let rule =
        |text: &str| format!("[[score.rule]]\ngroup = \"fit\"\npoints = 1\nwhen = \"{text}\"\n");
    for (more, line, parts) in [
        (
            rule("titel = 'x'"),
            "score",
            vec!["`titel`", "no column of leads", "leadflow.toml:"],
        ),
        (
            rule("\\\"has.customer\\\""),
            "score",
            vec!["no column of leads"],
        ),
        (rule("created ="), "score", vec!["is no SQL condition"]),
        (rule("created + 1"), "score", vec!["leadflow.toml:"]),
        (
            String::new(),
            "score",
            vec!["no lead has a score", "[[score.rule]]", "--learn"],
        ),
        (
            String::new(),
            "score --model rules",
            vec!["no rules to score by"],
        ),
        (
            String::new(),
            "score --learn",
            vec!["no column to learn from"],
        ),
        (
            String::new(),
            "score --learn --allow-leak colour",
            vec!["`colour` is no column"],
        ),
        (String::new(), "score --learn --by owner", vec!["no --by"]),
        (
            String::new(),
            "score --target customr",
            vec!["did you mean `customer`"],
        ),
        (
            String::new(),
            "score --capacity 0",
            vec!["--capacity", "not above 0"],
        ),
        (
            String::new(),
            "score --cost -3",
            vec!["--cost", "0 or more"],
        ),
        (
            String::new(),
            "score --list --top 0",
            vec!["--top", "at least one"],
        ),
        (String::new(), "score --top 3", vec!["--list"]),
        (String::new(), "score --model magic", vec!["magic"]),
    ] {
        let outcome = callers(&more).leadflow(line).ended(2);
        for part in parts {
            assert!(outcome.stderr.contains(part), "{part}: {outcome}");
        }
        assert!(outcome.stdout.is_empty(), "{outcome}");
        assert!(outcome.stderr.lines().count() < 6, "{outcome}");
    }
}

#[test]
fn a_period_takes_the_leads_that_entered_in_it() {
    let run = company("score = \"points\"\n");
    // Ten leads a day.
    let answer = run.json("score --period 2025-10");
    assert!((quality(&answer, "leads") - 310.0).abs() < 0.5);
    let all = run.json("score");
    assert!(quality(&all, "leads") > 1500.0);
    let exact = run.json("score --model column --period 2026-06");
    assert!(quality(&exact, "leads") < 0.5);
}

#[test]
fn the_report_has_a_section_where_there_is_a_score() {
    let line = "report --period 2026-05 --format json";
    let plain = company("").leadflow(line).answer();
    assert!(!plain.has("score_bands") && !plain.has("score_grid"));
    let column = company("score = \"points\"\n").leadflow(line).answer();
    assert!(!column.table("score_bands").is_empty());
    assert!(column.0["summary"].to_string().contains("The score ranks"));
    let rules = "[score.fit]\nletters = [20, 10]\n[score.interest]\ndigits = [2, 1]\n\
        [[score.rule]]\ngroup = \"fit\"\nwhen = \"employees > 25\"\npoints = 20\n";
    let run = company(rules);
    assert_eq!(run.leadflow(line).answer().table("score_grid").len(), 9);
    run.leadflow("report --period 2026-05 --out month").ended(0);
    for file in ["tables/score_grid.csv", "tables/score_quality.csv"] {
        assert!(run.path(&format!("month/{file}")).exists(), "{file}");
    }
}

#[test]
fn explain_knows_the_figures_of_scores() {
    let run = Run::new();
    for topic in [
        "auc",
        "gain",
        "lift",
        "brier_skill",
        "p_star",
        "odds_ratio",
        "interest",
        "grade",
        "knows_outcome",
    ] {
        run.leadflow(&format!("explain {topic}")).ended(0);
    }
}
