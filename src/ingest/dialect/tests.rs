#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

fn found(text: &str) -> Dialect {
    find(text, &DialectOptions::default()).unwrap()
}

fn data<'t>(text: &'t str, dialect: &Dialect) -> &'t str {
    &text[dialect.data.clone()]
}

#[test]
fn a_plain_table_begins_with_its_first_line() {
    for (text, delimiter) in [
        ("id,name\n1,a\n2,b\n", b','),
        ("id;name\n1;a\n", b';'),
        ("id\tname\n1\ta\n", b'\t'),
        ("id|name\n1|a\n", b'|'),
        ("\n\nid,name\n1,a\n\n2,b\n\n", b','),
        ("\"id\",\"name\"\n\"1\",\"a\"\n", b','),
        ("id;amount\n1;1.234,50\n2;12.345.678,90\n3;-7,25\n", b';'),
        ("id;amount\n1;1,5\n", b';'),
        ("name, first;amount\nx;1,5\n", b';'),
        ("id\tnote\n1\t\"a, b, c\"\n2\t\"d, e\"\n", b'\t'),
    ] {
        let dialect = found(text);
        assert_eq!(dialect.delimiter, delimiter, "{text}");
        assert_eq!(dialect.header.len(), 2, "{text}");
        assert!(
            dialect.preamble.is_empty() && dialect.second_table_line.is_none(),
            "{text}"
        );
        assert!(dialect.footer.is_none(), "{text}");
        assert!(data(text, &dialect).starts_with(['1', 'x', '"']), "{text}");
    }
}

#[test]
fn one_column_is_a_table() {
    let dialect = found("email\nx@example.com\ny@example.com\n");
    assert_eq!(dialect.header, ["email"]);
    let dialect = found("note\nhello, world\nplain\nyes\nno\n");
    assert_eq!(dialect.header, ["note"]);
}

#[test]
fn headers_are_cleaned() {
    let dialect = found(
        " lead id ,CREATE  DATE,\"original\nsource\",Campaign\u{200b},Amount\u{a0}\n1,2,3,4,5\n",
    );
    assert_eq!(
        dialect.header,
        [
            "lead id",
            "CREATE DATE",
            "original source",
            "Campaign",
            "Amount"
        ]
    );
    assert_eq!((dialect.header_line, dialect.data_line), (Some(1), 3));
}

#[test]
fn the_first_name_may_be_missing() {
    let dialect = found("\"\",\"TV\",\"Radio\"\n\"1\",230.1,37.8\n");
    assert_eq!(dialect.header, ["", "TV", "Radio"]);
    let dialect = found(",value\n0,1.5\n1,2.5\n");
    assert_eq!(dialect.header, ["", "value"]);
}

#[test]
fn empty_columns_at_the_end_are_dropped() {
    let dialect = found("id,name,\n1,a,\n2,b,\n");
    assert_eq!(
        (dialect.header.len(), dialect.dropped_empty_columns),
        (2, 1)
    );
    let dialect = found("id;name;;;\n1;a;;;\n");
    assert_eq!(
        (dialect.header.len(), dialect.dropped_empty_columns),
        (2, 3)
    );
    let dialect = found("id,name,\n1,a,\n2,b,note\n");
    assert_eq!(
        (dialect.header.len(), dialect.dropped_empty_columns),
        (3, 0)
    );
    for text in ["a,b\n1,2,,\n3,4,,\n", "a\n1,\n2,\n"] {
        let dialect = found(text);
        assert_eq!(dialect.header_line, Some(1), "{text}");
    }
    let dialect = found("Email,\nx@example.com,\ny@example.com,\n");
    assert_eq!(dialect.header, ["Email"]);
}

#[test]
fn title_lines_are_skipped() {
    let text = "Campaign report\n\"July 8, 2025 - July 31, 2025\"\nCampaign,Clicks,Cost\nbrand,1,2.00\nTotal: Account,1,2.00\n";
    let dialect = found(text);
    assert_eq!(dialect.header, ["Campaign", "Clicks", "Cost"]);
    assert_eq!(
        (dialect.header_line, dialect.skipped_preamble_lines()),
        (Some(3), 2)
    );
    let (first, last) = dialect.preamble_period(None).unwrap();
    assert_eq!(
        (first.to_string(), last.to_string()),
        ("2025-07-08".to_owned(), "2025-07-31".to_owned())
    );
    // Without rows, padded by a spreadsheet, with an unquoted comma, with pairs of cells.
    for text in [
        "Campaign report\n\"July 8, 2025 - July 31, 2025\"\nCampaign,Clicks,Cost,Day\n",
        "Campaign report,,,\n\"July 8, 2025 - July 31, 2025\",,,\nCampaign,Clicks,Cost,Day\nbrand,1,2.00,3\n",
        "Campaign report\nJuly 8, 2025 - July 31, 2025\nCampaign,Clicks,Cost,Day,CTR,CPC\nbrand,1,2.00,3,4,5\nx,1,2,3,4,5\n",
        "Campaign Performance Report (in UTC)\nReport Start: 07/08/2025, Report End: 07/31/2025\n\nCampaign,Clicks,Cost,Day\nbrand,1,2.00,3\n",
    ] {
        let dialect = found(text);
        assert_eq!(
            dialect.header[..3],
            ["Campaign", "Clicks", "Cost"],
            "{text}"
        );
        assert!(dialect.preamble_period(None).is_some(), "{text}");
    }
}

#[test]
fn padded_titles_may_stand_above_years() {
    let text = "Leads by year,,,\nall offices,,,\n,,,\nOffice,2024,2025,2026\nKyiv,1,2,3\n,,,\nSource: the sales team,,,\n";
    let dialect = found(text);
    assert_eq!(dialect.header, ["Office", "2024", "2025", "2026"]);
    assert_eq!(dialect.footer, Some(Footer { line: 7, lines: 1 }));
}

#[test]
fn comment_blocks_are_skipped() {
    let text = "# ----\r\n# Traffic acquisition\r\n# Account: Shop, Ltd\r\n# ----\r\n# \r\n# Start date: 20260101\r\n# End date: 20260131\r\nChannel,Sessions\r\nDirect,1\r\n";
    let dialect = found(text);
    assert_eq!(dialect.header, ["Channel", "Sessions"]);
    assert_eq!((dialect.header_line, dialect.data_line), (Some(8), 9));
    assert!(dialect.preamble_period(None).is_some());
    for text in [
        "#,Name\n1,a\n2,b\n",
        "# of leads,Channel\n1,a\n2,b\n",
        "#leads,#mql\n1,2\n",
    ] {
        assert!(found(text).preamble.is_empty(), "{text}");
    }
}

#[test]
fn a_line_may_say_the_delimiter() {
    let dialect = found("sep=;\nid;amount\n1;2,5\n");
    assert_eq!((dialect.delimiter, dialect.header_line), (b';', Some(2)));
    assert!(dialect.preamble.is_empty());
    let text = "sep=\t\r\nFacebook reach\t\r\nDate\tPrimary\r\n2026-07-08T00:00:00\t27\r\n2026-07-09T00:00:00\t28\r\n";
    let dialect = found(text);
    assert_eq!(dialect.header, ["Date", "Primary"]);
    assert_eq!(dialect.preamble[0].text, "Facebook reach\t");
}

#[test]
fn a_second_table_is_reported_and_not_read() {
    for (text, line) in [
        (
            "Nth day,Users\n0000,1\n0001,2\n\n# Start date: 20260101\nNth day,New users\n0000,1\n",
            5,
        ),
        (
            "Nth day,Users\n0000,1\n0001,2\n\nNth day,New users\n0000,1\n",
            5,
        ),
        (
            "Page,Views,Users\n/a,1,2\n,1,2\n\nDay Index,Users\n01/01/2026,1\n",
            5,
        ),
        (
            "Date\tPrimary\n2026-01-01\t1\n\t\nInstagram reach\t\nDate\tPrimary\n2026-01-01\t2\n",
            4,
        ),
        ("id,name\na,b\n\nid,name\nc,d\n", 4),
        (
            "Nth day,Revenue\n\n\n# Where from?\nChannel,Users\nDirect,1\n",
            4,
        ),
        (
            "Day,Users\n0001,1\n# Next\nDay,New users,Old users\n0001,1,2\n",
            3,
        ),
    ] {
        let dialect = found(text);
        assert_eq!(dialect.second_table_line, Some(line), "{text}");
        let rest = &text[dialect.data.end..];
        assert!(
            rest.starts_with(text.lines().nth(line as usize - 1).unwrap()),
            "{text}"
        );
        assert_eq!(
            dialect.findings("a.csv").last().unwrap().code.id,
            "second_table"
        );
    }
}

#[test]
fn blank_lines_do_not_end_a_table() {
    for text in [
        "id,stage\n1,MQL\n\n\n2,SQL\n3,MQL\n",
        "id,stage\n1,MQL\n,\n2,SQL\n",
        "id,amount\n1,5\n\n2\n3,5\n",
        "id,stage\n1,MQL\n\nL-7\n3,MQL\n",
        "tag,leads\n#brand,5\n#sale,6\n",
        "email\na@example.com\n\nb@example.com\n",
        "id,amount\n1,5\n# a remark\n2,5\n",
        "id,name\n1,x\n\nTotal: all,2\n",
    ] {
        let dialect = found(text);
        assert_eq!(
            (dialect.second_table_line, dialect.footer),
            (None, None),
            "{text}"
        );
        assert_eq!(dialect.data.end, text.len(), "{text}");
    }
}

#[test]
fn footers_are_left_out_and_counted() {
    let text = "\"Lead Owner\",\"Company\"\n\"Anna\",\"Acme\"\n\n\"Leads this month\"\n\"Copyright (c) 2026\"\n\"Generated By: Anna 2026-02-01\"\n";
    let dialect = found(text);
    assert_eq!(dialect.footer, Some(Footer { line: 4, lines: 3 }));
    assert!(data(text, &dialect).ends_with("Acme\"\n\n"));
}

#[test]
fn the_header_may_be_named_or_missing() {
    let text = "Report\nfor,January\nid,name\n1,a\n";
    let options = DialectOptions {
        header_row: Some(3),
        ..DialectOptions::default()
    };
    let dialect = find(text, &options).unwrap();
    assert_eq!(dialect.header, ["id", "name"]);
    assert_eq!(
        (dialect.header_line, dialect.skipped_preamble_lines()),
        (Some(3), 2)
    );
    let options = DialectOptions {
        header_row: Some(9),
        ..DialectOptions::default()
    };
    assert_eq!(
        find(text, &options).unwrap_err(),
        DialectError::HeaderBeyondEnd {
            wanted: 9,
            lines: 4
        }
    );

    let options = DialectOptions {
        header: Some(false),
        ..DialectOptions::default()
    };
    let dialect = find("1,a\n2,b\n", &options).unwrap();
    assert_eq!(
        (dialect.header, dialect.header_line),
        (vec!["1".to_owned(), "2".to_owned()], None)
    );
    assert_eq!((dialect.data, dialect.data_line), (0..8, 1));
    let named = |names: &[&str]| DialectOptions {
        header: Some(false),
        columns: names.iter().map(|name| (*name).to_owned()).collect(),
        ..DialectOptions::default()
    };
    assert_eq!(
        find("1,a\n", &named(&["id", "stage"])).unwrap().header,
        ["id", "stage"]
    );
    let error = find("1,a\n", &named(&["id"])).unwrap_err();
    assert_eq!(
        error,
        DialectError::ColumnCount {
            given: 1,
            found: 2,
            line: 1
        }
    );
    assert!(found("1,2026-01-05\n2,2026-01-06\n").header_looks_like_data());
    assert!(!found("id,created\n2,2026-01-06\n").header_looks_like_data());
}

#[test]
fn no_table_is_an_error() {
    for text in ["\n", " \n\n", "# only\n# remarks\n"] {
        assert_eq!(
            find(text, &DialectOptions::default()).unwrap_err(),
            DialectError::NoTable,
            "{text:?}"
        );
    }
    let error = find("id,\"name\n1,a\n", &DialectOptions::default()).unwrap_err();
    assert_eq!(error, DialectError::UnclosedQuote { line: 1 });
}

#[test]
fn wide_tables_and_long_cells_are_no_trouble() {
    let header: Vec<String> = (0..3001).map(|column| format!("c{column}")).collect();
    let row = vec!["1"; 3001].join(",");
    let dialect = found(&format!("{}\n{row}\n", header.join(",")));
    assert_eq!(dialect.header.len(), 3001);
    let text = format!("id,note\n1,{}\n2,x\n", "y".repeat(3 << 20));
    assert_eq!(found(&text).header, ["id", "note"]);
}

#[test]
fn delimiters_have_names() {
    assert_eq!(delimiter_named("tab"), Some(b'\t'));
    assert_eq!(delimiter_named(";"), Some(b';'));
    assert_eq!(delimiter_named("\""), None);
    assert_eq!(delimiter_named("ab"), None);
}

/// Found by writing a table and reading it back: the last row was taken for a footer.
#[test]
fn a_name_with_a_hash_is_no_comment() {
    for text in ["tag\n\"#a\"\n", "tag\n#sale\n", "tag,n\n#sale,\n\n#more,\n"] {
        let dialect = find(text, &DialectOptions::default()).unwrap();
        assert_eq!(
            (dialect.footer, dialect.data.end),
            (None, text.len()),
            "{text:?}"
        );
    }
    let text = "a,b\n1,2\n# made by hand\n";
    let dialect = find(text, &DialectOptions::default()).unwrap();
    assert!(dialect.footer.is_some());
}
