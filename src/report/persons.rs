//! A report without persons.
//!
//! Views speak of leads and deals by their ids, by dimensions, by names of deals, and any of
//! them may hold an e-mail address or a telephone number. So one pass over the finished
//! document puts pseudonyms in their place, for every format at once; a table and its chart
//! get the same ones.

use super::document::{Block, Cell, Chart, Report, Section, Table};
use crate::domain::persons::{Persons, is_personal};

/// Puts pseudonyms in the place of persons, unless persons are to be shown.
pub fn hide(report: &mut Report, persons: &Persons) {
    if persons.are_shown() {
        return;
    }
    let pass = Pass { persons };
    pass.sentence(&mut report.title);
    report
        .summary
        .iter_mut()
        .for_each(|text| pass.sentence(text));
    report
        .sections
        .iter_mut()
        .for_each(|section| pass.section(section));
    report.tables.iter_mut().for_each(|table| pass.table(table));
    report.charts.iter_mut().for_each(|chart| pass.chart(chart));
    for note in &mut report.notes {
        pass.sentence(&mut note.text);
        note.hint.iter_mut().for_each(|hint| pass.sentence(hint));
    }
    for check in &mut report.checks {
        pass.sentence(&mut check.check);
        check
            .reason
            .iter_mut()
            .for_each(|reason| pass.sentence(reason));
    }
}

struct Pass<'a> {
    persons: &'a Persons,
}

impl Pass<'_> {
    /// What the program says; signed amounts are no telephone numbers.
    fn sentence(&self, text: &mut String) {
        if let std::borrow::Cow::Owned(hidden) = self.persons.hide_addresses(text) {
            *text = hidden;
        }
    }

    /// What a file says.
    fn word(&self, text: &mut String) {
        if let std::borrow::Cow::Owned(hidden) = self.persons.hide(text) {
            *text = hidden;
        }
    }

    fn section(&self, section: &mut Section) {
        self.sentence(&mut section.title);
        for block in &mut section.blocks {
            match block {
                Block::Text(text) => self.sentence(text),
                Block::List(points) => points.iter_mut().for_each(|text| self.sentence(text)),
                Block::Tiles(tiles) => {
                    for tile in tiles {
                        self.sentence(&mut tile.label);
                        self.cell(&mut tile.value);
                    }
                }
                Block::Table(_) | Block::Chart(_) => {}
            }
        }
    }

    fn table(&self, table: &mut Table) {
        self.sentence(&mut table.title);
        table
            .remarks
            .iter_mut()
            .for_each(|text| self.sentence(text));
        for column in &mut table.columns {
            self.word(&mut column.title);
            self.word(&mut column.id);
        }
        let personal: Vec<bool> = table
            .columns
            .iter()
            .map(|column| is_personal(&column.id))
            .collect();
        let measured = measured(table);
        for row in &mut table.rows {
            if let Some((header, numbers)) = &measured
                && matches!(row.get(*header), Some(Cell::Text(text)) if is_personal(text))
            {
                for place in numbers {
                    if let Some(cell) = row.get_mut(*place) {
                        *cell = Cell::Blank;
                    }
                }
            }
            for (place, cell) in row.iter_mut().enumerate() {
                match cell {
                    Cell::Text(text) if personal.get(place) == Some(&true) => {
                        if !is_remark(text) {
                            *text = self.persons.pseudonym(text);
                        }
                    }
                    cell => self.cell(cell),
                }
            }
        }
    }

    fn cell(&self, cell: &mut Cell) {
        if let Cell::Text(text) = cell {
            self.word(text);
        }
    }

    fn chart(&self, chart: &mut Chart) {
        self.sentence(&mut chart.title);
        self.sentence(&mut chart.description);
        chart
            .plot
            .labels_mut()
            .into_iter()
            .for_each(|label| self.word(label));
    }
}

/// In the table that describes the columns of the files: where the header stands, and where
/// numbers that are cells of the file, such as a telephone number as the largest one.
fn measured(table: &Table) -> Option<(usize, Vec<usize>)> {
    let place = |id: &str| table.columns.iter().position(|column| column.id == id);
    let numbers = ["sum", "min", "median", "max"];
    let numbers: Vec<usize> = numbers.iter().filter_map(|id| place(id)).collect();
    let header = place("column").filter(|_| table.id == "columns")?;
    Some((header, numbers))
}

/// `(none)`, `(all)`: what the program itself writes into a column of names.
fn is_remark(text: &str) -> bool {
    text.starts_with('(') && text.ends_with(')') && !text.chars().any(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::{Bar, Bars, Column, Kind, Plot};

    fn text(cell: &Cell) -> &str {
        match cell {
            Cell::Text(text) => text,
            _ => "",
        }
    }

    fn report() -> Report {
        let mut report = crate::render::sample::report();
        let columns = ["id", "first_name", "note"];
        report.tables[0] = Table {
            id: "people".into(),
            title: "People of a@b.co".into(),
            columns: columns.map(|id| Column::new(id, id, Kind::Text)).into(),
            rows: vec![
                vec!["a@b.co".into(), "Jane".into(), "call (555) 123-4567".into()],
                vec!["L-2".into(), "(none)".into(), Cell::Blank],
            ],
            remarks: vec!["from A@B.co".into()],
        };
        report.charts[0].plot = Plot::Bars(Bars {
            kind: Kind::Count,
            bars: vec![Bar {
                label: "a@b.co".into(),
                value: Ok(1.0),
                interval: None,
                remark: None,
            }],
        });
        report
    }

    #[test]
    fn one_person_is_one_pseudonym_in_every_part() {
        let mut hidden = report();
        let persons = Persons::hidden(b"key");
        hide(&mut hidden, &persons);
        let person = persons.pseudonym("a@b.co");
        let table = &hidden.tables[0];
        assert_eq!(text(&table.rows[0][0]), person);
        assert_eq!(text(&table.rows[0][1]), persons.pseudonym("Jane"));
        assert!(text(&table.rows[0][2]).starts_with("call phone-"));
        assert_eq!(text(&table.rows[1][0]), "L-2");
        assert_eq!(text(&table.rows[1][1]), "(none)");
        assert_eq!(table.remarks[0], format!("from {person}"));
        assert_eq!(table.title, format!("People of {person}"));
        let Plot::Bars(bars) = &hidden.charts[0].plot else {
            panic!("bars")
        };
        assert_eq!(bars.bars[0].label, person);
    }

    #[test]
    fn persons_are_shown_where_they_are_asked_for() {
        let mut shown = report();
        hide(&mut shown, &Persons::shown());
        assert_eq!(text(&shown.tables[0].rows[0][1]), "Jane");
    }
}
