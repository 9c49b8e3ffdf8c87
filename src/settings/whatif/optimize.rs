//! `[optimize]`: what is split, and how the best split is looked for.

use super::{Complain, amount, margin, share};
use crate::diagnostics::Failure;
use crate::settings::config::{Config, ShareWord, Words, command_table};
use crate::settings::layers::Layers;

command_table! {
    /// `[optimize]`: the options of the command.
    OptimizeTable {
        budget: Option<f64>,
        hours: Option<i64>,
        bounds: Option<String>,
        fix: Option<Words>,
        target_roi: Option<ShareWord>,
        risk: Option<String>,
        hour_cost: Option<f64>,
        margin: Option<ShareWord>,
        deal_value: Option<f64>,
    }
}

/// How the best split is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimize {
    /// What is split; absent where nothing was said.
    pub total: Option<SplitTotal>,
    /// Least and most, as multiples of the present amount.
    pub bounds: Option<(f64, f64)>,
    /// Channels that keep an amount, as written.
    pub fixed: Vec<(String, f64)>,
    /// True: best in bad luck rather than on average.
    pub cautious: bool,
    /// Price of an hour.
    pub hour_cost: Option<f64>,
    /// Share of revenue that is gross profit.
    pub margin: Option<f64>,
    /// Value of a customer.
    pub deal_value: Option<f64>,
}

/// What is split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SplitTotal {
    /// Money of a month.
    Money(f64),
    /// Whole hours of a month.
    Hours(u64),
    /// As much as returns so much more than itself.
    Return(f64),
}

/// The options of `optimize`.
pub fn optimize(config: &Config, layers: &Layers) -> Result<Optimize, Failure> {
    let table = &config.optimize;
    let complain = |key: &str, text: &str| layers.complaint(&format!("optimize.{key}"), text);
    let hours = match table.hours {
        Some(hours) => Some(u64::try_from(hours).map_err(|_| {
            complain(
                "hours",
                &format!("`{hours}` is no number of hours from 0 on"),
            )
        })?),
        None => None,
    };
    let target = share(table.target_roi.as_ref(), "target_roi", &complain)?;
    let total = match (amount(table.budget, "budget", &complain)?, hours, target) {
        (None, None, None) => None,
        (Some(money), None, None) => Some(SplitTotal::Money(money)),
        (None, Some(hours), None) => Some(SplitTotal::Hours(hours)),
        (None, None, Some(target)) => Some(SplitTotal::Return(target)),
        _ => {
            let text = "stands beside another total; budget, hours and target_roi exclude \
                        each other";
            return Err(complain("budget", text).into());
        }
    };
    let fixed = table.fix.as_ref().map(Words::list).unwrap_or_default();
    Ok(Optimize {
        total,
        bounds: table
            .bounds
            .as_deref()
            .map(|text| bounds(text, &complain))
            .transpose()?,
        fixed: fixed
            .iter()
            .map(|text| fixed_amount(text, &complain))
            .collect::<Result<_, _>>()?,
        cautious: match table.risk.as_deref() {
            None | Some("mean") => false,
            Some("p20") => true,
            Some(other) => {
                return Err(complain("risk", &format!("`{other}` is neither mean nor p20")).into());
            }
        },
        hour_cost: amount(table.hour_cost, "hour_cost", &complain)?,
        margin: margin(table.margin.as_ref(), &complain)?,
        deal_value: amount(table.deal_value, "deal_value", &complain)?,
    })
}

fn bounds(text: &str, complain: Complain) -> Result<(f64, f64), Failure> {
    let ends = text.split_once("..").and_then(|(low, high)| {
        Some((
            low.trim().parse::<f64>().ok()?,
            high.trim().parse::<f64>().ok()?,
        ))
    });
    match ends.filter(|(low, high)| *low >= 0.0 && low <= high && high.is_finite()) {
        Some(ends) => Ok(ends),
        None => Err(complain("bounds", &format!("`{text}` are no bounds"))
            .hint("write multiples of the present amount: 0.5..1.5")
            .into()),
    }
}

fn fixed_amount(text: &str, complain: Complain) -> Result<(String, f64), Failure> {
    let parts = text
        .rsplit_once('=')
        .and_then(|(name, amount)| Some((name.trim().to_owned(), amount.trim().parse().ok()?)));
    match parts.filter(|(_, amount): &(String, f64)| amount.is_finite() && *amount >= 0.0) {
        Some(fixed) => Ok(fixed),
        None => Err(
            complain("fix", &format!("`{text}` is no channel and amount"))
                .hint("write it so: --fix Email=700")
                .into(),
        ),
    }
}
