//! Tables whose values stand across: a column for each channel, or for each month.
//!
//! `unpivot` names the canonical column that the header tells; the `*` in the headers of the
//! measures is where it stands. A row of the file becomes a row for each text that is found
//! there. A column that states the total of the others is left out.

use std::collections::BTreeSet;

use super::{Resolver, Slot, Source, Target};
use crate::diagnostics::{Diagnostic, codes};
use crate::domain::text::normal_form;
use crate::ingest::mapping::{HeaderPattern, MappedColumn, findings, listed};
use crate::ingest::reader::totals::is_total_label;
use crate::ingest::spec::ColumnRef;
use crate::tables::schema::{SPEND, VISITS};

/// A measure and its cells, each with the text that its header captures.
struct Spread {
    slot: Slot,
    pattern: String,
    cells: Vec<(String, usize)>,
}

impl Resolver<'_> {
    /// True where a reference names columns that stand across.
    pub(super) fn stands_across(&self, reference: &ColumnRef) -> bool {
        let starred = reference.headers().any(|header| header.contains('*'));
        self.spec.unpivot.is_some() && starred
    }

    /// Adds what stands across, and the column that the header tells.
    pub(super) fn unpivot(&mut self) {
        let spec = self.spec;
        let Some(told) = &spec.unpivot else { return };
        if ![VISITS.name, SPEND.name].contains(&self.table.name) {
            self.errors.push(findings::no_unpivot(self.table));
            return;
        }
        let read: BTreeSet<usize> = self.columns.iter().flat_map(MappedColumn::cells).collect();
        let mut spreads = Vec::new();
        for (name, reference) in &spec.columns {
            if !self.stands_across(reference) {
                continue;
            }
            let lenient = self.builtin.and_then(|b| b.columns.get(name)) == Some(reference);
            let Some(Target::Column(slot)) = self.target(name, lenient) else {
                continue;
            };
            spreads.extend(self.spread(slot, reference, &read));
        }
        self.add_spreads(told, spreads);
    }

    /// The cells of a measure. Headers that another column reads are not meant by a `*` alone.
    fn spread(
        &mut self,
        slot: Slot,
        reference: &ColumnRef,
        read: &BTreeSet<usize>,
    ) -> Option<Spread> {
        for header in reference.headers() {
            let pattern = HeaderPattern::new(header);
            let found = self.headers.find(&pattern);
            let unread = found.into_iter().filter(|cell| !read.contains(cell));
            let cells: Vec<(String, usize)> = unread
                .filter_map(|cell| Some((self.headers.captured(&pattern, cell)?, cell)))
                .filter(|(text, _)| !text.is_empty())
                .collect();
            if !cells.is_empty() {
                return Some(Spread {
                    slot,
                    pattern: header.to_owned(),
                    cells,
                });
            }
        }
        let wanted: Vec<String> = reference.headers().map(str::to_owned).collect();
        self.errors
            .push(findings::no_header(&slot.canonical, &wanted, &self.headers));
        None
    }

    fn add_spreads(&mut self, told: &str, spreads: Vec<Spread>) {
        if spreads.is_empty() {
            if self.errors.is_empty() {
                self.errors.push(findings::nothing_across(told));
            }
            return;
        }
        let mut texts: Vec<String> = Vec::new();
        let mut totals: Vec<String> = Vec::new();
        for (text, _) in spreads.iter().flat_map(|spread| &spread.cells) {
            let list = match is_total_label(text) {
                true => &mut totals,
                false => &mut texts,
            };
            if list
                .iter()
                .all(|known| normal_form(known) != normal_form(text))
            {
                list.push(text.clone());
            }
        }
        for spread in spreads {
            self.add_spread(spread, &texts);
        }
        self.notes.push(said(told, &texts, &totals));
        match self.target(told, false) {
            Some(Target::Column(slot)) => self.add(slot, Source::Captured(texts), String::new()),
            Some(Target::Family(_)) => {
                let error = findings::unknown_column(told, self.table);
                self.errors.push(error);
            }
            None => {}
        }
    }

    fn add_spread(&mut self, spread: Spread, texts: &[String]) {
        let mut across = Vec::with_capacity(texts.len());
        for text in texts {
            let same = |(other, _): &&(String, usize)| normal_form(other) == normal_form(text);
            let mut cells = spread.cells.iter().filter(same).map(|(_, cell)| *cell);
            let (first, second) = (cells.next(), cells.next());
            if let (Some(first), Some(second)) = (first, second) {
                let cells = [first, second];
                let error = findings::duplicate(&spread.slot.canonical, &self.headers, &cells);
                self.errors.push(error);
            }
            across.push(first);
        }
        self.add(spread.slot, Source::Across(across), spread.pattern);
    }
}

/// How a row was taken apart.
fn said(told: &str, texts: &[String], totals: &[String]) -> Diagnostic {
    let names: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut text = format!(
        "each row becomes up to {}, one for each {told} in the header: {}",
        texts.len(),
        listed(&names)
    );
    if let Some(total) = totals.first() {
        text.push_str(&format!(
            "; `{total}` is the total of the others and is not read"
        ));
    }
    Diagnostic::new(&codes::ASSUMED, text)
}
