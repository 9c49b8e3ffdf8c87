//! Typed results to a document, one file per command.
//!
//! A view names columns, chooses charts and writes sentences. It computes nothing: a
//! number that appears here was computed in `metrics`.

pub mod attribution;
pub mod channels;
pub mod checks;
pub mod diff;
pub mod event_funnel;
pub mod flywheel;
pub mod funnel;
pub mod inspect;
pub mod leaks;
pub mod monthly;
pub mod path_quality;
pub mod paths;
pub mod pipeline;
pub mod quality;
pub mod query;
pub mod restated;
pub mod ripening;
pub mod score;
pub mod shift;
pub mod sla;
pub mod whatif;
pub mod words;

use super::document::{Block, Cell, Chart, Column, Kind, Section, Table, Weight};

/// A piece of a report: sections with the tables and charts they refer to.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// What people read.
    pub sections: Vec<Section>,
    /// Tables by id.
    pub tables: Vec<Table>,
    /// Charts by id.
    pub charts: Vec<Chart>,
    /// Sentences for the summary.
    pub summary: Vec<String>,
    /// What to do about it: sentences that begin with a verb.
    pub next: Vec<String>,
}

impl Parts {
    /// Adds another piece below this one.
    pub fn append(&mut self, other: Self) {
        self.sections.extend(other.sections);
        self.tables.extend(other.tables);
        self.charts.extend(other.charts);
        self.summary.extend(other.summary);
        self.next.extend(other.next);
    }

    /// The same with a number behind every id, for a second piece of its kind. Tables are
    /// `name_2`, charts and sections, which become names of files and anchors, `name-2`.
    #[must_use]
    pub fn numbered(mut self, number: usize) -> Self {
        let of_table = |id: &mut String| id.push_str(&format!("_{number}"));
        let of_place = |id: &mut String| id.push_str(&format!("-{number}"));
        self.tables
            .iter_mut()
            .for_each(|table| of_table(&mut table.id));
        for chart in &mut self.charts {
            of_place(&mut chart.id);
            of_table(&mut chart.table);
        }
        for section in &mut self.sections {
            of_place(&mut section.id);
            for block in &mut section.blocks {
                match block {
                    Block::Table(id) => of_table(id),
                    Block::Chart(id) => of_place(id),
                    _ => {}
                }
            }
        }
        self
    }

    /// The same without a table and the section of its name.
    #[must_use]
    pub fn without(mut self, id: &str) -> Self {
        self.tables.retain(|table| table.id != id);
        self.sections.retain(|section| section.id != id);
        self
    }
}

/// The text with a capital at its beginning.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// `cost_per_lead` -> `Cost per lead`; the standard abbreviations keep their capitals.
#[must_use]
pub fn title_of(key: &str) -> String {
    let words: Vec<String> = key.split(['_', ' ']).map(titled).collect();
    let mut title = words.join(" ");
    if let Some(first) = title.get(0..1).map(str::to_uppercase) {
        title.replace_range(0..1, &first);
    }
    title
}

fn titled(word: &str) -> String {
    match word {
        "mql" | "sql" | "cac" | "roi" | "roas" | "seo" => word.to_uppercase(),
        other => other.to_owned(),
    }
}

/// Columns by id, title, kind and weight.
#[must_use]
pub fn columns(list: &[(&str, &str, Kind, Weight)]) -> Vec<Column> {
    let column = |(id, title, kind, weight): &(&str, &str, Kind, Weight)| {
        Column::new(*id, *title, *kind).weight(*weight)
    };
    list.iter().map(column).collect()
}

/// A table without remarks.
#[must_use]
pub fn table(id: &str, title: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Table {
    Table {
        id: id.into(),
        title: title.into(),
        columns,
        rows,
        remarks: Vec::new(),
    }
}

/// One section with the tables that stand in it.
#[must_use]
pub fn section(id: &str, title: &str, blocks: Vec<Block>, tables: Vec<Table>) -> Parts {
    Parts {
        sections: vec![Section {
            id: id.into(),
            title: title.into(),
            blocks,
        }],
        tables,
        ..Parts::default()
    }
}

/// The columns of the dimensions of a table.
#[must_use]
pub fn dimension_columns(dimensions: &[String]) -> Vec<Column> {
    dimensions
        .iter()
        .map(|name| Column::new(name.as_str(), title_of(name), Kind::Text).weight(Weight::Key))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::title_of;

    #[test]
    fn titles_keep_abbreviations() {
        assert_eq!(title_of("cost_per_mql"), "Cost per MQL");
        assert_eq!(title_of("lead"), "Lead");
        assert_eq!(title_of("roi"), "ROI");
    }
}
