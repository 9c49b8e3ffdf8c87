//! The header row of a file, and where in it a reference points.

use super::HeaderPattern;
use crate::domain::text::normal_form;
use crate::ingest::sources::words;
use crate::ingest::spec::ColumnRef;
use crate::tables::schema::CellKind;

/// Headers as written, in normal form, and in English where another language says them.
pub(super) struct Headers<'a> {
    raw: &'a [String],
    normal: Vec<String>,
    english: Vec<Option<String>>,
}

/// Where a reference points.
pub(super) enum Found {
    /// One cell, or the parts of a composite id.
    Cells(Vec<usize>),
    /// Two cells have the header.
    Twice(usize, usize),
    /// None of these headers is there.
    Nowhere(Vec<String>),
}

impl<'a> Headers<'a> {
    pub(super) fn new(raw: &'a [String]) -> Self {
        let normal = raw.iter().map(|header| normal_form(header)).collect();
        let english = raw.iter().map(|header| words::english(header)).collect();
        Self {
            raw,
            normal,
            english,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.raw.len()
    }

    /// In normal form; empty beyond the row.
    pub(super) fn normal(&self, cell: usize) -> &str {
        self.normal.get(cell).map_or("", String::as_str)
    }

    /// As written, trimmed; empty beyond the row.
    pub(super) fn written(&self, cell: usize) -> &str {
        self.raw.get(cell).map_or("", |header| header.trim())
    }

    /// Headers that are not blank, as written.
    pub(super) fn names(&self) -> Vec<&str> {
        let written = self.raw.iter().map(|header| header.trim());
        written.filter(|header| !header.is_empty()).collect()
    }

    /// In English and normal form, where another language says it.
    pub(super) fn english(&self, cell: usize) -> Option<&str> {
        self.english.get(cell)?.as_deref()
    }

    /// The cells whose header a pattern means: as written, else the one that means it in
    /// another language. Two that do are nothing that could be decided.
    pub(super) fn find(&self, pattern: &HeaderPattern) -> Vec<usize> {
        let fits = |cell: &usize| pattern.matches(self.normal(*cell));
        let written: Vec<usize> = (0..self.len()).filter(fits).collect();
        if !written.is_empty() {
            return written;
        }
        let means = |cell: &usize| {
            self.english(*cell)
                .is_some_and(|name| pattern.matches(name))
        };
        let translated: Vec<usize> = (0..self.len()).filter(means).collect();
        match translated.as_slice() {
            [_] => translated,
            _ => Vec::new(),
        }
    }

    /// What a pattern captures in the header of a cell, as written or in English.
    pub(super) fn capture(&self, pattern: &HeaderPattern, cell: usize) -> Option<&str> {
        let written = pattern.capture(self.normal(cell));
        written.or_else(|| pattern.capture(self.english(cell)?))
    }

    /// As [`Self::capture`], in the spelling of the file where that is what matched.
    pub(super) fn captured(&self, pattern: &HeaderPattern, cell: usize) -> Option<String> {
        let captured = self.capture(pattern, cell)?;
        let written = self.written(cell);
        let ends = || written.char_indices().map(|(at, c)| at + c.len_utf8());
        let starts = written.char_indices().map(|(at, _)| at);
        let spelt = starts
            .flat_map(|start| ends().map(move |end| (start, end)))
            .filter_map(|(start, end)| written.get(start..end))
            .find(|text| normal_form(text) == captured);
        Some(spelt.map_or_else(|| captured.to_owned(), |text| text.trim().to_owned()))
    }

    /// Follows a reference; a list on an id is the parts of a composite one.
    pub(super) fn locate(&self, reference: &ColumnRef, kind: CellKind) -> Found {
        match reference {
            ColumnRef::List(parts) if kind == CellKind::Id => self.all_of(parts),
            ColumnRef::First { first } => self.each_of(first),
            _ => self.first_of(&reference.headers().map(str::to_owned).collect::<Vec<_>>()),
        }
    }

    fn first_of(&self, wanted: &[String]) -> Found {
        let places = wanted
            .iter()
            .map(|header| self.find(&HeaderPattern::new(header)));
        match places
            .into_iter()
            .find(|cells| !cells.is_empty())
            .as_deref()
        {
            Some([first, second, ..]) => Found::Twice(*first, *second),
            Some([cell]) => Found::Cells(vec![*cell]),
            _ => Found::Nowhere(wanted.to_vec()),
        }
    }

    /// Those headers that the file has, in order of preference.
    fn each_of(&self, wanted: &[String]) -> Found {
        let mut cells = Vec::new();
        for header in wanted {
            match self.first_of(std::slice::from_ref(header)) {
                Found::Cells(found) => cells.extend(found),
                Found::Nowhere(_) => {}
                twice @ Found::Twice(..) => return twice,
            }
        }
        match cells.is_empty() {
            true => Found::Nowhere(wanted.to_vec()),
            false => Found::Cells(cells),
        }
    }

    fn all_of(&self, parts: &[String]) -> Found {
        let mut cells = Vec::with_capacity(parts.len());
        let mut missing = Vec::new();
        for part in parts {
            match self.first_of(std::slice::from_ref(part)) {
                Found::Cells(found) => cells.extend(found),
                Found::Nowhere(_) => missing.push(part.clone()),
                twice @ Found::Twice(..) => return twice,
            }
        }
        if missing.is_empty() {
            Found::Cells(cells)
        } else {
            Found::Nowhere(missing)
        }
    }
}
