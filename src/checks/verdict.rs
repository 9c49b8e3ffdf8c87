//! A figure against its threshold.

use super::expression::{Check, Threshold, Unit};
use super::lookup::Found;
use crate::stats::{difference, normal, poisson};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The figure meets its threshold.
    Pass,
    /// It does not.
    Fail,
    /// Nothing can be said.
    Skipped,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pass, Self::Fail, Self::Skipped];

    /// The word of the output contract.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        }
    }
}

/// The result of a check on one figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// How it ended.
    pub status: Status,
    /// What was compared with the threshold: the value, or its difference from the other.
    pub value: Option<f64>,
    /// The threshold in the unit of the value.
    pub threshold: Option<f64>,
    /// Entities behind the value.
    pub n: Option<u64>,
    /// Why nothing can be said, or what the interval adds.
    pub reason: Option<String>,
}

/// What a figure is compared with, beside the threshold.
#[derive(Debug, Clone, PartialEq)]
pub enum Against<'a> {
    /// Nothing else.
    Nothing,
    /// The same figure of another period or file.
    Other(&'a Found),
    /// The configured target as it should be by now.
    Target(f64),
}

/// What is to be compared with the threshold.
struct Measured {
    value: f64,
    interval: Option<(f64, f64)>,
    n: Option<u64>,
}

/// Compares a figure with the threshold of its check.
///
/// # Errors
/// Where the unit of the threshold does not fit the figure, or the figure has no interval
/// and the check asks for one.
pub fn judge(check: &Check, found: &Found, against: &Against) -> Result<Verdict, String> {
    let threshold = threshold(check, found, against)?;
    if check.confident && !can_be_sure(found, against) {
        return Err("this figure has no interval for `confident`".into());
    }
    let skipped = |reason: String, value: Option<f64>, n: Option<u64>| Verdict {
        status: Status::Skipped,
        value,
        threshold: Some(threshold),
        n,
        reason: Some(reason),
    };
    let measured = match measured(check, found, against) {
        Ok(measured) => measured,
        Err(reason) => return Ok(skipped(reason, found.value.as_ref().ok().copied(), found.n)),
    };
    let Measured { value, interval, n } = measured;
    if let Some((least, n)) = check.min_n.zip(n).filter(|(least, n)| n < least) {
        return Ok(skipped(format!("n={n} < {least}"), Some(value), Some(n)));
    }
    if check.min_n.is_some() && n.is_none() {
        return Err("nothing is counted behind this figure, so min_n says nothing".into());
    }
    let holds = check.operator.holds(value, threshold);
    let (status, reason) = match (holds, check.confident) {
        (true, _) => (Status::Pass, None),
        (false, false) => (Status::Fail, None),
        (false, true) => {
            let Some((low, high)) = interval else {
                return Ok(skipped("no interval".into(), Some(value), n));
            };
            // The threshold is still possible where either end of the interval meets it.
            let possible = check.operator.holds(low, threshold)
                || check.operator.holds(high, threshold)
                || (low <= threshold && threshold <= high);
            if possible {
                (
                    Status::Pass,
                    Some("the interval reaches the threshold".to_owned()),
                )
            } else {
                (Status::Fail, None)
            }
        }
    };
    Ok(Verdict {
        status,
        value: Some(value),
        threshold: Some(threshold),
        n,
        reason,
    })
}

/// The threshold in the unit of what is compared.
fn threshold(check: &Check, found: &Found, against: &Against) -> Result<f64, String> {
    let (number, unit) = match (&check.threshold, against) {
        (Threshold::Target, Against::Target(paced)) => return Ok(*paced),
        (Threshold::Target, _) => return Err("no [[target]] is set for this figure".into()),
        (Threshold::Number(number, unit), _) => (*number, unit),
    };
    let kind = found.kind.as_str();
    let is_share = matches!(kind, "rate" | "share");
    let compares = matches!(against, Against::Other(_));
    match unit {
        Unit::Percent if is_share || compares => Ok(number / 100.0),
        Unit::Percent => Err(format!(
            "a {kind} is compared with a number, not with per cent"
        )),
        Unit::Points if compares && is_share => Ok(number / 100.0),
        Unit::Points => Err("points (pp) are a difference of two rates: vs prev, vs yoy".into()),
        Unit::Time(seconds) if kind == "days" => Ok(number * f64::from(*seconds) / 86_400.0),
        Unit::Time(seconds) if kind == "seconds" => Ok(number * f64::from(*seconds)),
        Unit::Time(_) => Err(format!("a {kind} is no time")),
        Unit::Currency(_) if kind == "money" => Ok(number),
        Unit::Currency(_) => Err(format!("a {kind} is no amount of money")),
        Unit::Plain if kind == "rate" && !compares && number.abs() > 1.0 => {
            Err(format!("a rate is at most 1; write {number}%"))
        }
        Unit::Plain => Ok(number),
    }
}

/// The value, or its difference from another; the reason where one of them has none.
fn measured(check: &Check, found: &Found, against: &Against) -> Result<Measured, String> {
    let value = found.value.clone()?;
    let Against::Other(other) = against else {
        return Ok(Measured {
            value,
            interval: found.interval.or_else(|| interval_of_count(found)),
            n: found.n,
        });
    };
    let before = other
        .value
        .clone()
        .map_err(|reason| format!("the other: {reason}"))?;
    let n = found.n.zip(other.n).map(|(one, other)| one.min(other));
    let relative = matches!(&check.threshold, Threshold::Number(_, Unit::Percent));
    if !relative {
        return Ok(Measured {
            value: value - before,
            interval: difference_interval(found, other),
            n,
        });
    }
    if before == 0.0 {
        return Err("the other is 0".into());
    }
    Ok(Measured {
        value: value / before - 1.0,
        interval: ratio_interval(found, other),
        n,
    })
}

/// True where the figure, or its difference from the other, is one of those with an interval.
fn can_be_sure(found: &Found, against: &Against) -> bool {
    match against {
        Against::Other(_) => {
            matches!(found.kind.as_str(), "rate" | "count") || found.counts.is_some()
        }
        Against::Nothing | Against::Target(_) => found.has_interval,
    }
}

fn interval_of_count(found: &Found) -> Option<(f64, f64)> {
    let count = found.n.filter(|_| found.kind == "count")?;
    Some(poisson::interval(count))
}

fn difference_interval(found: &Found, other: &Found) -> Option<(f64, f64)> {
    if let Some(((k1, n1), (k2, n2))) = found.counts.zip(other.counts) {
        return difference::interval(k1, n1, k2, n2);
    }
    let (one, other) = counts(found, other)?;
    let half = normal::Z95 * (one + other).sqrt();
    Some((one - other - half, one - other + half))
}

/// Of the ratio less one, on the scale of logarithms: two independent counts, or two
/// rates (D. Katz and others, Biometrics 34 (1978), 469-474).
fn ratio_interval(found: &Found, other: &Found) -> Option<(f64, f64)> {
    let (ratio, variance) = match found.counts.zip(other.counts) {
        Some(((k1, n1), (k2, n2))) if k1 > 0 && k2 > 0 => {
            let [k1, n1, k2, n2] = [k1, n1, k2, n2].map(|count| count as f64);
            (
                (k1 / n1) / (k2 / n2),
                1.0 / k1 - 1.0 / n1 + 1.0 / k2 - 1.0 / n2,
            )
        }
        Some(_) => return None,
        None => {
            let (one, other) = counts(found, other).filter(|(a, b)| *a > 0.0 && *b > 0.0)?;
            (one / other, 1.0 / one + 1.0 / other)
        }
    };
    let width = libm::exp(normal::Z95 * variance.max(0.0).sqrt());
    Some((ratio / width - 1.0, ratio * width - 1.0))
}

fn counts(found: &Found, other: &Found) -> Option<(f64, f64)> {
    let is_count = found.kind == "count" && other.kind == "count";
    let (one, other) = found.n.zip(other.n).filter(|_| is_count)?;
    Some((one as f64, other as f64))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn rate(k: u64, n: u64) -> Found {
        let interval = crate::stats::wilson::interval(k, n);
        Found {
            of: Vec::new(),
            value: Ok(k as f64 / n as f64),
            kind: "rate".into(),
            counts: Some((k, n)),
            n: Some(n),
            interval,
            has_interval: true,
        }
    }

    fn count(n: u64) -> Found {
        Found {
            of: Vec::new(),
            value: Ok(n as f64),
            kind: "count".into(),
            counts: None,
            n: Some(n),
            interval: None,
            has_interval: true,
        }
    }

    fn verdict(text: &str, found: &Found, against: &Against) -> Verdict {
        judge(&Check::parse(text).unwrap(), found, against).unwrap()
    }

    fn status(text: &str, found: &Found) -> Status {
        verdict(text, found, &Against::Nothing).status
    }

    #[test]
    fn a_rate_is_compared_as_a_share() {
        let found = rate(20, 100);
        assert_eq!(status("x >= 20%", &found), Status::Pass);
        assert_eq!(status("x >= 0.2", &found), Status::Pass);
        assert_eq!(status("x > 20%", &found), Status::Fail);
        let complaint = judge(&Check::parse("x >= 20").unwrap(), &found, &Against::Nothing);
        assert!(complaint.unwrap_err().contains("20%"));
    }

    #[test]
    fn confident_fails_only_where_the_whole_interval_is_beyond() {
        // 3 of 40: 2.6 % to 19.9 %.
        let found = rate(3, 40);
        assert_eq!(status("x >= 15%", &found), Status::Fail);
        assert_eq!(status("x >= 15% confident", &found), Status::Pass);
        assert_eq!(status("x >= 25% confident", &found), Status::Fail);
        assert_eq!(status("x <= 5% confident", &found), Status::Pass);
        assert_eq!(status("x <= 2% confident", &found), Status::Fail);
    }

    #[test]
    fn what_has_no_interval_is_refused_whatever_it_is_today() {
        let roi = Found {
            kind: "share".into(),
            interval: Some((-0.5, 2.0)),
            ..count(3)
        };
        assert_eq!(status("x >= 400% confident", &roi), Status::Fail);
        // No win at all: nothing can be drawn, though returns have intervals.
        let lost = Found {
            interval: None,
            value: Ok(-1.0),
            ..roi.clone()
        };
        let found = verdict("x >= 0 confident", &lost, &Against::Nothing);
        assert_eq!(
            (found.status, found.reason.as_deref()),
            (Status::Skipped, Some("no interval"))
        );
        let spend = Found {
            kind: "money".into(),
            has_interval: false,
            ..lost
        };
        for text in ["x >= 0 confident", "x <= 0 confident"] {
            assert!(judge(&Check::parse(text).unwrap(), &spend, &Against::Nothing).is_err());
        }
        let other = Against::Other(&roi);
        let check = Check::parse("x vs prev >= 0 confident").unwrap();
        assert!(judge(&check, &roi, &other).is_err());
    }

    #[test]
    fn too_few_are_skipped_and_said() {
        let found = verdict("x >= 1% min_n=30", &rate(1, 3), &Against::Nothing);
        assert_eq!(found.status, Status::Skipped);
        assert_eq!(found.reason.as_deref(), Some("n=3 < 30"));
    }

    #[test]
    fn another_period_is_compared_by_ratio_or_difference() {
        let (now, before) = (count(80), count(100));
        let found = verdict("x vs prev >= -15%", &now, &Against::Other(&before));
        assert_eq!(found.status, Status::Fail);
        assert!((found.value.unwrap() + 0.2).abs() < 1e-12);
        let sure = verdict(
            "x vs prev >= -15% confident",
            &now,
            &Against::Other(&before),
        );
        assert_eq!(sure.status, Status::Pass);
        let points = verdict(
            "x vs prev >= -2pp",
            &rate(20, 100),
            &Against::Other(&rate(30, 100)),
        );
        assert_eq!(points.status, Status::Fail);
        assert!((points.value.unwrap() + 0.1).abs() < 1e-12);
        let difference = verdict("x vs prev >= -30", &now, &Against::Other(&before));
        assert_eq!(
            (difference.status, difference.value),
            (Status::Pass, Some(-20.0))
        );
        let nothing = verdict("x vs prev >= 0%", &now, &Against::Other(&count(0)));
        assert_eq!(nothing.status, Status::Skipped);
    }

    #[test]
    fn an_undefined_figure_never_passes() {
        let found = Found {
            value: Err("zero_denominator".into()),
            ..rate(1, 2)
        };
        let found = verdict("x != 5%", &found, &Against::Nothing);
        assert_eq!(found.status, Status::Skipped);
        assert_eq!(found.reason.as_deref(), Some("zero_denominator"));
    }

    #[test]
    fn units_must_fit() {
        let days = Found {
            kind: "days".into(),
            ..count(30)
        };
        assert_eq!(status("x <= 45d", &days), Status::Pass);
        assert_eq!(status("x <= 48h", &days), Status::Fail);
        for text in ["x <= 5EUR", "x <= 5%", "x <= 5pp"] {
            assert!(judge(&Check::parse(text).unwrap(), &days, &Against::Nothing).is_err());
        }
        let target = verdict("x >= target", &days, &Against::Target(25.0));
        assert_eq!(target.status, Status::Pass);
        assert!(
            judge(
                &Check::parse("x >= target").unwrap(),
                &days,
                &Against::Nothing
            )
            .is_err()
        );
    }
}
