//! Why the figures of a period differ from those of the one before.

use super::monthly::plural;
use super::words::Speak;
use super::{Parts, columns, dimension_columns, section, table, title_of};
use crate::domain::figure::{Figure, Undefined};
use crate::domain::ladder::Ladder;
use crate::metrics::shift::{FEW_MEMBERS, Part, Product, Shift, Shifts, Split};
use crate::report::document::{Block, Cell, Chart, Kind, Plot, Segments, Table, Tone, Weight};

/// What the section is made of.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// The moves, taken apart.
    pub shifts: &'a Shifts,
    /// The dimensions of the groups.
    pub dimensions: &'a [String],
    /// The path stages.
    pub ladder: &'a Ladder,
    /// Formats numbers in sentences.
    pub speak: Speak<'a>,
}

/// Section `why` with the tables `shifts`, `mix_rate` and `change_factors`.
#[must_use]
pub fn view(answer: &Answer) -> Parts {
    let shifts = answer.shifts;
    let mut tables = Vec::new();
    let mut charts = Vec::new();
    let mut blocks = Vec::new();
    if !shifts.conversions.is_empty() {
        tables.push(moves(answer));
    }
    let groups = by_group(answer);
    if !groups.rows.is_empty() {
        tables.push(groups);
    }
    if let Some(product) = &shifts.product {
        charts.push(waterfall(product, answer));
        blocks.push(Block::Chart("change-factors".into()));
        tables.push(factors(product, answer));
    }
    if tables.is_empty() {
        return Parts::default();
    }
    let of_tables = tables.iter().map(|table| Block::Table(table.id.clone()));
    // The chart stands above its own table, which is the last.
    let mut all: Vec<Block> = of_tables.collect();
    let last = all.len() - 1;
    all.splice(last..last, blocks);
    let title = format!("Why it moved since {}", shifts.other.label);
    let mut parts = section("why", &title, all, tables);
    parts.charts = charts;
    parts.summary = sentences(answer);
    parts
}

/// One sentence for each conversion that moved by more than chance and can be taken apart.
fn sentences(answer: &Answer) -> Vec<String> {
    let moved = answer.shifts.conversions.iter();
    moved
        .filter(|shift| shift.is_beyond_noise())
        .filter_map(|shift| Some(sentence(shift, shift.split.as_ref()?, answer)))
        .collect()
}

fn sentence(shift: &Shift, split: &Split, answer: &Answer) -> String {
    let points = |share: f64| {
        let size = (answer.speak)(&Cell::Number((share * 100.0).abs()), Kind::Number);
        format!("{}{size}", if share < 0.0 { "-" } else { "+" })
    };
    let groups = answer.dimensions.join(" and ");
    let name = title_of(&shift.key);
    let (rate, mix) = (points(split.rate), points(split.mix));
    let total = points(shift.difference());
    if split.reversal {
        return format!(
            "{name} moved by {total} points, but within each {groups} it went the other way on \
             the whole ({rate}): the total follows the mix ({mix})."
        );
    }
    let most = shift.largest().map_or_else(String::new, |part| {
        format!(
            "; most by {} ({})",
            part.group.join(" / "),
            points(part.effect())
        )
    });
    format!(
        "{name} moved by {total} points: {rate} by the rates within each {groups}, {mix} by their \
         mix{most}."
    )
}

fn moves(answer: &Answer) -> Table {
    let columns = columns(&[
        ("step", "Step", Kind::Text, Weight::Key),
        ("previous", "Before", Kind::Rate, Weight::Normal),
        ("rate", "Now", Kind::Rate, Weight::Key),
        ("difference", "Difference", Kind::Share, Weight::Key),
        ("difference_low", "Low", Kind::Share, Weight::DataOnly),
        ("difference_high", "High", Kind::Share, Weight::DataOnly),
        (
            "beyond_noise",
            "More than chance",
            Kind::Flag,
            Weight::Normal,
        ),
        ("rate_effect", "By rates", Kind::Share, Weight::Key),
        ("mix_effect", "By mix", Kind::Share, Weight::Key),
        ("reversal", "Reversal", Kind::Flag, Weight::Detail),
    ]);
    let cells = |shift: &Shift| {
        let split = shift.split.as_ref();
        let effect =
            |part: fn(&Split) -> f64| -> Figure<f64> { split.map(part).ok_or(Undefined::NoData) };
        vec![
            shift.key.as_str().into(),
            shift.before.clone().into(),
            shift.after.clone().into(),
            shift.difference().into(),
            shift.interval.0.into(),
            shift.interval.1.into(),
            Cell::Flag(shift.is_beyond_noise()),
            effect(|split| split.rate).into(),
            effect(|split| split.mix).into(),
            split.map_or(Cell::Blank, |split| Cell::Flag(split.reversal)),
        ]
    };
    let rows = answer.shifts.conversions.iter().map(cells).collect();
    let title = format!(
        "Conversions against {} at equal age",
        answer.shifts.other.label
    );
    let mut moves = table("shifts", &title, columns, rows);
    moves.remarks = vec![format!(
        "By rates: what the rates within each {} changed; by mix: what their shares of the records \
         changed; both add up to the difference. Reversal: the total went one way and the rates \
         within the groups the other. Without two groups of {FEW_MEMBERS} records there is nothing to \
         take apart.",
        answer.dimensions.join(" and ")
    )];
    moves
}

/// The groups of the conversions that moved by more than chance; the others have nothing
/// to be explained.
fn by_group(answer: &Answer) -> Table {
    let mut list = columns(&[("step", "Step", Kind::Text, Weight::Key)]);
    list.extend(dimension_columns(answer.dimensions));
    list.extend(columns(&[
        ("previous", "Before", Kind::Rate, Weight::Normal),
        ("rate", "Now", Kind::Rate, Weight::Key),
        (
            "previous_share",
            "Share before",
            Kind::Share,
            Weight::Detail,
        ),
        ("share", "Share now", Kind::Share, Weight::Detail),
        ("rate_effect", "By rate", Kind::Share, Weight::Key),
        ("mix_effect", "By mix", Kind::Share, Weight::Key),
        ("effect", "Together", Kind::Share, Weight::Detail),
    ]));
    let moved = answer
        .shifts
        .conversions
        .iter()
        .filter(|shift| shift.is_beyond_noise());
    let rows = moved.flat_map(|shift| shift.parts().map(|part| cells_of(shift, &part)));
    let mut groups = table("mix_rate", "Rate and mix by group", list, rows.collect());
    groups.remarks = vec![format!(
        "Groups with fewer than {FEW_MEMBERS} records in either period stand together; one that \
         came or went counts as mix. Only conversions that moved by more than chance are listed."
    )];
    groups
}

fn cells_of(shift: &Shift, part: &Part) -> Vec<Cell> {
    let mut cells = vec![shift.key.as_str().into()];
    cells.extend(part.group.iter().map(|value| value.as_str().into()));
    cells.extend([
        part.before.clone().into(),
        part.after.clone().into(),
        part.effects.weight_before.into(),
        part.effects.weight_after.into(),
        part.effects.rate.into(),
        part.effects.mix.into(),
        part.effect().into(),
    ]);
    cells
}

fn factors(product: &Product, answer: &Answer) -> Table {
    let other = &answer.shifts.other.label;
    let columns = columns(&[
        ("factor", "Factor", Kind::Text, Weight::Key),
        ("previous", "Before", Kind::Number, Weight::Normal),
        ("value", "Now", Kind::Number, Weight::Normal),
        ("contribution", "Contributes", Kind::Number, Weight::Key),
    ]);
    let rows = product.factors.iter().enumerate().map(|(index, factor)| {
        let value = |value: Figure<f64>| match value {
            Ok(share) if index > 0 => Cell::Share(share),
            other => other.into(),
        };
        vec![
            factor.key.as_str().into(),
            value(factor.before),
            value(factor.after),
            factor.contribution.into(),
        ]
    });
    let outcome = plural(&product.outcome, answer.ladder);
    let title = format!(
        "What moved the number of {outcome} from {} in {other} to {}",
        product.before, product.after
    );
    let mut factors = table("change_factors", &title, columns, rows.collect());
    factors.remarks = vec![format!(
        "Entries into {outcome} are the product of the rows: a count, then what each stage of the \
         period is of the one before it. Contributions are logarithmic means (LMDI) and add up to \
         the difference."
    )];
    factors
}

fn waterfall(product: &Product, answer: &Answer) -> Chart {
    let other = &answer.shifts.other.label;
    let outcome = plural(&product.outcome, answer.ladder);
    let total =
        |label: &str, count: u64| (label.to_owned(), count as f64, Tone::Total, String::new());
    let contributions = product.factors.iter().filter_map(|factor| {
        let value = factor.contribution.ok()?;
        let tone = if value < 0.0 { Tone::Goes } else { Tone::Comes };
        Some((title_of(&factor.key), value, tone, String::new()))
    });
    let steps = std::iter::once(total(other, product.before))
        .chain(contributions)
        .chain(std::iter::once(total(
            &answer.shifts.period.label,
            product.after,
        )));
    Chart {
        id: "change-factors".into(),
        title: format!("What moved the number of {outcome}"),
        table: "change_factors".into(),
        description: format!(
            "The {outcome} of the period before, what each factor of their number added or took, and \
             those of this period."
        ),
        plot: Plot::Segments(Segments::waterfall(Kind::Number, steps)),
    }
}
