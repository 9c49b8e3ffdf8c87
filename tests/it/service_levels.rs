//! Service levels and leaks through the program: calendars, edges, bad input, personal data.

use crate::fixture::{Run, count, number, rate, reason};

const LEADS: &str = "Lead ID,Created,Owner,MQL Date,SQL Date\n";
const ACTIVITIES: &str = "Lead ID,Activity Type,Activity Date,Sent By,Outcome,Owner\n";

/// A run with leads, activities and a configuration.
fn company(leads: &str, activities: &str, config: &str) -> Run {
    Run::with(&[
        ("leads.csv", &format!("{LEADS}{leads}")),
        ("activities.csv", &format!("{ACTIVITIES}{activities}")),
        (
            "leadflow.toml",
            &format!(
                "as_of = '2026-11-30'\n{config}\n[[input]]\npath = 'leads.csv'\n[[input]]\npath = 'activities.csv'\n"
            ),
        ),
    ])
}

const OFFICE: &str = "[calendar.office]\nzone = 'America/New_York'\nhours = '09:00-17:00'\nholidays = ['2026-11-26']\n[[sla]]\nfrom = 'lead'\nto = 'first_attempt'\nwithin = '60min'\ncalendar = 'office'\n";

#[test]
fn working_time_knows_nights_holidays_and_the_change_of_the_clocks() {
    // The clocks went back on 1 November: Friday 16:30 to Monday 09:30 are 60 minutes of
    // work, and 3,960 on the wall. 26 November is a holiday.
    let leads = "a,2026-10-30T16:30:00-04:00,,,\nb,2026-10-30T16:30:00-04:00,,,\nc,2026-11-25T16:45:00-05:00,,,\n";
    let activities = "a,Call,2026-11-02T09:30:00-05:00,,,\nb,Call,2026-11-02T09:31:00-05:00,,,\nc,Call,2026-11-27T09:45:00-05:00,,,\n";
    let config = format!("{OFFICE}[funnel]\nhorizon_days = 5");
    let answer = company(leads, activities, &config).json("sla");
    let kept = answer.row("compliance", &[("promise", "first_attempt")]);
    assert_eq!(rate(kept, "rate"), (2, 3));
    assert_eq!(kept["measured"], "office");
    // Response times are elapsed unless [sla] calendar says otherwise.
    let clock = answer.row("clock", &[("key", "time_to_first_attempt")]);
    assert_eq!(number(clock, "median_minutes"), 3_960.0);
}

#[test]
fn the_calendar_of_the_command_measures_response_times() {
    let leads = "a,2026-10-30T16:30:00-04:00,,,\n";
    let activities = "a,Call,2026-11-02T09:30:00-05:00,,,\n";
    let config = "[calendar.office]\nzone = 'America/New_York'\n[sla]\ncalendar = 'office'\nfirst_response = '1h'\n[[sla.rule]]\nfrom = 'lead'\nto = 'first_contact'\nwithin = '2h'\n";
    let answer = company(leads, activities, config).json("sla");
    let clock = answer.row("clock", &[("key", "time_to_first_attempt")]);
    assert_eq!(number(clock, "median_minutes"), 60.0);
    assert_eq!(clock["measured"], "office");
    let bucket = answer.row("response", &[("bucket", "<=60 min")]);
    assert_eq!(count(bucket, "leads"), 1);
    let promises = answer.texts("compliance", "promise");
    assert_eq!(promises, ["first_contact"]);
}

#[test]
fn dates_without_a_time_have_no_minutes() {
    let leads = "a,2026-03-02,Anna,2026-03-03,2026-03-04\n";
    let activities = "a,Call,2026-03-02T09:00:00Z,,,\n";
    let answer = company(leads, activities, "").json("sla");
    let bucket = answer.row("response", &[("bucket", "<=5 min")]);
    assert_eq!(reason(bucket, "leads"), "date_only");
    assert_eq!(reason(bucket, "qualified_rate"), "date_only");
    let handoff = answer.row("clock", &[("key", "handoff_time")]);
    assert_eq!(reason(handoff, "median_minutes"), "date_only");
    let kept = answer.row("compliance", &[("promise", "mql_to_sql")]);
    assert_eq!(reason(kept, "rate"), "date_only");
    let covered = answer.row("coverage", &[("key", "date_only")]);
    assert_eq!(count(covered, "count"), 1);
}

#[test]
fn planned_meetings_do_not_move_the_as_of_moment() {
    let run = Run::with(&[
        ("leads.csv", "Lead ID,Created\na,2026-03-02T09:00:00Z\n"),
        (
            "activities.csv",
            "Lead ID,Activity Type,Activity Date,Outcome\na,Call,2026-03-05T09:00:00Z,Connected\na,Meeting,2027-06-01T09:00:00Z,\na,Task,2027-06-02T09:00:00Z,\n",
        ),
    ]);
    let answer = run.json("sla leads.csv activities.csv");
    assert_eq!(answer.0["as_of"], "2026-03-06T00:00:00Z");
    let planned = answer.row("coverage", &[("key", "after_as_of")]);
    assert_eq!(count(planned, "count"), 2);
}

#[test]
fn words_nobody_knows_are_counted_and_can_be_mapped() {
    let leads = "a,2026-03-02T09:00:00Z,,,\n";
    let activities = "a,Discovery,2026-03-02T09:04:00Z,,Interested,\n";
    let run = company(leads, activities, "");
    let outcome = run.leadflow("sla --format json").ended(0);
    assert!(outcome.stderr.contains("`Discovery`"), "{outcome}");
    assert!(outcome.stderr.contains("[input.kinds]"), "{outcome}");
    assert!(outcome.stderr.contains("[input.outcomes]"), "{outcome}");
    let answer = outcome.answer();
    let unknown = answer.row("coverage", &[("key", "unknown_kinds")]);
    assert_eq!(count(unknown, "count"), 1);

    let mapped = "[input.kinds]\nDiscovery = 'call'\n[input.outcomes]\nInterested = 'connected'\n";
    let config = run.read("leadflow.toml") + mapped;
    run.file("leadflow.toml", config.as_str());
    let outcome = run.leadflow("sla --format json").ended(0);
    assert!(!outcome.stderr.contains("Discovery"), "{outcome}");
    let answer = outcome.answer();
    let contact = answer.row("clock", &[("key", "time_to_first_contact")]);
    assert_eq!(number(contact, "median_minutes"), 4.0);

    run.file("leadflow.toml", config.replace("'call'", "'cal'").as_str());
    let outcome = run.leadflow("sla").ended(2);
    assert!(outcome.stderr.contains("did you mean `call`"), "{outcome}");
}

#[test]
fn strangers_in_activities_are_counted() {
    let run = company(
        "a,2026-03-02T09:00:00Z,Anna,,\n",
        "a,Call,2026-03-02T09:04:00Z,,,Zed\nx,Call,2026-03-02T09:04:00Z,,,anna\n",
        "",
    );
    run.file("reps.csv", "Owner ID,Name,Team\n7,Anna,North\n");
    let config = run.read("leadflow.toml") + "[[input]]\npath = 'reps.csv'\n";
    run.file("leadflow.toml", config.as_str());
    let answer = run.json("sla");
    for (key, wanted) in [("unknown_ids", 1), ("unknown_owners", 1), ("activities", 2)] {
        let row = answer.row("coverage", &[("key", key)]);
        assert_eq!(count(row, "count"), wanted, "{key}");
    }
}

#[test]
fn a_lead_that_came_back_may_start_anew() {
    let run = Run::with(&[
        ("leads.csv", "Lead ID,Created\na,2026-03-02T09:00:00Z\n"),
        (
            "moves.csv",
            "Lead ID,Stage,Entered At\na,lead,2026-03-02T09:00:00Z\na,mql,2026-03-03T09:00:00Z\na,lead,2026-04-01T09:00:00Z\n",
        ),
        (
            "activities.csv",
            "Lead ID,Activity Type,Activity Date\na,Call,2026-03-02T10:00:00Z\na,Call,2026-04-01T09:03:00Z\n",
        ),
        (
            "leadflow.toml",
            "as_of = '2026-04-30'\n[[input]]\npath = 'leads.csv'\n[[input]]\npath = 'moves.csv'\ntable = 'stage_events'\n[input.columns]\nid = 'Lead ID'\nstage = 'Stage'\nat = 'Entered At'\n[[input]]\npath = 'activities.csv'\n",
        ),
    ]);
    let minutes = |line: &str| {
        let answer = run.json(line);
        let clock = answer.row("clock", &[("key", "time_to_first_attempt")]);
        number(clock, "median_minutes")
    };
    assert_eq!(minutes("sla"), 60.0);
    assert_eq!(minutes("sla --set sla.clock=hand_raise"), 3.0);
    let answer = run.json("sla");
    let returned = answer.row("follow_through", &[("key", "returned_and_won")]);
    assert_eq!(rate(returned, "rate"), (0, 1));
}

#[test]
fn bad_values_are_named_with_their_line() {
    let leads = "a,2026-03-02T09:00:00Z,,,\n";
    for (config, line, says) in [
        (
            "[calendar.x]\nhours = '17:00-09:00'",
            3,
            "ends before it starts",
        ),
        (
            "[calendar.x]\ndays = ['mon', 'tues day']",
            3,
            "no day of the week",
        ),
        ("[calendar.x]\nzone = 'Europe/Berln'", 3, "Europe/Berln"),
        ("[calendar.x]\nholidays = ['2026-02-30']", 3, "no day"),
        (
            "[[sla]]\nfrom = 'lead'\nto = 'first_atempt'\nwithin = '5min'",
            4,
            "first_attempt",
        ),
        (
            "[[sla]]\nfrom = 'lead'\nto = 'first_attempt'\nwithin = 'soon'",
            5,
            "30min",
        ),
        (
            "[[sla]]\nfrom = 'sql'\nto = 'mql'\nwithin = '5min'",
            4,
            "later one",
        ),
        (
            "[[sla]]\nfrom = 'lead'\nto = 'sql'\nwithin = '1d'\ncalendar = 'office'",
            6,
            "no calendar",
        ),
        ("[[sla]]\nfrm = 'lead'", 3, "frm"),
        ("[leaks]\nno_follow_up_days = -1", 3, "no number of days"),
        ("[sla]\nclock = 'sometime'", 3, "hand_raise"),
    ] {
        let outcome = company(leads, "", config).leadflow("sla").ended(2);
        let place = format!("leadflow.toml:{line}");
        assert!(outcome.stderr.contains(&place), "{config}\n{outcome}");
        assert!(outcome.stderr.contains(says), "{config}\n{outcome}");
        assert!(outcome.stderr.lines().count() < 6, "{outcome}");
    }
}

#[test]
fn holidays_stand_in_a_file_with_lines() {
    let run = company(
        "a,2026-11-25T16:45:00-05:00,,,\n",
        "a,Call,2026-11-27T09:45:00-05:00,,,\n",
        &OFFICE.replace("['2026-11-26']", "'off.csv'"),
    );
    run.file("off.csv", "date,name\n2026-11-26,Thanksgiving\n");
    let answer = run.json("sla");
    let kept = answer.row("compliance", &[("promise", "first_attempt")]);
    assert_eq!(rate(kept, "rate"), (1, 1));
    run.file(
        "off.csv",
        "date,name\n2026-11-26,Thanksgiving\nChristmas,x\n",
    );
    let outcome = run.leadflow("sla").ended(2);
    assert!(outcome.stderr.contains("off.csv:3"), "{outcome}");
}

#[test]
fn without_activities_or_leads_it_is_said_what_is_missing() {
    let run = Run::with(&[("leads.csv", "Lead ID,Created\na,2026-03-02\n")]);
    let outcome = run.leadflow("sla leads.csv").ended(2);
    assert!(outcome.stderr.contains("activities"), "{outcome}");
    let outcome = run.leadflow("leaks leads.csv --by owner").ended(2);
    assert!(outcome.stderr.contains("--where"), "{outcome}");
    // Leaks work without activities, and say which rules do not.
    let answer = run.json("leaks leads.csv");
    let rule = answer.row("rules", &[("leak", "no_follow_up")]);
    assert_eq!(rule["why"], "not told: no input holds activities");
}

#[test]
fn ids_appear_only_where_asked_for() {
    let leads = "lead-77,2026-03-02T09:00:00Z,,,\nlead-78,2026-03-02T09:00:00Z,Anna,,\n";
    let activities = "lead-78,Call,2026-03-02T09:04:00Z,,,\n";
    let run = company(leads, activities, "");
    for command in [
        "leaks",
        "sla",
        "leaks --format markdown",
        "leaks --format json",
    ] {
        let outcome = run.leadflow(command).ended(0);
        assert!(!outcome.stdout.contains("lead-7"), "{command}\n{outcome}");
    }
    let answer = run.json("leaks --ids");
    let ids = answer.texts("ids", "id");
    assert!(ids.iter().any(|id| id == "lead-77"), "{ids:?}");
    let untouched = answer.row("ids", &[("leak", "unassigned")]);
    assert_eq!(untouched["id"], "lead-77");
}

#[test]
fn the_report_has_both_where_activities_are() {
    let leads = "a,2026-10-02T09:00:00Z,Anna,,\nb,2026-10-02T09:00:00Z,,,\n";
    let activities = "a,Call,2026-10-02T09:04:00Z,,,\n";
    let run = company(leads, activities, "");
    let answer = run.json("report --period 2026-10");
    let kept = answer.row("compliance", &[("promise", "first_attempt")]);
    assert_eq!(rate(kept, "rate"), (1, 2));
    assert!(!answer.table("leaks").is_empty());
    let bare = Run::with(&[("leads.csv", "Lead ID,Created\na,2026-03-02\n")]);
    let answer = bare.json("report leads.csv --period 2026-03");
    assert!(answer.0["tables"].get("leaks").is_none());
    assert!(answer.0["tables"].get("compliance").is_none());
}

#[test]
fn a_weak_step_is_told_with_what_it_costs() {
    let mut leads = String::from("Lead ID,Created,Channel,MQL Date\n");
    // SEO converts 60 of 100, Fair 20 of 100, Mail 1 of 5: too few to say.
    for (channel, members, converted) in [("SEO", 100, 60), ("Fair", 100, 20), ("Mail", 5, 1)] {
        for number in 0..members {
            let mql = if number < converted { "2026-01-10" } else { "" };
            leads.push_str(&format!("{channel}{number},2026-01-02,{channel},{mql}\n"));
        }
    }
    let run = Run::with(&[
        ("leads.csv", leads.as_str()),
        (
            "leadflow.toml",
            "as_of = '2026-11-30'\n[funnel]\nstages = ['lead', 'mql']\n[[input]]\npath = 'leads.csv'\n",
        ),
    ]);
    let answer = run.json("leaks");
    let weak = answer.row("leaks", &[("leak", "weak_step")]);
    assert_eq!(weak["where"], "lead_to_mql, Fair");
    assert_eq!(rate(weak, "share"), (80, 100));
    assert!((number(weak, "lost_customers") - 40.0).abs() < 1e-9);
    assert_eq!(reason(weak, "lost_value"), "missing_amount");
    assert!(
        weak["reference"]
            .as_str()
            .unwrap()
            .starts_with("SEO: 60.0 %")
    );
    let weak_steps = answer.texts("leaks", "leak");
    assert_eq!(
        weak_steps
            .iter()
            .filter(|leak| *leak == "weak_step")
            .count(),
        1
    );
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let mut leads = String::new();
    let mut activities = String::new();
    for number in 0..200 {
        leads.push_str(&format!(
            "l{number},2026-0{}-02T09:00:00Z,Anna,,\n",
            1 + number % 9
        ));
        activities.push_str(&format!(
            "l{number},Call,2026-0{}-02T09:0{}:00Z,,,\n",
            1 + number % 9,
            number % 10
        ));
    }
    let run = company(&leads, &activities, "");
    for command in ["sla", "leaks"] {
        let one = run.leadflow(&format!("{command} --format json --threads 1"));
        let four = run.leadflow(&format!("{command} --format json --threads 4"));
        assert_eq!(one.stdout, four.stdout);
        assert!(one.stdout.len() > 1_000);
    }
}

#[test]
fn explained_in_words() {
    let run = Run::new();
    for topic in [
        "sla_compliance",
        "lost_value",
        "weak_step",
        "time_to_first_attempt",
        "unknown_word",
        "no_follow_up",
        "marketing_sla_value",
        "first_human_contact_touches",
        "returned_and_won",
        "no_shows_recovered",
    ] {
        let outcome = run.leadflow(&format!("explain {topic}")).ended(0);
        assert!(outcome.stdout.len() > 80, "{outcome}");
    }
}

const OWNERS: &str = "Owner,Team,Calendar\nAnna,West,coast\n";

/// Saturday 03:00 on the east coast to Monday 09:20 on the west coast.
fn with_owner(config: &str) -> Run {
    let leads = "a,2026-03-07T08:00:00Z,Anna,,\n";
    let activities = "a,Call,2026-03-09T16:20:00Z,,,\n";
    let run = company(leads, activities, config);
    run.file("owners.csv", OWNERS);
    run
}

const COAST: &str = "[calendar.coast]\nzone = 'America/Los_Angeles'\n";

#[test]
fn an_owner_works_in_hours_of_his_own() {
    let minutes = |config: &str| {
        let run = with_owner(&format!(
            "{COAST}{config}\n[[input]]\npath = 'owners.csv'\n"
        ));
        let answer = run.json("sla");
        let clock = answer.row("clock", &[("key", "time_to_first_attempt")]);
        (
            number(clock, "median_minutes"),
            clock["measured"].as_str().map(str::to_owned),
        )
    };
    let said = |minutes: f64, measured: &str| (minutes, Some(measured.to_owned()));
    assert_eq!(minutes(""), said(20.0, "owner's, else elapsed"));
    // Every minute was asked for.
    let elapsed = said(3_380.0, "elapsed");
    assert_eq!(minutes("[sla]\ncalendar = 'elapsed'\n"), elapsed);
    // The calendar of all is that of those who have none.
    let office = "[calendar.office]\nzone = 'Asia/Tokyo'\n[sla]\ncalendar = 'office'\n";
    assert_eq!(minutes(office), said(20.0, "owner's, else office"));
}

#[test]
fn a_calendar_that_nobody_described_is_refused_where_it_stands() {
    for (config, way) in [
        ("", "describe it: [calendar.coast]"),
        ("[calendar.coats]\n", "did you mean `coats`?"),
        ("[calendar.office]\n[calendar.night]\n", "night, office"),
    ] {
        let run = with_owner(&format!("{config}[[input]]\npath = 'owners.csv'\n"));
        let outcome = run.leadflow("sla").ended(2);
        for word in ["owners.csv:2:3", "`coast` is no calendar", way] {
            assert!(outcome.stderr.contains(word), "`{word}` in {outcome}");
        }
    }
}

#[test]
fn touches_without_times_say_nothing_of_before_and_after() {
    let value = |touches: &str| {
        let leads = "a,2026-03-01T00:00:00Z,,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z\n";
        let calls = "a,Call,2026-03-02T00:00:00Z,,Connected,\n";
        let config = "[funnel]\nstages = ['lead', 'mql', 'sql']\n[[input]]\npath = 'touches.csv'\ntable = 'touches'\ncolumns = { id = 'who', at = 'at', channel = 'channel' }\n";
        let run = company(leads, calls, config);
        run.file("touches.csv", format!("who,at,channel\n{touches}"));
        let answer = run.json("sla");
        let row = answer.row("follow_through", &[("key", "first_human_contact_touches")]);
        match row["value"].as_f64() {
            Some(value) => Ok(value),
            None => Err(reason(row, "value").to_owned()),
        }
    };
    let before = "a,2026-03-01T10:00:00Z,SEO\na,2026-03-02T10:00:00Z,SEO\n";
    assert_eq!(value(before), Ok(0.5));
    let days = "a,2026-03-01,SEO\na,2026-03-02,SEO\n";
    assert_eq!(value(days), Err("date_only".to_owned()));
    // Somebody else's touches are none of the customer's.
    let others = "b,2026-03-01T10:00:00Z,SEO\n";
    assert_eq!(value(others), Err("no_data".to_owned()));
}

#[test]
fn who_was_sent_back_and_won_takes_the_history_of_the_leads() {
    let history = |moves: &str| {
        let run = Run::with(&[
            ("leads.csv", "Lead ID,Created\na,2026-03-01\nb,2026-03-01\n"),
            (
                "calls.csv",
                "Lead ID,Activity Type,Activity Date\na,Call,2026-03-02T10:00:00Z\n",
            ),
            ("moves.csv", moves),
            (
                "leadflow.toml",
                "[funnel]\nstages = ['lead', 'mql', 'customer']\n[[input]]\npath = 'leads.csv'\n[[input]]\npath = 'calls.csv'\n[[input]]\npath = 'moves.csv'\ntable = 'stage_events'\ncolumns = { id = 'id', at = 'at', stage = 'stage', owner = 'owner' }\n",
            ),
        ]);
        let answer = run.json("sla");
        let row = answer.row("follow_through", &[("key", "returned_and_won")]);
        rate(row, "rate")
    };
    let sent_back = "id,at,stage,owner\na,2026-03-02,mql,Anna\na,2026-03-05,lead,Ben\na,2026-03-09,customer,Ben\nb,2026-03-02,mql,Anna\nb,2026-03-05,lead,Ben\n";
    assert_eq!(history(sent_back), (1, 2));
    // Another owner alone sends nobody back.
    let handed_on = "id,at,stage,owner\na,2026-03-02,mql,Anna\na,2026-03-05,mql,Ben\nb,2026-03-02,mql,Anna\nb,2026-03-05,lead,Ben\n";
    assert_eq!(history(handed_on), (0, 1));
}

#[test]
fn the_history_of_deals_is_none_of_leads() {
    let run = Run::with(&[
        ("leads.csv", "Lead ID,Created\na,2026-03-01\n"),
        (
            "calls.csv",
            "Lead ID,Activity Type,Activity Date\na,Call,2026-03-02T10:00:00Z\n",
        ),
        (
            "deals.csv",
            "Deal ID,Lead ID,Stage,Amount,Created,Closed\nD1,a,Closed Won,100,2026-03-05,2026-03-20\n",
        ),
        (
            "moves.csv",
            "Deal ID,Date,To Stage\nD1,2026-03-05,Opportunity\nD1,2026-03-20,Closed Won\n",
        ),
        (
            "leadflow.toml",
            "currency = 'EUR'\n[[input]]\npath = 'leads.csv'\n[[input]]\npath = 'calls.csv'\n[[input]]\npath = 'deals.csv'\n[[input]]\npath = 'moves.csv'\ntable = 'stage_events'\ncolumns = { id = 'Deal ID', at = 'Date', stage = 'To Stage' }\n",
        ),
    ]);
    let answer = run.json("sla");
    let row = answer.row("follow_through", &[("key", "returned_and_won")]);
    assert_eq!(reason(row, "rate"), "wide_input");
    let leaks = run.json("leaks");
    let rule = leaks.row("rules", &[("leak", "returned")]);
    let why = rule["why"].as_str().unwrap_or_default();
    assert!(why.contains("one date per stage"), "{rule:?}");
}
