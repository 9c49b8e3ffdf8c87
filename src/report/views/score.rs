//! The audit of a score: does it rank, can it be believed, where to cut.

use super::words::Speak;
use super::{Parts, columns, table};
use crate::domain::figure::{Figure, Policy, Rate, View};
use crate::metrics::score::{Audit, Band, Cut, TOO_GOOD, TOP};
use crate::report::document::{Bar, Bars, Block, Cell, Chart, Kind, Plot, Section, Table, Weight};

/// Drift that wants watching, and that wants acting on.
const WATCH: f64 = 0.1;
const ACT: f64 = 0.25;

/// An audit with what is needed to word it.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The audit.
    pub audit: &'a Audit,
    /// Formats figures in sentences.
    pub speak: Speak<'a>,
}

/// Tables `bands`, `quality` and `threshold`.
#[must_use]
pub fn view(shown: &Shown) -> Parts {
    let audit = shown.audit;
    let tables = vec![quality(audit), bands(audit), threshold(audit)];
    let section = |id: &str, title: &str, blocks: Vec<Block>| Section {
        id: id.into(),
        title: title.into(),
        blocks,
    };
    Parts {
        sections: vec![
            section(
                "quality",
                "Is the score worth anything",
                vec![Block::Table("quality".into())],
            ),
            section(
                "bands",
                "Bands of the score",
                vec![Block::Chart("bands".into()), Block::Table("bands".into())],
            ),
            section(
                "threshold",
                "Where to cut",
                vec![Block::Table("threshold".into())],
            ),
        ],
        tables,
        charts: vec![chart(audit)],
        summary: summary(shown),
    }
}

fn summary(shown: &Shown) -> Vec<String> {
    let audit = shown.audit;
    let count = |count: u64| (shown.speak)(&count.into(), Kind::Count);
    let share = |share: f64| (shown.speak)(&Cell::Share(share), Kind::Share);
    let mut sentences = Vec::new();
    if let (Ok(auc), Some(Ok(gain))) = (audit.auc, audit.gains.get(1)) {
        let words = match auc {
            auc if auc < 0.55 => "hardly better than chance",
            auc if auc < 0.7 => "somewhat better than chance",
            auc if auc < 0.8 => "well",
            _ => "very well",
        };
        sentences.push(format!(
            "The score ranks {words}: AUC {} over {} leads, {} of whom reached {} within {} days; \
             its best fifth holds {} of them.",
            (shown.speak)(&Cell::from(auc), Kind::Ratio),
            count(audit.n),
            count(audit.k),
            audit.target,
            audit.horizon_days,
            share(*gain)
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
        sentences.push(format!(
            "{} bands convert worse than the next lower one, by more than chance.",
            count(inverted)
        ));
    }
    sentences
}

fn quality(audit: &Audit) -> Table {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut add = |key: String, value: Cell, says: &str| {
        rows.push(vec![key.into(), value, says.into()]);
    };
    let share = |figure: Figure<f64>| figure.map_or_else(Cell::Undefined, Cell::Share);
    add("leads".into(), audit.n.into(), "old enough, with a score");
    add("converted".into(), audit.k.into(), "of them");
    add("without_score".into(), audit.unscored.into(), "left out");
    add(
        "too_young".into(),
        audit.young.into(),
        "not observed for the horizon, left out",
    );
    add(
        "auc".into(),
        audit.auc.into(),
        "0.5 is chance, 1 is perfect",
    );
    add(
        "ks".into(),
        audit.ks.into(),
        "largest gap between converted and others",
    );
    for (top, gain) in TOP.iter().zip(&audit.gains) {
        let key = format!("gain_{:.0}", top * 100.0);
        add(
            key,
            share(*gain),
            "share of the converted in the best share of all",
        );
    }
    if let Some((brier, skill, error)) = audit.belief {
        add(
            "brier".into(),
            brier.into(),
            "mean squared error of the probability",
        );
        add(
            "brier_skill".into(),
            skill.into(),
            "below 0: worse than the base rate",
        );
        add(
            "ece".into(),
            error.into(),
            "how far the probability is from what came, 10 bins of equal count",
        );
    }
    let drift = match audit.drift {
        Ok(psi) if psi > ACT => "the newer half has other scores than the older: act",
        Ok(psi) if psi > WATCH => "the newer half has other scores than the older: watch",
        Ok(_) => "the newer half has the scores of the older",
        Err(_) => "too few dated leads",
    };
    add("psi".into(), audit.drift.into(), drift);
    let mut table = table(
        "quality",
        "Quality of the score",
        columns(&[
            ("key", "", Kind::Text, Weight::Key),
            ("value", "Value", Kind::Ratio, Weight::Key),
            ("says", "What it says", Kind::Text, Weight::Normal),
        ]),
        rows,
    );
    table.remarks = vec![
        "The score is that of the export, not that of the day the lead came: where the system \
         keeps changing it, it may know what it foretells."
            .into(),
    ];
    table
}

fn bands(audit: &Audit) -> Table {
    let row = |band: &Band| {
        vec![
            band.from.into(),
            band.bin.mean.into(),
            Rate {
                k: band.bin.k,
                n: band.bin.n,
                interval: band.bin.interval,
                view: View::Cohort,
                policy: Policy::Implied,
                horizon_days: Some(audit.horizon_days),
                in_progress: None,
            }
            .into(),
            band.lift.into(),
            band.inverted.into(),
        ]
    };
    let rows = audit.bands.iter().map(row).collect();
    table(
        "bands",
        "Bands of about equal count, best first",
        columns(&[
            ("score_from", "Score from", Kind::Ratio, Weight::Key),
            ("mean_score", "Mean", Kind::Ratio, Weight::Normal),
            ("rate", "Converted", Kind::Rate, Weight::Key),
            ("lift", "Lift", Kind::Ratio, Weight::Normal),
            (
                "inversion",
                "Worse than the next",
                Kind::Flag,
                Weight::Normal,
            ),
        ]),
        rows,
    )
}

fn threshold(audit: &Audit) -> Table {
    let share = |figure: Figure<f64>| figure.map_or_else(Cell::Undefined, Cell::Share);
    let row = |cut: &Cut| {
        vec![
            cut.score.into(),
            cut.per_week.into(),
            share(cut.precision),
            share(cut.recall),
        ]
    };
    let rows = audit.cuts.iter().map(row).collect();
    let mut table = table(
        "threshold",
        "What lies above a cut",
        columns(&[
            ("score", "Work from", Kind::Ratio, Weight::Key),
            ("leads_per_week", "Leads a week", Kind::Number, Weight::Key),
            ("precision", "Of these convert", Kind::Share, Weight::Key),
            ("recall", "Of the converting", Kind::Share, Weight::Normal),
        ]),
        rows,
    );
    table.remarks = vec![
        "By capacity: the row whose leads a week the team can work. By value: the row whose share \
         that converts is above cost of working a lead / margin of a conversion."
            .into(),
    ];
    table
}

fn chart(audit: &Audit) -> Chart {
    let bars = audit.bands.iter().map(|band| Bar {
        label: format!("from {}", band.from),
        value: Ok(band.bin.k as f64 / band.bin.n as f64),
        interval: band.bin.interval,
        remark: Some(format!("{} of {}", band.bin.k, band.bin.n)),
    });
    Chart {
        id: "bands".into(),
        title: format!("Share that reached {} by band of the score", audit.target),
        description: "Conversion of bands of about equal count, best first, with 95 % intervals."
            .into(),
        table: "bands".into(),
        plot: Plot::Histogram(Bars {
            kind: Kind::Share,
            bars: bars.collect(),
        }),
    }
}
