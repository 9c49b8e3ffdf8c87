//! Which export a header row belongs to.
//!
//! Known systems are asked first, by the marks in their source files; tables whose
//! headers say plainly what they are come second. Headers are looked at, in
//! normal form, and words only where reports differ in nothing else; one of another language counts as the English one it stands for. Where two systems fit equally well, that is said, not decided.

mod cells;

pub use cells::contradiction;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::mapping::HeaderPattern;
use super::sources::{self, words};
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
        /// The known system with the largest share of its marks, and for each mark that
        /// is missing a header that would be it.
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

/// The headers of a file in normal form, and the English ones that they stand for.
struct Names(BTreeSet<String>);

impl Names {
    fn new(header: &[String]) -> Self {
        let written = header.iter().map(|name| normal_form(name));
        let english = header.iter().filter_map(|name| words::english(name));
        Self(written.chain(english).collect())
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

/// Less than this share of the marks is chance: many files have a date and a campaign.
const NEAR: f64 = 0.6;

fn nearest(names: &Names) -> Option<(&'static SourceSpec, Vec<String>)> {
    let mut best: Option<(f64, &SourceSpec, Vec<String>)> = None;
    for (source, marks) in SYSTEMS.iter().filter(|(_, marks)| !marks.refused(names)) {
        let met = marks.met(names);
        let share = met.iter().filter(|met| **met).count() as f64 / met.len() as f64;
        let better = best.as_ref().is_none_or(|(highest, ..)| share > *highest);
        if share >= NEAR && better {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use std::path::{Path, PathBuf};

    fn header(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    fn kind(names: &[&str]) -> String {
        match recognise(&header(names)) {
            Recognition::Known(source) | Recognition::Generic { source, .. } => source.name.clone(),
            Recognition::Ambiguous(several) => format!("{} sources", several.len()),
            Recognition::Unknown { .. } => "unknown".to_owned(),
        }
    }

    fn look_alikes() -> Vec<PathBuf> {
        let pattern = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/exports");
        let mut files = Vec::new();
        let mut folders = vec![PathBuf::from(pattern)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false
                        if path
                            .extension()
                            .is_some_and(|end| end != "csv" && end != "ndjson") => {}
                    false => files.push(path),
                }
            }
        }
        files.sort();
        files
    }

    fn text(path: &Path) -> String {
        let bytes = std::fs::read(path).unwrap();
        match bytes.strip_prefix(&[0xFF, 0xFE]) {
            Some(rest) => {
                let units: Vec<u16> = rest
                    .chunks_exact(2)
                    .map(|two| u16::from_le_bytes([two[0], two[1]]))
                    .collect();
                String::from_utf16(&units).unwrap()
            }
            None => String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// The header that records of JSON are read under.
    fn names_of_records(text: &str) -> String {
        let written = crate::ingest::decode::decode(text.into(), &Default::default()).unwrap();
        written.header.unwrap().join(",")
    }

    /// What the lines of a file are taken for, as a header; rows of data are nothing.
    fn kinds_in(path: &Path) -> BTreeSet<String> {
        let text = match path.extension().is_some_and(|suffix| suffix == "ndjson") {
            true => names_of_records(&text(path)),
            false => text(path),
        };
        // Of a header in two rows the lower one alone says less.
        let options = crate::ingest::dialect::DialectOptions::default();
        let whole = crate::ingest::dialect::find(&text, &options);
        let text = match whole.ok().filter(|dialect| dialect.two_rows) {
            Some(dialect) => dialect.header.join(","),
            None => text,
        };
        let delimiter = [',', '\t', ';'].into_iter();
        let delimiter = delimiter
            .max_by_key(|mark| text.matches(*mark).count())
            .unwrap();
        let names = |line: &str| -> Vec<String> {
            line.split(delimiter)
                .map(|cell| cell.trim_matches('"').to_owned())
                .collect()
        };
        let kind = |line: &str| match recognise(&names(line)) {
            Recognition::Known(source) | Recognition::Generic { source, .. } => {
                Some(source.name.clone())
            }
            Recognition::Ambiguous(several) => Some(format!("{} sources", several.len())),
            Recognition::Unknown { .. } => None,
        };
        text.lines().filter_map(kind).collect()
    }

    #[test]
    fn every_look_alike_is_its_own_source_and_no_other() {
        let files = look_alikes();
        let mut seen = BTreeSet::new();
        for path in &files {
            let source = path
                .parent()
                .and_then(Path::parent)
                .and_then(Path::file_name)
                .unwrap();
            let source = source.to_string_lossy().into_owned();
            assert_eq!(
                kinds_in(path),
                BTreeSet::from([source.clone()]),
                "{}",
                path.display()
            );
            seen.insert(source);
        }
        let known: BTreeSet<String> = sources::names().map(str::to_owned).collect();
        assert_eq!(seen, known, "every source has a look-alike");
    }

    #[test]
    fn plain_headers_say_what_they_are() {
        for (names, expected) in [
            (
                &[
                    "Lead ID",
                    "Create Date",
                    "Lifecycle Stage",
                    "Original Source",
                    "Amount",
                ][..],
                "leads-table",
            ),
            (&[" lead id ", "CREATE DATE", "Note"], "leads-table"),
            (&["Lead ID", "Created At", "Stage"], "leads-table"),
            (&["Lead ID", "Amount"], "leads-table"),
            (&["Email", "First Name", "Stage"], "leads-table"),
            (&["id", "created", "channel", "stage.mql"], "leads-table"),
            (&["Record ID", "Amount"], "deals-table"),
            (
                &["Opportunity ID", "Lead ID", "Stage", "Amount"],
                "deals-table",
            ),
            (&["id", "stage", "amount", "created"], "deals-table"),
            (&["id", "at", "stage"], "stage-table"),
            (
                &["Campaign", "Clicks", "Cost", "Conversions"],
                "spend-table",
            ),
            (&["Channel", "Cost", "Revenue"], "spend-table"),
            (&["period", "channel", "money"], "spend-table"),
            (&["Channel", "Leads"], "visits-table"),
            (&["Date", "Person", "Project", "Duration"], "time-sheet"),
            (&["Date", "Worker", "Channel", "Minutes"], "time-sheet"),
        ] {
            assert_eq!(kind(names), expected, "{names:?}");
        }
    }

    #[test]
    fn what_is_not_plain_stays_unknown() {
        for names in [
            &["Channel", "Rate"][..],
            &["id", "name", "price"],
            &["id", "Amount", "Currency", "Created (UTC)"],
            &[
                "Search Keyword",
                "Match type",
                "Campaign Status",
                "Cost",
                "Clicks",
                "CTR",
            ],
            &["Device", "Cost", "Impressions", "Clicks"],
            &["Event name", "Event count", "Total users"],
            &["Nth day", "Users"],
            &["mql_id", "first_contact_date", "origin"],
            &["user_id", "date", "device", "sex"],
            &[""],
            &[],
        ] {
            assert_eq!(kind(names), "unknown", "{names:?}");
        }
    }

    #[test]
    fn the_nearest_source_is_named_with_what_it_lacks() {
        let found = recognise(&header(&["Record ID", "Create Date", "First Name"]));
        let Recognition::Unknown {
            nearest: Some((source, missing)),
        } = found
        else {
            panic!("two of three marks are there")
        };
        assert_eq!(source.name, "hubspot-contacts");
        assert_eq!(missing, ["Lifecycle Stage"]);
        let found = recognise(&header(&["a", "b"]));
        assert!(matches!(found, Recognition::Unknown { nearest: None }));
    }

    #[test]
    fn a_lone_source_is_the_channel() {
        let spec = |names: &[&str]| match recognise(&header(names)) {
            Recognition::Generic { spec, .. } => *spec,
            other => panic!("{other:?}"),
        };
        let lone = spec(&["Lead ID", "Created", "Source", "Stage"]);
        assert_eq!(lone.columns["channel"], lone.columns["source"]);
        let utm = spec(&["Lead ID", "Source", "Medium", "Campaign"]);
        assert_ne!(utm.columns["channel"], utm.columns["source"]);
        let system = sources::by_name("hubspot-contacts").unwrap();
        assert_eq!(spec_for(system, &header(&["Record ID"])), system.input);
    }
}
