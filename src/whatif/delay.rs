//! How long effort takes to show: the kernels of the grid.
//!
//! Work on content shows over months and its delay is gamma-shaped; money for
//! advertising shows at once and lingers geometrically.

use super::Driver;

/// Months over which effort acts; what comes later is counted into the last ones.
pub const LAGS: usize = 24;

/// Shares of the effect by months since the effort; they add up to 1.
pub type Delay = [f64; LAGS];

const SHAPES: [f64; 3] = [1.0, 2.0, 3.0];
const MEANS: [f64; 6] = [1.0, 2.0, 3.0, 4.0, 5.5, 7.5];
const RETENTIONS: [f64; 5] = [0.0, 0.1, 0.2, 0.3, 0.45];
/// Of the prior of the mean delay: half of those who practise it see an effect by then.
const MEDIAN_MONTHS: f64 = 3.5;
const LOG_DEVIATION: f64 = 0.5;

/// The delays that are possible for a driver, each with its prior weight; weights sum to 1.
#[must_use]
pub fn delays(driver: Driver) -> Vec<(Delay, f64)> {
    let listed: Vec<(Delay, f64)> = match driver {
        Driver::Money => RETENTIONS.iter().map(|r| (geometric(*r), 1.0)).collect(),
        Driver::Hours => SHAPES
            .iter()
            .flat_map(|shape| {
                MEANS
                    .iter()
                    .map(|mean| (gamma(*shape, *mean), prior(*mean)))
            })
            .collect(),
    };
    let total: f64 = listed.iter().map(|(_, weight)| weight).sum();
    let shared = |(delay, weight)| (delay, weight / total);
    listed.into_iter().map(shared).collect()
}

/// The density of the log-normal distribution, up to a factor.
pub fn log_normal(x: f64, median: f64, log_deviation: f64) -> f64 {
    let z = libm::log(x / median) / log_deviation;
    libm::exp(-0.5 * z * z) / x
}

fn prior(mean: f64) -> f64 {
    log_normal(mean, MEDIAN_MONTHS, LOG_DEVIATION)
}

/// `w_l ∝ (l + ½)^(shape - 1) exp(-(l + ½) shape / mean)`.
fn gamma(shape: f64, mean: f64) -> Delay {
    normalised(|lag| {
        let at = lag + 0.5;
        libm::pow(at, shape - 1.0) * libm::exp(-at * shape / mean)
    })
}

fn geometric(retention: f64) -> Delay {
    normalised(|lag| libm::pow(retention, lag))
}

fn normalised(weight: impl Fn(f64) -> f64) -> Delay {
    let mut delay = [0.0; LAGS];
    for (lag, place) in delay.iter_mut().enumerate() {
        *place = weight(lag as f64);
    }
    let total: f64 = delay.iter().sum();
    delay.map(|share| share / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Golden case G8.
    #[test]
    fn first_weights_of_mean_four_and_shape_two() {
        let delay = gamma(2.0, 4.0);
        for (lag, weight) in [
            0.096_376, 0.175_364, 0.177_273, 0.150_530, 0.117_387, 0.087_021,
        ]
        .iter()
        .enumerate()
        {
            assert!((delay[lag] - weight).abs() < 5e-7, "{lag}: {}", delay[lag]);
        }
    }

    #[test]
    fn all_effort_and_all_prior_is_shared_out() {
        for driver in [Driver::Hours, Driver::Money] {
            let delays = delays(driver);
            let prior: f64 = delays.iter().map(|(_, weight)| weight).sum();
            assert!((prior - 1.0).abs() < 1e-12);
            for (delay, _) in delays {
                assert!((delay.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            }
        }
        // No retention: everything at once, also where 0 is raised to the power of 0.
        assert_eq!(geometric(0.0)[0], 1.0);
    }
}
