//! `[flywheel]`: what the wheel is measured against, and how long advocacy may take.

use super::config::Config;
use super::layers::Layers;
use crate::diagnostics::Failure;
use crate::domain::period::Period;

/// The settings of the flywheel.
#[derive(Debug, Clone, PartialEq)]
pub struct FlywheelSetup {
    /// What indices and friction are measured against.
    pub base: Base,
    /// Days within which a customer should refer, expand or renew.
    pub advocacy_days: u32,
}

/// A base period.
#[derive(Debug, Clone, PartialEq)]
pub enum Base {
    /// The period before.
    Previous,
    /// The same months a year before.
    YearBefore,
    /// A period by name.
    Fixed(Period),
}

const ADVOCACY_DAYS: u32 = 365;

/// The settings of the flywheel.
pub fn flywheel(config: &Config, layers: &Layers) -> Result<FlywheelSetup, Failure> {
    let table = &config.flywheel;
    let advocacy_days = table.advocacy_days.unwrap_or(ADVOCACY_DAYS);
    if advocacy_days == 0 {
        let text = "`0` days are too few for a customer to refer, expand or renew";
        return Err(layers.complaint("flywheel.advocacy_days", text).into());
    }
    Ok(FlywheelSetup {
        base: base(layers, table.base.as_deref())?,
        advocacy_days,
    })
}

fn base(layers: &Layers, word: Option<&str>) -> Result<Base, Failure> {
    match word {
        None | Some("previous") => Ok(Base::Previous),
        Some("year-before" | "year_before") => Ok(Base::YearBefore),
        Some(other) => Period::parse(other).map(Base::Fixed).map_err(|_| {
            let text = format!("`{other}` is no base period");
            layers
                .complaint("flywheel.base", &text)
                .hint("write previous, year-before, or a period such as 2025-Q4")
                .into()
        }),
    }
}
