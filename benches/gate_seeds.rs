//! How often a gate flips, and whether it sees what is broken: `docs/gate.md`.
//!
//! `cargo bench --bench gate_seeds -- --seeds 200` draws the example company with so many
//! other seeds. Nothing about the company changes but chance, so a gate that passes in one
//! and fails in another one speaks of chance. Each check of the document is tried as it is
//! written, and with and without `confident` and `min_n`. Then something is broken in the
//! exports of each company, and the gate has to fail; and the exports are emptied, and
//! nothing may pass. `--threads` changes nothing but the time.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a benchmark writes companies, prints its table and may fail at once"
)]

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use clap::Parser;

#[path = "gate_seeds/company.rs"]
mod company;
#[path = "gate_seeds/gate.rs"]
mod gate;
#[path = "gate_seeds/table.rs"]
mod table;

use company::{Company, Damage};
use gate::{Check, Variant, Verdict};

/// Companies between two words on how far it is.
const STEP: usize = 25;

#[derive(Parser)]
struct Arguments {
    /// Companies
    #[arg(long, default_value_t = 200)]
    seeds: u64,
    /// The first seed; 1 is the example itself
    #[arg(long, default_value_t = 2)]
    first: u64,
    /// Companies that are broken, for each way
    #[arg(long, default_value_t = 50)]
    damaged: u64,
    /// Leads of a company
    #[arg(long, default_value_t = 5_000)]
    rows: u64,
    /// Companies at a time
    #[arg(long)]
    threads: Option<usize>,
    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// The verdicts on one company: of each check under each variant.
pub type Verdicts = Vec<[Option<Verdict>; Variant::ALL.len()]>;

fn main() {
    let arguments = Arguments::parse();
    let text = std::fs::read_to_string(document()).expect("docs/gate.md");
    let checks = gate::of_document(&text);
    assert!(!checks.is_empty(), "docs/gate.md has checks");
    let threads = arguments
        .threads
        .unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
    let seeds: Vec<u64> = (arguments.first..).take(arguments.seeds as usize).collect();
    let tried = possible(
        &Company::draw(arguments.rows, arguments.first),
        &checks,
        threads,
    );
    let mut drawn = Vec::new();
    for some in seeds.chunks(STEP) {
        drawn.extend(all(some, threads, |seed| {
            let company = Company::draw(arguments.rows, seed);
            verdicts(&company, &checks, &tried)
        }));
        eprintln!("{} of {} companies", drawn.len(), seeds.len());
        if drawn.len() % (2 * STEP) == 0 && drawn.len() < seeds.len() {
            eprintln!("{}", table::flips(&checks, &drawn));
        }
    }
    println!("{}", table::flips(&checks, &drawn));
    let as_written = vec![vec![Variant::AsWritten]; checks.len()];
    for damage in Damage::ALL {
        let seeds = &seeds[..seeds.len().min(arguments.damaged as usize)];
        let drawn = all(seeds, threads, |seed| {
            let company = Company::draw(arguments.rows, seed);
            company.damage(damage);
            verdicts(&company, &checks, &as_written)
        });
        println!("{}", table::damage(damage, &checks, &drawn));
    }
}

fn document() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/gate.md"))
}

/// The variants that each check can have: not every figure has an interval or a count.
fn possible(company: &Company, checks: &[Check], threads: usize) -> Vec<Vec<Variant>> {
    let variants = |place: u64| {
        let check = &checks[place as usize];
        let can = |variant: &Variant| {
            let words = check.under(*variant);
            company.check(check.period, &[&words]).is_ok()
        };
        Variant::ALL.into_iter().filter(can).collect()
    };
    let places: Vec<u64> = (0..checks.len() as u64).collect();
    all(&places, threads, variants)
}

/// Each check under its variants, in two runs of the program: the month and the year.
fn verdicts(company: &Company, checks: &[Check], variants: &[Vec<Variant>]) -> Verdicts {
    let mut verdicts: Verdicts = vec![[None; Variant::ALL.len()]; checks.len()];
    for period in gate::PERIODS {
        let mut asked: Vec<(usize, usize, String)> = Vec::new();
        for (place, check) in checks
            .iter()
            .enumerate()
            .filter(|(_, it)| it.period == period)
        {
            for variant in &variants[place] {
                let number = Variant::ALL
                    .iter()
                    .position(|it| it == variant)
                    .unwrap_or(0);
                asked.push((place, number, check.under(*variant)));
            }
        }
        if asked.is_empty() {
            continue;
        }
        let words: Vec<&str> = asked.iter().map(|(_, _, words)| words.as_str()).collect();
        let answers = company
            .check(period, &words)
            .expect("the checks are understood");
        for (place, number, words) in &asked {
            verdicts[*place][*number] = answers.get(words).copied();
        }
    }
    verdicts
}

/// Results in the order of the seeds, whoever computes them.
fn all<T: Send>(seeds: &[u64], threads: usize, one: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            let (send, next, one) = (send.clone(), &next, &one);
            scope.spawn(move || {
                while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if send.send((*seed, one(*seed))).is_err() {
                        break;
                    }
                }
            });
        }
    });
    drop(send);
    let mut found: Vec<(u64, T)> = receive.iter().collect();
    found.sort_by_key(|(seed, _)| *seed);
    found.into_iter().map(|(_, it)| it).collect()
}
