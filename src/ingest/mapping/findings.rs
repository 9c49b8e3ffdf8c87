//! The wording of what can be wrong with a mapping.

use super::headers::Headers;
use super::listed;
use crate::diagnostics::{Diagnostic, codes};
use crate::domain::ladder::EXITS;
use crate::domain::names::{did_you_mean, nearest};
use crate::tables::schema::{ColumnSpec, TableSpec};

/// A header that the user named is not there.
pub(super) fn no_header(canonical: &str, wanted: &[String], headers: &Headers) -> Diagnostic {
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let text = format!(
        "`{canonical}` is mapped to {}, which the file does not have",
        listed(&wanted)
    );
    let near = wanted
        .iter()
        .find_map(|header| did_you_mean(header, headers.names()));
    let hint = near.unwrap_or_else(|| format!("the file has {}", listed(&headers.names())));
    Diagnostic::new(&codes::MISSING_COLUMN, text).hint(hint)
}

/// A column that the table cannot do without is not mapped.
pub(super) fn required(table: &TableSpec, column: &ColumnSpec, headers: &Headers) -> Diagnostic {
    let (name, doc) = (column.name, column.doc);
    let text = format!(
        "a table of {} needs `{name}` ({doc}), and no column is mapped to it",
        table.name
    );
    let hint = match nearest(name, headers.names()).first() {
        Some(header) => format!("in [input.columns] say {name} = \"{header}\", if that is the one"),
        None => format!(
            "in [input.columns] say {name} = \"...\"; the file has {}",
            listed(&headers.names())
        ),
    };
    let counted = "rows without an id can be counted as table = \"stage_events\"";
    let hint = if table.name == "leads" {
        format!("{hint}; {counted}")
    } else {
        hint
    };
    Diagnostic::new(&codes::MISSING_COLUMN, text).hint(hint)
}

/// An aggregated table without a single measure.
pub(super) fn nothing_to_add_up(table: &TableSpec, measures: &[&str]) -> Diagnostic {
    let text = format!(
        "a table of {} needs one of {} or a `count.<stage>`",
        table.name,
        listed(measures)
    );
    let hint = "map one of them in [input.columns]";
    Diagnostic::new(&codes::MISSING_COLUMN, text).hint(hint)
}

/// Values across the header of a table whose rows are no sums.
pub(super) fn no_unpivot(table: &TableSpec) -> Diagnostic {
    let text = format!(
        "`unpivot` is for tables of visits and spend, not of {}",
        table.name
    );
    Diagnostic::new(&codes::CONFIG, text).hint("remove `unpivot` from its [[input]]")
}

/// Nothing is said to stand across.
pub(super) fn nothing_across(told: &str) -> Diagnostic {
    let text = format!("`unpivot = \"{told}\"`, but no header in [input.columns] has a `*`");
    let hint = "write the headers of a measure with a star where the value stands: sessions = \"* / Sessions\"";
    Diagnostic::new(&codes::CONFIG, text).hint(hint)
}

/// Half of a span.
pub(super) fn half_a_span(half: &str, header: &str) -> Diagnostic {
    let other = if half == "from" { "to" } else { "from" };
    let text = format!("`{half}` is mapped to `{header}`, but `{other}` is not mapped");
    let hint = format!(
        "map `{other}` too, or map the column to `period` where it is a date, week or month"
    );
    Diagnostic::new(&codes::MISSING_COLUMN, text).hint(hint)
}

/// A header that is read stands twice.
pub(super) fn duplicate(canonical: &str, headers: &Headers, cells: &[usize]) -> Diagnostic {
    let places: Vec<String> = cells
        .iter()
        .map(|cell| format!("`{}` (column {})", headers.written(*cell), cell + 1))
        .collect();
    let text = format!("`{canonical}` could be read from {}", places.join(" or "));
    let hint = "rename one of the two in the file, or map the one that counts in [input.columns]";
    Diagnostic::new(&codes::DUPLICATE_HEADER, text).hint(hint)
}

/// Two lines of the configuration mean the same column.
pub(super) fn mapped_twice(canonical: &str) -> Diagnostic {
    let text = format!("two lines of [input.columns] mean `{canonical}`");
    Diagnostic::new(&codes::CONFIG, text).hint("keep one of them")
}

/// No header gave the family a stage.
pub(super) fn empty_family(family: &str, wanted: &[&str], stages: &[String]) -> Diagnostic {
    let stages: Vec<&str> = stages.iter().map(String::as_str).collect();
    let text = format!(
        "`{family}` is mapped to {}, but no header of the file fits it with a stage",
        listed(wanted)
    );
    let hint = format!(
        "the `*` stands for a stage ({}); other words need a line in [input.stages]",
        listed(&stages)
    );
    Diagnostic::new(&codes::MISSING_COLUMN, text).hint(hint)
}

/// A stage that is neither on the ladder nor an exit.
pub(super) fn unknown_stage(name: &str, word: &str, stages: &[String]) -> Diagnostic {
    let known: Vec<&str> = stages
        .iter()
        .map(String::as_str)
        .chain(EXITS.iter().copied())
        .collect();
    let text = format!("`{name}` names the stage `{word}`, which is none of the funnel's");
    let near = did_you_mean(word, known.iter().copied());
    let hint =
        near.unwrap_or_else(|| format!("the stages are {}; see [funnel] stages", listed(&known)));
    Diagnostic::new(&codes::UNKNOWN_NAME, text).hint(hint)
}

/// A column that the table does not have and that cannot be a segment.
pub(super) fn unknown_column(name: &str, table: &TableSpec) -> Diagnostic {
    let known: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    let text = format!("a table of {} has no column `{name}`", table.name);
    let near = did_you_mean(name, known.iter().copied());
    let hint = near.unwrap_or_else(|| format!("it has {}", listed(&known)));
    Diagnostic::new(&codes::UNKNOWN_NAME, text).hint(hint)
}

/// A segment named like a column of the output.
pub(super) fn reserved(name: &str, table: &TableSpec) -> Diagnostic {
    let text = format!(
        "a table of {} has no column `{name}`, and a segment may not have this name, which the output uses",
        table.name
    );
    let hint = format!("choose another name, for example `{}_{name}`", table.name);
    Diagnostic::new(&codes::RESERVED_NAME, text).hint(hint)
}

/// A segment whose name is close to a column's: perhaps a slip.
pub(super) fn looks_misspelt(name: &str, table: &TableSpec) -> Option<Diagnostic> {
    let known = table.columns.iter().map(|column| column.name);
    let close = known
        .filter(|known| strsim::damerau_levenshtein(known, name) == 1)
        .min()?;
    let text = format!(
        "`{name}` is no column of {} and becomes a segment",
        table.name
    );
    Some(Diagnostic::new(&codes::ASSUMED, text).hint(format!("did you mean `{close}`?")))
}
