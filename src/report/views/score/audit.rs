//! The audit of a score: does it rank, can it be believed, where to cut.

use super::{Shown, charts};
use crate::domain::figure::{Figure, Policy, Rate, View};
use crate::domain::money::Money;
use crate::metrics::score::audit::{Audit, Bin, Measured, TOO_GOOD, TOP};
use crate::metrics::score::bands::Band;
use crate::metrics::score::threshold::Cut;
use crate::report::document::{Block, Cell, Kind, Section, Table, Weight};
use crate::report::views::{Parts, columns, table};

/// Drift that wants watching, and that wants acting on.
const WATCH: f64 = 0.1;
const ACT: f64 = 0.25;
/// Keys of the gains of [`TOP`].
const GAINS: [&str; 4] = ["gain_10", "gain_20", "gain_30", "gain_50"];

/// Which score it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Subject {
    /// That of the export.
    Exported,
    /// The points of rules.
    Points,
    /// A learned chance, with the drift since it was trained.
    Learned(Figure<f64>),
}

/// The tables and charts that every score has.
#[must_use]
pub fn view(shown: &Shown, audit: &Audit, subject: Subject) -> Parts {
    let block = |id: &str| vec![Block::Table(id.into())];
    let drawn = |id: &str| vec![Block::Chart(id.into()), Block::Table(id.into())];
    let section = |id: &str, title: &str, blocks: Vec<Block>| Section {
        id: id.into(),
        title: title.into(),
        blocks,
    };
    let mut parts = Parts {
        next: Vec::new(),
        sections: vec![
            section("quality", "Is the score worth anything", block("quality")),
            section("bands", "Bands of the score", drawn("bands")),
            section("gain", "What the best share holds", drawn("gain")),
        ],
        tables: vec![quality(audit, subject), bands(audit), gain(audit)],
        charts: vec![charts::bands(shown, audit), charts::gain(audit)],
        summary: Vec::new(),
    };
    if let Some(belief) = &audit.belief {
        let title = "Is the probability to be believed";
        parts
            .sections
            .push(section("calibration", title, drawn("calibration")));
        parts.tables.push(calibration(audit, &belief.bins));
        parts.charts.push(charts::calibration(&belief.bins));
    }
    let mut cuts = Vec::new();
    if let Some(advice) = advice(audit) {
        cuts.push(Block::Table("advice".into()));
        parts.tables.push(advice);
    }
    cuts.push(Block::Table("threshold".into()));
    parts
        .sections
        .push(section("threshold", "Where to cut", cuts));
    parts.tables.push(threshold(audit));
    parts
}

/// How well it ranks, what is suspicious, where to cut.
#[must_use]
pub fn summary(shown: &Shown, audit: &Audit) -> Vec<String> {
    let count = |count: u64| (shown.speak)(&count.into(), Kind::Count);
    let share = |share: f64| (shown.speak)(&Cell::Share(share), Kind::Share);
    let mut sentences = Vec::new();
    let best = audit.gain(0.2).and_then(|gain| gain.gain.ok());
    if let (Ok(auc), Some(gain)) = (audit.auc.value, best) {
        let words = match auc {
            auc if auc < 0.55 => "hardly better than chance",
            auc if auc < 0.7 => "somewhat better than chance",
            auc if auc < 0.8 => "well",
            _ => "very well",
        };
        let within = audit
            .horizon_days
            .map_or_else(String::new, |days| format!(" within {days} days"));
        sentences.push(format!(
            "The score ranks {words}: AUC {} over {} leads, {} of whom reached {}{within}; its best \
             fifth holds {} of them.",
            (shown.speak)(&Cell::from(auc), Kind::Ratio),
            count(audit.n),
            count(audit.k),
            audit.target,
            share(gain)
        ));
    }
    if audit.too_good() {
        sentences.push(format!(
            "An AUC above {TOO_GOOD} is too good: the score probably changes after the lead has \
             converted, so it cannot be used to foretell."
        ));
    }
    let inverted = audit.bands.iter().filter(|band| band.inverted).count() as u64;
    if inverted > 0 {
        let convert = if inverted == 1 {
            "band converts"
        } else {
            "bands convert"
        };
        sentences.push(format!(
            "{} {convert} worse than a lower one, by more than chance.",
            count(inverted)
        ));
    }
    sentences.extend(cut_sentences(shown, audit));
    sentences
}

fn cut_sentences(shown: &Shown, audit: &Audit) -> Vec<String> {
    let share = |figure: Figure<f64>| {
        figure.map_or("an unknown share".into(), |share| {
            (shown.speak)(&Cell::Share(share), Kind::Share)
        })
    };
    let mut sentences = Vec::new();
    for cut in &audit.threshold.cuts {
        let why = match (cut.by_capacity, cut.by_value) {
            (true, true) => "Capacity and value both say",
            (true, false) => "The capacity says",
            (false, true) => "The value says",
            (false, false) => continue,
        };
        sentences.push(format!(
            "{why}: work from a score of {} on; {} of these convert, and they are {} of all who do.",
            (shown.speak)(&cut.score.into(), kind_of(audit)),
            share(cut.precision),
            share(cut.recall)
        ));
    }
    if audit.threshold.by_value.is_some_and(|value| value.is_err()) {
        let nothing = "No score is high enough for working a lead to pay.";
        sentences.push(nothing.into());
    }
    sentences
}

/// How a score is printed: a probability as a share.
pub fn kind_of(audit: &Audit) -> Kind {
    match audit.belief {
        Some(_) => Kind::Share,
        None => Kind::Ratio,
    }
}

fn share(figure: Figure<f64>) -> Cell {
    figure.map_or_else(Cell::Undefined, Cell::Share)
}

struct Quality(Vec<Vec<Cell>>);

impl Quality {
    fn add(&mut self, key: &str, value: impl Into<Cell>, says: &str) {
        let row = vec![
            key.into(),
            value.into(),
            Cell::Blank,
            Cell::Blank,
            says.into(),
        ];
        self.0.push(row);
    }

    fn measured(&mut self, key: &str, measured: Measured, says: &str) {
        self.add(key, measured.value, says);
        if let (Some((low, high)), Some(row)) = (measured.interval, self.0.last_mut()) {
            (row[2], row[3]) = (low.into(), high.into());
        }
    }
}

fn quality(audit: &Audit, subject: Subject) -> Table {
    let mut rows = Quality(Vec::new());
    rows.add("leads", audit.n, "old enough, with a score");
    rows.add("converted", audit.k, "of them");
    rows.add("without_score", audit.unscored, "left out");
    rows.add(
        "too_young",
        audit.young,
        "not observed for the horizon, left out",
    );
    if audit.over > 0 {
        rows.add(
            "before_scoring",
            audit.over,
            "converted or gone before they are scored",
        );
    }
    rows.measured("auc", audit.auc, "0.5 is chance, 1 is perfect");
    rows.measured("ks", audit.ks, "largest gap between converted and others");
    for (key, top) in GAINS.iter().zip(TOP) {
        if let Some(gain) = audit.gain(top) {
            let says = "share of the converted in the best share of all";
            rows.add(key, share(gain.gain), says);
        }
    }
    if let Some(belief) = &audit.belief {
        rows.measured(
            "brier",
            belief.brier,
            "mean squared error of the probability",
        );
        rows.measured(
            "brier_skill",
            belief.brier_skill,
            "below 0: worse than the base rate",
        );
        rows.measured("log_loss", belief.log_loss, "0 is perfect");
        rows.measured(
            "ece",
            belief.calibration_error,
            "how far the probability is from what came, 10 bins of equal count",
        );
        rows.measured(
            "calibration_in_the_large",
            belief.in_the_large,
            "share that converted less mean probability",
        );
    }
    let drift = match subject {
        Subject::Learned(drift) => drift,
        _ => audit.drift,
    };
    rows.add("psi", drift, drift_words(subject, drift));
    let mut table = table(
        "quality",
        "Quality of the score",
        columns(&[
            ("key", "Figure", Kind::Text, Weight::Key),
            ("value", "Value", Kind::Ratio, Weight::Key),
            ("low", "95 % from", Kind::Ratio, Weight::Normal),
            ("high", "to", Kind::Ratio, Weight::Normal),
            ("says", "What it says", Kind::Text, Weight::Normal),
        ]),
        rows.0,
    );
    if subject == Subject::Exported {
        table.remarks = vec![
            "The score is that of the export, not that of the day the lead came: where the \
             system keeps changing it, it may know what it foretells."
                .into(),
        ];
    }
    table
}

fn drift_words(subject: Subject, drift: Figure<f64>) -> &'static str {
    let learned = matches!(subject, Subject::Learned(_));
    match drift {
        Ok(psi) if psi > ACT && learned => "today's leads have other scores than the past: act",
        Ok(psi) if psi > WATCH && learned => "today's leads have other scores than the past: watch",
        Ok(_) if learned => "today's leads have the scores of the past",
        Ok(psi) if psi > ACT => "the newer half has other scores than the older: act",
        Ok(psi) if psi > WATCH => "the newer half has other scores than the older: watch",
        Ok(_) => "the newer half has the scores of the older",
        Err(_) if learned => "too few leads to compare",
        Err(_) => "too few dated leads",
    }
}

/// A rate of leads that were judged.
pub fn rate(audit: &Audit, k: u64, n: u64, interval: Option<(f64, f64)>) -> Rate {
    Rate {
        k,
        n,
        interval,
        view: View::Cohort,
        policy: Policy::Implied,
        horizon_days: audit.horizon_days,
        in_progress: None,
    }
}

fn bands(audit: &Audit) -> Table {
    let row = |band: &Band| {
        vec![
            band.from.into(),
            band.bin.mean.into(),
            rate(audit, band.bin.k, band.bin.n, band.bin.interval).into(),
            band.lift.into(),
            band.inverted.into(),
        ]
    };
    let rows = audit.bands.iter().map(row).collect();
    let kind = kind_of(audit);
    table(
        "bands",
        "Bands of about equal count, best first",
        columns(&[
            ("score_from", "Score from", kind, Weight::Key),
            ("mean_score", "Mean", kind, Weight::Normal),
            ("rate", "Converted", Kind::Rate, Weight::Key),
            ("lift", "Lift", Kind::Ratio, Weight::Normal),
            (
                "inversion",
                "Worse than a lower one",
                Kind::Flag,
                Weight::Normal,
            ),
        ]),
        rows,
    )
}

fn gain(audit: &Audit) -> Table {
    let rows = audit.gains.iter();
    let rows = rows.map(|gain| vec![Cell::Share(gain.top), share(gain.gain), gain.lift.into()]);
    table(
        "gain",
        "What the best share of all leads holds",
        columns(&[
            ("top", "Best share", Kind::Share, Weight::Key),
            ("gain", "Of the converting", Kind::Share, Weight::Key),
            ("lift", "Lift", Kind::Ratio, Weight::Normal),
        ]),
        rows.collect(),
    )
}

fn calibration(audit: &Audit, bins: &[Bin]) -> Table {
    let rows = bins.iter().map(|bin| {
        vec![
            Cell::Share(bin.mean),
            rate(audit, bin.k, bin.n, bin.interval).into(),
        ]
    });
    table(
        "calibration",
        "What was foretold and what came, bins of about equal count",
        columns(&[
            ("foretold", "Foretold", Kind::Share, Weight::Key),
            ("rate", "Converted", Kind::Rate, Weight::Key),
        ]),
        rows.collect(),
    )
}

/// What capacity and value say, where they are given.
fn advice(audit: &Audit) -> Option<Table> {
    let found = &audit.threshold;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let is_chance = kind_of(audit) == Kind::Share;
    let score = |figure: Figure<f64>| match is_chance {
        true => share(figure),
        false => figure.into(),
    };
    if let Some(by_capacity) = found.by_capacity {
        rows.push(vec![
            "capacity".into(),
            score(by_capacity),
            "least score with no more leads a week above it than can be worked".into(),
        ]);
    }
    if let Some((p_star, by_value)) = found.p_star.zip(found.by_value) {
        rows.push(vec![
            "p_star".into(),
            share(p_star),
            "cost of working a lead / margin of a conversion".into(),
        ]);
        let says = match is_chance {
            true => "least probability that is at least p_star",
            false => "lowest band, from the best on, of which at least p_star convert",
        };
        rows.push(vec!["value".into(), score(by_value), says.into()]);
    }
    let columns = columns(&[
        ("key", "Figure", Kind::Text, Weight::Key),
        ("value", "Value", Kind::Ratio, Weight::Key),
        ("says", "What it says", Kind::Text, Weight::Normal),
    ]);
    (!rows.is_empty()).then(|| table("advice", "What is advised", columns, rows))
}

fn threshold(audit: &Audit) -> Table {
    let money = |figure: Figure<f64>| Cell::from(figure.map(Money::from_units));
    let has_value = audit.threshold.cuts.iter().any(|cut| cut.net_value.is_ok());
    let has_weeks = audit.threshold.cuts.iter().any(|cut| cut.per_week.is_ok());
    let row = |cut: &Cut| {
        let advice = match (cut.by_capacity, cut.by_value) {
            (true, true) => "capacity, value".into(),
            (true, false) => "capacity".into(),
            (false, true) => "value".into(),
            (false, false) => Cell::Blank,
        };
        let mut cells = vec![
            cut.score.into(),
            advice,
            cut.per_week.into(),
            share(cut.precision),
            share(cut.recall),
        ];
        if has_value {
            cells.extend([money(cut.net_value), money(cut.net_per_week)]);
        }
        cells
    };
    let rows = audit.threshold.cuts.iter().map(row).collect();
    let mut list = vec![
        ("score", "Work from", kind_of(audit), Weight::Key),
        ("advice", "Advised by", Kind::Text, Weight::Normal),
        ("leads_per_week", "Leads a week", Kind::Number, Weight::Key),
        ("precision", "Of these convert", Kind::Share, Weight::Key),
        ("recall", "Of the converting", Kind::Share, Weight::Normal),
    ];
    if has_value {
        let (in_all, a_week) = match has_weeks {
            true => (Weight::Detail, Weight::Normal),
            false => (Weight::Normal, Weight::Detail),
        };
        list.push(("net_value", "Net value", Kind::Money, in_all));
        list.push(("net_value_per_week", "Net a week", Kind::Money, a_week));
    }
    let mut table = table("threshold", "What lies above a cut", columns(&list), rows);
    table.remarks = match has_value {
        true => vec![
            "Net value: margin of those above the cut that converted less the cost of working all \
             of them, had they been worked as they were."
                .into(),
        ],
        false => vec![
            "By capacity: --capacity, the leads that the team can work in a week. By value: --cost \
             of working a lead and --margin of a conversion."
                .into(),
        ],
    };
    table
}
