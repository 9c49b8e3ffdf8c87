//! `leadflow explain`.

use super::failures::output_error;
use super::sources::plain;
use super::{Run, emit, origins};
use crate::attribution::models;
use crate::checks::{Level, Status};
use crate::cli::{ExplainArgs, commands_with_an_answer};
use crate::diagnostics::{self, Code, Diagnostic, Failure, Severity, codes};
use crate::domain::channel::{Evidence, Row, Rules};
use crate::domain::figure::Undefined;
use crate::domain::ladder::SHORT_KEYS;
use crate::domain::names::did_you_mean;
use crate::ingest::sources;
use crate::metrics::dictionary::{self, Definition};
use crate::metrics::leaks::rules as leaks;
use crate::render::schema;
use crate::report::document::{Block, Cell, Column, Kind, Report, Section, Table, Weight};
use crate::report::views;
use crate::shell::ExitStatus;

/// A metric, a diagnostic, a reason, or a channel decision in words.
///
/// # Errors
/// Where nobody knows the topic.
pub fn run(run: &Run, args: &ExplainArgs) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    if args.schema {
        return emit::text(run, &schema()?);
    }
    let report = match args.topic.as_deref() {
        Some(topic) if !args.list => explained(run, topic)?,
        _ => list(),
    };
    emit::print(run, &report, &[])?;
    Ok(ExitStatus::Done)
}

/// The JSON Schema of every answer.
fn schema() -> Result<Vec<u8>, Failure> {
    let mut commands = commands_with_an_answer();
    commands.push(origins::NAME.to_owned());
    let words = schema::Words {
        commands,
        codes: diagnostics::ALL.iter().map(|code| code.id).collect(),
        severities: Severity::ALL.map(Severity::word).into(),
        levels: Level::ALL.map(Level::code).into(),
        statuses: Status::ALL.map(Status::code).into(),
    };
    let mut bytes = serde_json::to_vec_pretty(&schema::schema(&words))
        .map_err(|error| output_error("the schema", &error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn explained(run: &Run, topic: &str) -> Result<Report, Failure> {
    if let Some(words) = topic.strip_prefix("channel ") {
        return Ok(text(topic, channel(run, words)));
    }
    if topic == CHECKS {
        return Ok(text(topic, checks()));
    }
    let ladder = &run.settings.ladder;
    let name = SHORT_KEYS.iter().find(|(short, _, _)| *short == topic);
    let name = name.map_or_else(
        || topic.to_owned(),
        |(_, from, to)| format!("{from}_to_{to}"),
    );
    let finding = diagnostics::by_id(topic).map(finding);
    if let Some(definition) = dictionary::find(&name, ladder) {
        let mut points = definition.points(&name);
        let good = dictionary::good(&name, ladder);
        points.extend(good.map(|good| format!("Good: {}", good.word())));
        // A few findings are called like the figure they are about.
        let also = finding.into_iter().flatten();
        points.extend(also.map(|point| format!("As a finding: {point}")));
        return Ok(text(&name, points));
    }
    if let Some(points) = finding {
        return Ok(text(topic, points));
    }
    if let Some(reason) = Undefined::ALL.iter().find(|reason| reason.code() == topic) {
        return Ok(text(
            topic,
            vec![format!("Why a figure is undefined: {}.", reason.words())],
        ));
    }
    if let Some(rule) = leaks::ALL.iter().find(|rule| rule.key == topic) {
        return Ok(text(topic, leak(rule)));
    }
    let word = topic.split(':').next().unwrap_or(topic);
    if let Some(kind) = models::ALL.iter().find(|kind| kind.name == word) {
        return Ok(text(topic, model(kind, topic)));
    }
    if let Some(source) = sources::by_name(topic) {
        return Ok(text(&source.title, vec![source.doc.trim().to_owned()]));
    }
    let rules = Rules::new(run.settings.channel_rules.clone(), run.settings.extensions);
    let of_channel = rules.of_channel(topic);
    if !of_channel.is_empty() {
        return Ok(text(topic, of_channel));
    }
    Err(unknown(topic).into())
}

/// The topic about how checks are written.
const CHECKS: &str = "checks";

/// How a check is written, and where its figures are listed.
fn checks() -> Vec<String> {
    let mut points: Vec<String> = views::checks::GRAMMAR
        .iter()
        .map(ToString::to_string)
        .collect();
    points.push("leadflow check --list names every figure of these inputs that can be checked, with its dimensions, its unit, which way is good, and what it is now.".to_owned());
    points
}

/// A code of a finding: what it means.
fn finding(code: &Code) -> Vec<String> {
    vec![
        code.doc.to_owned(),
        format!("Severity: {}.", code.severity.word()),
    ]
}

/// A rule of `leaks`: what it looks for.
fn leak(rule: &leaks::Rule) -> Vec<String> {
    vec![
        format!("{}: {}.", rule.key, rule.condition),
        "A line of leadflow leaks. Thresholds stand in [leaks] and [[sla]]; leadflow config show \
         prints those in force."
            .to_owned(),
    ]
}

/// A model of attribution: what it does, what it takes, the rule of the one that was named.
fn model(kind: &models::Kind, topic: &str) -> Vec<String> {
    let mut points = vec![kind.doc.to_owned()];
    if !kind.parameter.is_empty() {
        points.push(format!(
            "Written as {} or {}:{}.",
            kind.name, kind.name, kind.parameter
        ));
    }
    if let Ok(model) = models::parse(topic) {
        points.push(format!("{}: {}.", model.name(), model.rule()));
    }
    points
}

fn unknown(topic: &str) -> Diagnostic {
    let names = topics();
    let near = did_you_mean(topic, names.iter().map(|(name, _, _)| name.as_str()));
    Diagnostic::new(
        &codes::UNKNOWN_NAME,
        format!("`{topic}` is nothing that can be explained"),
    )
    .hint(near.unwrap_or_else(|| "`leadflow explain --list` names every topic".into()))
}

/// `google cpc spring-sale`: source, medium, campaign.
fn channel(run: &Run, words: &str) -> Vec<String> {
    let parts: Vec<&str> = words.split_whitespace().collect();
    let rules = Rules::new(run.settings.channel_rules.clone(), run.settings.extensions);
    let evidence = Evidence {
        source: parts.first().copied(),
        medium: parts.get(1).copied(),
        campaign: parts.get(2).copied(),
        kind_of_row: Row::Web,
        ..Evidence::default()
    };
    let mut lines = vec![format!("Channel: {}", rules.assign(&evidence).channel)];
    lines.extend(rules.explain(&evidence));
    lines
}

fn text(title: &str, points: Vec<String>) -> Report {
    let table = Table {
        id: "explanation".into(),
        title: title.into(),
        columns: vec![Column::new("text", "Text", Kind::Text)],
        rows: points
            .iter()
            .map(|point| vec![point.as_str().into()])
            .collect(),
        remarks: Vec::new(),
    };
    let mut report = plain("explain", title, table);
    report.sections = vec![Section {
        id: "explain".into(),
        title: "What it is".into(),
        blocks: vec![Block::List(points)],
    }];
    report
}

fn topics() -> Vec<(String, &'static str, String)> {
    let metric = |definition: &Definition| {
        (
            definition.key.to_owned(),
            "metric",
            definition.title.to_owned(),
        )
    };
    let mut list: Vec<(String, &'static str, String)> = dictionary::all().map(metric).collect();
    let checks = "how a check is written".to_owned();
    list.push((CHECKS.to_owned(), "gate", checks));
    let models = models::ALL.iter();
    list.extend(models.map(|kind| (kind.name.to_owned(), "model", kind.doc.to_owned())));
    let told = |key: &str| dictionary::all().any(|definition| definition.key == key);
    let rules = leaks::ALL.iter().filter(|rule| !told(rule.key));
    list.extend(rules.map(|rule| (rule.key.to_owned(), "leak", rule.condition.to_owned())));
    list.extend(
        diagnostics::ALL
            .iter()
            .map(|code| (code.id.to_owned(), "diagnostic", code.doc.to_owned())),
    );
    list.extend(Undefined::ALL.iter().map(|reason| {
        (
            reason.code().to_owned(),
            "reason",
            reason.words().to_owned(),
        )
    }));
    list
}

/// The unit without what it comes with: `share with k, n and ...` is a share.
fn in_short(unit: &str) -> &str {
    let unit = unit.split([',', ';', '(']).next().unwrap_or_default();
    unit.split(" with ").next().unwrap_or_default().trim()
}

fn list() -> Report {
    let row = |(name, kind, doc): (String, &'static str, String)| {
        let definition = dictionary::all().find(|it| kind == "metric" && it.key == name);
        let unit = definition.map(|it| in_short(it.unit));
        let good = definition.and_then(|it| dictionary::good_of(it.key));
        vec![
            name.into(),
            kind.into(),
            doc.into(),
            good.map_or(Cell::Blank, |good| good.word().into()),
            unit.map_or(Cell::Blank, Into::into),
        ]
    };
    let rows = topics().into_iter().map(row).collect();
    let table = Table {
        id: "topics".into(),
        title: "What can be explained".into(),
        columns: vec![
            Column::new("topic", "Topic", Kind::Text).weight(Weight::Key),
            Column::new("kind", "Kind", Kind::Text).weight(Weight::Key),
            Column::new("text", "In short", Kind::Text).weight(Weight::Key),
            Column::new("good", "Good", Kind::Text).plain(),
            Column::new("unit", "Unit", Kind::Text).weight(Weight::Detail).plain(),
        ],
        rows,
        remarks: vec![
            "A channel decision: leadflow explain \"channel google cpc spring-sale\".".into(),
            "What can be checked with your inputs, with dimensions and units: leadflow check --list.".into(),
        ],
    };
    plain("explain", "What can be explained", table)
}
