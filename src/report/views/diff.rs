//! What changed between two reports, as a document.

use super::{Parts, section, table};
use crate::compare::{Comparison, Figure, Side};
use crate::domain::money::Money;
use crate::report::document::{Block, Cell, Column, Kind, Table, Weight};

/// Which tables of the two reports are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those without dimensions.
    Totals,
    /// All.
    All,
}

impl Scope {
    fn has(self, table: &str) -> bool {
        self == Self::All || !table.ends_with("_by")
    }
}

/// Tables `figures`, `words`, `rows`, `settings` and `inputs`, those that are not empty.
#[must_use]
pub fn view(found: &Comparison, scope: Scope) -> Parts {
    let mut parts = Parts {
        summary: summary(found, scope),
        ..Parts::default()
    };
    let tables = [
        ("Figures that read differently", figures(found, scope)),
        ("Words that read differently", words(found, scope)),
        ("Rows that came and went", rows(found, scope)),
        ("Settings", settings(found)),
        ("Inputs", inputs(found)),
    ];
    for (title, table) in tables {
        // One table at least, so that a format that holds tables alone can say: nothing.
        if !table.rows.is_empty() || table.id == "figures" {
            let blocks = vec![Block::Table(table.id.clone())];
            let id = table.id.clone();
            parts.append(section(&id, title, blocks, vec![table]));
        }
    }
    parts
}

fn summary(found: &Comparison, scope: Scope) -> Vec<String> {
    if found.is_empty() {
        let text = format!("No change: all {} figures are the same.", found.compared);
        return vec![text];
    }
    let told = || found.figures.iter().filter(|figure| figure.kind != "text");
    let clear = told().filter(|figure| figure.beyond_chance == Some(true));
    let (differ, clear) = (told().count(), clear.count());
    let how_many = format!("{differ} of {} figures read differently", found.compared);
    let mut sentences = vec![match (found.same_period, found.ages) {
        (true, _) => {
            format!("{how_many}; both reports are of one period, so these were restated.")
        }
        (false, Some((old, new))) => format!(
            "{how_many}. The old report was made {old} days after the end of its period, the new one {new}: what has had longer to convert has converted more, so nothing is judged. The key figures of a report stand beside the period before at equal age."
        ),
        (false, None) => format!("{how_many}, {clear} of them by more than chance."),
    }];
    let hidden = told().filter(|figure| !scope.has(&figure.table)).count();
    if hidden > 0 {
        sentences.push(format!(
            "{hidden} of them stand in tables by dimensions: --all shows these too."
        ));
    }
    let came = found.rows.iter().filter(|row| row.is_new).count();
    if !found.rows.is_empty() {
        let went = found.rows.len() - came;
        sentences.push(format!("Rows: {came} new, {went} gone."));
    }
    if !found.inputs.is_empty() {
        let new = found.inputs.iter().filter(|input| input.old.is_none());
        let gone = found.inputs.iter().filter(|input| input.new.is_none());
        let (new, gone) = (new.count(), gone.count());
        let changed = found.inputs.len() - new - gone;
        sentences.push(format!(
            "Inputs: {changed} changed, {new} new, {gone} gone."
        ));
    }
    sentences
}

fn column(id: &str, title: &str, kind: Kind, weight: Weight) -> Column {
    Column::new(id, title, kind).weight(weight).plain()
}

fn place() -> Vec<Column> {
    vec![
        column("table", "Table", Kind::Text, Weight::Key),
        column("row", "Row", Kind::Text, Weight::Key),
        column("figure", "Figure", Kind::Text, Weight::Key),
    ]
}

fn figures(found: &Comparison, scope: Scope) -> Table {
    let mut columns = place();
    columns.extend([
        column("old", "Old", Kind::Number, Weight::Key),
        column("new", "New", Kind::Number, Weight::Key),
        column("change", "Change", Kind::Share, Weight::Normal),
        column("difference", "Difference", Kind::Number, Weight::Normal),
        column(
            "beyond_chance",
            "More than chance",
            Kind::Flag,
            Weight::Normal,
        ),
        column("old_of", "Old, of", Kind::Text, Weight::Detail),
        column("new_of", "New, of", Kind::Text, Weight::Detail),
        column("missing", "Why there is none", Kind::Text, Weight::Detail),
    ]);
    let kinds = |figure: &&Figure| !is_words(figure) && scope.has(&figure.table);
    let cells = |figure: &Figure| {
        let mut cells = names(figure);
        cells.extend([
            number(&figure.old, &figure.kind),
            number(&figure.new, &figure.kind),
            figure.change.map_or(Cell::Blank, Cell::Share),
            figure
                .difference
                .map_or(Cell::Blank, |value| of_kind(value, &figure.kind)),
            figure.beyond_chance.map_or(Cell::Blank, Cell::Flag),
            evidence(&figure.old),
            evidence(&figure.new),
            missing(figure),
        ]);
        cells
    };
    let rows = found.figures.iter().filter(kinds).map(cells);
    let mut table = table("figures", "Figures", columns, rows.collect());
    table.remarks.push(
        "Change: new over old, less one; of shares and rates the difference alone. Those beyond chance come first."
            .into(),
    );
    table
}

fn words(found: &Comparison, scope: Scope) -> Table {
    let mut columns = place();
    columns.extend([
        column("old", "Old", Kind::Text, Weight::Key),
        column("new", "New", Kind::Text, Weight::Key),
    ]);
    let kinds = |figure: &&Figure| is_words(figure) && scope.has(&figure.table);
    let cells = |figure: &Figure| {
        let mut cells = names(figure);
        cells.extend([spoken(&figure.old), spoken(&figure.new)]);
        cells
    };
    let rows = found.figures.iter().filter(kinds).map(cells);
    table("words", "Words", columns, rows.collect())
}

fn rows(found: &Comparison, scope: Scope) -> Table {
    let columns = vec![
        column("table", "Table", Kind::Text, Weight::Key),
        column("row", "Row", Kind::Text, Weight::Key),
        column("what", "What", Kind::Text, Weight::Key),
    ];
    let rows = found.rows.iter().filter(|row| scope.has(&row.table));
    let rows = rows.map(|row| {
        let what = if row.is_new { "new" } else { "gone" };
        vec![
            row.table.as_str().into(),
            row.row.as_str().into(),
            what.into(),
        ]
    });
    table("rows", "Rows", columns, rows.collect())
}

fn settings(found: &Comparison) -> Table {
    let columns = vec![
        column("setting", "Setting", Kind::Text, Weight::Key),
        column("old", "Old", Kind::Text, Weight::Key),
        column("new", "New", Kind::Text, Weight::Key),
    ];
    let said = |value: &Option<String>| value.as_deref().map_or(Cell::Blank, Cell::from);
    let rows = found
        .settings
        .iter()
        .map(|setting| vec![setting.name.into(), said(&setting.old), said(&setting.new)]);
    table("settings", "Settings", columns, rows.collect())
}

pub(super) fn inputs(found: &Comparison) -> Table {
    let columns = vec![
        column("file", "File", Kind::Text, Weight::Key),
        column("what", "What", Kind::Text, Weight::Key),
        column("old_rows", "Rows, old", Kind::Count, Weight::Normal),
        column("new_rows", "Rows, new", Kind::Count, Weight::Normal),
    ];
    let count = |rows: Option<u64>| {
        rows.map_or(Cell::Blank, |rows| {
            Cell::Count(i64::try_from(rows).unwrap_or(i64::MAX))
        })
    };
    let rows = found.inputs.iter().map(|input| {
        let what = match (input.old, input.new) {
            (None, _) => "new",
            (_, None) => "gone",
            _ => "changed",
        };
        vec![
            input.file.as_str().into(),
            what.into(),
            count(input.old),
            count(input.new),
        ]
    });
    table("inputs", "Inputs", columns, rows.collect())
}

fn is_words(figure: &Figure) -> bool {
    let says = |side: &Side| matches!(side, Side::Text(_) | Side::Flag(_));
    says(&figure.old) || says(&figure.new)
}

fn names(figure: &Figure) -> Vec<Cell> {
    vec![
        figure.table.as_str().into(),
        figure.row.as_str().into(),
        figure.column.as_str().into(),
    ]
}

pub(super) fn number(side: &Side, kind: &str) -> Cell {
    side.number()
        .map_or(Cell::Blank, |value| of_kind(value, kind))
}

pub(super) fn of_kind(value: f64, kind: &str) -> Cell {
    match kind {
        "money" => Cell::Money(Money::from_units(value)),
        "count" if value.fract() == 0.0 => Cell::Count(value as i64),
        "rate" | "share" => Cell::Share(value),
        _ => Cell::Number(value),
    }
}

/// `82/356`
fn evidence(side: &Side) -> Cell {
    match side {
        Side::Rate { k, n } => format!("{k}/{n}").into(),
        _ => Cell::Blank,
    }
}

fn missing(figure: &Figure) -> Cell {
    let reason = |name: &str, side: &Side| match side {
        Side::Nothing(Some(reason)) => Some(format!("{name}: {reason}")),
        _ => None,
    };
    let reasons = [reason("old", &figure.old), reason("new", &figure.new)];
    let told: Vec<String> = reasons.into_iter().flatten().collect();
    match told.is_empty() {
        true => Cell::Blank,
        false => told.join("; ").into(),
    }
}

fn spoken(side: &Side) -> Cell {
    match side {
        Side::Text(text) => text.as_str().into(),
        Side::Flag(true) => "yes".into(),
        Side::Flag(false) => "no".into(),
        Side::Number(number) => number.to_string().into(),
        Side::Rate { k, n } => format!("{k}/{n}").into(),
        Side::Nothing(_) => Cell::Blank,
    }
}
