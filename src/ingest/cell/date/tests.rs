#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use chrono::NaiveTime;
use proptest::prelude::*;

fn column(cells: &[&str]) -> Dates {
    let mut column = DateColumn::new();
    cells.iter().for_each(|cell| column.push(cell));
    column.finish()
}

fn patterned(pattern: &str, cells: &[&str]) -> Dates {
    let mut column = DateColumn::with_pattern(pattern).unwrap();
    cells.iter().for_each(|cell| column.push(cell));
    column.finish()
}

fn written(stamp: Option<Stamp>) -> String {
    match stamp {
        None => "-".to_owned(),
        Some(stamp) if stamp.date_only => stamp.date().to_string(),
        Some(stamp) => {
            let zone = if stamp.zoned { "Z" } else { "" };
            format!("{}{zone}", stamp.naive().format("%Y-%m-%d %H:%M:%S%.f"))
        }
    }
}

fn texts(dates: &Dates) -> Vec<String> {
    dates.iter().map(written).collect()
}

fn place(row: usize) -> crate::diagnostics::Location {
    crate::diagnostics::Location::line("leads.csv", row as u64 + 2)
}

#[test]
fn forms_that_decide_themselves() {
    for (cell, expected) in [
        ("2026-01-31", "2026-01-31"),
        ("2026-1-5", "2026-01-05"),
        ("2026/01/31", "2026-01-31"),
        ("2026.02.05", "2026-02-05"),
        ("20231010", "2023-10-10"),
        ("2026-01-31 10:05", "2026-01-31 10:05:00"),
        ("2026-01-31T10:05:07.250", "2026-01-31 10:05:07.250"),
        ("2023-07-08T00:00:00", "2023-07-08 00:00:00"),
        ("2023-04-21T14:51:11+0300", "2023-04-21 11:51:11Z"),
        ("2026-02-01T00:30:00+05:30", "2026-01-31 19:00:00Z"),
        ("2026-01-31T23:30:00Z", "2026-01-31 23:30:00Z"),
        ("2026-01-31 23:30:00 UTC", "2026-01-31 23:30:00Z"),
        ("2026-01-31 23:30 CET", "2026-01-31 22:30:00Z"),
        ("2026-07-31 23:30:00 CEST", "2026-07-31 21:30:00Z"),
        ("2026-01-31 06:30 PM PST", "2026-02-01 02:30:00Z"),
        ("2026-01-31 23:30:00.123456+00", "2026-01-31 23:30:00.123Z"),
        (
            "2026-01-31T10:00+01:00[Europe/Berlin]",
            "2026-01-31 09:00:00Z",
        ),
        ("20260105T102030Z", "2026-01-05 10:20:30Z"),
        ("15 Apr, 2021 00:03:00", "2021-04-15 00:03:00"),
        ("Thu, 5 Feb 2026", "2026-02-05"),
        ("July 8, 2025", "2025-07-08"),
        ("Jan 7, 2026", "2026-01-07"),
        ("Sept 3rd, 2025", "2025-09-03"),
        ("15-Apr-21", "2021-04-15"),
        ("2026-Jan-05", "2026-01-05"),
        ("Jan 7, 2026 at 10:30 PM", "2026-01-07 22:30:00"),
        ("Jan 7, 2026, 12:05\u{202f}AM", "2026-01-07 00:05:00"),
        ("Thu, 05 Feb 2026 10:00:00 GMT", "2026-02-05 10:00:00Z"),
        (
            "Thu Feb 05 2026 10:00:00 GMT+0100 (Central European Time)",
            "2026-02-05 09:00:00Z",
        ),
        ("Mon Jan  5 10:00:00 2026", "2026-01-05 10:00:00"),
        ("5. M\u{e4}rz 2026", "2026-03-05"),
        ("5 de enero de 2026", "2026-01-05"),
        ("jeu. 5 f\u{e9}vr. 2026", "2026-02-05"),
        ("2026\u{5e74}1\u{6708}5\u{65e5}", "2026-01-05"),
        (
            "\u{662}\u{660}\u{662}\u{666}-\u{660}\u{661}-\u{660}\u{665}",
            "2026-01-05",
        ),
        ("1767830400", "2026-01-08 00:00:00Z"),
        ("1767830400123", "2026-01-08 00:00:00.123Z"),
        ("1767830400123456", "2026-01-08 00:00:00.123Z"),
        ("2026010512", "2026-01-05 12:00:00"),
        ("31/12/2025 5:07 PM", "2025-12-31 17:07:00"),
        ("5/5/2026", "2026-05-05"),
        (" 2026-01-31 ", "2026-01-31"),
    ] {
        let dates = column(&[cell]);
        assert_eq!(texts(&dates), [expected], "{cell}");
        assert!(dates.bad.is_empty() && dates.problem.is_none(), "{cell}");
    }
}

#[test]
fn what_is_no_date() {
    for cell in [
        "soon",
        "12",
        "0001",
        "2026",
        "202601",
        "2026-01",
        "May 5",
        "March 2026",
        "Tuesday",
        "1.234,56",
        "12/2026",
        "2024-03-01 - 2024-03-11",
        "10:30",
        "2026-W43",
        "L-001",
        "2026-01-05x",
        "2026-01-05 10:30 CST",
        "2026-01-05 10:30 IST",
        "2026-01-05 10:30 CETA",
        "sep 11 2001 memorial",
        "999999999999999999999",
        "Ongoing",
        "100.5",
        "1/2",
        "2026-01-05 at",
        "3 May 4 June 2026",
    ] {
        let dates = column(&[cell]);
        assert_eq!(dates.bad, [(0, BadDate::NotADate)], "{cell}");
    }
}

#[test]
fn impossible_dates_are_never_rolled_over() {
    for cell in [
        "2026-02-30",
        "0000-00-00",
        "2026-13-01",
        "31/04/2026",
        "32/01/2026",
        "00/01/2026",
        "Feb 30, 2026",
        "20260230",
        "2026-01-05 25:00",
        "2026-01-05 10:61",
        "13/13/2026",
        "2026-01-05 13:00 PM",
        "0000-00-00 00:00:00",
    ] {
        let dates = column(&[cell]);
        assert_eq!(dates.bad, [(0, BadDate::Impossible)], "{cell}");
        assert_eq!(dates.get(0), None);
    }
}

#[test]
fn one_day_above_twelve_decides_the_column() {
    let dates = column(&["02/01/2026", "13/01/2026", "", "31/12/2025"]);
    assert_eq!(
        texts(&dates),
        ["2026-01-02", "2026-01-13", "-", "2025-12-31"]
    );
    assert_eq!(dates.format, "day/month/year");
    assert_eq!(dates.order, Some(DateOrder::DayFirst));
    let dates = column(&["4/2/2018", "4/23/2018 3:04 AM"]);
    assert_eq!(texts(&dates), ["2018-04-02", "2018-04-23 03:04:00"]);
    assert_eq!(dates.format, "month/day/year");
    assert_eq!(column(&["31-08-2023"]).format, "day-month-year");
}

#[test]
fn nothing_decides() {
    let dates = column(&["01/01/2026", "02/01/2026", "03/04/2026", "05/06/2026"]);
    let Some(DateProblem::Ambiguous(examples)) = &dates.problem else {
        panic!("{:?}", dates.problem);
    };
    assert_eq!(examples[0].text, "02/01/2026");
    assert_eq!(dates.filled(), 0);
    let findings = dates.findings("Create Date", &place);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code.id, "ambiguous_date");
    assert!(
        findings[0]
            .hint
            .as_ref()
            .unwrap()
            .contains("--date-format %d/%m/%Y")
    );
}

#[test]
fn the_columns_beside_it_may_decide() {
    let mut column = DateColumn::new();
    column.push("02/01/2026");
    assert_eq!(column.decided(), None);
    let dates = column.finish_beside(Some(DateOrder::MonthFirst));
    assert_eq!(texts(&dates), ["2026-02-01"]);
    let found = &dates.findings("Won", &place)[0];
    assert_eq!(
        (found.code.id, found.severity),
        ("ambiguous_date", crate::diagnostics::Severity::Warning)
    );
    // What the column itself decides is never overruled.
    let mut column = DateColumn::new();
    column.push("13/01/2026");
    assert_eq!(column.decided(), Some(DateOrder::DayFirst));
    assert_eq!(
        texts(&column.finish_beside(Some(DateOrder::MonthFirst))),
        ["2026-01-13"]
    );
}

#[test]
fn contradictions_name_both_rows() {
    let dates = column(&["13/01/2026", "01/02/2026", "01/13/2026"]);
    let found = &dates.findings("Created", &place)[0];
    assert_eq!(found.code.id, "mixed_dates");
    assert!(
        found.text.contains("(line 2)") && found.text.contains("(line 4)"),
        "{}",
        found.text
    );
}

#[test]
fn equal_day_and_month_need_no_order() {
    let dates = column(&["01/01/2026", "02/02/2026"]);
    assert_eq!(texts(&dates), ["2026-01-01", "2026-02-02"]);
    assert!(dates.problem.is_none());
}

#[test]
fn a_pattern_of_two_numbers_decides_the_order() {
    let cells = ["02/01/2026", "2026-03-04", "5/6/26 10:00", ""];
    let dates = patterned("%d/%m/%Y", &cells);
    assert_eq!(
        texts(&dates),
        ["2026-01-02", "2026-03-04", "2026-06-05 10:00:00", "-"]
    );
    let dates = patterned("%m/%d/%Y", &cells);
    assert_eq!(texts(&dates)[0], "2026-02-01");
    assert_eq!(
        patterned("%m/%d/%Y", &["31/12/2025"]).bad,
        [(0, BadDate::Impossible)]
    );
}

#[test]
fn other_patterns_must_fit() {
    let dates = patterned("%Y-%d-%m", &["2026-25-01", "2026-01-25", "", "x"]);
    assert_eq!(texts(&dates), ["2026-01-25", "-", "-", "-"]);
    assert_eq!(dates.bad.len(), 2);
    let dates = patterned("%d.%b %y %H:%M %z", &["05.Jan 26 10:00 +0200"]);
    assert_eq!(texts(&dates), ["2026-01-05 08:00:00Z"]);
    assert!(DateColumn::with_pattern("%Q").is_err());
    assert!(DateColumn::with_pattern("dd/mm/yyyy").is_err());
}

#[test]
fn day_numbers_need_company_or_a_word() {
    let dates = column(&["2026-01-05", "46053"]);
    assert_eq!(texts(&dates), ["2026-01-05", "2026-01-31"]);
    assert_eq!(column(&["46053"]).bad, [(0, BadDate::LoneSerial)]);
    let dates = patterned("excel", &["46053", "45631.5", "2026-01-05"]);
    assert_eq!(
        texts(&dates),
        ["2026-01-31", "2024-12-05 12:00:00", "2026-01-05"]
    );
    assert_eq!(
        column(&["2026-01-05", "94105"]).bad,
        [(1, BadDate::NotADate)]
    );
}

#[test]
fn bad_cells_are_listed_with_their_rows() {
    let dates = column(&["2026-01-05", "2026-02-30", "", "0000-00-00", "soon"]);
    assert_eq!(
        dates.bad,
        [
            (1, BadDate::Impossible),
            (3, BadDate::Impossible),
            (4, BadDate::NotADate)
        ]
    );
    let findings = dates.findings("Created", &place);
    assert_eq!(
        findings[0].text,
        "`2026-02-30` in `Created` is a date that does not exist"
    );
    assert_eq!(
        findings[0].location.as_ref().unwrap().to_string(),
        "leads.csv:3"
    );
}

#[test]
fn a_flood_of_bad_cells_is_counted() {
    let cells = vec!["soon"; 100];
    let findings = column(&cells).findings("Created", &place);
    assert_eq!(findings.len(), KEPT_EXAMPLES);
    assert_eq!(findings.iter().map(|found| found.count).sum::<u64>(), 100);
}

proptest! {
    #[test]
    fn any_date_reads_back_from_any_form(days in -25_000_i64..60_000, seconds in 0_u32..86_400) {
        let date = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::Duration::days(days);
        let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap();
        let moment = date.and_time(time);
        for form in ["%Y-%m-%d", "%d %b %Y", "%B %-d, %Y", "%a, %-d %b %Y", "%Y/%m/%d"] {
            let dates = column(&[&moment.format(form).to_string()]);
            prop_assert_eq!(dates.get(0).unwrap().date(), date);
        }
        for form in ["%Y-%m-%dT%H:%M:%S", "%d %b, %Y %H:%M:%S", "%b %-d, %Y, %-I:%M:%S %p"] {
            let dates = column(&[&moment.format(form).to_string()]);
            prop_assert_eq!(dates.get(0).unwrap().naive(), moment);
        }
        for (form, witness) in [("%d/%m/%Y %H:%M:%S", "31/12/1999"), ("%-m/%-d/%Y %-I:%M:%S %p", "12/31/1999")] {
            let dates = column(&[witness, &moment.format(form).to_string()]);
            prop_assert_eq!(dates.get(1).unwrap().naive(), moment);
        }
    }

    #[test]
    fn no_cell_ends_the_program(cell in "\\PC*", digits in "[0-9:/. TZ+-]{0,30}") {
        for text in [&cell, &digits] {
            let dates = column(&[text]);
            prop_assert!(dates.len() == 1);
            let _ = dates.findings("x", &place);
        }
    }
}

#[test]
fn years_of_two_digits() {
    // The number that changes least is the year.
    let last = column(&["03/10/26", "04/10/26", "31/10/26"]);
    assert_eq!(texts(&last), ["2026-10-03", "2026-10-04", "2026-10-31"]);
    // A number that can be no day settles it.
    assert_eq!(texts(&column(&["9/30/19"])), ["2019-09-30"]);
    assert_eq!(
        texts(&column(&["31/10/68", "30/10/68"])),
        ["2068-10-31", "2068-10-30"]
    );
    // What looks like years first is not turned into 2031.
    for cells in [
        &["26-10-31", "26-10-30", "26-11-01"][..],
        &["31/10/26"],
        &["26/10/11", "11/10/26"],
    ] {
        let dates = column(cells);
        let Some(DateProblem::ShortYears(examples)) = &dates.problem else {
            panic!("{cells:?}: {:?}", dates.problem);
        };
        assert!(!examples.is_empty() && dates.filled() == 0, "{cells:?}");
    }
    let told = patterned("%y-%m-%d", &["26-10-31"]);
    assert_eq!(texts(&told), ["2026-10-31"]);
    let told = patterned("%d/%m/%y", &["31/10/26"]);
    assert_eq!(texts(&told), ["2026-10-31"]);
}
