//! How long one what-if takes, and which part of it takes long.
//!
//! A made-up company of 36 months and twelve channels, every one of them with effort of its
//! own, so that the same money is followed into all of them. The whole answer is what has
//! to stay below 300 ms on one thread; reading the files is measured elsewhere.

#![allow(clippy::expect_used, reason = "a benchmark may fail at once")]

use std::hint::black_box;
use std::sync::LazyLock;

use divan::Bencher;

use leadflow::stats::random::Random;
use leadflow::stats::variates;
use leadflow::whatif::Driver;
use leadflow::whatif::answer::{Question, answer, fit};
use leadflow::whatif::elsewhere::elsewhere;
use leadflow::whatif::evidence::evidence;
use leadflow::whatif::history::{Channel, Company};

fn main() {
    divan::main();
}

const MONTHS: usize = 36;
const CHANNELS: usize = 12;
const HOUR_COST: f64 = 60.0;

static COMPANY: LazyLock<Company> = LazyLock::new(|| {
    let mut random = Random::seeded(1);
    let names = ["mql", "sql", "customer"];
    let mut stages = vec!["lead".to_owned()];
    stages.extend(names.map(str::to_owned));
    Company {
        months: (0..MONTHS).map(|month| format!("month {month}")).collect(),
        channels: (0..CHANNELS)
            .map(|number| channel(&mut random, number))
            .collect(),
        steps: stages
            .windows(2)
            .map(|pair| format!("{}_to_{}", pair[0], pair[1]))
            .collect(),
        stages,
        lags: vec![0.1, 0.3, 0.3, 0.2, 0.1],
        decided_after_days: 120.0,
        ..Company::default()
    }
});

/// Every other channel lives on hours, the rest on money.
fn channel(random: &mut Random, number: usize) -> Channel {
    let hours = number.is_multiple_of(2);
    let level = if hours { 40.0 } else { 2_500.0 };
    let effort: Vec<f64> = (0..MONTHS)
        .map(|_| (level * (0.5 + random.unit())).round())
        .collect();
    let visits = (0..MONTHS).map(|month| {
        let late = effort[month.saturating_sub(if hours { 3 } else { 0 })];
        Some((1_200.0 + 800.0 * late / level + 100.0 * variates::normal(random)).round())
    });
    Channel {
        name: format!("channel {number}"),
        visits: visits.collect(),
        leads: 1_500,
        visits_of_leads: 72_000,
        steps: vec![(520, 1_300), (260, 520), (70, 260)],
        deals: (0..70)
            .map(|_| 3_000.0 * libm::exp(0.8 * variates::normal(random)))
            .collect(),
        hours: if hours { known(&effort) } else { Vec::new() },
        money: if hours { Vec::new() } else { known(&effort) },
        hour_cost: None,
        ..Channel::default()
    }
}

fn known(effort: &[f64]) -> Vec<Option<f64>> {
    effort.iter().copied().map(Some).collect()
}

fn question() -> Question {
    Question::steady(0, Driver::Hours, 10.0, HOUR_COST)
}

/// One question, everything that is printed of it.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn whole_answer(bencher: Bencher) {
    let (company, question) = (&*COMPANY, question());
    bencher.bench_local(|| answer(black_box(company), &question).expect("an answer"));
}

/// The regression over the whole grid: a channel that lives on hours, and one on money.
#[divan::bench(args = [0, 1], sample_count = 10, sample_size = 1)]
fn one_fit(bencher: Bencher, number: usize) {
    let channel = &COMPANY.channels[number];
    let driver = channel.main_driver(Some(HOUR_COST)).expect("effort");
    bencher.bench_local(|| fit(black_box(channel), driver, None, |_| Vec::new()).is_ok());
}

/// Placebos, effort of the future, and months foretold.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn tests_of_evidence(bencher: Bencher) {
    let series = COMPANY.channels[0].series(Driver::Hours, None);
    let series = series.expect("visits and effort");
    bencher.bench_local(|| evidence(black_box(&series)).expect("36 months"));
}

/// The same money in the eleven other channels.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn same_money_elsewhere(bencher: Bencher) {
    let (company, question) = (&*COMPANY, question());
    let own = answer(company, &question).expect("an answer").outcome;
    bencher.bench_local(|| elsewhere(black_box(company), &question, &own, false));
}
