//! The header row of a file, and where in it a reference points.

use super::HeaderPattern;
use crate::domain::text::normal_form;
use crate::ingest::spec::ColumnRef;
use crate::tables::schema::CellKind;

/// Headers as written and in normal form.
pub(super) struct Headers<'a> {
    raw: &'a [String],
    normal: Vec<String>,
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
        Self { raw, normal }
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

    /// The cells whose header a pattern means.
    pub(super) fn find(&self, pattern: &HeaderPattern) -> Vec<usize> {
        let fits = |cell: &usize| pattern.matches(self.normal(*cell));
        (0..self.len()).filter(fits).collect()
    }

    /// Follows a reference; a list on an id is the parts of a composite one.
    pub(super) fn locate(&self, reference: &ColumnRef, kind: CellKind) -> Found {
        match reference {
            ColumnRef::List(parts) if kind == CellKind::Id => self.all_of(parts),
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
