//! From a specification and a header row to a [`Mapping`], or to all that is wrong with it.

use std::collections::BTreeSet;

use super::currency::currency_in;
use super::stage_words::{Meaning, StageWords};
use super::{HeaderPattern, MappedColumn, Mapping, Part, Source, WON, is_reserved, listed};
use crate::diagnostics::{Diagnostic, codes};
use crate::domain::ladder::EXITS;
use crate::domain::names::{did_you_mean, nearest};
use crate::domain::period::Grain;
use crate::domain::text::normal_form;
use crate::ingest::spec::{ColumnRef, InputSpec};
use crate::tables::schema::{CellKind, ColumnSpec, TableSpec};

/// Finds the cells of every canonical column.
///
/// `stages` is the ladder (with the stages of pipelines where moves of deals may be
/// read). `builtin` is the specification of the built-in source that is merged into
/// `spec`, if any: columns that still read as it says may be absent from the file,
/// and its stages absent from the ladder.
///
/// # Errors
/// `missing_column` where a header that the user named, or a required column, is not
/// there; `duplicate_header` where a header that is read stands twice;
/// `unknown_name` for a stage or a column that does not exist; `reserved_name` for
/// a segment named like a column of the output. All findings are given at once.
pub fn resolve(
    spec: &InputSpec,
    table: &'static TableSpec,
    header: &[String],
    stages: &[String],
    builtin: Option<&InputSpec>,
) -> Result<Mapping, Vec<Diagnostic>> {
    let mut resolver = Resolver {
        spec,
        table,
        stages,
        builtin,
        words: StageWords::new(&spec.stages, stages),
        headers: Headers::new(header),
        columns: Vec::new(),
        absent: Vec::new(),
        errors: Vec::new(),
        notes: Vec::new(),
    };
    resolver.map_columns();
    resolver.set_constants();
    resolver.prefer_period();
    resolver.split_source_and_medium();
    resolver.require_columns();
    resolver.finish()
}

/// The header row, as written and in normal form.
struct Headers<'a> {
    raw: &'a [String],
    normal: Vec<String>,
}

impl<'a> Headers<'a> {
    fn new(raw: &'a [String]) -> Self {
        let normal = raw.iter().map(|header| normal_form(header)).collect();
        Self { raw, normal }
    }

    /// The cells whose header a pattern means.
    fn find(&self, pattern: &HeaderPattern) -> Vec<usize> {
        (0..self.normal.len()).filter(|i| pattern.matches(self.normal(*i))).collect()
    }

    fn normal(&self, index: usize) -> &str {
        self.normal.get(index).map_or("", String::as_str)
    }

    fn written(&self, index: usize) -> &str {
        self.raw.get(index).map_or("", |header| header.trim())
    }

    fn names(&self) -> Vec<&str> {
        let written = self.raw.iter().map(|header| header.trim());
        written.filter(|header| !header.is_empty()).collect()
    }
}

/// What the left side of a line in `[input.columns]` or `[input.set]` means.
enum Target {
    /// A column of the table, or the member of a family (`stage.mql`).
    Column(String, CellKind),
    /// A whole family: `stage.*`.
    Family(&'static ColumnSpec),
    /// A dimension of the user's own.
    Segment,
    /// A stage that a built-in source knows and the ladder does not.
    Nothing,
}

struct Resolver<'a> {
    spec: &'a InputSpec,
    table: &'static TableSpec,
    stages: &'a [String],
    builtin: Option<&'a InputSpec>,
    words: StageWords,
    headers: Headers<'a>,
    columns: Vec<MappedColumn>,
    absent: Vec<&'a str>,
    errors: Vec<Diagnostic>,
    notes: Vec<Diagnostic>,
}

impl<'a> Resolver<'a> {
    fn map_columns(&mut self) {
        let spec = self.spec;
        let (families, single): (Vec<_>, Vec<_>) =
            spec.columns.iter().partition(|(name, _)| name.ends_with(".*"));
        for (name, reference) in single.into_iter().chain(families) {
            if is_off(reference) {
                continue;
            }
            let lenient = self.is_builtin(name, reference);
            match self.target(name, lenient) {
                Ok(Target::Column(canonical, kind)) => {
                    self.map_one(name, canonical, kind, reference, lenient, false);
                }
                Ok(Target::Segment) => {
                    self.map_one(name, name.clone(), CellKind::Text, reference, lenient, true);
                }
                Ok(Target::Family(family)) => self.map_family(family, reference, lenient),
                Ok(Target::Nothing) => {}
                Err(error) => self.errors.push(error),
            }
        }
    }
}
