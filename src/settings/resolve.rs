//! From what was typed and written to what is meant.

use std::ffi::OsString;

use chrono_tz::Tz;

use crate::cli::Cli;
use crate::diagnostics::Failure;
use crate::diagnostics::terminal::{ColourChoice, ShellOptions};

use super::config::{BasisWord, Config, DimensionAt};
use super::env::Environment;
use super::files::{ConfigFile, project_file, user_file};
use super::inputs::TypedHeader;
use super::layers::Layers;
use super::origin::Origin;
use super::rows::RowsQuery;
use super::{
    Basis, Settings, attribution, channels, checks, costs, describe, event_funnel, flags, flywheel,
    funnel, fx, inputs, moments, output, pipeline, score, segments, sla, targets, whatif,
};

/// Seed of everything drawn at random where nobody names another.
const DEFAULT_SEED: u64 = 20_260_101;

/// The settings of a run: flag, then `LEADFLOW_` variable, then project file, then user
/// file, then default.
///
/// # Errors
/// Everything that is wrong with the command line or a configuration file, with the
/// place where it stands.
pub fn resolve(cli: &Cli, environment: &Environment) -> Result<Settings, Failure> {
    let project = project_file(cli, environment);
    let mut layers = Layers::default();
    if let Some(file) = user_file(environment) {
        layers.add(file.layer(Origin::UserFile)?);
    }
    if let Some(file) = &project {
        layers.add(file.layer(Origin::ProjectFile)?);
    }
    layers.add(environment.layer()?);
    layers.add(flags::layer(cli)?);
    let shown = describe::describe(&layers);
    layers.prefer_table_of(cli.command.name());
    let mut settings = settle(cli, environment, &layers, project.as_ref())?;
    settings.shown = shown;
    Ok(settings)
}

/// How to talk about failures that happen before there are settings: what the command
/// line says, and what the environment says where it makes sense.
#[must_use]
pub fn shell_options(cli: &Cli, environment: &Environment) -> ShellOptions {
    let mut layers = Layers::default();
    layers.add(environment.layer().unwrap_or_default());
    let without_flags = layers.config().unwrap_or_default();
    layers.add(flags::layer(cli).unwrap_or_default());
    let config = layers.config().unwrap_or(without_flags);
    let mut options = output::conversation(&config);
    // Where another option is wrong, this one still says how that is told.
    if let Some(format) = &cli.running.error_format {
        options.speech = output::speech(format);
    }
    options
}

/// How to talk about a command line that makes no sense: what of it can be made out.
#[must_use]
pub fn early_shell_options(words: &[OsString], environment: &Environment) -> ShellOptions {
    let mut layers = Layers::default();
    layers.add(environment.layer().unwrap_or_default());
    let mut options = output::conversation(&layers.config().unwrap_or_default());
    if let Some(format) = value_of(words, "--error-format") {
        options.speech = output::speech(format);
    }
    match value_of(words, "--color") {
        Some("always") => options.colour = ColourChoice::Always,
        Some("never") => options.colour = ColourChoice::Never,
        _ => {}
    }
    options
}

/// The value of the last `--option value` or `--option=value` among the words.
fn value_of<'a>(words: &'a [OsString], option: &str) -> Option<&'a str> {
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let joined = |word: &&'a str| word.strip_prefix(option)?.strip_prefix('=');
    let mut found = words.iter().rev().find_map(joined);
    for pair in words.windows(2) {
        if pair[0] == option {
            found = Some(pair[1]);
        }
    }
    found
}

fn settle(
    cli: &Cli,
    environment: &Environment,
    layers: &Layers,
    project: Option<&ConfigFile>,
) -> Result<Settings, Failure> {
    let config = &layers.config()?;
    let zone = moments::zone(layers, "time_zone", config.time_zone.as_deref())?.unwrap_or(Tz::UTC);
    let ladder = funnel::ladder(config, layers)?;
    let folder = project.map(ConfigFile::folder);
    let files = cli.command.files();
    let event_funnels = event_funnel::configured(config, layers)?;
    let inputs = inputs::inputs(config, layers, files, folder.as_deref(), environment)?;
    Ok(Settings {
        base: inputs.base,
        config_file: project.map(|file| file.path.clone()),
        inputs: inputs.specs,
        inputs_were_typed: !files.is_empty(),
        reading: inputs::reading(config, layers, zone, typed_header(cli))?,
        zone,
        currency: costs::currency(layers, "currency", config.currency.as_deref())?,
        as_of: moments::as_of(config, layers, zone, environment)?,
        period: moments::period(config, layers)?,
        stage_labels: funnel::stage_labels(config, layers, &ladder)?,
        horizons: funnel::horizons(config, layers, &ladder)?,
        policy: funnel::policy(config),
        entry: funnel::entry(config),
        view: funnel::view(config),
        from_deals: funnel::from_deals(config, layers, &ladder)?,
        event_funnel: event_funnel::asked(config, layers)?,
        event_funnels,
        gross_margin: gross_margin(config, layers)?,
        channel_rules: channels::rules(config, layers)?,
        extensions: config.channels.extensions.unwrap_or(true),
        visits_from: config.visits.from.clone(),
        hours: costs::hours(config, layers)?,
        costs: costs::costs(config, layers)?,
        fx: fx::fx(config, layers)?,
        segments: segments::segments(config, layers, &ladder)?,
        exclusions: segments::exclusions(config, layers),
        targets: targets::targets(config, layers)?,
        checks: checks::checks(&cli.command, config, layers),
        strict: cli.command.gates().is_some_and(|gates| gates.strict),
        summary: summary(cli, environment),
        junit: cli
            .command
            .gates()
            .and_then(|gates| gates.junit.as_ref())
            .map(std::path::PathBuf::from),
        by: config
            .by
            .as_ref()
            .map(super::config::Words::list)
            .unwrap_or_default(),
        filter: config.filter.clone(),
        dimension_at_now: config.dimension_at == Some(DimensionAt::Now),
        rows: cli.command.rows().map(RowsQuery::parse).transpose()?,
        seed: config.seed.unwrap_or(DEFAULT_SEED),
        basis: basis(config),
        credit_model: config.channels.model.clone(),
        attribution: attribution::attribution(config, layers)?,
        previous: output::previous_report(config, cli.command.name()),
        flywheel: flywheel::flywheel(config, layers)?,
        pipelines: pipeline::pipelines(config, layers)?,
        score: score::score(config, layers)?,
        what_if: whatif::asked(cli, layers)?,
        what_ifs: whatif::configured(config, layers)?,
        service_levels: sla::service_levels(config, layers, &ladder, zone)?,
        thresholds: sla::thresholds(config, layers)?,
        optimize: whatif::optimize(config, layers)?,
        output: output::output(config, layers)?,
        shell: output::conversation(config),
        threads: threads(config, layers)?,
        memory_limit: memory_limit(config, layers)?,
        fonts: config
            .charts
            .font
            .as_deref()
            .map(|font| layers.located("charts.font", font)),
        findings: environment.unknown_variables(),
        shown: Vec::new(),
        ladder,
    })
}

fn typed_header(cli: &Cli) -> TypedHeader<'_> {
    let typed = cli.command.reading();
    typed.map_or_else(TypedHeader::default, |typed| TypedHeader {
        absent: typed.no_header,
        columns: &typed.columns,
    })
}

fn gross_margin(config: &Config, layers: &Layers) -> Result<Option<f64>, Failure> {
    match config.gross_margin {
        Some(margin) if !(margin > 0.0 && margin <= 1.0) => {
            let text =
                format!("`{margin}` is no gross margin; write a share of revenue such as 0.8");
            Err(layers.complaint("gross_margin", &text).into())
        }
        margin => Ok(margin),
    }
}

fn basis(config: &Config) -> Basis {
    match config.channels.basis {
        None | Some(BasisWord::Period) => Basis::Period,
        Some(BasisWord::Cohort) => Basis::Cohort,
    }
}

fn threads(config: &Config, layers: &Layers) -> Result<Option<usize>, Failure> {
    match config.threads {
        Some(0) => Err(layers
            .complaint("threads", "at least one thread is needed")
            .into()),
        threads => Ok(threads.map(|threads| threads as usize)),
    }
}

/// Bytes in `1GiB`, `512 MB`, `2G`, `1073741824`; nothing for any other text.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "kb" => 1000,
        "m" | "mib" => 1 << 20,
        "mb" => 1_000_000,
        "g" | "gib" => 1 << 30,
        "gb" => 1_000_000_000,
        _ => return None,
    };
    let number: f64 = number.parse().ok()?;
    (number > 0.0).then_some((number * factor as f64) as u64)
}

/// `--summary`; for those commands that a pipeline runs also the file that GitHub names.
fn summary(cli: &Cli, environment: &Environment) -> Option<std::path::PathBuf> {
    let typed = cli.command.gates()?.summary.as_deref();
    let by_github = || {
        let runs_there = ["check", "report"].contains(&cli.command.name());
        environment
            .variable("GITHUB_STEP_SUMMARY")
            .filter(|_| runs_there)
    };
    typed.or_else(by_github).map(std::path::PathBuf::from)
}

fn memory_limit(config: &Config, layers: &Layers) -> Result<Option<u64>, Failure> {
    let Some(text) = &config.memory_limit else {
        return Ok(None);
    };
    let complain = |text: &str| layers.complaint("memory_limit", text).into();
    match bytes(text) {
        None => Err(complain(&format!(
            "`{text}` is no amount of memory; write 512MiB or 2GB"
        ))),
        Some(limit) if limit < 256 << 20 => Err(complain(&format!(
            "`{text}` is too little memory; at least 256MiB are needed"
        ))),
        limit => Ok(limit),
    }
}
