//! What-if graded on companies whose truth is known: section 5 of the what-if document.
//!
//! `cargo bench --bench whatif_worlds -- --worlds 200` draws so many companies for each kind
//! of world and each length of history, asks each whether more hours pay, and prints every
//! figure with its bar as Markdown. `--row default-24` takes one kind and length, `--seed`
//! other worlds, `--threads` other threads, which change nothing but the time.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its table and may fail at once"
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use clap::Parser;

#[path = "whatif_worlds/grade.rs"]
mod grade;
#[path = "whatif_worlds/laws.rs"]
mod laws;
#[path = "whatif_worlds/table.rs"]
mod table;
#[path = "whatif_worlds/world.rs"]
mod world;

use grade::Grade;
use world::Kind;

/// Lengths of history.
pub const MONTHS: [usize; 3] = [12, 24, 36];

/// Worlds of a row in which the laws are tried.
const LAWFUL: usize = 20;

/// Worlds of one kind and length.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub kind: Kind,
    pub months: usize,
}

impl Row {
    fn name(self) -> String {
        format!("{}-{}", self.kind.name().replace(' ', "-"), self.months)
    }
}

#[derive(Parser)]
struct Arguments {
    /// Companies of each row
    #[arg(long, default_value_t = 200)]
    worlds: usize,
    /// Other companies
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How far prices of an hour lie from what an hour brings, in logarithms
    #[arg(long, default_value_t = 1.0)]
    price_deviation: f64,
    /// Companies at a time
    #[arg(long)]
    threads: Option<usize>,
    /// One row (default-24) or the rows of one kind or length (default, 24)
    #[arg(long)]
    row: Option<String>,
    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let arguments = Arguments::parse();
    let rows: Vec<Row> = Kind::ALL
        .into_iter()
        .flat_map(|kind| MONTHS.map(|months| Row { kind, months }))
        .filter(|row| {
            let wanted = arguments.row.as_ref();
            wanted.is_none_or(|wanted| row.name().contains(wanted))
        })
        .collect();
    let worlds = arguments.worlds;
    let grades = run(rows.len() * worlds, threads(&arguments), |number| {
        let (row, index) = (rows[number / worlds], number % worlds);
        // Neither the other rows nor their number change a world.
        let kind = Kind::ALL.iter().position(|kind| *kind == row.kind);
        let place = kind.unwrap_or(0) * 100 + row.months;
        let seed = (arguments.seed * 1_000 + place as u64) * 1_000_000 + index as u64;
        let world = world::draw(row.kind, row.months, arguments.price_deviation, seed);
        let mut grade = grade::grade(&world);
        if row.kind == Kind::Usual && index < LAWFUL {
            grade.broken = Some(laws::broken(&world));
        }
        grade
    });
    let graded: Vec<(Row, Vec<Grade>)> = rows
        .iter()
        .zip(grades.chunks(worlds.max(1)))
        .map(|(row, grades)| (*row, grades.to_vec()))
        .collect();
    println!("{}", table::print(&graded));
}

fn threads(arguments: &Arguments) -> usize {
    let available = || thread::available_parallelism().map_or(1, usize::from);
    arguments.threads.unwrap_or_else(available).max(1)
}

/// Results in the order of their numbers, whoever computes them.
fn run(count: usize, threads: usize, one: impl Fn(usize) -> Grade + Sync) -> Vec<Grade> {
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads {
            let (send, next, one) = (send.clone(), &next, &one);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    if send.send((number, one(number))).is_err() {
                        break;
                    }
                }
            });
        }
    });
    drop(send);
    let mut found: Vec<(usize, Grade)> = receive.iter().collect();
    found.sort_by_key(|(number, _)| *number);
    found.into_iter().map(|(_, grade)| grade).collect()
}
