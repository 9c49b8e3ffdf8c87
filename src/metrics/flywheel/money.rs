//! What a customer costs and brings (dictionary 8): `ltv`, `ltv_cac`, the two paybacks, and
//! how they went from period to period.

use polars::prelude::PolarsResult;

use super::bridge::Bridge;
use super::ledger::{Ledger, last_over};
use super::months::Span;
use crate::domain::figure::{Figure, Undefined, ratio};
use crate::domain::money::Money;
use crate::domain::period::{Grain, Period};
use crate::metrics::data::Data;
use crate::metrics::monthly;

/// Months beyond which no customer is reckoned to stay.
pub const LONGEST_MONTHS: f64 = 60.0;

/// `ltv`: monthly amount x margin / monthly churn, no customer staying longer than
/// [`LONGEST_MONTHS`].
///
/// # Errors
/// `zero_denominator` where nobody leaves.
pub fn lifetime_value(monthly: f64, margin: f64, churn: f64) -> Figure<f64> {
    let months = ratio(1.0, churn)?;
    Ok(monthly * margin * months.min(LONGEST_MONTHS))
}

/// `payback_simple`, in months.
///
/// # Errors
/// `zero_denominator` where a customer leaves no margin.
pub fn payback_simple(cost: f64, monthly: f64, margin: f64) -> Figure<f64> {
    let gain = monthly * margin;
    if gain <= 0.0 {
        return Err(Undefined::ZeroDenominator);
    }
    Ok(cost / gain)
}

/// `payback_churn`: the first whole month in which what the customers of a cohort have
/// left reaches the cost, m(1-(1-c)^n)/c >= cost.
///
/// # Errors
/// `zero_denominator` where a customer leaves no margin, `not_reached` where too many
/// leave before.
pub fn payback_churn(cost: f64, monthly: f64, margin: f64, churn: f64) -> Figure<f64> {
    let simple = payback_simple(cost, monthly, margin)?;
    let exact = if churn > 0.0 {
        let left = 1.0 - simple * churn;
        if left <= 0.0 {
            return Err(Undefined::NotReached);
        }
        // Where everybody leaves the first month has to do.
        if churn >= 1.0 {
            1.0
        } else {
            libm::log(left) / libm::log1p(-churn)
        }
    } else {
        simple
    };
    // What is whole but for rounding is whole.
    Ok((exact - 1e-9).ceil().max(0.0))
}

/// The share that leaves in a month where this share leaves in `months`.
#[must_use]
pub fn monthly_churn(churn: f64, months: i32) -> f64 {
    if months == 1 {
        return churn;
    }
    1.0 - libm::pow(1.0 - churn, 1.0 / f64::from(months))
}

/// What a customer costs and brings.
#[derive(Debug, Clone, PartialEq)]
pub struct Economics {
    /// The period.
    pub period: String,
    /// All cost of the period.
    pub cost: Figure<Money>,
    /// New customers of the period.
    pub customers: Figure<u64>,
    /// `cac_blended`.
    pub cac: Figure<Money>,
    /// Mean recurring amount of a customer at the end.
    pub monthly: Figure<f64>,
    /// Share of the customers that leaves in a month.
    pub churn: Figure<f64>,
    /// `ltv`.
    pub ltv: Figure<f64>,
    /// `ltv_cac`.
    pub ltv_cac: Figure<f64>,
    /// `payback_simple`.
    pub payback_simple: Figure<f64>,
    /// `payback_churn`.
    pub payback_churn: Figure<f64>,
}

impl Economics {
    /// The figures that follow from cost, amount and churn.
    #[must_use]
    pub fn new(
        period: String,
        (cost, customers, cac): (Figure<Money>, Figure<u64>, Figure<Money>),
        (monthly, churn): (Figure<f64>, Figure<f64>),
        margin: f64,
    ) -> Self {
        let ltv = monthly.and_then(|monthly| lifetime_value(monthly, margin, churn?));
        let units = cac.map(Money::units);
        Self {
            ltv_cac: ltv.and_then(|ltv| ratio(ltv, units?)),
            payback_simple: units.and_then(|cac| payback_simple(cac, monthly?, margin)),
            payback_churn: units.and_then(|cac| payback_churn(cac, monthly?, margin, churn?)),
            period,
            cost,
            customers,
            cac,
            monthly,
            churn,
            ltv,
        }
    }
}

/// How many periods the trend shows.
const TREND_LENGTH: usize = 12;

/// The periods up to this one, oldest first: quarters where a quarter is asked for, years
/// where a year is, else months.
///
/// # Errors
/// What polars cannot do with the condition of the run.
pub fn trend(data: &Data, ledger: &Ledger, period: &Period) -> PolarsResult<Vec<Economics>> {
    let period = match period.grain {
        Grain::Quarter | Grain::Year | Grain::Month => period.clone(),
        _ => Span::of(period).map_or_else(|| period.clone(), |span| span.last.period()),
    };
    let over = data.as_of.map(|as_of| last_over(as_of, data.zone));
    let rows = monthly::trend(data, &period, TREND_LENGTH)?;
    let labelled = periods_before(&period, rows.len());
    let economics = |(row, period): (monthly::TrendRow, Period)| {
        let total = row.total;
        let customers = match (
            data.has(crate::metrics::data::Source::Deals),
            total.customers,
        ) {
            (false, Err(_)) => new_customers(ledger, &period),
            (_, customers) => customers,
        };
        let cac = total.cost.and_then(|cost| per(cost, customers?));
        let margin = data.gross_margin.unwrap_or(1.0);
        let amounts = amounts(ledger, &period, over);
        Economics::new(row.period, (total.cost, customers, cac), amounts, margin)
    };
    Ok(rows.into_iter().zip(labelled).map(economics).collect())
}

/// The last `count` periods of the kind, oldest first.
fn periods_before(period: &Period, count: usize) -> Vec<Period> {
    let mut periods: Vec<Period> =
        std::iter::successors(Some(period.clone()), |later| Some(later.previous()))
            .take(count)
            .collect();
    periods.reverse();
    periods
}

fn new_customers(ledger: &Ledger, period: &Period) -> Figure<u64> {
    let span = Span::of(period).ok_or(Undefined::PeriodStraddles)?;
    if span.last > ledger.last || span.first <= ledger.first && ledger.has_amounts() {
        return Err(Undefined::NoData);
    }
    let new = |customer: &&super::ledger::Customer| {
        customer.first().is_some_and(|first| span.contains(first))
    };
    Ok(ledger.customers.iter().filter(new).count() as u64)
}

/// Money per customer.
///
/// # Errors
/// `zero_denominator` without customers.
pub fn per(money: Money, count: u64) -> Figure<Money> {
    let micros = ratio(money.micros() as f64, count as f64)?;
    Ok(Money::from_micros(micros.round() as i128))
}

type Amounts = (Figure<f64>, Figure<f64>);

/// Mean amount of a customer at the end of the period, and the churn of a month in it.
fn amounts(ledger: &Ledger, period: &Period, over: Option<super::months::Month>) -> Amounts {
    let Some((span, over)) = Span::of(period).zip(over) else {
        return (
            Err(Undefined::PeriodStraddles),
            Err(Undefined::PeriodStraddles),
        );
    };
    // The amounts at the end need no month before.
    let known = match ledger.covers(span, over) {
        Err(Undefined::NoData) if span.last <= ledger.last && ledger.first <= span.last => Ok(()),
        other => other,
    };
    let bridge = Bridge::over(ledger, span, |_| true);
    let monthly = match ledger.has_amounts() {
        true => known.and_then(|()| bridge.mean_amount()),
        false => Err(Undefined::NoData),
    };
    (monthly, churn_of_month(ledger, &bridge, span, over))
}

/// The churn of a month: that of the period, spread over its months.
///
/// # Errors
/// As the bridge, and `no_data` where nobody knows who left.
pub fn churn_of_month(
    ledger: &Ledger,
    bridge: &Bridge,
    span: Span,
    over: super::months::Month,
) -> Figure<f64> {
    ledger.covers(span, over)?;
    if !ledger.knows_ends() {
        return Err(Undefined::NoData);
    }
    let churn = bridge.churn()?;
    Ok(monthly_churn(churn.value(), span.months()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Vector 12.12.
    #[test]
    fn payback_and_lifetime_value_of_the_dictionary() {
        let (cac, monthly, margin, churn) = (1_200.0, 100.0, 0.8, 0.03);
        assert!((payback_simple(cac, monthly, margin).unwrap() - 15.0).abs() < 1e-12);
        assert_eq!(payback_churn(cac, monthly, margin, churn), Ok(20.0));
        let exact = (1.0 - 15.0 * 0.03_f64).ln() / (0.97_f64).ln();
        assert!((exact - 19.63).abs() < 0.005);
        let ltv = lifetime_value(monthly, margin, churn).unwrap();
        assert!((ltv - 2_666.67).abs() < 0.005);
        assert!((ltv / cac - 2.22).abs() < 0.005);
    }

    /// The first month of a slow sum agrees with the closed form.
    #[test]
    fn payback_is_the_first_month_of_a_plain_sum() {
        for (cac, churn) in [
            (1_200.0, 0.03),
            (80.0, 0.5),
            (79.9, 0.5),
            (1.0, 0.9),
            (960.0, 0.0),
        ] {
            let mut so_far = 0.0;
            let mut left = 1.0;
            let mut month = 0.0;
            while so_far < cac - 1e-9 {
                so_far += 80.0 * left;
                left *= 1.0 - churn;
                month += 1.0;
            }
            assert_eq!(
                payback_churn(cac, 100.0, 0.8, churn),
                Ok(month),
                "{cac} {churn}"
            );
        }
    }

    #[test]
    fn what_never_pays_back_says_so() {
        assert_eq!(
            payback_churn(3_000.0, 100.0, 0.8, 0.03),
            Err(Undefined::NotReached)
        );
        assert_eq!(
            payback_simple(10.0, 0.0, 0.8),
            Err(Undefined::ZeroDenominator)
        );
        assert_eq!(
            lifetime_value(100.0, 0.8, 0.0),
            Err(Undefined::ZeroDenominator)
        );
        // One in a thousand leaves: the horizon caps it.
        assert_eq!(lifetime_value(100.0, 1.0, 0.001), Ok(6_000.0));
    }

    #[test]
    fn churn_of_a_quarter_by_month() {
        let monthly = monthly_churn(1.0 - 0.97_f64.powi(3), 3);
        assert!((monthly - 0.03).abs() < 1e-12);
        assert_eq!(monthly_churn(0.25, 1), 0.25);
    }
}
