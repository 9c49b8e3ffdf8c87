//! The normal distribution: its tail, from which every p-value here comes, its ends, and
//! the half of it that lies above zero.
//!
//! Exponentials, logarithms and error functions are those of `libm`, which gives the same
//! bits on every platform.

use std::f64::consts::{PI, SQRT_2};

/// Standard errors on either side of a 95 % interval.
pub const Z95: f64 = 1.959_964;

/// The complementary error function `2/√π ∫ₓ^∞ exp(-t²) dt`.
#[must_use]
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

/// The density of the standard normal distribution.
#[must_use]
pub fn density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / (2.0 * PI).sqrt()
}

/// The chance of a standard normal value below `z`.
#[must_use]
pub fn below(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// The chance of a standard normal value above `z`, exact far out.
#[must_use]
pub fn above(z: f64) -> f64 {
    below(-z)
}

/// The natural logarithm of [`below`], finite wherever `z` is.
///
/// Far out: the first terms of the asymptotic series (Abramowitz and Stegun 26.2.12).
#[must_use]
pub fn ln_below(z: f64) -> f64 {
    if z > 9.0 {
        // What lies above is less than a number near 1 can show.
        return 0.0;
    }
    if z > -30.0 {
        return libm::log(below(z));
    }
    let square = z * z;
    -0.5 * square - libm::log(-z * (2.0 * PI).sqrt()) + libm::log1p(-1.0 / square)
}

/// The value below which a standard normal one lies with the chance `p`; infinite at 0 and 1.
///
/// Source: M. J. Wichura, "Algorithm AS 241: The percentage points of the normal
/// distribution", Applied Statistics 37 (1988), PPND16, good to a relative 1e-15.
#[must_use]
pub fn quantile(p: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * ratio(r, &CENTRE);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = (-libm::log(tail)).sqrt();
    let size = if r <= 5.0 {
        ratio(r - 1.6, &MIDDLE)
    } else {
        ratio(r - 5.0, &FAR)
    };
    if q < 0.0 { -size } else { size }
}

/// A quotient of two polynomials, constant terms first.
fn ratio(x: f64, [above, below]: &[[f64; 8]; 2]) -> f64 {
    let value = |terms: &[f64; 8]| terms.iter().rev().fold(0.0, |sum, term| sum * x + term);
    value(above) / value(below)
}

const CENTRE: [[f64; 8]; 2] = [
    [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_659_7e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_545e3,
    ],
];
const MIDDLE: [[f64; 8]; 2] = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];
const FAR: [[f64; 8]; 2] = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        5.998_322_065_558_88e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];

/// A normal distribution cut off at zero: only what lies above it is left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Positive {
    /// Mean before the cut.
    pub mean: f64,
    /// Standard deviation before the cut; above zero.
    pub deviation: f64,
}

impl Positive {
    /// `mean / deviation`: how far the cut lies below the mean.
    fn room(&self) -> f64 {
        self.mean / self.deviation
    }

    /// Mean and variance after the cut (N. Johnson, S. Kotz, Continuous Univariate
    /// Distributions 1, 1970, 13.10.1).
    #[must_use]
    pub fn moments(&self) -> (f64, f64) {
        let z = self.room();
        // The inverse Mills ratio; far out `z + 1/z` of its asymptotic series decides.
        let mills = if z > -25.0 {
            density(z) / below(z)
        } else {
            -z - 1.0 / z
        };
        let shrunk = 1.0 - mills * (mills + z);
        (
            (self.mean + self.deviation * mills).max(0.0),
            self.deviation * self.deviation * shrunk.max(0.0),
        )
    }

    /// The chance, before the cut, of what is left by it.
    #[must_use]
    pub fn kept(&self) -> f64 {
        below(self.room())
    }

    /// The chance of a value above `x`; 1 below zero.
    #[must_use]
    pub fn above(&self, x: f64) -> f64 {
        self.above_of(self.kept(), x)
    }

    /// [`Self::above`] where [`Self::kept`] is known.
    #[must_use]
    pub fn above_of(&self, kept: f64, x: f64) -> f64 {
        if x <= 0.0 {
            return 1.0;
        }
        if kept <= 0.0 {
            return 0.0;
        }
        (below((self.mean - x) / self.deviation) / kept).min(1.0)
    }

    /// The value above which a share `q` of the distribution lies.
    #[must_use]
    pub fn upper_quantile(&self, q: f64) -> f64 {
        self.upper_quantile_of(self.kept(), q)
    }

    /// [`Self::upper_quantile`] where [`Self::kept`] is known.
    #[must_use]
    pub fn upper_quantile_of(&self, kept: f64, q: f64) -> f64 {
        if kept <= 0.0 {
            return 0.0;
        }
        (self.mean - self.deviation * quantile(q * kept)).max(0.0)
    }
}

/// The p-value of a statistic that is standard normal under the null hypothesis:
/// the chance of a value at least as far from 0, on either side.
#[must_use]
pub fn two_sided_p(z: f64) -> f64 {
    erfc(z.abs() / SQRT_2)
}

/// The p-value of a chi-square statistic with one degree of freedom.
#[must_use]
pub fn chi_square_p(statistic: f64) -> f64 {
    erfc((statistic.max(0.0) / 2.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_function_matches_published_values() {
        let values = [
            (0.0, 1.0),
            (0.5, 0.479_500_122_186_953_5),
            (1.0, 0.157_299_207_050_285_13),
            (1.999, 0.004_698_443_348_629_488),
            (2.0, 0.004_677_734_981_047_266),
            (3.0, 2.209_049_699_858_544e-5),
            (5.0, 1.537_459_794_428_034_8e-12),
            (10.0, 2.088_487_583_762_545e-45),
            (-1.0, 1.842_700_792_949_715),
        ];
        for (x, expected) in values {
            let found = erfc(x);
            assert!(
                ((found - expected) / expected).abs() < 1e-12,
                "erfc({x}) = {found:e}"
            );
        }
    }

    #[test]
    fn ends_and_their_chances_belong_together() {
        for p in [1e-300, 1e-12, 0.001, 0.1, 0.3, 0.5, 0.9, 0.999, 1.0 - 1e-12] {
            let back = below(quantile(p));
            assert!((back / p - 1.0).abs() < 1e-11, "{p}: {back}");
        }
        assert!((quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
        assert_eq!(quantile(0.5), 0.0);
        assert!((ln_below(-35.0) - libm::log(below(-35.0))).abs() < 1e-5);
        assert!((ln_below(-29.999) - ln_below(-30.001)).abs() < 0.07);
    }

    #[test]
    fn the_positive_half() {
        let half = Positive {
            mean: 0.35,
            deviation: 0.30,
        };
        assert!((half.moments().0 - 0.418_994_3).abs() < 1e-7);
        for (q, value) in [(0.9, 0.107_558_3), (0.5, 0.395_926_9), (0.1, 0.756_266_7)] {
            assert!((half.upper_quantile(q) - value).abs() < 1e-7, "{q}");
            assert!((half.above(value) - q).abs() < 1e-6);
        }
        // Moments against a sum over the quantiles, also where little is left.
        for mean in [0.5, 0.0, -1.0, -6.0] {
            let cut = Positive {
                mean,
                deviation: 1.0,
            };
            let values: Vec<f64> = (0..200_000)
                .map(|index| cut.upper_quantile((f64::from(index) + 0.5) / 200_000.0))
                .collect();
            let average = values.iter().sum::<f64>() / 200_000.0;
            let spread = values.iter().map(|v| (v - average).powi(2)).sum::<f64>() / 200_000.0;
            let (expected, variance) = cut.moments();
            assert!((average - expected).abs() < 1e-4, "{mean}");
            assert!((spread / variance - 1.0).abs() < 3e-3, "{mean}");
        }
        let far = Positive {
            mean: -40.0,
            deviation: 1.0,
        };
        assert!((far.moments().0 - 0.025).abs() < 1e-3);
    }

    #[test]
    fn tails() {
        assert!((two_sided_p(Z95) - 0.05).abs() < 1e-8);
        assert!((two_sided_p(-1.0) - 0.317_310_507_862_914).abs() < 1e-12);
        assert!((chi_square_p(3.841_459) - 0.05).abs() < 1e-7);
        assert_eq!(two_sided_p(f64::INFINITY), 0.0);
        assert_eq!(chi_square_p(0.0), 1.0);
    }
}
