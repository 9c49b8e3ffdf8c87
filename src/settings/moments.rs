//! Moments and spans of time in settings: zones, the as-of moment, the period.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use crate::diagnostics::Failure;
use crate::domain::calendar::{Millis, day_end, instant_of};
use crate::domain::names::did_you_mean;
use crate::domain::period::PeriodSpec;

use super::config::{Config, Word};
use super::env::Environment;
use super::layers::Layers;

/// What was known by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// The latest evidence in the inputs.
    Evidence,
    /// Before this instant. A date stands for the first instant of the next day.
    Instant(Millis),
}

/// The zone at `key`; absent where nobody names one.
pub fn zone(layers: &Layers, key: &str, name: Option<&str>) -> Result<Option<Tz>, Failure> {
    let Some(name) = name else { return Ok(None) };
    let zone = chrono_tz::TZ_VARIANTS
        .iter()
        .find(|zone| zone.name().eq_ignore_ascii_case(name));
    if let Some(zone) = zone {
        return Ok(Some(*zone));
    }
    let mut finding = layers.complaint(key, &format!("`{name}` is no time zone"));
    let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    finding.hint = did_you_mean(name, names)
        .or_else(|| Some("write an IANA name such as Europe/Berlin or UTC".to_owned()));
    Err(finding.into())
}

/// The as-of moment. `now` depends on the clock and so may not stand in a file.
pub fn as_of(
    config: &Config,
    layers: &Layers,
    zone: Tz,
    environment: &Environment,
) -> Result<AsOf, Failure> {
    let Some(word) = &config.as_of else {
        return Ok(AsOf::Evidence);
    };
    let text = word.text();
    let origin = layers.origin("as_of");
    if text == "now" && origin.is_for_this_run() {
        return Ok(AsOf::Instant((environment.clock)()));
    }
    if text == "now" {
        let finding = origin
            .complaint("as_of", "`now` would give another report every day")
            .hint("write a date here, or say `--as-of now` on the command line");
        return Err(finding.into());
    }
    instant(&text, zone).map(AsOf::Instant).ok_or_else(|| {
        let text = format!("`{text}` is no moment");
        origin
            .complaint("as_of", &text)
            .hint(
                "write a date such as 2026-11-01, a time such as 2026-11-01T12:00:00+01:00, or now",
            )
            .into()
    })
}

fn instant(text: &str, zone: Tz) -> Option<Millis> {
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(day_end(day, zone));
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp_millis());
    }
    let forms = [
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ];
    let local = forms
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    local.map(|local| instant_of(local, zone).0)
}

/// The period, where one is named.
pub fn period(config: &Config, layers: &Layers) -> Result<Option<PeriodSpec>, Failure> {
    config
        .period
        .as_ref()
        .map(|word| parse_period(layers, "period", word))
        .transpose()
}

/// The period at `key`.
pub fn parse_period(layers: &Layers, key: &str, word: &Word) -> Result<PeriodSpec, Failure> {
    PeriodSpec::parse(&word.text())
        .map_err(|error| layers.complaint(key, &error.to_string()).into())
}
