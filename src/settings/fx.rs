//! Rates of other currencies.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use crate::diagnostics::{Diagnostic, Failure, Location, codes};
use crate::domain::period::{Grain, Period};

use super::config::{Config, FxValue};
use super::costs::currency;
use super::layers::Layers;
use super::table;

/// How many units of the report's currency one unit of another is worth.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fx {
    /// Currency -> rate at any time.
    pub constant: BTreeMap<String, f64>,
    /// Currency -> first day of a month -> rate in that month.
    pub monthly: BTreeMap<String, BTreeMap<NaiveDate, f64>>,
}

impl Fx {
    /// The rate of `currency` on a day; without a day only a constant rate is known.
    /// Absent where no rate is configured for that month: nothing is guessed.
    #[must_use]
    pub fn rate(&self, currency: &str, day: Option<NaiveDate>) -> Option<f64> {
        if let Some(rate) = self.constant.get(currency) {
            return Some(*rate);
        }
        let month = day?.with_day(1)?;
        self.monthly.get(currency)?.get(&month).copied()
    }

    /// Every currency that has a rate, in order.
    pub fn currencies(&self) -> impl Iterator<Item = &str> {
        let all: std::collections::BTreeSet<&String> =
            self.constant.keys().chain(self.monthly.keys()).collect();
        all.into_iter().map(String::as_str)
    }
}

/// The rates: constants of `[fx]`, and the file it names.
pub fn fx(config: &Config, layers: &Layers) -> Result<Fx, Failure> {
    let mut fx = Fx::default();
    for (name, value) in &config.fx {
        let key = format!("fx.{name}");
        match (name.as_str(), value) {
            ("file", FxValue::File(file)) => fx.monthly = monthly(layers, file)?,
            ("file", FxValue::Rate(_)) => {
                return Err(layers.complaint(&key, "expected the name of a file").into());
            }
            (_, FxValue::File(text)) => {
                return Err(layers
                    .complaint(&key, &format!("`{text}` is no rate; write {name} = 0.92"))
                    .into());
            }
            (_, FxValue::Rate(rate)) => {
                let code = currency(layers, &key, Some(name))?.unwrap_or_default();
                let rate = check_rate(*rate).map_err(|text| layers.complaint(&key, &text))?;
                fx.constant.insert(code, rate);
            }
        }
    }
    if let Some(both) = fx
        .monthly
        .keys()
        .find(|code| fx.constant.contains_key(*code))
    {
        let text = format!(
            "{both} has a rate here and others in `{}`",
            file_name(config)
        );
        return Err(layers
            .complaint(&format!("fx.{both}"), &text)
            .hint("keep one of them")
            .into());
    }
    Ok(fx)
}

fn file_name(config: &Config) -> &str {
    match config.fx.get("file") {
        Some(FxValue::File(name)) => name,
        _ => "file",
    }
}

fn check_rate(rate: f64) -> Result<f64, String> {
    if rate.is_finite() && rate > 0.0 {
        return Ok(rate);
    }
    Err(format!("`{rate}` is no rate; it must be above 0"))
}

fn monthly(
    layers: &Layers,
    file: &str,
) -> Result<BTreeMap<String, BTreeMap<NaiveDate, f64>>, Failure> {
    let mut rates: BTreeMap<String, BTreeMap<NaiveDate, f64>> = BTreeMap::new();
    for row in table::rows(&layers.located("fx.file", file), file)? {
        let at = |text: String| {
            Failure::from(Diagnostic::new(&codes::CONFIG, text).at(Location::line(file, row.line)))
        };
        let month =
            Period::parse(row.cell("month", file)?).map_err(|error| at(error.to_string()))?;
        if month.grain != Grain::Month {
            return Err(at(format!("`{}` is no month; write 2026-10", month.label)));
        }
        let code = row.cell("currency", file)?.to_ascii_uppercase();
        let rate = check_rate(row.number("rate", file)?).map_err(at)?;
        if rates
            .entry(code.clone())
            .or_default()
            .insert(month.start, rate)
            .is_some()
        {
            return Err(at(format!("{code} has two rates in {}", month.label)));
        }
    }
    Ok(rates)
}
