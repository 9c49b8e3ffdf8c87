//! What the command line says, as a layer of settings.

use toml::{Table, Value};

use crate::cli::{Cli, Command, EventArgs, Gates, Journeys, Reading, Running, What, Writing};
use crate::diagnostics::{Diagnostic, Failure, codes};

use super::document::join;
use super::keys::Key;
use super::layers::Layer;
use super::origin::Origin;

/// The layer of the command line; a named option wins over `--set` for the same key.
pub fn layer(cli: &Cli) -> Result<Layer, Failure> {
    let mut layer = Layer::default();
    for assignment in &cli.running.settings {
        assign(&mut layer, assignment)?;
    }
    let mut options = Vec::new();
    running(&cli.running, &mut options);
    let command = &cli.command;
    command
        .what()
        .into_iter()
        .for_each(|group| what(group, &mut options));
    command
        .reading()
        .into_iter()
        .for_each(|group| reading(group, &mut options));
    command
        .writing()
        .into_iter()
        .for_each(|group| writing(group, &mut options));
    command
        .gates()
        .into_iter()
        .for_each(|group| gates(group, &mut options));
    own(command, &mut options);
    for (option, value) in options {
        let flag = format!("--{}", typed(option));
        layer.set(path_of(option), value, &Origin::Flag(flag))?;
    }
    Ok(layer)
}

/// Long option, value.
type Options = Vec<(&'static str, Value)>;

/// `--model` where it divides revenue, which is not the list of `attribution`.
const REVENUE_MODEL: &str = "revenue-model";

/// The option as it is typed; those of `score` share words with other commands and go by
/// the path of what they set.
fn typed(option: &str) -> String {
    match option.strip_prefix("score.") {
        _ if option == REVENUE_MODEL => "model".to_owned(),
        Some(key) => key.replace('_', "-"),
        None => option.to_owned(),
    }
}

/// The setting that an option sets.
fn path_of(option: &'static str) -> &'static str {
    if option == REVENUE_MODEL {
        return "channels.model";
    }
    if option == "lax" {
        return "max_rejects";
    }
    Key::by_option(option).map_or(option, |key| key.path)
}

fn running(group: &Running, options: &mut Options) {
    flag(options, "quiet", group.quiet);
    let verbose = (group.verbose > 0).then_some(group.verbose);
    number(options, "verbose", verbose);
    text(options, "color", group.color.as_ref());
    number(options, "threads", group.threads);
    text(options, "memory-limit", group.memory_limit.as_ref());
    text(options, "error-format", group.error_format.as_ref());
}

fn what(group: &What, options: &mut Options) {
    text(options, "period", group.period.as_ref());
    text(options, "as-of", group.as_of.as_ref());
    words(options, "by", &group.by);
    text(options, "where", group.filter.as_ref());
    text(options, "dimension-at", group.dimension_at.as_ref());
    number(options, "seed", group.seed);
}

fn reading(group: &Reading, options: &mut Options) {
    text(options, "tz", group.tz.as_ref());
    text(options, "input-tz", group.input_tz.as_ref());
    text(options, "encoding", group.encoding.as_ref());
    text(options, "delimiter", group.delimiter.as_ref());
    text(options, "date-format", group.date_format.as_ref());
    text(options, "decimal", group.decimal.as_ref());
    text(options, "max-rejects", group.max_rejects.as_ref());
    text(
        options,
        "lax",
        group.lax.then(|| "unlimited".to_owned()).as_ref(),
    );
    text(options, "rejects", group.rejects.as_ref());
    flag(options, "keep-going", group.keep_going);
}

fn writing(group: &Writing, options: &mut Options) {
    text(options, "format", group.format.as_ref());
    text(options, "table", group.table.as_ref());
    text(options, "out", group.out.as_ref());
    flag(options, "no-clobber", group.no_clobber);
    flag(options, "include-pii", group.include_pii);
    text(options, "pii-key-file", group.pii_key_file.as_ref());
    text(options, "lang", group.lang.as_ref());
    flag(options, "raw-csv", group.raw_csv);
    amount(options, "scale", group.scale);
}

fn gates(group: &Gates, options: &mut Options) {
    flag(options, "fail-on-empty", group.fail_on_empty);
}

/// The options that only one command has.
fn own(command: &Command, options: &mut Options) {
    match command {
        Command::Funnel(args) => {
            text(options, "policy", args.policy.as_ref());
            text(options, "view", args.view.as_ref());
            number(options, "horizon", args.horizon);
            event_funnel(&args.events, options);
        }
        Command::Channels(args) => {
            text(options, "basis", args.basis.as_ref());
            text(options, REVENUE_MODEL, args.revenue_model.as_ref());
        }
        Command::Report(args) => {
            text(options, REVENUE_MODEL, args.revenue_model.as_ref());
            text(options, "previous", args.previous.as_ref());
        }
        Command::Paths(args) => {
            number(options, "top", args.top);
            journeys(&args.journeys, options);
        }
        Command::Flywheel(args) => text(options, "base", args.base.as_ref()),
        Command::Optimize(args) => {
            amount(options, "budget", args.budget);
            number(options, "hours", args.hours);
            text(options, "bounds", args.bounds.as_ref());
            words(options, "fix", &args.fix);
            text(options, "target-roi", args.target_roi.as_ref());
            text(options, "risk", args.risk.as_ref());
            amount(options, "hour-cost", args.hour_cost);
            text(options, "margin", args.margin.as_ref());
            amount(options, "deal-value", args.deal_value);
        }
        Command::Score(args) => {
            let learned = args.learn.then(|| "logistic".to_owned());
            text(
                options,
                "score.model",
                args.model.as_ref().or(learned.as_ref()),
            );
            text(options, "score.target", args.target.as_ref());
            words(options, "score.allow_leak", &args.allow_leak);
            number(options, "score.top", args.top);
            amount(options, "score.capacity", args.capacity);
            amount(options, "score.cost", args.cost);
            amount(options, "score.margin", args.margin);
        }
        Command::Attribution(args) => {
            words(options, "model", &args.model);
            number(options, "draws", args.draws);
            text(options, "cost-by", args.cost_by.as_ref());
            text(options, "experiment", args.experiment.as_ref());
            journeys(&args.journeys, options);
        }
        _ => {}
    }
}

fn journeys(group: &Journeys, options: &mut Options) {
    text(options, "target", group.target.as_ref());
    text(options, "lookback", group.lookback.as_ref());
    text(options, "conversions", group.conversions.as_ref());
    words(options, "direct", &group.direct);
    flag(options, "collapse-repeats", group.collapse_repeats);
}

fn event_funnel(group: &EventArgs, options: &mut Options) {
    text(options, "steps", group.steps.as_ref());
    text(options, "window", group.window.as_ref());
    text(options, "order", group.order.as_ref());
    text(options, "entry", group.entry.as_ref());
    flag(options, "strict-increase", group.strict_increase);
    words(options, "exclude", &group.exclude);
    text(options, "exclude-ends", group.exclude_ends.as_ref());
    text(options, "anchor", group.anchor.as_ref());
    text(options, "value-from", group.value_from.as_ref());
}

fn text(options: &mut Options, option: &'static str, value: Option<&String>) {
    options.extend(value.map(|value| (option, Value::String(value.clone()))));
}

fn words(options: &mut Options, option: &'static str, values: &[String]) {
    if !values.is_empty() {
        let list = values.iter().cloned().map(Value::String).collect();
        options.push((option, Value::Array(list)));
    }
}

fn number(options: &mut Options, option: &'static str, value: Option<impl Into<i64>>) {
    options.extend(value.map(|value| (option, Value::Integer(value.into()))));
}

fn amount(options: &mut Options, option: &'static str, value: Option<f64>) {
    options.extend(value.map(|value| (option, Value::Float(value))));
}

fn flag(options: &mut Options, option: &'static str, value: bool) {
    if value {
        options.push((option, Value::Boolean(true)));
    }
}

/// One `--set KEY=VALUE`: a line of TOML, in which a word needs no quotes.
fn assign(layer: &mut Layer, assignment: &str) -> Result<(), Failure> {
    let table = parse_assignment(assignment).ok_or_else(|| {
        Diagnostic::new(
            &codes::USAGE,
            format!("--set: `{assignment}` is no KEY=VALUE"),
        )
        .hint("write it as in the file: --set funnel.horizon_days=60")
    })?;
    set_all(layer, &table, "")
}

fn parse_assignment(assignment: &str) -> Option<Table> {
    let (key, value) = assignment.split_once('=')?;
    let line = |value: &str| toml::from_str::<Table>(&format!("{key} = {value}")).ok();
    line(value).or_else(|| line(&Value::String(value.trim().to_owned()).to_string()))
}

fn set_all(layer: &mut Layer, table: &Table, path: &str) -> Result<(), Failure> {
    for (key, value) in table {
        let path = join(path, key);
        match value {
            Value::Table(inner) => set_all(layer, inner, &path)?,
            value => layer.set(&path, value.clone(), &Origin::Flag("--set".to_owned()))?,
        }
    }
    Ok(())
}
