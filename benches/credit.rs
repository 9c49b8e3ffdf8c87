//! How long models of credit take over half a million different paths.
//!
//! The journeys are drawn by a fixed stream: eighteen channels, the frequent ones met more
//! often, six touches on average. Building them is not measured; a model is measured from
//! the folded paths to its credit, and the intervals from there.

#![allow(clippy::expect_used, reason = "a benchmark may fail at once")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use divan::Bencher;

use leadflow::attribution::bootstrap::{self, Drawing};
use leadflow::attribution::journeys::{Folding, Journeys, Totals};
use leadflow::attribution::models::{Model, parse};
use leadflow::stats::random::Random;

fn main() {
    divan::main();
}

const PATHS: usize = 500_000;
const CHANNELS: u32 = 18;

static JOURNEYS: LazyLock<Journeys> = LazyLock::new(|| {
    let mut random = Random::seeded(1);
    let mut folding = Folding::default();
    let numbers: Vec<u32> = (0..CHANNELS)
        .map(|channel| folding.channel(&format!("channel {channel:02}")))
        .collect();
    let mut known: BTreeSet<Vec<u32>> = BTreeSet::new();
    while known.len() < PATHS {
        let mut path = Vec::new();
        while path.is_empty() || random.unit() < 5.0 / 6.0 {
            // Small numbers come more often.
            let channel = (random.unit().powi(2) * f64::from(CHANNELS)) as usize;
            path.push(numbers[channel]);
        }
        if known.insert(path.clone()) {
            let conversions = f64::from(u8::from(random.unit() < 0.2));
            folding.add(
                &path,
                Totals {
                    conversions,
                    value: conversions * random.below(500) as f64,
                    lost: 1.0 + random.below(3) as f64,
                },
            );
        }
    }
    folding.finish(|_| false, true).expect("few channels")
});

fn model(name: &str) -> Box<dyn Model> {
    parse(name).map_err(|_| name).expect("a model")
}

/// From folded paths to credit.
#[divan::bench(args = ["linear", "shapley", "markov:1", "markov:2", "markov:3"], sample_count = 5, sample_size = 1)]
fn credit(bencher: Bencher, name: &str) {
    let journeys = &*JOURNEYS;
    let model = model(name);
    bencher.bench_local(|| model.prepare(journeys).credit_of(&journeys.counts));
}

/// Five hundred draws of a model that has its credit.
#[divan::bench(args = ["linear", "markov:1", "markov:3"], sample_count = 5, sample_size = 1)]
fn intervals(bencher: Bencher, name: &str) {
    let journeys = &*JOURNEYS;
    let model = model(name);
    let prepared = model.prepare(journeys);
    let _ = prepared.credit_of(&journeys.counts);
    bencher
        .bench_local(|| bootstrap::intervals(journeys, &[prepared.as_ref()], Drawing::seeded(1)));
}
