//! Mathematics without nouns.
//!
//! The functions here take counts, times and plain numbers, and know nothing of
//! leads, channels, money or files; they import nothing from the rest of the crate.
//! Which members are counted, and whether a figure may be shown at all, is decided
//! by the caller. What has no value is `None` (or a named reason), never NaN or
//! infinity. Everything is computed in a fixed order, and what is drawn at random is
//! drawn from a seed, so the same input always gives the same bits on one machine.
//!
//! The definitions are those of the metrics dictionary (sections 4 and 11); each
//! formula names its source, and its tests compare it with a slow, obvious version.

pub mod absorbing;
pub mod beta;
pub mod binomial;
pub mod bootstrap;
pub mod chain_ladder;
pub mod cholesky;
pub mod cycles;
pub mod dense;
pub mod difference;
pub mod factors;
pub mod incidence;
pub mod logistic;
pub mod mix;
pub mod multiple;
pub mod normal;
pub mod odds;
pub mod poisson;
pub mod projection;
pub mod quantile;
pub mod random;
pub mod ranking;
pub mod shrinkage;
pub mod sum;
pub mod survival;
pub mod variates;
pub mod wilson;
