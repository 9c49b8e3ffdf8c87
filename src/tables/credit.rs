//! Revenue as a model of attribution divides it.
//!
//! Filled from journeys, read by the metrics of channels, so that neither knows the other.

use std::collections::BTreeMap;

use crate::domain::money::Money;

/// The row of revenue that no touch lies before.
pub const NO_TOUCH: &str = "(no touch)";

/// Revenue divided among the values of dimensions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Credit {
    /// The model, as in `--model`.
    pub model: String,
    /// What is credited, in words.
    pub target: String,
    /// What its journeys were made by: setting and value.
    pub rules: Vec<(&'static str, String)>,
    /// By the values of the dimensions asked for.
    pub rows: BTreeMap<Vec<String>, Credited>,
}

impl Credit {
    /// All of it in one row, without an interval.
    #[must_use]
    pub fn whole(&self) -> Self {
        let mut whole = Credited::default();
        for row in self.rows.values() {
            whole.revenue += row.revenue;
            whole.revenue_new += row.revenue_new;
            whole.wins += row.wins;
        }
        Self {
            rows: BTreeMap::from([(Vec::new(), whole)]),
            ..self.clone()
        }
    }
}

/// What one of them gets.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Credited {
    /// Revenue of all kinds of deals.
    pub revenue: Money,
    /// The part of it from deals of kind `new`.
    pub revenue_new: Money,
    /// Deals of kind `new` behind it; a deal may be divided.
    pub wins: f64,
    /// Ends of the 95 % interval of the new revenue, in units; absent where nothing was drawn.
    pub interval: Option<(f64, f64)>,
}
