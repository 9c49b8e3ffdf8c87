//! One awkward report that every format is tested with: each kind of cell, each reason
//! for having no value, and names that try to break out of every output.

use crate::domain::figure::{Policy, Rate, Undefined, View};
use crate::domain::money::Money;
use crate::report::document::{
    Bar, Bars, Block, Cell, Change, Chart, CheckResult, Column, Comparison, Context, Curve,
    CurveAxis, CurveMark, CurvePoint, FunnelStep, InputInfo, Kind, Note, Panel, PeriodInfo, Plot,
    Report, Section, Span, Table, Tile, Tornado, TornadoBar, Trend, TrendPoint, Weight,
};

/// Names that are dangerous or wide somewhere.
pub const NAMES: &[&str] = &[
    "SEO",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "| a | b |",
    "[x](javascript:alert(1)) ![i](http://example.invalid/p.png) `code`",
    "=cmd|' /C calc'!A0",
    "\u{1b}[31mred\u{1b}[0m \u{202e}gnp.exe",
    "a\u{b}b\0c\u{fffe}d",
    "::set-output name=x::y",
    "two\nlines",
    "自然検索",
    "بحث مدفوع",
    "ორგანული ძიება",
    "Libreng Paghahanap",
    "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} Ω\u{308}\u{308}",
    "../../etc/passwd",
    "]]> </title> &lt;b&gt; {{7*7}} ${7*7}",
    "",
];

/// The report.
pub fn report() -> Report {
    Report {
        command: "channels".to_owned(),
        title: "Channels & <money>".to_owned(),
        context: context(),
        summary: vec![
            "120 leads came in October; 25.0 % of them became MQL.".to_owned(),
            "The best channel was <script>alert(1)</script>.".to_owned(),
        ],
        sections: sections(),
        tables: vec![channels(), reasons(), empty()],
        charts: charts(),
        notes: notes(),
        checks: checks(),
    }
}

/// A rate with its evidence; the interval is that of 30/120 unless absent.
pub fn rate(k: u64, n: u64, interval: Option<(f64, f64)>) -> Rate {
    Rate {
        k,
        n,
        interval,
        view: if interval.is_some() {
            View::Cohort
        } else {
            View::Period
        },
        policy: Policy::Implied,
        horizon_days: interval.map(|_| 90),
        in_progress: interval.map(|_| 4),
    }
}

fn context() -> Context {
    Context {
        period: PeriodInfo {
            label: "2026-10".to_owned(),
            start: Some("2026-10-01".to_owned()),
            end: Some("2026-11-01".to_owned()),
            partial: true,
        },
        as_of: Some("2026-11-01T00:00:00+01:00".to_owned()),
        as_of_assumed: true,
        time_zone: "Europe/Berlin".to_owned(),
        currency: Some("EUR".to_owned()),
        channel_rules: "ga4-2026-05".to_owned(),
        seed: 7,
        inputs: vec![InputInfo {
            file: "exports/<b>.csv".to_owned(),
            kind: "hubspot-contacts".to_owned(),
            sha256: "ab".repeat(32),
            rows: 120,
            rejected: 1,
            through: None,
        }],
    }
}

fn sections() -> Vec<Section> {
    vec![
        Section {
            id: "overview".to_owned(),
            title: "Overview".to_owned(),
            blocks: vec![
                Block::Text("# No heading, | no column.".to_owned()),
                Block::List(vec!["first point".to_owned(), "- second".to_owned()]),
                Block::Tiles(tiles()),
            ],
        },
        Section {
            id: "channels".to_owned(),
            title: "Channels".to_owned(),
            blocks: vec![
                Block::Table("channels".to_owned()),
                Block::Chart("funnel".to_owned()),
                Block::Chart("roi".to_owned()),
                Block::Chart("trend".to_owned()),
                Block::Chart("spans".to_owned()),
                Block::Chart("curve".to_owned()),
                Block::Chart("tornado".to_owned()),
                Block::Table("reasons".to_owned()),
                Block::Table("empty".to_owned()),
                Block::Table("missing".to_owned()),
            ],
        },
    ]
}

fn tiles() -> Vec<Tile> {
    vec![
        Tile {
            label: "Leads".to_owned(),
            value: Cell::Count(1_420),
            kind: Kind::Count,
            comparisons: vec![
                comparison(
                    "2026-09",
                    Cell::Count(1_264),
                    Ok(Change::Relative {
                        part: 0.1234,
                        beyond_chance: Some(true),
                    }),
                ),
                comparison(
                    "2025-10",
                    Cell::Undefined(Undefined::NoData),
                    Err(Undefined::NoData),
                ),
            ],
            history: vec![Some(1.0), None, Some(3.0), Some(2.0)],
        },
        Tile {
            label: "Lead to MQL".to_owned(),
            value: Cell::Rate(rate(30, 120, Some((0.1811, 0.3344)))),
            kind: Kind::Rate,
            comparisons: vec![comparison(
                "2026-09",
                Cell::Rate(rate(35, 120, Some((0.2178, 0.3785)))),
                Ok(Change::Points {
                    difference: -0.041,
                    interval: (-0.079, -0.003),
                }),
            )],
            history: Vec::new(),
        },
    ]
}

fn comparison(label: &str, value: Cell, change: Result<Change, Undefined>) -> Comparison {
    Comparison {
        label: label.to_owned(),
        value,
        change,
    }
}

/// A table with one row per name and one column per kind.
fn channels() -> Table {
    let columns = vec![
        Column::new("channel", "Channel", Kind::Text).weight(Weight::Key),
        Column::new("lead", "Leads", Kind::Count).weight(Weight::Key),
        Column::new("lead_to_mql", "Lead to MQL", Kind::Rate),
        Column::new("cost", "Cost", Kind::Money),
        Column::new("roi", "ROI", Kind::Share),
        Column::new("roas", "ROAS", Kind::Ratio).weight(Weight::Detail),
        Column::new("hours", "Hours", Kind::Number).weight(Weight::Detail),
        Column::new("median_days", "Median days", Kind::Days),
        Column::new("low_sample", "Low sample", Kind::Flag).weight(Weight::DataOnly),
        Column::new("remark", "Remark", Kind::Text).weight(Weight::Detail),
    ];
    let rows = NAMES
        .iter()
        .enumerate()
        .map(|(index, name)| channel_row(index, name))
        .collect();
    Table {
        id: "channels".to_owned(),
        title: "Channels".to_owned(),
        columns,
        rows,
        remarks: vec!["ROI is revenue, not profit; | <b>no margin</b> is set.".to_owned()],
    }
}

fn channel_row(index: usize, name: &str) -> Vec<Cell> {
    let free = index % 4 == 3;
    vec![
        Cell::from(name),
        Cell::Count(12_345 >> index),
        if index % 5 == 4 {
            Cell::Undefined(Undefined::NotMature)
        } else {
            Cell::Rate(rate(
                30,
                120,
                (index.is_multiple_of(2)).then_some((0.1811, 0.3344)),
            ))
        },
        Cell::Money(Money::from_micros(if free { 0 } else { 1_234_500_001 })),
        if free {
            Cell::Undefined(Undefined::ZeroDenominator)
        } else {
            Cell::Number(-0.25)
        },
        if index == 1 {
            Cell::Number(f64::NAN)
        } else {
            Cell::Number(3.2)
        },
        Cell::Number(-0.0),
        Cell::Number(14.66),
        Cell::Flag(index.is_multiple_of(2)),
        if index == 0 {
            Cell::from("best")
        } else {
            Cell::Blank
        },
    ]
}

/// A table with every reason.
fn reasons() -> Table {
    let rows = Undefined::ALL
        .iter()
        .map(|reason| vec![Cell::from(reason.code()), Cell::Undefined(*reason)]);
    Table {
        id: "reasons".to_owned(),
        title: "Why figures are missing".to_owned(),
        columns: vec![
            Column::new("name", "Name", Kind::Text).weight(Weight::Key),
            Column::new("value", "Value", Kind::Number),
        ],
        rows: rows.collect(),
        remarks: Vec::new(),
    }
}

fn empty() -> Table {
    Table {
        id: "empty".to_owned(),
        title: "Nothing".to_owned(),
        columns: vec![Column::new("name", "Name", Kind::Text)],
        rows: Vec::new(),
        remarks: Vec::new(),
    }
}

fn charts() -> Vec<Chart> {
    vec![
        chart("funnel", "Funnel", Plot::Funnel(funnel_steps())),
        chart(
            "roi",
            "ROI by channel",
            Plot::Bars(Bars {
                kind: Kind::Share,
                bars: bars(),
            }),
        ),
        chart("trend", "Trend", Plot::Trend(trend())),
        chart("spans", "Time between stages", Plot::Spans(spans())),
        chart("curve", "Visits for hours", Plot::Curve(curve())),
        chart("tornado", "What it depends on", Plot::Tornado(tornado())),
    ]
}

fn chart(id: &str, title: &str, plot: Plot) -> Chart {
    Chart {
        id: id.to_owned(),
        title: title.to_owned(),
        description: format!("{title}, in <b>one</b> picture."),
        table: "channels".to_owned(),
        plot,
    }
}

fn funnel_steps() -> Vec<FunnelStep> {
    let step = |label: &str, count, conversion| FunnelStep {
        label: label.to_owned(),
        count,
        conversion,
    };
    vec![
        step("lead", 1_420, None),
        step("mql", 355, Some(rate(355, 1_420, Some((0.228, 0.273))))),
        step("<b>sql</b>", 0, Some(rate(0, 355, Some((0.0, 0.0107))))),
    ]
}

fn bars() -> Vec<Bar> {
    let bar = |label: &str, value, interval| Bar {
        label: label.to_owned(),
        value,
        interval,
        remark: None,
    };
    vec![
        Bar {
            remark: Some("3 wins".to_owned()),
            ..bar("自然検索", Ok(1.5), Some((0.2, 2.9)))
        },
        bar("SEO", Ok(-0.25), Some((-0.6, 0.3))),
        bar("\u{1b}[31mred", Err(Undefined::ZeroDenominator), None),
        bar("infinite", Ok(f64::INFINITY), None),
    ]
}

fn trend() -> Trend {
    let point = |value, settled| TrendPoint {
        value,
        interval: None,
        settled,
    };
    Trend {
        periods: vec![
            "2026-08".to_owned(),
            "2026-09".to_owned(),
            "2026-10".to_owned(),
        ],
        panels: vec![Panel {
            title: "Leads".to_owned(),
            kind: Kind::Count,
            points: vec![
                point(Some(100.0), true),
                point(None, true),
                point(Some(1_420.0), false),
            ],
        }],
    }
}

fn spans() -> Vec<Span> {
    vec![Span {
        label: "lead to mql".to_owned(),
        median: Ok(14.0),
        p90: Err(Undefined::NotReached),
        n: 40,
    }]
}

fn curve() -> Curve {
    let axis = |title: &str, kind| CurveAxis {
        title: title.to_owned(),
        kind,
    };
    let point = |x, y, interval| CurvePoint { x, y, interval };
    Curve {
        x: axis("Hours <b>a month</b>", Kind::Number),
        y: axis("Visits", Kind::Count),
        points: vec![
            point(0.0, 0.0, Some((0.0, 0.0))),
            point(20.0, 900.0, Some((700.0, 1_100.0))),
            point(30.0, f64::NAN, None),
            point(40.0, 1_400.0, Some((900.0, f64::INFINITY))),
        ],
        marks: vec![CurveMark {
            label: "now </text>".to_owned(),
            x: 20.0,
            y: 900.0,
            interval: None,
        }],
        seen: Some(("seen \u{202e}so far".to_owned(), 10.0, 30.0)),
        names: Vec::new(),
        level: 0.8,
        against: None,
    }
}

fn tornado() -> Tornado {
    let bar = |label: &str, low: f64, high: f64| TornadoBar {
        label: label.to_owned(),
        low: (low, "1.4 %".to_owned()),
        high: (high, "<i>3.1 %</i>".to_owned()),
    };
    Tornado {
        kind: Kind::Money,
        base: 1_200.0,
        bars: vec![
            bar("Lead to </svg>", -900.0, 3_800.0),
            bar("検索", 1_900.0, 700.0),
            bar("unknown", f64::NAN, 700.0),
        ],
    }
}

fn notes() -> Vec<Note> {
    let note = |code: &str, severity: &str, text: &str| Note {
        code: code.to_owned(),
        severity: severity.to_owned(),
        text: text.to_owned(),
        place: None,
        hint: None,
        count: 1,
    };
    vec![
        note("assumed_as_of", "note", "the as-of moment was deduced"),
        Note {
            place: Some("leads.csv:7:3".to_owned()),
            hint: Some("set `date_format`".to_owned()),
            count: 12,
            ..note("unmatched", "warning", "12 deals have no lead | [x](y)")
        },
    ]
}

fn checks() -> Vec<CheckResult> {
    vec![
        CheckResult {
            check: "lead_to_mql >= 20%".to_owned(),
            level: "error".to_owned(),
            status: "pass".to_owned(),
            value: Some(0.25),
            threshold: Some(0.2),
            n: Some(120),
            reason: None,
        },
        CheckResult {
            check: "roi{channel=\"<b>\"} >= 0".to_owned(),
            level: "warn".to_owned(),
            status: "skipped".to_owned(),
            value: Some(f64::NAN),
            threshold: Some(0.0),
            n: None,
            reason: Some("zero_denominator".to_owned()),
        },
    ]
}
