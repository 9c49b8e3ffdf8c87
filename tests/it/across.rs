//! Shapes that a table may have: values across the header, headers in two rows, lists of
//! JSON records, reports that differ by their words alone.

use crate::fixture::{Run, count, number};

const EUR: &str = "currency = \"EUR\"\n";

fn spend_by_channel(run: &Run, line: &str) -> Vec<(String, f64)> {
    let answer = run.json(line);
    let rows = answer.table("channels").iter();
    let spend = |row: &serde_json::Value| row["spend"].as_f64();
    rows.filter(|row| row["channel"] != "Total")
        .filter_map(|row| Some((row["channel"].as_str()?.to_owned(), spend(row)?)))
        .collect()
}

/// A budget as people keep it: channels down, months across.
#[test]
fn months_across_a_budget() {
    let budget = "Channel,Jan 2026,Feb 2026,Total\nSEO,100,50,150\nEmail,20,,20\n\
                  Total,120,50,170\n";
    let config = format!(
        "{EUR}[[input]]\npath = \"budget.csv\"\ntable = \"spend\"\nunpivot = \"period\"\n\
         currency = \"EUR\"\n[input.columns]\nchannel = \"Channel\"\nmoney = \"*\"\n"
    );
    let run = Run::with(&[("budget.csv", budget), ("leadflow.toml", &config)]);
    let january = spend_by_channel(&run, "channels --period 2026-01");
    assert_eq!(january, [("SEO".into(), 100.0), ("Email".into(), 20.0)]);
    let both = spend_by_channel(&run, "channels --period 2026-01..2026-02");
    assert_eq!(both, [("SEO".into(), 150.0), ("Email".into(), 20.0)]);
    let answer = run.json("inspect");
    let input = answer.only("inputs");
    // SEO has two months, Email one; the row of totals is one of the rows set aside.
    assert_eq!((count(input, "rows"), count(input, "used")), (4, 3));
}

/// Weekly spend of one column a channel, as media-mix tables have it.
#[test]
fn channels_across_weeks() {
    let weeks = "Week,tv_S,search_S,revenue\n2026-01-05,10,20,900\n2026-01-12,30,40,800\n";
    let config = format!(
        "{EUR}[[input]]\npath = \"weeks.csv\"\ntable = \"spend\"\nunpivot = \"channel\"\n\
         currency = \"EUR\"\n[input.columns]\nperiod = \"Week\"\nmoney = \"*_S\"\n"
    );
    let run = Run::with(&[("weeks.csv", weeks), ("leadflow.toml", &config)]);
    let spend = spend_by_channel(&run, "channels --period 2026-01");
    assert_eq!(spend, [("search".into(), 60.0), ("tv".into(), 40.0)]);
}

/// The look-alike of an exploration, as the report sees it: Direct has 61 sessions.
#[test]
fn an_exploration_counts_each_channel_once() {
    let run = Run::new();
    let file = crate::fixture::root().join("testdata/exports/ga4-exploration/by-day/download.csv");
    let answer = run.json(&format!("channels '{}' --period all", file.display()));
    let visits = |channel: &str| number(answer.row("channels", &[("channel", channel)]), "visits");
    assert_eq!(visits("Organic Search"), 92.0);
    assert_eq!(visits("Direct"), 61.0);
    assert_eq!(visits("Email"), 12.0);
}

#[test]
fn what_cannot_stand_across_is_refused() {
    let table = "Id,A one,A two\n1,2,3\n";
    let with = |lines: &str| {
        let config = format!("[[input]]\npath = \"t.csv\"\n{lines}");
        let run = Run::with(&[("t.csv", table), ("leadflow.toml", &config)]);
        run.leadflow("inspect").ended(2).stderr
    };
    let leads = with("table = \"leads\"\nunpivot = \"channel\"\n[input.columns]\nid = \"Id\"\n");
    assert!(leads.contains("visits and spend, not of leads"), "{leads}");
    let no_star =
        with("table = \"visits\"\nunpivot = \"channel\"\n[input.columns]\nsessions = \"A one\"\n");
    assert!(
        no_star.contains("no header in [input.columns] has a `*`"),
        "{no_star}"
    );
    let nowhere =
        with("table = \"visits\"\nunpivot = \"channel\"\n[input.columns]\nsessions = \"B *\"\n");
    assert!(nowhere.contains("`B *`"), "{nowhere}");
    let twice = with(
        "table = \"visits\"\nunpivot = \"channel\"\n[input.columns]\nsessions = \"A *\"\nchannel = \"Id\"\n",
    );
    assert!(twice.contains("channel"), "{twice}");
}

#[test]
fn a_list_of_records_is_a_table() {
    let json = "[\n  {\"Lead ID\": \"1\", \"Created\": \"2026-10-01\", \"Source\": \"SEO\"},\n\
                \x20 {\"Lead ID\": \"2\", \"Created\": \"2026-10-32\", \"Source\": \"SEO\"}\n]\n";
    let run = Run::with(&[("leads.json", json)]);
    let refused = run.leadflow("funnel leads.json").ended(2);
    assert!(refused.stderr.contains("leads.json:3"), "{refused}");
    let answer = run.json("funnel leads.json --lax --period all");
    assert_eq!(count(&answer.table("stages")[0], "reached"), 1);
    let broken = Run::with(&[("leads.json", "[{\"Lead ID\": \"1\"},\n{\"Lead ID\": }]\n")]);
    let refused = broken.leadflow("funnel leads.json").ended(2);
    assert!(refused.stderr.contains("line 2, letter 13"), "{refused}");
}

/// The reports of Matomo share their headers: countries are no channels.
#[test]
fn a_report_of_other_words_is_not_guessed() {
    let countries = "label,nb_uniq_visitors,nb_visits,nb_actions\nGermany,9,10,30\nAustria,4,5,9\n";
    let run = Run::with(&[("Export.csv", countries)]);
    let refused = run.leadflow("channels Export.csv").ended(2);
    for word in ["`label` says `Germany`", "Direct Entry", "Export.csv:2"] {
        assert!(
            refused.stderr.contains(word),
            "`{word}` is missing in {refused}"
        );
    }
    // The user may know better.
    let told = "[[input]]\npath = \"Export.csv\"\nkind = \"matomo-channels\"\n";
    run.file("leadflow.toml", told);
    run.leadflow("inspect").ended(0);
    // `init` does not take it for what it is not, either.
    let found = run.leadflow("init --dry-run").ended(0);
    assert!(!found.stdout.contains("matomo-channels"), "{found}");
}

#[test]
fn rows_that_are_left_out_need_not_make_sense() {
    let history = "LeadId,CreatedDate,Field,OldValue,NewValue\n\
                   1,2026-10-01 08:00:00,Owner,Ada,Ben\n1,2026-10-02 08:00:00,Status,New,Qualified\n\
                   2,2026-10-03 08:00:00,Status,New,Odd\n";
    let run = Run::with(&[("LeadHistory.csv", history)]);
    let answer = run.json("inspect LeadHistory.csv");
    let unknown: Vec<String> = answer
        .table("problems")
        .iter()
        .filter(|row| row["code"] == "unknown_stage")
        .map(|row| row["text"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(unknown.len(), 1, "{unknown:?}");
    assert!(unknown[0].contains("`Odd`"), "{unknown:?}");
}

/// A folder is what people have.
#[test]
fn init_takes_a_folder() {
    let leads = "Lead ID,Created,Source\n1,2026-10-01,SEO\n";
    let run = Run::new();
    std::fs::create_dir_all(run.path("exports/more")).unwrap();
    run.file("exports/leads.csv", leads);
    run.file(
        "exports/more/hours.csv",
        "Date,Worker,Project,Hours\n2026-10-01,Ada,SEO,2\n",
    );
    run.leadflow("init exports").ended(0);
    let config = run.read("leadflow.toml");
    for path in ["exports/leads.csv", "exports/more/hours.csv"] {
        assert!(config.contains(path), "{config}");
    }
    run.leadflow("funnel --period all").ended(0);
}

/// Two exports of the calls that overlap by a day do not make two calls of one.
#[test]
fn calls_of_two_exports_count_once() {
    let leads = "Lead ID,Created,Source\n1,2026-10-01 08:00,SEO\n";
    let call = "1,2026-10-02 10:00,Call\n";
    let october = format!("Lead ID,Activity Date,Activity Type\n{call}{call}");
    let later = format!("Lead ID,Activity Date,Activity Type\n{call}1,2026-10-05 10:00,Call\n");
    let run = Run::with(&[("leads.csv", leads), ("a.csv", &october), ("b.csv", &later)]);
    let aside = |run: &Run, line: &str| {
        let answer = run.json(line);
        let rows = answer.table("set_aside").iter();
        rows.filter(|row| row["reason"] == "duplicate_row")
            .map(|row| count(row, "rows"))
            .sum::<u64>()
    };
    assert_eq!(aside(&run, "inspect leads.csv a.csv b.csv"), 1);
    let parts =
        "[[input]]\npath = \"leads.csv\"\n[[input]]\npath = \"?.csv\"\nseveral = \"parts\"\n";
    run.file("leadflow.toml", parts);
    assert_eq!(aside(&run, "inspect"), 0);
}
