//! Who brings whom: referrals, sources, promoters.

use super::Shown;
use crate::metrics::flywheel::Referred;
use crate::metrics::flywheel::feedback::{Brought, Promoters, Voice};
use crate::metrics::flywheel::sourced::Sourced;
use crate::report::document::{Block, Cell, Kind, Weight};
use crate::report::views::{Parts, columns, section, table};

/// Tables `referrals`, `sourced`, `nps`, `promoter_referrals`.
pub fn view(shown: &Shown) -> Parts {
    let mut parts = referrals(&shown.flywheel.referred);
    if let Ok(rows) = &shown.flywheel.sourced {
        parts.append(sourced(rows));
    }
    if let Some(promoters) = &shown.flywheel.promoters {
        parts.append(answers(promoters));
    }
    parts.append(brought(&shown.flywheel.brought));
    parts
}

fn referrals(rows: &[Referred]) -> Parts {
    if rows.is_empty() {
        return Parts::default();
    }
    let columns = columns(&[
        ("referrer", "Referred by", Kind::Text, Weight::Key),
        ("referrals", "Referrals", Kind::Count, Weight::Key),
        ("referrers", "Referrers", Kind::Count, Weight::Normal),
        (
            "became_customer",
            "Became customers",
            Kind::Rate,
            Weight::Key,
        ),
        ("value", "Won amount", Kind::Money, Weight::Normal),
    ]);
    let row = |row: &Referred| {
        vec![
            row.kind.as_str().into(),
            row.referrals.into(),
            row.referrers.into(),
            row.became.clone().into(),
            row.value.into(),
        ]
    };
    let mut list = table(
        "referrals",
        "Referrals that came in the period",
        columns,
        rows.iter().map(row).collect(),
    );
    list.remarks = vec![
        "What became of them so far; a young referral has had less time. (unknown): the referrer \
         is no customer and no lead of these inputs."
            .into(),
    ];
    section(
        "referrals",
        "Referrals",
        vec![Block::Table("referrals".into())],
        vec![list],
    )
}

fn sourced(rows: &[Sourced]) -> Parts {
    let columns = columns(&[
        ("sourced_by", "Brought about by", Kind::Text, Weight::Key),
        ("leads", "Leads", Kind::Count, Weight::Key),
        (
            "pipeline_created",
            "Pipeline made",
            Kind::Money,
            Weight::Normal,
        ),
        ("revenue", "Won amount", Kind::Money, Weight::Key),
        ("win_rate_closed", "Won of ended", Kind::Rate, Weight::Key),
        (
            "missing_amounts",
            "Without amount",
            Kind::Count,
            Weight::DataOnly,
        ),
    ]);
    let row = |row: &Sourced| {
        vec![
            row.by.as_str().into(),
            row.leads.into(),
            row.amounts().map(|(made, _)| made).into(),
            row.amounts().map(|(_, won)| won).into(),
            row.close_rate().into(),
            row.missing_amounts.into(),
        ]
    };
    let mut list = table(
        "sourced",
        "Leads, pipeline and revenue by who brought them about",
        columns,
        rows.iter().map(row).collect(),
    );
    list.remarks = vec![
        "A referral record counts first, then [[channel]] sourced_by; (none): neither says.".into(),
    ];
    section(
        "sourced",
        "Who brings business about",
        vec![Block::Table("sourced".into())],
        vec![list],
    )
}

fn answers(found: &Promoters) -> Parts {
    let columns = columns(&[
        ("answers", "Answers", Kind::Count, Weight::Key),
        ("promoters", "Promoters (9, 10)", Kind::Rate, Weight::Normal),
        ("passives", "Passives (7, 8)", Kind::Rate, Weight::Detail),
        (
            "detractors",
            "Detractors (0 to 6)",
            Kind::Rate,
            Weight::Normal,
        ),
        ("nps", "NPS", Kind::Number, Weight::Key),
        ("nps_low", "95 % from", Kind::Number, Weight::Normal),
        ("nps_high", "to", Kind::Number, Weight::Normal),
        ("repeated", "Earlier answers", Kind::Count, Weight::DataOnly),
    ]);
    let end = |end: Option<f64>| end.map_or(Cell::Blank, Cell::from);
    let share = |voice: Voice| Cell::from(found.share(voice));
    let row = vec![
        found.n.into(),
        share(Voice::Promoter),
        share(Voice::Passive),
        share(Voice::Detractor),
        found.score.into(),
        end(found.interval.map(|(low, _)| low)),
        end(found.interval.map(|(_, high)| high)),
        found.repeated.into(),
    ];
    let mut scores = table("nps", "Would they recommend", columns, vec![row]);
    scores.remarks = vec![
        "NPS: promoters less detractors, of 100; of several answers of a customer the last one \
         counts. Interval: 2,000 draws from the answers; those who did not answer may think \
         otherwise."
            .into(),
    ];
    section(
        "nps",
        "Promoters",
        vec![Block::Table("nps".into())],
        vec![scores],
    )
}

fn brought(rows: &[Brought]) -> Parts {
    if rows.is_empty() {
        return Parts::default();
    }
    let columns = columns(&[
        ("voice", "Answered as", Kind::Text, Weight::Key),
        ("customers", "Answered", Kind::Count, Weight::Normal),
        ("referring", "Brought somebody", Kind::Rate, Weight::Key),
        ("referrals", "Referrals", Kind::Count, Weight::Key),
        (
            "became_customer",
            "Became customers",
            Kind::Rate,
            Weight::Normal,
        ),
        ("value", "Won amount", Kind::Money, Weight::Normal),
    ]);
    let row = |row: &Brought| {
        vec![
            row.voice.word().into(),
            row.customers.into(),
            row.referring.clone().into(),
            row.referrals.into(),
            row.became.clone().into(),
            row.value.into(),
        ]
    };
    let mut list = table(
        "promoter_referrals",
        "What those who answered brought since",
        columns,
        rows.iter().map(row).collect(),
    );
    list.remarks = vec!["Referrals at or after the answer. Association, not cause.".into()];
    let blocks = vec![Block::Table("promoter_referrals".into())];
    section(
        "promoter-referrals",
        "What promoters bring",
        blocks,
        vec![list],
    )
}
