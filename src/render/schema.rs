//! The JSON Schema of the output: what a script may rely on, for machines.
//!
//! Draft 2020-12, built from the same lists that [`super::json`] prints from, so that a new
//! reason, kind or code is in the schema without anybody's doing. Objects of the contract
//! are closed: a key that the schema does not know is a mistake of one of the two, and a
//! test that validates the answers of every command finds it. Rows are open, since their
//! keys are the stages and dimensions of a company; their values are not.
//!
//! The schema belongs to one version of the program. A later one with the same
//! `schema_version` may have further keys, reasons, codes and commands.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::json::{CONFIDENCE_LEVEL, SCHEMA_VERSION, kind_name};
use crate::domain::figure::{Policy, Undefined, View};
use crate::report::document::Kind;

/// Words of the contract that are defined in layers above this one.
#[derive(Debug, Clone)]
pub struct Words {
    /// What can stand in `command`.
    pub commands: Vec<String>,
    /// What can stand in the `code` of a note.
    pub codes: Vec<&'static str>,
    /// What can stand in the `severity` of a note.
    pub severities: Vec<&'static str>,
    /// What can stand in the `level` of a check.
    pub levels: Vec<&'static str>,
    /// What can stand in the `status` of a check.
    pub statuses: Vec<&'static str>,
}

/// A day as ISO 8601 writes it.
const DAY: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

/// A moment of RFC 3339 with its offset.
const MOMENT: &str =
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$";

/// The schema.
#[must_use]
pub fn schema(words: &Words) -> Value {
    let mut schema = closed(
        "The answer of a command of leadflow",
        vec![
            ("schema_version", version()),
            ("tool", tool()),
            (
                "command",
                one_of(&words.commands, "The command that answered"),
            ),
            ("title", text("The title of the answer")),
            ("period", period()),
            (
                "as_of",
                or_null(moment(
                    "The moment the figures are seen from; null where the input has no dates",
                )),
            ),
            (
                "as_of_assumed",
                flag("True where that moment was deduced from the latest event"),
            ),
            (
                "time_zone",
                text("The zone that days and months are those of"),
            ),
            (
                "currency",
                or_null(pattern(
                    "^[A-Z]{3}$",
                    "The currency of all money; null where there is none",
                )),
            ),
            ("seed", count("The seed of everything drawn at random")),
            (
                "inputs",
                list(&reference("input"), "What was read, in order"),
            ),
            (
                "tables",
                open(
                    &list(&reference("row"), "The rows in order"),
                    "Table id to its rows",
                ),
            ),
            (
                "columns",
                open(
                    &list(&reference("column"), "The columns in order"),
                    "Table id to its columns",
                ),
            ),
            (
                "summary",
                list(&text("A sentence"), "The answer in sentences"),
            ),
            (
                "notes",
                list(
                    &reference("note"),
                    "Assumptions, warnings and notes, worst first",
                ),
            ),
            (
                "checks",
                list(
                    &reference("check"),
                    "One element per check and value of its wildcards",
                ),
            ),
        ],
    );
    let head = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:leadflow:report:{SCHEMA_VERSION}"),
        "description": format!(
            "What `--format json` prints with leadflow {}. `schema_version` rises when a key is removed or \
             changes its meaning; a later program of the same `schema_version` may add keys, reasons, codes \
             and commands: take the schema of the program that wrote (`leadflow explain --schema`).",
            env!("CARGO_PKG_VERSION")
        ),
    });
    let mut whole = head.as_object().cloned().unwrap_or_default();
    if let Some(body) = schema.as_object_mut() {
        whole.append(body);
    }
    whole.insert("$defs".into(), definitions(words));
    Value::Object(whole)
}

/// Objects that stand in several places, and those that would hide the frame.
fn definitions(words: &Words) -> Value {
    json!({
        "row": row(),
        "rate": rate(),
        "column": column(),
        "input": input(),
        "note": note(words),
        "check": check(words),
    })
}

fn version() -> Value {
    json!({ "const": SCHEMA_VERSION, "description": "Version of this contract" })
}

fn tool() -> Value {
    closed(
        "What wrote this",
        vec![
            ("name", json!({ "const": "leadflow" })),
            (
                "version",
                pattern("^[0-9]+\\.[0-9]+\\.[0-9]+", "Version of the program"),
            ),
            ("channel_rules", text("Version of the rules of channels")),
        ],
    )
}

fn period() -> Value {
    closed(
        "The time the figures are about",
        vec![
            (
                "label",
                text("As on the command line: 2026-10, 2026-Q4, all"),
            ),
            (
                "start",
                or_null(pattern(DAY, "First day; null where the input has no dates")),
            ),
            ("end", or_null(pattern(DAY, "The day after the last"))),
            (
                "partial",
                flag("True where the inputs end before the period does"),
            ),
        ],
    )
}

fn input() -> Value {
    closed(
        "A file that was read",
        vec![
            ("file", text("As the user named it")),
            (
                "kind",
                text("The known export or the table it was taken for"),
            ),
            (
                "sha256",
                pattern("^[0-9a-f]{64}$", "Of the bytes as they lie on the disk"),
            ),
            (
                "rows",
                count("Rows without header, preamble and blank lines"),
            ),
            ("rejected", count("Rows set aside for a defect")),
            (
                "through",
                or_null(moment("The moment up to which it is complete, where known")),
            ),
        ],
    )
}

/// A row: its keys are those of its columns, and say nothing here.
fn row() -> Value {
    let reasons: Vec<&str> = Undefined::ALL.iter().map(|reason| reason.code()).collect();
    let mut undefined = open(&one_of(&reasons, "Why"), "Why a figure of the row is null");
    undefined["minProperties"] = 1.into();
    json!({
        "description": "A row of a table: column id to value; numbers are unrounded, shares are fractions, money is in units of the currency",
        "type": "object",
        "properties": { "undefined": undefined },
        "additionalProperties": {
            "anyOf": [
                { "type": ["string", "number", "boolean", "null"] },
                reference("rate"),
            ],
        },
    })
}

fn rate() -> Value {
    let views: Vec<&str> = View::ALL.iter().map(|view| view.code()).collect();
    let policies: Vec<&str> = Policy::ALL.iter().map(|policy| policy.code()).collect();
    let end = |what: &str| json!({ "type": ["number", "null"], "minimum": 0, "maximum": 1, "description": what });
    let mut members = count("Members in all");
    members["minimum"] = 1.into();
    let mut rate = closed(
        "A conversion with its evidence",
        vec![
            ("k", count("Members that converted")),
            ("n", members),
            (
                "rate",
                json!({ "type": "number", "minimum": 0, "description": "k / n; above 1 only in the view `period`" }),
            ),
            ("ci_low", end("Lower end of the 95 % Wilson interval")),
            ("ci_high", end("Upper end")),
            (
                "ci_level",
                json!({ "enum": [CONFIDENCE_LEVEL, null], "description": "Level of the interval" }),
            ),
            (
                "view",
                one_of(&views, "Which members and which time are counted"),
            ),
            ("policy", one_of(&policies, "How a stage counts as reached")),
            (
                "horizon_days",
                or_null(count("Days a member has, in the view `cohort`")),
            ),
            (
                "in_progress",
                or_null(count(
                    "Members that may still convert, where the view has such",
                )),
            ),
            (
                "low_sample",
                flag("True below 30 members: no claim is made on it"),
            ),
        ],
    );
    // Both ends and the level, or none of them.
    let ends = |kind: &str| json!({ "properties": { "ci_low": { "type": kind }, "ci_high": { "type": kind }, "ci_level": { "type": kind } } });
    rate["oneOf"] = json!([ends("number"), ends("null")]);
    rate
}

fn column() -> Value {
    let kinds: Vec<&str> = KINDS.iter().map(|kind| kind_name(*kind)).collect();
    closed(
        "A column of a table",
        vec![
            ("id", text("Its key in the rows")),
            ("title", text("Its heading for people")),
            ("kind", one_of(&kinds, "Of its values")),
        ],
    )
}

/// Each name of a kind once.
const KINDS: [Kind; 10] = [
    Kind::Text,
    Kind::Count,
    Kind::Number,
    Kind::Money,
    Kind::Share,
    Kind::Ratio,
    Kind::Rate,
    Kind::Days,
    Kind::Seconds,
    Kind::Flag,
];

fn note(words: &Words) -> Value {
    let mut cases = count("How many findings it stands for");
    cases["minimum"] = 1.into();
    closed(
        "An assumption, a warning or a note",
        vec![
            (
                "code",
                one_of(&words.codes, "Its kind; `leadflow explain CODE` says more"),
            ),
            ("severity", one_of(&words.severities, "How much it matters")),
            ("text", text("One or two sentences")),
            ("place", or_null(text("file:line:column"))),
            ("hint", or_null(text("The way out"))),
            ("count", cases),
        ],
    )
}

fn check(words: &Words) -> Value {
    let number = |what: &str| json!({ "type": ["number", "null"], "description": what });
    let mut check = closed(
        "The result of a check",
        vec![
            (
                "check",
                text("Its words, and the values of its wildcards in brackets"),
            ),
            ("level", one_of(&words.levels, "What a failure means")),
            ("status", one_of(&words.statuses, "How it ended")),
            (
                "value",
                number("What was compared: the figure, or its difference from the other"),
            ),
            ("threshold", number("With what, in the unit of the value")),
            ("n", or_null(count("Entities behind the value"))),
            (
                "reason",
                or_null(text("Why it was skipped, or what the interval adds")),
            ),
        ],
    );
    check["if"] = json!({ "properties": { "status": { "const": "skipped" } } });
    check["then"] = json!({ "properties": { "reason": { "type": "string" } } });
    check["else"] = json!({ "properties": { "value": { "type": "number" }, "threshold": { "type": "number" } } });
    check
}

/// An object with these keys, all of them and no others.
fn closed(description: &str, keys: Vec<(&str, Value)>) -> Value {
    let required: Vec<&str> = keys.iter().map(|(key, _)| *key).collect();
    let required = json!(required);
    let properties: Map<String, Value> = keys
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    json!({
        "description": description,
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties,
    })
}

/// An object with any keys, whose values are of one kind.
fn open(values: &Value, description: &str) -> Value {
    json!({ "description": description, "type": "object", "additionalProperties": values })
}

fn list(items: &Value, description: &str) -> Value {
    json!({ "description": description, "type": "array", "items": items })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn pattern(pattern: &str, description: &str) -> Value {
    json!({ "type": "string", "pattern": pattern, "description": description })
}

fn moment(description: &str) -> Value {
    pattern(MOMENT, description)
}

fn flag(description: &str) -> Value {
    json!({ "type": "boolean", "description": description })
}

fn count(description: &str) -> Value {
    json!({ "type": "integer", "minimum": 0, "description": description })
}

fn one_of<W: Serialize>(words: &[W], description: &str) -> Value {
    json!({ "enum": words, "description": description })
}

/// The same, or nothing.
fn or_null(mut schema: Value) -> Value {
    schema["type"] = json!([schema["type"], "null"]);
    schema
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::render::{Options, json as format, sample};

    fn words() -> Words {
        Words {
            commands: vec!["channels".into()],
            codes: vec!["assumed"],
            severities: vec!["note"],
            levels: vec!["error"],
            statuses: vec!["pass", "fail", "skipped"],
        }
    }

    /// Keys of an object of the printed report against those that the schema demands.
    fn same_keys(printed: &Value, schema: &Value) {
        let keys: Vec<&str> = printed
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let known: Vec<&str> = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(keys, known);
        assert_eq!(schema["required"], json!(known));
        assert_eq!(schema["additionalProperties"], false);
    }

    #[test]
    fn every_object_of_the_contract_has_its_keys_in_order() {
        let bytes = format::render(&sample::report(), &Options::default()).unwrap();
        let report: Value = serde_json::from_slice(&bytes).unwrap();
        let schema = schema(&words());
        let defined = &schema["$defs"];
        same_keys(&report, &schema);
        same_keys(&report["tool"], &schema["properties"]["tool"]);
        same_keys(&report["period"], &schema["properties"]["period"]);
        same_keys(&report["inputs"][0], &defined["input"]);
        same_keys(&report["columns"]["channels"][0], &defined["column"]);
        same_keys(
            &report["tables"]["channels"][0]["lead_to_mql"],
            &defined["rate"],
        );
        same_keys(&report["notes"][0], &defined["note"]);
        same_keys(&report["checks"][0], &defined["check"]);
    }

    #[test]
    fn every_kind_is_in_the_list() {
        // Whoever adds a kind is stopped here by the compiler.
        let listed = |kind: Kind| match kind {
            Kind::Estimate => true,
            Kind::Text | Kind::Count | Kind::Number | Kind::Money | Kind::Share => {
                KINDS.contains(&kind)
            }
            Kind::Ratio | Kind::Rate | Kind::Days | Kind::Seconds | Kind::Flag => {
                KINDS.contains(&kind)
            }
        };
        assert!(KINDS.into_iter().all(listed));
        assert_eq!(kind_name(Kind::Estimate), kind_name(Kind::Number));
    }
}
