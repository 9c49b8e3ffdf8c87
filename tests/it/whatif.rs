//! `whatif` and `optimize`, from the outside.
//!
//! Most tests ask about one company whose effects are known (`firm.rs`). A whole answer
//! takes a second or two, so that each test asks for as few as it can; the plain question
//! of ten hours more is answered once for all of them.

/// A company whose effects are known.
mod firm;

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::fixture::{Answer, Run, count, near, number, reason};
use firm::{Firm, MONTHS, label, month};

const TEN_HOURS: &str = "whatif seo --add-hours 10";
/// The seed text: rates, value and price by hand.
const BY_HAND: &str =
    "whatif seo --visit-to-lead 2% --lead-to-customer 30% --deal-value 100 --hour-cost 60";

/// The answer to ten hours more of SEO.
static PLAIN: LazyLock<Answer> = LazyLock::new(|| Firm::new().run().json(TEN_HOURS));

fn verdict(answer: &Answer) -> &Value {
    answer.only("verdict")
}

fn pays(answer: &Answer) -> f64 {
    number(verdict(answer), "p_pays")
}

/// A cell of the chain.
fn chain(answer: &Answer, measure: &str, column: &str) -> f64 {
    number(answer.row("chain", &[("measure", measure)]), column)
}

/// A row of the table of payback and break-even.
fn payback(answer: &Answer, measure: &str) -> f64 {
    number(answer.row("payback", &[("measure", measure)]), "value")
}

/// Width of the 80 % interval of the visits.
fn width(answer: &Answer) -> f64 {
    chain(answer, "visits", "high80") - chain(answer, "visits", "low80")
}

/// Demands that some columns of some tables are equal to the last bit.
#[track_caller]
fn same(found: &Answer, wanted: &Answer, tables: &[&str]) {
    for table in tables {
        assert_eq!(found.table(table), wanted.table(table), "{table}");
    }
}

/// Demands exit status 2, these words on standard error, nothing on standard output and
/// no new file.
#[track_caller]
fn refused(run: &Run, line: &str, said: &[&str]) {
    let before = run.files();
    let outcome = run.leadflow(line).ended(2);
    for words in said {
        assert!(outcome.stderr.contains(words), "`{words}` in {outcome}");
    }
    assert!(outcome.stderr.lines().count() < 6, "{outcome}");
    assert!(outcome.stdout.is_empty(), "{outcome}");
    assert_eq!(run.files(), before, "{line}");
}

/// No cell of the answer is a number that is none, in words or in the data.
#[track_caller]
fn no_strange_numbers(run: &Run, line: &str) {
    let text = run.leadflow(line).ended(0).stdout;
    for strange in ["NaN", "nan", "inf ", "inf)", "Infinity", "∞", "-0 "] {
        assert!(!text.contains(strange), "`{strange}` in\n{text}");
    }
}

// --- arithmetic -------------------------------------------------------------------------

#[test]
fn sixty_cents_a_visitor() {
    let run = Run::new();
    let found = run.json(&format!("{BY_HAND} --break-even"));
    near(payback(&found, "value_per_visit"), 0.60, 1e-12, "value");
    near(
        payback(&found, "needed_visits_per_hour"),
        100.0,
        1e-9,
        "needed",
    );
    let said = verdict(&found)["sentence"].as_str().unwrap();
    assert!(
        said.contains("$0.60") && said.contains("100 visitors an hour"),
        "{said}"
    );
    assert!(said.contains("revenue, not profit"), "{said}");
    let profit = run.json(&format!("{BY_HAND} --break-even --margin 50%"));
    near(
        payback(&profit, "needed_visits_per_hour"),
        200.0,
        1e-9,
        "margin",
    );
    assert!(run.files().is_empty());
}

#[test]
fn ten_hours_if_each_brings_so_many() {
    let run = Run::new();
    let plan = "--add-hours 10 --visitors-per-hour";
    let found = run.json(&format!("{BY_HAND} {plan} 120"));
    let wanted = [
        ("visits", 14_400.0),
        ("lead", 288.0),
        ("customer", 86.4),
        ("revenue", 8_640.0),
        ("cost", 7_200.0),
        ("net", 1_440.0),
        ("roi", 0.2),
    ];
    for (measure, value) in wanted {
        near(chain(&found, measure, "mean"), value, 1e-9, measure);
    }
    assert_eq!(verdict(&found)["class"], "pays");
    // The golden case with twenty visits an hour, at ten an hour.
    let line = BY_HAND.replace("--hour-cost 60", "--hour-cost 10");
    let found = run.json(&format!("{line} {plan} 20 --break-even"));
    for (measure, value) in [("visits", 2_400.0), ("customer", 14.4), ("net", 240.0)] {
        near(chain(&found, measure, "mean"), value, 1e-9, measure);
    }
    near(chain(&found, "roi", "mean"), 0.2, 1e-12, "roi");
    near(
        payback(&found, "break_even_hour_cost"),
        12.0,
        1e-9,
        "break-even",
    );
    // What is seen has the luck of single people: Poisson of 14.4.
    assert_eq!(chain(&found, "customer", "seen_low80"), 10.0);
    assert_eq!(chain(&found, "customer", "seen_high80"), 19.0);
    let twelve_thousand = run.json(&format!("{BY_HAND} {plan} 100"));
    near(chain(&twelve_thousand, "net", "mean"), 0.0, 1e-9, "net");
    assert_eq!(verdict(&twelve_thousand)["class"], "does_not_pay");
}

#[test]
fn arithmetic_with_nothing_to_divide_by() {
    let run = Run::new();
    let free = BY_HAND.replace("--hour-cost 60", "--hour-cost 0");
    let line = format!("{free} --add-hours 10 --visitors-per-hour 5");
    let found = run.json(&line);
    let roi = found.row("chain", &[("measure", "roi")]);
    assert_eq!(reason(roi, "mean"), "zero_denominator");
    no_strange_numbers(&run, &line);
    let worthless = BY_HAND.replace("--deal-value 100", "--deal-value 0");
    let line = format!("{worthless} --break-even");
    let found = run.json(&line);
    let needed = found.row("payback", &[("measure", "needed_visits_per_hour")]);
    assert_eq!(reason(needed, "value"), "zero_denominator");
    no_strange_numbers(&run, &line);
}

// --- bad input --------------------------------------------------------------------------

#[test]
fn questions_that_make_no_sense() {
    let run = Firm::new().last_months(10).run();
    for (line, said) in [
        ("direct --add-hours 5", vec!["no hours", "Email, SEO"]),
        (
            "email --add-spend 5",
            vec!["no spend", "channels with spend: Paid Search"],
        ),
        ("soe --add-hours 5", vec!["did you mean `SEO`?"]),
        ("seo --add-hours -5", vec!["--remove-hours 5"]),
        ("seo --add-hours nan", vec!["no amount from 0 on"]),
        ("seo --add-hours inf", vec!["more than any company has"]),
        (
            "seo --add-hours 5 --deal-value 1e300",
            vec!["--deal-value", "more than any"],
        ),
        (
            "seo --add-hours 5 --horizon 6",
            vec!["6 months end before the plan of 12"],
        ),
        ("seo --add-hours 5 --months 0", vec!["from 1 to 120"]),
        (
            "seo --remove-hours 500",
            vec!["23.0 hours", "--remove-hours 23"],
        ),
        (
            "seo --add-hours 5 --add-spend 6",
            vec!["one thing at a time"],
        ),
        (
            "seo --remove-hours 5 --from-file plan.csv",
            vec!["one thing at a time"],
        ),
        ("seo --add-hours 5 --by month", vec!["--by", "--as-of"]),
        (
            "seo --add-hours 5 --period 2026-01",
            vec!["--period", "--as-of"],
        ),
        ("seo", vec!["--add-hours"]),
        ("--add-hours 5", vec!["needs a channel"]),
        ("seo --add-hours 5 --margin 0", vec!["margin of 0"]),
        ("seo --add-hours 5 --hour-cost -1", vec!["--hour-cost"]),
        ("seo --add-hours 5 --halo=-0.1", vec!["--halo"]),
        (
            "seo --add-hours 5 --visit-to-lead 200%",
            vec!["more than all"],
        ),
        ("seo --add-hours 5 --prior-sd 3", vec!["prior"]),
        (
            "seo --add-hours 5 --prior-visits-per-hour 5 --prior-sd 0",
            vec!["above 0"],
        ),
        (
            "seo --add-hours 5 --prior-visits-per-hour 5 --prior-sd inf",
            vec!["above 0"],
        ),
        (
            "--rate lead_to_mqll=25%",
            vec!["no step", "did you mean `lead_to_mql`"],
        ),
        ("--rate lead_to_mql=2500%", vec!["--rate lead_to_mql=25%"]),
        (
            "--rate leads.csv",
            vec!["no step", "files stand before --rate"],
        ),
        (
            "seo --add-hours 5 --break 2019-01",
            vec!["--break", "2025-10 to 2026-06"],
        ),
        ("seo --add-hours 5 --break 2026-13", vec!["--break"]),
    ] {
        refused(&run, &format!("whatif {line}"), &said);
    }
}

#[test]
fn defects_of_plans_and_tests_are_named_by_line() {
    let run = Firm::new().last_months(10).run();
    let plan = |rows: &str| format!("month,hours\n1,30\n{rows}\n");
    for (rows, said) in [
        ("2026-08,x", "plan.csv:3: `x` is no number"),
        ("2026-08,-4", "plan.csv:3: `-4` is no amount"),
        ("2026-05,30", "here that is 2026-07"),
        (
            "2026-07,30",
            "plan.csv:3: the month stands in the plan twice",
        ),
        ("2026-Q4,30", "plan.csv:3: `2026-Q4` is no month"),
        ("soon,30", "plan.csv:3"),
        ("3,", "plan.csv:3: there is no `hours`"),
    ] {
        run.file("plan.csv", plan(rows));
        refused(&run, "whatif seo --from-file plan.csv", &[said]);
    }
    run.file("plan.csv", "month,days\n1,30\n");
    refused(
        &run,
        "whatif seo --from-file plan.csv",
        &["plan.csv: a plan has the columns month and hours"],
    );
    refused(
        &run,
        "whatif seo --from-file nowhere.csv",
        &["nowhere.csv", "not found"],
    );
    for (row, said) in [
        (
            "SEO,2025-01,2025-03,30,500,0",
            "tests.csv:2: a standard error",
        ),
        ("SEO,2025-03,2025-01,30,500,9", "ends before it starts"),
        ("SEO,2025-01,2025-03,0,500,9", "tests nothing"),
        ("SOE,2025-01,2025-03,30,500,9", "did you mean `SEO`?"),
    ] {
        run.file(
            "tests.csv",
            format!("channel,start,end,extra_driver,extra_sessions,se\n{row}\n"),
        );
        refused(
            &run,
            &format!("{TEN_HOURS} --experiment tests.csv"),
            &[said],
        );
    }
}

#[test]
fn nobody_won_and_nobody_said_what_an_hour_costs() {
    let mut firm = Firm::new();
    firm.tables.clear();
    firm.leads.iter_mut().for_each(|lead| lead.won = None);
    let run = firm.run();
    refused(&run, TEN_HOURS, &["--hour-cost 60", "--break-even"]);
    let priced = format!("{TEN_HOURS} --hour-cost 60");
    refused(&run, &priced, &["no deal was won", "--deal-value"]);
    refused(&run, "whatif seo --break-even", &["--deal-value"]);
    // Without a price there is no answer in hours, but a value of a visit.
    let found = run.json("whatif seo --break-even --deal-value 2000");
    let needed = found.row("payback", &[("measure", "needed_visits_per_hour")]);
    assert_eq!(reason(needed, "value"), "no_hourly_cost");
    assert!(payback(&found, "value_per_visit") > 0.0);
    let found = run.json("whatif 'paid search' --add-spend 100 --deal-value 2000");
    assert_eq!(verdict(&found)["driver"], "money");
    near(chain(&found, "cost", "mean"), 1_200.0, 1e-9, "cost");
}

#[test]
fn a_month_of_less_than_no_hours() {
    let mut firm = Firm::new().last_months(12);
    firm.hours.push((month(MONTHS - 2), "SEO".into(), -200.0));
    let run = firm.run();
    refused(
        &run,
        TEN_HOURS,
        &["less than no hours in 2026-05", "correction"],
    );
    // Others do not mind, and say whom they do without.
    let found = run.json("whatif email --add-hours 2");
    assert_eq!(
        found.texts("alternatives", "channel"),
        ["Email", "Paid Search"]
    );
    let page = run.leadflow("optimize --hours 8").ended(0).stdout;
    assert!(
        page.contains("Left as they are") && page.contains("SEO"),
        "{page}"
    );
}

#[test]
fn too_few_months_give_the_break_even_and_nothing_else() {
    for months in [1, 5] {
        let run = Firm::new().last_months(months).run();
        let found = run.json(TEN_HOURS);
        let row = verdict(&found);
        assert_eq!(row["class"], "not_enough_data", "{months}");
        assert_eq!(reason(row, "p_pays"), "no_data");
        assert_eq!(reason(row, "information_share"), "no_data");
        assert!(!found.has("chain") && !found.has("drivers"), "{months}");
        assert!(payback(&found, "needed_visits_per_hour") > 0.0);
        let said = row["sentence"].as_str().unwrap();
        let wanted = format!("{months} complete month");
        assert!(said.contains(&wanted) && said.contains('6'), "{said}");
        // After one month no lead is decided: what is supposed in its place is said.
        assert_eq!(
            said.contains("one in two is supposed"),
            months == 1,
            "{said}"
        );
        let found = run.json("whatif seo --break-even");
        let said = verdict(&found)["sentence"].as_str().unwrap().to_owned();
        assert_eq!(
            said.contains("one in two is supposed"),
            months == 1,
            "{said}"
        );
        let known = run.json("whatif seo --break-even --lead-to-customer 5%");
        let said = verdict(&known)["sentence"].as_str().unwrap();
        assert!(!said.contains("supposed"), "{said}");
    }
}

#[test]
fn an_hour_for_nothing_and_no_hours_at_all() {
    let run = Firm::new().run();
    let free = format!("{TEN_HOURS} --hour-cost 0");
    let found = run.json(&free);
    let roi = found.row("chain", &[("measure", "roi")]);
    for column in ["mean", "low80", "high95", "seen_low80"] {
        assert_eq!(reason(roi, column), "zero_denominator");
    }
    near(
        chain(&found, "net", "mean"),
        chain(&PLAIN, "gross_profit", "mean"),
        1e-6,
        "net",
    );
    let rows = found.texts("payback", "measure");
    assert!(!rows.contains(&"payback_month".to_owned()), "{rows:?}");
    let none = "whatif seo --add-hours 0";
    let found = run.json(none);
    for measure in ["visits", "customer", "revenue", "cost", "net"] {
        for column in ["mean", "low80", "high80"] {
            assert_eq!(chain(&found, measure, column), 0.0, "{measure} {column}");
        }
    }
    for measure in ["marginal_visits_per_hour", "break_even_hour_cost"] {
        let row = found.row("payback", &[("measure", measure)]);
        assert_eq!(reason(row, "value"), "zero_denominator");
    }
    // Nothing drives an answer that is nothing.
    for row in found.table("drivers") {
        assert!(row["variance_share"].is_null(), "{row}");
    }
    no_strange_numbers(&run, &format!("{none} --hour-cost 0"));
}

// --- laws -------------------------------------------------------------------------------

#[test]
fn the_same_bytes_whatever_the_threads_and_the_order() {
    let run = Firm::new().run();
    let line = format!("{TEN_HOURS} --format json --threads");
    let alone = run.leadflow(&format!("{line} 1")).ended(0);
    let four = run.leadflow(&format!("{line} 4")).ended(0);
    assert!(alone.bytes == four.bytes, "threads");
    assert_eq!(four.answer().0["tables"], PLAIN.0["tables"], "twice");
    let answered = [
        "verdict",
        "chain",
        "payback",
        "alternatives",
        "drivers",
        "evidence",
    ];
    let found = Firm::new().shuffled().run().json(TEN_HOURS);
    same(&found, &PLAIN, &answered);
}

#[test]
fn units_of_time_and_money_change_nothing() {
    let mut minutes = Firm::new();
    minutes.hours.iter_mut().for_each(|row| row.2 *= 60.0);
    minutes.tables = "[hours]\nrate = 1\n".into();
    let found = minutes.run().json("whatif seo --add-hours 600");
    near(pays(&found), pays(&PLAIN), 1e-9, "minutes: p_pays");
    let information = |answer: &Answer| number(verdict(answer), "information_share");
    near(information(&found), information(&PLAIN), 1e-9, "minutes");
    let mut rich = Firm::new();
    rich.tables = "[hours]\nrate = 60000\n".into();
    rich.spend.iter_mut().for_each(|row| row.2 *= 1_000.0);
    let wins = rich.leads.iter_mut().filter_map(|lead| lead.won.as_mut());
    wins.for_each(|won| won.1 *= 1_000.0);
    let found = rich.run().json(TEN_HOURS);
    near(pays(&found), pays(&PLAIN), 1e-9, "currency: p_pays");
    near(
        chain(&found, "roi", "mean"),
        chain(&PLAIN, "roi", "mean"),
        1e-9,
        "currency: roi",
    );
    let best = |answer: &Answer| -> Vec<f64> {
        let rows = answer.table("alternatives").iter();
        rows.map(|row| number(row, "p_best")).collect()
    };
    assert_eq!(best(&found), best(&PLAIN));
}

#[test]
fn dearer_hours_and_more_of_them() {
    let run = Firm::new().run();
    let dear = run.json(&format!("{TEN_HOURS} --hour-cost 120"));
    assert!(pays(&dear) <= pays(&PLAIN));
    near(
        payback(&dear, "needed_visits_per_hour"),
        2.0 * payback(&PLAIN, "needed_visits_per_hour"),
        1e-9,
        "needed",
    );
    let marginal = |hours: u32| {
        let found = run.json(&format!("whatif seo --add-hours {hours}"));
        payback(&found, "marginal_visits_per_hour")
    };
    let ten = payback(&PLAIN, "marginal_visits_per_hour");
    let (two, twenty) = (marginal(2), marginal(20));
    assert!(two >= ten && ten >= twenty, "{two} {ten} {twenty}");
    // The truth: 1,400 A / (A + 30), about 16 visits for the hour after 23.
    assert!((8.0..24.0).contains(&two), "{two}");
}

#[test]
fn names_and_other_channels_change_nothing() {
    let renamed = Firm::new().renamed(|name| format!("z{}", name.to_lowercase()));
    let found = renamed.run().json("whatif zseo --add-hours 10");
    same(&found, &PLAIN, &["chain", "payback", "drivers", "evidence"]);
    assert_eq!(pays(&found), pays(&PLAIN));
    let gains = |answer: &Answer| -> Vec<(f64, f64)> {
        let rows = answer.table("alternatives").iter();
        let mut gains: Vec<(f64, f64)> = rows
            .map(|row| (number(row, "gross_profit"), number(row, "p_best")))
            .collect();
        gains.sort_by(|a, b| a.0.total_cmp(&b.0));
        gains
    };
    assert_eq!(gains(&found), gains(&PLAIN));
    // Email in two halves: what is asked of SEO does not notice.
    let mut split = Firm::new();
    let half = |name: &str, number: usize| match name {
        "Email" => format!("Email {}", number % 2),
        other => other.to_owned(),
    };
    for (number, lead) in split.leads.iter_mut().enumerate() {
        lead.channel = half(&lead.channel, number);
    }
    let halves = |rows: &[(chrono::NaiveDate, String, f64)]| {
        let parts = |row: &(chrono::NaiveDate, String, f64)| {
            let share = if row.1 == "Email" { 0.5 } else { 1.0 };
            let copies = if row.1 == "Email" { 2 } else { 1 };
            (0..copies)
                .map(move |copy| (row.0, half(&row.1, copy), row.2 * share))
                .collect::<Vec<_>>()
        };
        rows.iter().flat_map(parts).collect()
    };
    split.hours = halves(&split.hours);
    let whole: Vec<_> = split
        .visits
        .iter()
        .map(|row| (row.0, row.1.clone(), row.2 as f64))
        .collect();
    split.visits = halves(&whole)
        .into_iter()
        .map(|row| (row.0, row.1, row.2 as u64))
        .collect();
    let found = split.run().json(TEN_HOURS);
    same(&found, &PLAIN, &["verdict", "chain", "payback"]);
}

#[test]
fn a_month_that_is_not_over_and_a_stage_that_nobody_feeds() {
    let mut firm = Firm::new();
    // Five days of July: a tenth of a month that would look like a collapse.
    let july = month(MONTHS);
    firm.as_of = july + chrono::Days::new(4);
    for (channel, visits) in [("SEO", 90), ("Email", 30), ("Paid Search", 60)] {
        firm.visits.push((july, channel.into(), visits));
    }
    firm.hours.push((july, "SEO".into(), 5.0));
    let found = firm.run().json(TEN_HOURS);
    let months = found.row("evidence", &[("key", "months")]);
    assert_eq!(count(months, "value"), u64::from(MONTHS));
    near(
        chain(&found, "visits", "mean"),
        chain(&PLAIN, "visits", "mean"),
        1e-6,
        "visits",
    );
    let page = firm.run().leadflow(TEN_HOURS).ended(0).stdout;
    let wanted = format!(
        "{} is not over in the exports and was left out",
        label(july)
    );
    assert!(page.contains(&wanted), "{page}");
    let mut longer = Firm::new();
    longer.stages = vec!["lead", "mql", "sql", "customer"];
    let found = longer.run().json(TEN_HOURS);
    same(&found, &PLAIN, &["verdict", "chain", "payback", "drivers"]);
}

// --- plans, prior knowledge, terms --------------------------------------------------------

#[test]
fn a_plan_by_month_and_hours_taken_away() {
    let run = Firm::new().run();
    // Business as usual is 23 hours; each month of the file has ten more.
    let rows: String = (0..12)
        .map(|at| format!("{},33\n", label(month(MONTHS + at))))
        .collect();
    run.file("plan.csv", format!("month,hours\n{rows}"));
    let found = run.json("whatif seo --from-file plan.csv");
    same(&found, &PLAIN, &["chain", "payback", "drivers"]);
    assert_eq!(verdict(&found)["change"], 120.0);
    let less = run.json("whatif seo --remove-hours 10");
    assert_eq!(verdict(&less)["change"], -120.0);
    assert!(chain(&less, "visits", "high80") < 0.0);
    near(chain(&less, "cost", "mean"), -7_200.0, 1e-9, "cost saved");
    // The curve flattens: ten hours less lose more than ten hours more win.
    let lost = -chain(&less, "visits", "mean");
    assert!(lost > chain(&PLAIN, "visits", "mean"), "{lost}");
    assert!(pays(&less) < 0.5);
}

#[test]
fn money_in_place_of_hours() {
    let run = Firm::new().run();
    let found = run.json("whatif 'paid search' --add-spend 100 --months 6 --horizon 12");
    let row = verdict(&found);
    assert_eq!(
        (&row["driver"], &row["months"], &row["horizon"]),
        (&json!("money"), &json!(6), &json!(12))
    );
    near(chain(&found, "cost", "mean"), 600.0, 1e-9, "cost");
    let per_unit = payback(&found, "marginal_visits_per_unit");
    near(
        chain(&found, "visits", "mean"),
        600.0 * per_unit,
        1e-6,
        "visits",
    );
}

#[test]
fn what_the_user_knows_beside_the_history() {
    let run = Firm::with_flat_hours().run();
    let plain = run.json(TEN_HOURS);
    let row = verdict(&plain);
    assert_eq!(row["class"], "cannot_tell");
    assert_eq!(
        (&row["overridden"], &row["prior"]),
        (&json!(true), &json!(false))
    );
    assert!(number(row, "information_share") < 0.25);
    let said = row["sentence"].as_str().unwrap();
    assert!(said.starts_with("The data cannot tell"), "{said}");
    run.file(
        "tests.csv",
        "channel,start,end,extra_driver,extra_sessions,se\n\
         organic,2025-01-01,2025-06-30,60,900,90\nEmail,2025-01,2025-03,6,-800,9\n",
    );
    let named = Firm {
        keys: String::new(),
        ..Firm::with_flat_hours()
    };
    let spelt =
        named.tables.clone() + "\n[[channel]]\nname = \"SEO\"\nmatch = [\"SEO\", \"organic\"]\n";
    Firm {
        tables: spelt,
        ..named
    }
    .write(&run);
    let relative = |answer: &Answer| width(answer) / chain(answer, "visits", "mean");
    let knowing = |known: &str| {
        let found = run.json(&format!("{TEN_HOURS} --margin 0.8 {known}"));
        let row = verdict(&found);
        assert_eq!(row["overridden"], false, "{known}");
        assert_eq!(row["prior"], true, "{known}");
        assert!(relative(&found) < 0.7 * relative(&plain), "{known}");
        let said = row["sentence"].as_str().unwrap();
        assert!(said.starts_with("Your assumption says"), "{said}");
        found
    };
    let believed = knowing("--prior-visits-per-hour 15 --prior-sd 0.5");
    assert_eq!(verdict(&believed)["class"], "pays");
    let per_hour = payback(&believed, "marginal_visits_per_hour");
    near(per_hour, 15.0, 0.5, "a firm belief");
    knowing("--experiment tests.csv");
}

#[test]
fn terms_of_money() {
    let run = Firm::new().run();
    let plain = |measure: &str| chain(&PLAIN, measure, "mean");
    // Visits that come by another way count too; half the margin halves what they are worth.
    let line = format!("{TEN_HOURS} --halo 0.2 --fixed-cost 500 --margin 40%");
    let found = run.json(&line);
    let profit = 0.5 * 1.2 * plain("gross_profit");
    for (measure, wanted) in [
        ("visits", 1.2 * plain("visits")),
        ("revenue", 1.2 * plain("revenue")),
        ("gross_profit", profit),
        ("cost", 7_700.0),
        ("net", profit - 7_700.0),
    ] {
        near(chain(&found, measure, "mean"), wanted, 1e-3, measure);
    }
    let discounted = run.json(&format!("{TEN_HOURS} --discount 10%"));
    let lost = 1.0 - chain(&discounted, "gross_profit", "mean") / plain("gross_profit");
    assert!((0.02..0.20).contains(&lost), "{lost}");
    assert!(chain(&discounted, "net", "mean") < plain("net"));
    // Without any margin the money is called what it is.
    let nameless = Firm {
        keys: String::new(),
        ..Firm::new()
    };
    let found = nameless.run().json(TEN_HOURS);
    assert_eq!(verdict(&found)["margin_known"], false);
    let said = verdict(&found)["sentence"].as_str().unwrap();
    assert!(said.contains("revenue, not profit"), "{said}");
    assert_eq!(
        chain(&found, "gross_profit", "mean"),
        chain(&found, "revenue", "mean")
    );
}

// --- steps --------------------------------------------------------------------------------

/// Leads a month of the last year, and counts of decided leads: leads, MQLs, customers.
fn slow_rates(firm: &Firm, channel: Option<&str>, decided: f64) -> (f64, [f64; 3]) {
    let of_channel = |lead: &&firm::Lead| channel.is_none_or(|name| lead.channel == name);
    let leads = || firm.leads.iter().filter(of_channel);
    let year = leads().filter(|lead| lead.created >= month(MONTHS - 12));
    let latest = firm.as_of - chrono::Days::new(decided as u64);
    let old = || leads().filter(|lead| lead.created <= latest);
    let mqls = old().filter(|lead| lead.mql.is_some()).count() as f64;
    let won = old().filter(|lead| lead.won.is_some()).count() as f64;
    (
        year.count() as f64 / 12.0,
        [old().count() as f64, mqls, won],
    )
}

#[test]
fn a_better_step_against_a_hand_computation() {
    let firm = Firm::new();
    let run = firm.run();
    for channel in [None, Some("SEO")] {
        let named = channel.unwrap_or_default().to_lowercase();
        let found = run.json(&format!("whatif {named} --rate lead_to_mql=60%"));
        // The program said which leads are decided: those older than 57 days.
        let (a_month, [leads, mqls, won]) = slow_rates(&firm, channel, 57.0);
        let row = found.row("steps", &[("step", "lead_to_mql")]);
        near(number(row, "n"), leads, 0.01 * leads, "decided leads");
        near(number(row, "k"), mqls, 0.01 * mqls + 1.0, "decided mqls");
        let extra = a_month * 12.0 * (0.60 - mqls / leads) * (won / mqls);
        let customers = chain(&found, "customers", "mean");
        near(customers, extra, 0.04 * extra, &format!("{channel:?}"));
        let (low, high) = (
            chain(&found, "customers", "low80"),
            chain(&found, "customers", "high80"),
        );
        assert!(low < customers && customers < high);
        assert!(chain(&found, "customers", "seen_low80") <= low);
        assert!(chain(&found, "revenue", "mean") > 1_500.0 * customers);
    }
}

#[test]
fn the_steps_ranked() {
    let firm = Firm::new();
    let run = firm.run();
    let found = run.json("whatif --rate");
    assert_eq!(
        found.texts("steps", "step"),
        ["mql_to_customer", "lead_to_mql"]
    );
    let (a_month, [leads, mqls, won]) = slow_rates(&firm, None, 57.0);
    for (step, extra) in [
        ("lead_to_mql", 0.1 * won / mqls),
        ("mql_to_customer", 0.1 * mqls / leads),
    ] {
        let row = found.row("steps", &[("step", step)]);
        let extra = extra * a_month * 12.0;
        near(number(row, "customers"), extra, 0.03 * extra, step);
    }
    // Half a year brings half of it.
    let half = run.json("whatif --rate --months 6");
    let customers = |answer: &Answer| number(&answer.table("steps")[0], "customers");
    near(customers(&half), 0.5 * customers(&found), 1e-9, "months");
}

// --- the best split -------------------------------------------------------------------------

/// Channel, present and proposed amount, price, marginal, bound of each line of the plan.
struct Line {
    channel: String,
    now: f64,
    proposed: f64,
    price: f64,
    marginal: f64,
    bound: String,
}

fn plan(answer: &Answer) -> Vec<Line> {
    let line = |row: &Value| Line {
        channel: row["channel"].as_str().unwrap().to_owned(),
        now: number(row, "now"),
        proposed: number(row, "proposed"),
        price: number(row, "price"),
        marginal: number(row, "marginal_proposed"),
        bound: row["bound"].as_str().unwrap_or_default().to_owned(),
    };
    answer.table("plan").iter().map(line).collect()
}

/// Money of the plan; hours at their price.
fn money(plan: &[Line]) -> f64 {
    plan.iter().map(|line| line.proposed * line.price).sum()
}

/// Demands that the next unit of money earns the same wherever nothing holds it.
#[track_caller]
fn proven(plan: &[Line]) {
    let free: Vec<f64> = plan
        .iter()
        .filter(|line| line.bound.is_empty())
        .map(|line| line.marginal)
        .collect();
    for marginal in &free {
        near(*marginal, free[0], 1e-6 * free[0], "marginals");
    }
}

#[test]
fn money_is_split_to_the_last_unit_and_proven() {
    let run = Firm::new().run();
    let found = run.json("optimize --budget 5000");
    let free = plan(&found);
    assert_eq!(free.len(), 3);
    near(money(&free), 5_000.0, 1e-4, "budget");
    proven(&free);
    assert_eq!(number(found.only("gain"), "total_proposed"), 5_000.0);
    let held = plan(&run.json("optimize --budget 4200 --fix 'paid search=1500' --bounds 0.9..1.6"));
    near(money(&held), 4_200.0, 1e-4, "budget");
    proven(&held);
    for line in &held {
        if line.channel == "Paid Search" {
            assert_eq!((line.proposed, line.bound.as_str()), (1_500.0, "fixed"));
            continue;
        }
        let (low, high) = (0.9 * line.now, 1.6 * line.now);
        assert!(
            line.proposed >= low - 1e-9 && line.proposed <= high + 1e-9,
            "{}",
            line.channel
        );
    }
    // Careful or not: the same money, and what is fixed stays.
    let careful = plan(&run.json("optimize --budget 5000 --fix 'paid search=1500' --risk p20"));
    near(money(&careful), 5_000.0, 1e-4, "careful budget");
    let paid = careful.iter().find(|line| line.channel == "Paid Search");
    assert!(paid.is_some_and(|line| line.proposed == 1_500.0));
}

#[test]
fn whole_hours_and_a_return_to_reach() {
    let run = Firm::new().run();
    let hours = plan(&run.json("optimize --hours 45"));
    assert_eq!(hours.iter().map(|line| line.proposed).sum::<f64>(), 45.0);
    assert!(hours.iter().all(|line| line.proposed.fract() == 0.0));
    let fixed = plan(&run.json("optimize --hours 45 --fix Email=9"));
    assert!(
        fixed
            .iter()
            .any(|line| line.channel == "Email" && line.proposed == 9.0)
    );
    let aim = plan(&run.json("optimize --target-roi 40% --bounds 0..10"));
    for line in aim.iter().filter(|line| line.bound.is_empty()) {
        near(line.marginal, 1.4, 1e-6, &line.channel);
    }
}

#[test]
fn what_cannot_be_split() {
    let run = Firm::new().run();
    for (line, said) in [
        ("--budget 400000", vec!["the bounds allow", "--bounds"]),
        (
            "--budget 5000 --bounds 2..3",
            vec!["the bounds allow", "widen --bounds"],
        ),
        (
            "--budget 5000 --fix Direct=500",
            vec!["Direct cannot keep", "--fix"],
        ),
        (
            "--budget 5000 --fix Emial=500",
            vec!["did you mean `Email`"],
        ),
        ("--budget 5000 --fix Email", vec!["--fix Email=700"]),
        ("--hours 45 --fix Email=8.5", vec!["whole hours"]),
        (
            "--hours 45 --fix 'Paid Search=900'",
            vec!["Paid Search cannot keep", "hours"],
        ),
        ("--hours -3", vec!["no number of hours"]),
        ("--budget 5000 --bounds 1.5..0.5", vec!["0.5..1.5"]),
        ("--budget 5000 --hours 40", vec!["--hours"]),
        ("--budget 5000 --by month", vec!["--by"]),
    ] {
        refused(&run, &format!("optimize {line}"), &said);
    }
    let mut poor = Firm::new();
    poor.leads.iter_mut().for_each(|lead| lead.won = None);
    refused(&poor.run(), "optimize --budget 5000", &["--deal-value"]);
}

#[test]
fn what_is_best_already_is_kept() {
    let firm = Firm::new();
    let run = firm.run();
    let best = plan(&run.json("optimize"));
    let present: f64 = best.iter().map(|line| line.now * line.price).sum();
    near(money(&best), present, 1e-4, "the present money");
    // Held where it is: nothing can be gained, so nothing is moved.
    let held = run.json("optimize --bounds 1..1");
    assert_eq!(held.only("gain")["decision"], "keep_as_is");
    for line in plan(&held) {
        near(line.proposed, line.now, 1e-9, &line.channel);
    }
    assert_eq!(number(held.only("gain"), "gain"), 0.0);
}

#[test]
fn an_hour_costs_what_the_time_sheets_say() {
    let mut firm = Firm::new();
    firm.tables = "[hours]\nrate = 60\nrates = { \"Anna\" = 90 }\n".into();
    let run = firm.run();
    let found = run.json(TEN_HOURS);
    near(
        chain(&found, "cost", "mean"),
        10_800.0,
        1e-6,
        "cost of the plan",
    );
    let prices = |line: &str| -> Vec<f64> {
        let plan = plan(&run.json(line));
        plan.iter().map(|line| line.price).collect()
    };
    assert_eq!(prices("optimize --budget 5000"), [90.0, 1.0, 90.0]);
    assert_eq!(
        prices("optimize --budget 5000 --hour-cost 70"),
        [70.0, 1.0, 70.0]
    );
}

// --- the report and the charts ----------------------------------------------------------------

const ASKED: &str = "
[[whatif]]
channel = 'seo'
add_hours = 10
months = 6

[[whatif]]
rate = 'lead_to_mql=60%'

[[whatif]]
channel = 'Email'
break_even = true
";

#[test]
fn the_report_carries_what_the_configuration_asks() {
    let mut firm = Firm::new();
    firm.tables.push_str(ASKED);
    let run = firm.run();
    run.leadflow("report --out folder").ended(0);
    let found = Answer(serde_json::from_str(&run.read("folder/report.json")).unwrap());
    assert_eq!(found.only("whatif_verdict")["tried"], 3);
    assert_eq!(found.only("whatif_verdict")["months"], 6);
    for table in [
        "whatif_chain",
        "whatif_payback",
        "whatif_chain_2",
        "whatif_steps_2",
        "whatif_payback_3",
    ] {
        assert!(found.has(table), "{table}");
    }
    let page = run.read("folder/report.html");
    let place = |text: &str| {
        let heading = format!("{text}</h2>");
        page.find(&heading).unwrap_or_else(|| panic!("{text}"))
    };
    let headings = [
        "10 hours more a month in SEO for 6 months",
        "What a better step would bring",
        "Break-even of Email",
        "Data quality",
    ];
    assert!(headings.map(place).is_sorted(), "before the data quality");
    let mut ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "every id once: {ids:?}");
    let charts = |name: &String| name.starts_with("folder/charts/whatif");
    let names: Vec<String> = run.files().into_iter().filter(charts).collect();
    assert!(names.contains(&"folder/charts/whatif-steps-2.svg".to_owned()));
    assert!(names.contains(&"folder/charts/whatif-cumulative-net.png".to_owned()));
}

#[test]
fn defects_of_what_ifs_in_the_configuration() {
    let with = |table: &str| {
        let mut firm = Firm::new().last_months(8);
        firm.tables.push_str(&format!("\n[[whatif]]\n{table}\n"));
        firm.run()
    };
    for (table, said) in [
        (
            "channel = 'seo'\nad_hours = 10",
            vec!["leadflow.toml:", "ad_hours", "add_hours"],
        ),
        (
            "channel = 'seo'\nadd_hours = 10\nhorizon = 3",
            vec!["leadflow.toml:", "horizon"],
        ),
        (
            "channel = 'soe'\nadd_hours = 10",
            vec!["leadflow.toml:11", "did you mean `SEO`"],
        ),
        (
            "channel = 'seo'\nadd_hours = 1\nadd_spend = 1",
            vec!["leadflow.toml:", "one thing"],
        ),
    ] {
        let run = with(table);
        refused(&run, "report --format json", &said);
        refused(&run, "report --out folder", &said);
    }
    // Direct has no hours: the report says so and is written all the same.
    let run = with("channel = 'direct'\nadd_hours = 10");
    let outcome = run.leadflow("report --out folder").ended(0);
    assert!(outcome.stderr.contains("Direct has no hours"), "{outcome}");
    assert!(run.files().contains(&"folder/report.html".to_owned()));
    let found = run.json("report");
    assert!(found.notes().contains(&"no_history"), "{:?}", found.notes());
    assert!(!found.has("whatif_verdict"));
    // Nor does a step without any lead stop it.
    let mut nobody = Firm::new().last_months(8);
    nobody.leads.clear();
    nobody.tables.push_str("\n[[whatif]]\nrate = ''\n");
    let outcome = nobody.run().leadflow("report --out folder").ended(0);
    assert!(outcome.stderr.contains("no step has leads"), "{outcome}");
}

#[test]
fn pictures_of_an_answer() {
    let run = Firm::new().run();
    let svg = run
        .leadflow(&format!("{TEN_HOURS} --format svg"))
        .ended(0)
        .stdout;
    for said in [
        "Net so far",
        "paid back in month",
        "Visits of SEO by lasting effort",
        "now: 23 hours",
        "with the plan: 33 hours",
        "The same money elsewhere",
        "Paid Search",
        "mql_to_customer",
    ] {
        assert!(svg.contains(said), "{said}");
    }
    for strange in ["NaN", "inf\"", "=\"inf"] {
        assert!(!svg.contains(strange), "{strange}");
    }
    run.leadflow(&format!("{TEN_HOURS} --format png --out answer.png"))
        .ended(0);
    let png = std::fs::read(run.path("answer.png")).unwrap();
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.len() > 10_000);
}
