//! Amounts into the currency of the report.
//!
//! One currency per report. The report's is the configured one, else the only one that
//! occurs. An amount in another one needs a rate; without it the run ends, because a
//! sum over two currencies means nothing.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::group::Group;
use super::meanings::CurrencyWords;
use super::request::Request;
use super::typed::{Amounts, Said, Typed};
use crate::diagnostics::{Diagnostic, Diagnostics, Location, codes};

/// The currency of the report.
#[must_use]
pub fn report_currency(
    request: &Request,
    typed: &[Typed],
    own: &[Option<CurrencyWords>],
) -> Option<String> {
    if let Some(code) = &request.currency {
        return Some(code.to_uppercase());
    }
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for (typed, own) in typed.iter().zip(own) {
        for amounts in &typed.amounts {
            for row in (0..amounts.micros.len()).filter(|row| amounts.micros[*row].is_some()) {
                let word = own
                    .as_ref()
                    .and_then(|own| own.0.get(row).cloned().flatten());
                if let Some(code) = likeliest(&amounts.currency[row], word) {
                    *counts.entry(code).or_default() += 1;
                }
            }
        }
    }
    counts
        .into_iter()
        .max_by_key(|(code, rows)| (*rows, std::cmp::Reverse(code.clone())))
        .map(|(code, _)| code)
}

fn likeliest(said: &Said, own: Option<String>) -> Option<String> {
    match said {
        Said::Code(code) => Some(code.to_uppercase()),
        Said::Nothing => own,
        Said::Sign(codes) => own.or_else(|| codes.first().map(|code| (*code).to_owned())),
    }
}

/// Converts the amounts of a group and adds their columns.
pub fn convert(
    request: &Request,
    group: &Group,
    typed: &mut Typed,
    own: Option<&CurrencyWords>,
    report: Option<&str>,
    findings: &mut Diagnostics,
) {
    let own = own.map(|own| own.0.as_slice());
    for amounts in std::mem::take(&mut typed.amounts) {
        let converter = Converter {
            request,
            group,
            report,
            days: &typed.days,
            own,
        };
        let column = converter.column(&amounts, findings);
        typed.columns.push(column);
    }
}

struct Converter<'a> {
    request: &'a Request<'a>,
    group: &'a Group,
    report: Option<&'a str>,
    days: &'a [Option<chrono::NaiveDate>],
    own: Option<&'a [Option<String>]>,
}

impl Converter<'_> {
    fn column(&self, amounts: &Amounts, findings: &mut Diagnostics) -> Column {
        let mut without_rate: BTreeMap<String, (usize, u64)> = BTreeMap::new();
        let mut unsaid = 0;
        let values: Vec<Option<i64>> = (0..amounts.micros.len())
            .map(|row| {
                let micros = amounts.micros[row]?;
                let foreign = match self.foreign(&amounts.currency[row], row) {
                    Foreign::No => return Some(micros),
                    Foreign::Unsaid => {
                        unsaid += 1;
                        return Some(micros);
                    }
                    Foreign::Yes(code) => code,
                };
                let day = self.days.get(row).copied().flatten();
                match (self.request.exchange)(&foreign, day) {
                    Some(rate) => Some((micros as f64 * rate).round() as i64),
                    None => {
                        without_rate.entry(foreign).or_insert((row, 0)).1 += 1;
                        None
                    }
                }
            })
            .collect();
        self.complain(&without_rate, findings);
        self.note_signs(&values, amounts, unsaid, findings);
        Column::new(amounts.name.as_str().into(), values)
    }

    fn foreign(&self, said: &Said, row: usize) -> Foreign {
        let own = self.own.and_then(|own| own.get(row).cloned().flatten());
        let code = match (said, own) {
            (Said::Code(code), _) => code.to_uppercase(),
            (Said::Sign(codes), own) => {
                let report = self.report.unwrap_or_default();
                match own {
                    Some(own) => own,
                    None if codes.contains(&report) => return Foreign::No,
                    None => codes
                        .first()
                        .map(|code| (*code).to_owned())
                        .unwrap_or_default(),
                }
            }
            (Said::Nothing, Some(own)) => own,
            (Said::Nothing, None) => return Foreign::Unsaid,
        };
        if self.report == Some(code.as_str()) {
            Foreign::No
        } else {
            Foreign::Yes(code)
        }
    }

    fn complain(&self, without_rate: &BTreeMap<String, (usize, u64)>, findings: &mut Diagnostics) {
        let report = self.report.unwrap_or_default();
        for (code, (row, rows)) in without_rate {
            let (file, line) = self.group.origin(*row);
            let name = self.group.files.iter().find(|facts| facts.index == file);
            let name = name.map(|facts| facts.name.clone()).unwrap_or_default();
            let text = format!(
                "{rows} amounts are in {code}, the report is in {report}, and there is no rate"
            );
            findings.push(
                Diagnostic::new(&codes::MIXED_CURRENCY, text)
                    .at(Location::line(name, u64::from(line)))
                    .hint(format!("add to leadflow.toml: [fx] {code} = 0.92 (units of {report} for one {code})"))
                    .times(*rows),
            );
        }
    }

    fn note_signs(
        &self,
        values: &[Option<i64>],
        amounts: &Amounts,
        unsaid: u64,
        findings: &mut Diagnostics,
    ) {
        let label = &self.group.label;
        let name = &amounts.name;
        if let Some(report) = self.report.filter(|_| unsaid > 0) {
            let text = format!(
                "{unsaid} amounts of `{name}` in {label} carry no currency and are taken as {report}"
            );
            findings.push(Diagnostic::new(&codes::ASSUMED_CURRENCY, text));
        }
        let negative = values
            .iter()
            .flatten()
            .filter(|micros| **micros < 0)
            .count() as u64;
        if negative > 0 {
            let code = if name == "money" {
                &codes::NEGATIVE_COST
            } else {
                &codes::NEGATIVE_AMOUNT
            };
            let text =
                format!("{negative} amounts of `{name}` in {label} are below zero and are kept");
            findings.push(Diagnostic::new(code, text).times(negative));
        }
        let missing = values.iter().filter(|micros| micros.is_none()).count() as u64;
        if missing > 0 {
            let text =
                format!("{missing} rows of {label} have no `{name}` and are left out of its sum");
            findings.push(Diagnostic::new(&codes::MISSING_AMOUNT, text).times(missing));
        }
    }
}

enum Foreign {
    No,
    Unsaid,
    Yes(String),
}
