//! The user's words laid over those of a built-in source.

use std::collections::BTreeMap;

use crate::domain::text::normal_form;
use crate::ingest::spec::{InputSpec, PerColumn, SourceSpec};

/// What is read when the user's `[[input]]` names or meets a built-in source.
///
/// A key that the user wrote wins; `columns` and `set` merge column by column, the
/// vocabularies word by word (in normal form), `missing` adds up.
#[must_use]
pub fn merge(source: &SourceSpec, user: &InputSpec) -> InputSpec {
    merge_input(&source.input, user)
}

/// As [`merge`], over the input of a source that was fitted to a header.
#[must_use]
pub fn merge_input(base: &InputSpec, user: &InputSpec) -> InputSpec {
    let text = |user: &Option<String>, base: &Option<String>| user.clone().or(base.clone());
    InputSpec {
        path: text(&user.path, &base.path),
        kind: text(&user.kind, &base.kind),
        table: text(&user.table, &base.table),
        several: user.several.or(base.several),
        spread: user.spread.or(base.spread),
        exported_at: text(&user.exported_at, &base.exported_at),
        encoding: text(&user.encoding, &base.encoding),
        delimiter: text(&user.delimiter, &base.delimiter),
        header: user.header.or(base.header),
        header_row: user.header_row.or(base.header_row),
        header_rows: user.header_rows.or(base.header_rows),
        totals: user.totals.or(base.totals),
        unpivot: text(&user.unpivot, &base.unpivot),
        sheet: text(&user.sheet, &base.sheet),
        date_format: date_formats(base.date_format.as_ref(), user.date_format.as_ref()),
        time_zone: text(&user.time_zone, &base.time_zone),
        decimal: user.decimal.or(base.decimal),
        currency: text(&user.currency, &base.currency),
        filter: text(&user.filter, &base.filter),
        columns: by_key(&base.columns, &user.columns),
        set: by_key(&base.set, &user.set),
        stages: by_word(&base.stages, &user.stages),
        channels: by_word(&base.channels, &user.channels),
        kinds: by_word(&base.kinds, &user.kinds),
        outcomes: by_word(&base.outcomes, &user.outcomes),
        missing: [base.missing.as_slice(), user.missing.as_slice()].concat(),
    }
}

fn date_formats(base: Option<&PerColumn>, user: Option<&PerColumn>) -> Option<PerColumn> {
    match (base, user) {
        (Some(PerColumn::Each(base)), Some(PerColumn::Each(user))) => {
            Some(PerColumn::Each(by_key(base, user)))
        }
        _ => user.or(base).cloned(),
    }
}

fn by_key<T: Clone>(base: &BTreeMap<String, T>, user: &BTreeMap<String, T>) -> BTreeMap<String, T> {
    let mut all = base.clone();
    all.extend(user.clone());
    all
}

fn by_word(
    base: &BTreeMap<String, String>,
    user: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let said: Vec<String> = user.keys().map(|word| normal_form(word)).collect();
    let mut all = base.clone();
    all.retain(|word, _| !said.contains(&normal_form(word)));
    all.extend(user.clone());
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ingest::sources;
    use crate::ingest::spec::{ColumnRef, Constant};

    fn user(text: &str) -> InputSpec {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn the_user_wins_key_by_key() {
        let source = sources::by_name("google-ads").unwrap();
        let merged = merge(
            source,
            &user(
                r#"
                path = "ads/*.csv"
                currency = "EUR"
                [columns]
                campaign = "Campaign name"
                [set]
                channel = "SEA"
                [channels]
                "video" = "YouTube"
                "#,
            ),
        );
        assert_eq!(merged.table.as_deref(), Some("spend"));
        assert_eq!(merged.currency.as_deref(), Some("EUR"));
        assert_eq!(
            merged.columns["campaign"],
            ColumnRef::Header("Campaign name".into())
        );
        assert_eq!(merged.columns["money"], source.input.columns["money"]);
        assert_eq!(merged.set["channel"], Constant::Text("SEA".into()));
        assert_eq!(merged.channels["video"], "YouTube");
        assert!(!merged.channels.contains_key("Video"));
        assert_eq!(merged.channels["Search"], "Paid Search");
    }

    #[test]
    fn an_empty_user_changes_nothing() {
        for source in sources::all().iter().chain(sources::generic()) {
            assert_eq!(
                merge(source, &InputSpec::default()),
                source.input,
                "{}",
                source.name
            );
        }
    }

    #[test]
    fn date_formats_merge_by_column() {
        let base = user("date_format = { created = '%Y', closed = '%m' }");
        let merged = merge_input(&base, &user("date_format = { closed = '%d' }"));
        let formats = merged.date_format.unwrap();
        assert_eq!(formats.get("created"), Some("%Y"));
        assert_eq!(formats.get("closed"), Some("%d"));
        let all = merge_input(&base, &user("date_format = '%F'"))
            .date_format
            .unwrap();
        assert_eq!(all.get("created"), Some("%F"));
    }
}
