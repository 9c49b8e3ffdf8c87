//! Which export a header row belongs to.
//!
//! Known systems are asked first, by the marks in their source files; tables whose
//! headers say plainly what they are come second. Only headers are looked at, in
//! normal form. Where two systems fit equally well, that is said, not decided.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::mapping::HeaderPattern;
use super::sources;
use super::spec::{InputSpec, SourceSpec};
use crate::domain::text::normal_form;

/// What a header row was taken for.
#[derive(Debug, Clone)]
pub enum Recognition {
    /// The export of a known system.
    Known(&'static SourceSpec),
    /// A table of no known system whose headers say what they are, and the mapping
    /// fitted to this header.
    Generic {
        /// What sort of table it is.
        source: &'static SourceSpec,
        /// How to read it.
        spec: Box<InputSpec>,
    },
    /// Several systems fit equally well.
    Ambiguous(Vec<&'static SourceSpec>),
    /// Nothing fits.
    Unknown {
        /// The source with the most marks, at least half of them, and for each mark
        /// that is missing the header that would be it.
        nearest: Option<(&'static SourceSpec, Vec<String>)>,
    },
}

/// Takes a header row for the export that it is.
#[must_use]
pub fn recognise(header: &[String]) -> Recognition {
    let names = Names::new(header);
    match best(&SYSTEMS, &names).as_slice() {
        [] => recognise_generic(header, &names),
        [source] => Recognition::Known(source),
        several => Recognition::Ambiguous(several.to_vec()),
    }
}

fn recognise_generic(header: &[String], names: &Names) -> Recognition {
    match best(&GENERIC, names).as_slice() {
        [] => Recognition::Unknown {
            nearest: nearest(names),
        },
        [source] => Recognition::Generic {
            source,
            spec: Box::new(spec_for(source, header)),
        },
        several => Recognition::Ambiguous(several.to_vec()),
    }
}

/// The input of a source as it applies to this header row: its own, except that in a
/// plain table a source without channel and medium is itself the channel.
#[must_use]
pub fn spec_for(source: &SourceSpec, header: &[String]) -> InputSpec {
    let mut spec = source.input.clone();
    if !sources::is_generic(source) {
        return spec;
    }
    let names = Names::new(header);
    let in_file = |column: &str| {
        let reference = spec.columns.get(column);
        reference.is_some_and(|reference| {
            reference
                .headers()
                .any(|h| names.has(&HeaderPattern::new(h)))
        })
    };
    if in_file("channel") || in_file("medium") || in_file("source_medium") {
        return spec;
    }
    if let Some(origin) = spec.columns.get("source").cloned() {
        spec.columns.insert("channel".to_owned(), origin);
    }
    spec
}

/// Sources with their marks ready to compare.
type Compiled = Vec<(&'static SourceSpec, Marks)>;

static SYSTEMS: LazyLock<Compiled> = LazyLock::new(|| compile(sources::all()));
static GENERIC: LazyLock<Compiled> = LazyLock::new(|| compile(sources::generic()));

fn compile(sources: &'static [SourceSpec]) -> Compiled {
    sources
        .iter()
        .map(|source| (source, Marks::new(source)))
        .collect()
}

struct Marks {
    headers: Vec<Vec<HeaderPattern>>,
    without: Vec<HeaderPattern>,
}

impl Marks {
    fn new(source: &SourceSpec) -> Self {
        let compiled = |headers: &Vec<String>| -> Vec<HeaderPattern> {
            headers
                .iter()
                .map(|header| HeaderPattern::new(header))
                .collect()
        };
        Self {
            headers: source.recognise.headers.iter().map(compiled).collect(),
            without: compiled(&source.recognise.without),
        }
    }

    fn met(&self, names: &Names) -> Vec<bool> {
        let any = |alternatives: &Vec<HeaderPattern>| alternatives.iter().any(|p| names.has(p));
        self.headers.iter().map(any).collect()
    }

    fn refused(&self, names: &Names) -> bool {
        self.without.iter().any(|pattern| names.has(pattern))
    }

    fn fit(&self, names: &Names) -> bool {
        !self.refused(names) && self.met(names).into_iter().all(|met| met)
    }
}

/// The headers of a file in normal form.
struct Names(BTreeSet<String>);

impl Names {
    fn new(header: &[String]) -> Self {
        Self(header.iter().map(|name| normal_form(name)).collect())
    }

    fn has(&self, pattern: &HeaderPattern) -> bool {
        match pattern.plain() {
            Some(name) => self.0.contains(name),
            None => self.0.iter().any(|name| pattern.matches(name)),
        }
    }
}

/// Of the sources that fit, those with the highest priority and then the most marks.
fn best(sources: &'static Compiled, names: &Names) -> Vec<&'static SourceSpec> {
    let rank = |source: &SourceSpec| (source.recognise.priority, source.recognise.headers.len());
    let fitting: Vec<&SourceSpec> = sources
        .iter()
        .filter(|(_, marks)| marks.fit(names))
        .map(|(source, _)| *source)
        .collect();
    let top = fitting.iter().map(|source| rank(source)).max();
    fitting
        .into_iter()
        .filter(|source| Some(rank(source)) == top)
        .collect()
}

fn nearest(names: &Names) -> Option<(&'static SourceSpec, Vec<String>)> {
    let mut best: Option<(f64, &SourceSpec, Vec<String>)> = None;
    for (source, marks) in SYSTEMS.iter().chain(GENERIC.iter()) {
        let met = marks.met(names);
        let share = met.iter().filter(|met| **met).count() as f64 / met.len() as f64;
        let better = best.as_ref().is_none_or(|(highest, ..)| share > *highest);
        if share >= 0.5 && better && !marks.refused(names) {
            best = Some((share, source, missing(source, &met)));
        }
    }
    best.map(|(_, source, missing)| (source, missing))
}

/// The first alternative of every mark that is not met.
fn missing(source: &SourceSpec, met: &[bool]) -> Vec<String> {
    let marks = source.recognise.headers.iter().zip(met);
    marks
        .filter(|(_, met)| !**met)
        .filter_map(|(any, _)| any.first().cloned())
        .collect()
}
