//! Settings to a request of the loader.

use chrono::NaiveDate;

use super::Run;
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::channel::Rules;
use crate::ingest::load::{
    self, ExclusionRule, Loaded, PipelineWords, Request, RowLimit, SegmentRule,
};
use crate::settings::{PipelineSetup, PreviousReport, RejectLimit, Settings};

/// Reads the inputs.
///
/// # Errors
/// As the loader; and where nothing is named to read.
pub fn load(run: &Run, profile: bool) -> Result<Loaded, Failure> {
    let settings = run.settings;
    check_inputs(run)?;
    let rules = Rules::new(settings.channel_rules.clone(), settings.extensions);
    let exchange = |code: &str, day: Option<NaiveDate>| settings.fx.rate(code, day);
    let bar = run.shell.progress("reading", settings.inputs.len() as u64);
    let progress = |_: &str, number: usize, _: usize| {
        if number > 0 {
            bar.inc(1);
        }
    };
    let loaded = load::load(&request(settings, &rules, &exchange, &progress, profile));
    bar.finish();
    loaded
}

fn check_inputs(run: &Run) -> Result<(), Failure> {
    if run.settings.inputs.is_empty() {
        let text =
            "there is nothing to read: no FILES were given and no leadflow.toml names an input";
        return Err(Diagnostic::new(&codes::USAGE, text)
            .hint("name exports (leadflow funnel exports/*.csv) or write a configuration (leadflow init exports/*.csv)")
            .into());
    }
    let stdin = run
        .settings
        .inputs
        .iter()
        .any(|input| input.path.as_deref() == Some("-"));
    if stdin && run.environment.stdin_is_terminal {
        let text = "standard input is a terminal, not a file";
        return Err(Diagnostic::new(&codes::USAGE, text)
            .hint("pipe a file into it: leadflow funnel - < export.csv")
            .into());
    }
    Ok(())
}

fn words_of(pipeline: &PipelineSetup) -> PipelineWords {
    let lost = pipeline.lost.iter().chain(&pipeline.no_decision);
    PipelineWords {
        name: pipeline.name.clone(),
        stages: pipeline.stages.clone(),
        won: pipeline.won.clone(),
        lost: lost.cloned().collect(),
    }
}

fn request<'a>(
    settings: &'a Settings,
    rules: &'a Rules,
    exchange: &'a dyn Fn(&str, Option<NaiveDate>) -> Option<f64>,
    progress: &'a dyn Fn(&str, usize, usize),
    profile: bool,
) -> Request<'a> {
    Request {
        inputs: &settings.inputs,
        base: settings.base.clone(),
        typed: settings.inputs_were_typed,
        stages: settings.ladder.iter().map(str::to_owned).collect(),
        stage_labels: settings.stage_labels.clone(),
        pipelines: settings.pipelines.iter().map(words_of).collect(),
        calendars: settings
            .service_levels
            .calendars
            .iter()
            .map(|calendar| calendar.name.clone())
            .collect(),
        zone: settings.zone,
        input_zone: settings.reading.zone,
        header: settings.reading.header,
        header_names: settings.reading.columns.clone(),
        currency: settings.currency.clone(),
        exchange,
        rules,
        segments: settings
            .segments
            .iter()
            .map(|segment| SegmentRule {
                name: segment.name.clone(),
                from: segment.from.clone(),
                rules: segment.rules.clone(),
            })
            .collect(),
        exclusions: settings
            .exclusions
            .iter()
            .map(|rule| ExclusionRule {
                table: rule.table.clone(),
                filter: rule.filter.clone(),
                why: rule.why.clone().unwrap_or_else(|| "[[exclude]]".into()),
                place: rule.location.clone(),
            })
            .collect(),
        hour_rate: settings.hours.rate,
        hour_rates: settings.hours.rates.clone(),
        visits_from: settings.visits_from.clone(),
        limit: match settings.reading.max_rejects {
            RejectLimit::Count(count) => RowLimit::Count(count),
            RejectLimit::Share(share) => RowLimit::Share(share),
            RejectLimit::Unlimited => RowLimit::Unlimited,
        },
        keep_going: settings.reading.keep_going,
        prints: settings.previous != PreviousReport::Nothing,
        profile,
        threads: settings.threads(),
        // The rest is for the program, for journeys and what is made of them.
        memory: settings.memory_limit.map(|limit| limit / 2),
        progress,
    }
}
