//! The flywheel: its figures, friction, retention, referrals, money.

mod money;
mod referrals;
mod retention;

use super::words::Speak;
use super::{Parts, columns, section, table, title_of};
use crate::domain::figure::Figure;
use crate::metrics::flywheel::Flywheel;
use crate::metrics::flywheel::entries::{Entry, Reading, entries};
use crate::metrics::flywheel::friction::Point;
use crate::metrics::flywheel::ledger::Basis;
use crate::metrics::flywheel::wheel::Wheel;
use crate::report::document::{Block, Cell, Kind, Table, Weight};

/// A flywheel with what is needed to word it.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The flywheel.
    pub flywheel: &'a Flywheel,
    /// The dimensions asked for.
    pub dimensions: &'a [String],
    /// True where a gross margin is configured.
    pub has_margin: bool,
    /// Formats figures in sentences.
    pub speak: Speak<'a>,
}

/// Tables `flywheel`, `friction_points`, `mrr_bridge`, `customers_by_month`, `flywheel_by`, `retention`, `cohorts`,
/// `churn_reasons`, `referrals`, `sourced`, `nps`, `promoter_referrals`, `cac_trend`,
/// `revenue_mix`, `delivery`; those without a row are left out.
#[must_use]
pub fn view(shown: &Shown) -> Parts {
    let mut parts = wheel(shown);
    parts.append(friction(shown));
    parts.append(retention::view(shown));
    parts.append(referrals::view(shown));
    parts.append(money::view(shown));
    parts.summary = summary(shown);
    parts
}

/// What the monthly report keeps: cohorts and single months would be a fifth of its page.
#[must_use]
pub fn brief(shown: &Shown) -> Parts {
    const TABLES: &[&str] = &[
        "flywheel",
        "friction_points",
        "mrr_bridge",
        "retention",
        "churn_reasons",
        "referrals",
        "sourced",
        "nps",
        "cac_trend",
    ];
    const CHARTS: &[&str] = &["mrr-bridge", "retention"];
    let mut parts = view(shown);
    let has_table = |id: &str| TABLES.contains(&id);
    let has_chart = |id: &str| CHARTS.contains(&id);
    parts.tables.retain(|table| has_table(&table.id));
    parts.charts.retain(|chart| has_chart(&chart.id));
    for section in &mut parts.sections {
        section.blocks.retain(|block| match block {
            Block::Table(id) => has_table(id),
            Block::Chart(id) => has_chart(id),
            _ => true,
        });
    }
    parts.sections.retain(|section| !section.blocks.is_empty());
    parts.summary.truncate(2);
    parts
}

fn cell(value: &Figure<Reading>) -> Cell {
    match value {
        Ok(Reading::Count(count)) => (*count).into(),
        Ok(Reading::Money(money)) => (*money).into(),
        Ok(Reading::Rate(rate)) => Cell::Share(rate.value()),
        Ok(Reading::Share(share)) => Cell::Share(*share),
        Ok(Reading::Number(number)) => (*number).into(),
        Err(reason) => Cell::Undefined(*reason),
    }
}

/// The value of the same figure of another wheel.
fn other(list: Option<&Vec<Entry>>, key: &str) -> Cell {
    let found = list.and_then(|list| list.iter().find(|entry| entry.key == key));
    found.map_or(Cell::Blank, |entry| cell(&entry.value))
}

fn wheel(shown: &Shown) -> Parts {
    let flywheel = shown.flywheel;
    let base = flywheel.base.as_ref();
    let of = |wheel: &Option<Wheel>| wheel.as_ref().map(|wheel| entries(wheel, base));
    let (previous, year) = (of(&flywheel.previous), of(&flywheel.year_before));
    let row = |entry: &Entry| {
        let end = |end: Option<f64>| end.map_or(Cell::Blank, Cell::Share);
        let rate = match &entry.value {
            Ok(Reading::Rate(rate)) => rate.clone().into(),
            _ => Cell::Blank,
        };
        vec![
            entry.key.into(),
            cell(&entry.value),
            entry.unit.into(),
            other(previous.as_ref(), entry.key),
            other(year.as_ref(), entry.key),
            rate,
            end(entry.interval.map(|(low, _)| low)),
            end(entry.interval.map(|(_, high)| high)),
        ]
    };
    let columns = columns(&[
        ("key", "Figure", Kind::Text, Weight::Key),
        ("value", "Value", Kind::Number, Weight::Key),
        ("unit", "Unit", Kind::Text, Weight::Normal),
        ("previous", "Period before", Kind::Number, Weight::Normal),
        ("year_before", "Year before", Kind::Number, Weight::Normal),
        ("rate", "Of", Kind::Rate, Weight::Detail),
        ("low", "95 % from", Kind::Share, Weight::Detail),
        ("high", "to", Kind::Share, Weight::Detail),
    ]);
    let now = entries(&flywheel.now, base);
    let title = format!("The wheel in {}", flywheel.now.period);
    let mut main = table("flywheel", &title, columns, now.iter().map(row).collect());
    main.remarks = remarks(shown);
    section(
        "flywheel",
        "Flywheel",
        vec![Block::Table("flywheel".into())],
        vec![main],
    )
}

fn remarks(shown: &Shown) -> Vec<String> {
    let flywheel = shown.flywheel;
    let mut remarks = vec![match flywheel.basis {
        Some(Basis::Billing) => {
            "Customers are those with a recurring amount; start is the month before the period, \
             end its last month."
        }
        Some(Basis::Deals { ends: true }) => {
            "No billing: customers are those of won deals until a renewal is lost. Amounts are \
             unknown."
        }
        Some(Basis::Deals { ends: false }) => {
            "No billing and no renewals: customers are all who ever bought. Who left is unknown, \
             and so are amounts."
        }
        None => "Neither billing nor won deals: who is a customer is unknown.",
    }
    .to_owned()];
    if let Some(base) = &flywheel.base {
        remarks.push(format!(
            "Indices are against {}, which is 100.",
            base.period
        ));
    }
    remarks.push(
        "Days are of leads and customers old enough at the end of the period, of the year before \
         that. yield takes the leads that came a horizon earlier."
            .into(),
    );
    remarks
}

fn friction(shown: &Shown) -> Parts {
    let flywheel = shown.flywheel;
    let columns = columns(&[
        ("kind", "Kind", Kind::Text, Weight::Normal),
        ("point", "Where", Kind::Text, Weight::Key),
        ("rate", "Went on or stayed", Kind::Rate, Weight::Key),
        ("base", "In the base", Kind::Rate, Weight::Normal),
        ("lost", "Lost", Kind::Number, Weight::Key),
        ("unit", "Of", Kind::Text, Weight::Key),
        ("low", "Difference from", Kind::Share, Weight::Detail),
        ("high", "to", Kind::Share, Weight::Detail),
    ]);
    let rows: Vec<Vec<Cell>> = flywheel.friction.iter().map(point_cells).collect();
    let base = flywheel.base.as_ref().map(|base| base.period.as_str());
    let against = base.map_or_else(String::new, |base| format!(", against {base}"));
    let title = format!("Where friction takes people{against}");
    let mut points: Table = table("friction_points", &title, columns, rows);
    points.remarks = vec![
        "Lost: n x (rate of the base - rate). Steps are of those who entered them a horizon \
         earlier. Where the interval of the difference holds 0, it may be chance."
            .into(),
        "Promises are those due in the period and kept. Age and load are of what is open at its \
         end, and not lost yet. A lead may stand in several lines, so they do not add up."
            .into(),
    ];
    let block = match (base, flywheel.friction.is_empty()) {
        (None, _) => Block::Text("Friction is measured against a base; all data has none.".into()),
        (Some(base), true) => Block::Text(format!(
            "Of what can be compared, nothing takes more people than in {base}."
        )),
        (Some(_), false) => Block::Table("friction_points".into()),
    };
    section("friction", "Friction", vec![block], vec![points])
}

fn point_cells(point: &Point) -> Vec<Cell> {
    let interval = point.interval();
    let end = |of: fn((f64, f64)) -> f64| match interval {
        Ok(ends) => Cell::Share(of(ends)),
        Err(reason) => Cell::Undefined(reason),
    };
    vec![
        point.kind.into(),
        point.name.as_str().into(),
        point.rate.clone().into(),
        point.base.clone().into(),
        point.lost().into(),
        point.unit.into(),
        end(|ends| ends.0),
        end(|ends| ends.1),
    ]
}

fn summary(shown: &Shown) -> Vec<String> {
    let now = &shown.flywheel.now;
    let mut sentences = Vec::new();
    sentences.extend(standing(shown, now));
    sentences.extend(kept(shown, now));
    sentences.extend(coasting(shown, now));
    sentences.extend(rubbing(shown));
    sentences
}

fn standing(shown: &Shown, now: &Wheel) -> Option<String> {
    let say = |cell: Cell, kind: Kind| (shown.speak)(&cell, kind);
    let size = now.size.ok()?;
    let customers = if size == 1 { "customer" } else { "customers" };
    let size = say(size.into(), Kind::Count);
    let mut sentence = format!("{size} {customers} at the end of {}", now.period);
    if let Ok(recurring) = now.recurring {
        let recurring = say(recurring.into(), Kind::Money);
        sentence.push_str(&format!(", {recurring} a month"));
    }
    if let (Ok(growth), Ok(churn)) = (now.growth(), &now.churn) {
        let share = |share: f64| say(Cell::Share(share), Kind::Share);
        sentence.push_str(&format!("; growth {}", share(growth)));
        if let (Ok(push), Ok(spin)) = (now.push, now.spin) {
            sentence.push_str(&format!(
                ": {} by effort, {} by referral",
                share(push),
                share(spin)
            ));
        }
        sentence.push_str(&format!(", {} lost", say(churn.clone().into(), Kind::Rate)));
    }
    Some(sentence + ".")
}

fn kept(shown: &Shown, now: &Wheel) -> Option<String> {
    let share = |share: f64| (shown.speak)(&Cell::Share(share), Kind::Share);
    let ((net, interval), (gross, _)) = (now.net_retention.ok()?, now.gross_retention.ok()?);
    let spread = interval.map_or_else(String::new, |(low, high)| {
        format!(" (95 %: {} to {})", share(low), share(high))
    });
    Some(format!(
        "Of what customers paid at the start {}{spread} is left with what they added, {} without.",
        share(net),
        share(gross)
    ))
}

fn coasting(shown: &Shown, now: &Wheel) -> Option<String> {
    let rate = now.coasting().ok()?;
    let share = (shown.speak)(&Cell::Share(rate), Kind::Share);
    if rate == 0.0 {
        return Some("If all effort stopped, there would be as many customers.".to_owned());
    }
    if rate > 0.0 {
        return Some(format!(
            "If all effort stopped, customers would grow by {share} a period: the wheel carries \
             itself."
        ));
    }
    let half = now.half_life().ok()?;
    let half = (shown.speak)(&half.into(), Kind::Number);
    Some(format!(
        "If all effort stopped, customers would change by {share} a period; half would be left \
         after {half} periods."
    ))
}

fn rubbing(shown: &Shown) -> Option<String> {
    let mut points = shown.flywheel.friction.iter();
    let point = points.find(|point| !point.is_open())?;
    let base = shown.flywheel.base.as_ref()?;
    let lost = (shown.speak)(&point.lost().ok()?.into(), Kind::Number);
    let unit = point.unit;
    let (low, high) = point.interval().ok()?;
    let chance = match low <= 0.0 && 0.0 <= high {
        true => ", which may be chance",
        false => "",
    };
    let place = match point.kind {
        "churn" => "as customers who left".to_owned(),
        "churn_reason" => format!("as customers who left for `{}`", point.name),
        "renewal" => "at renewals".to_owned(),
        "sla" => format!("at the promise `{}`", point.name),
        "no_show" => "at meetings not attended".to_owned(),
        _ => format!("at {}", title_of(&point.name)),
    };
    Some(format!(
        "Against {} most are lost {place}: {lost} {unit}{chance}.",
        base.period
    ))
}
