//! How long the parts of a run take, over made-up companies.
//!
//! `cargo bench` takes 100 thousand leads with their stage dates, deals, visits and
//! costs; with `LEADFLOW_BENCH_LARGE` set also 5 million, which needs a few gigabytes
//! of memory and of disk. The companies are written below `target/` before anything is
//! measured, so their files come from the disk cache. Each part is measured on what
//! the part before it gives; the whole report is the program itself, from its start to
//! the last file.

#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a benchmark prepares its own files and may fail at once"
)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use divan::Bencher;
use divan::counter::ItemsCount;

use leadflow::cli::Cli;
use leadflow::commands::{Run, prepare, request};
use leadflow::demo::{DEFAULT_SEED, Demo, Plan};
use leadflow::diagnostics::terminal::ShellOptions;
use leadflow::domain::figure::{Basis, View};
use leadflow::domain::period::PeriodSpec;
use leadflow::ingest::load::Loaded;
use leadflow::metrics::channels::{self, Question};
use leadflow::metrics::data::{Data, Scope};
use leadflow::metrics::funnel;
use leadflow::settings::{self, Environment, Settings};
use leadflow::shell::{Shell, TerminalFacts};
use leadflow::tables::{deals, followed};

fn main() {
    for leads in sizes() {
        write_company(leads).expect("the company can be written below target/");
    }
    divan::main();
}

/// How many leads the companies have.
fn sizes() -> Vec<u64> {
    let mut sizes = vec![100_000];
    if std::env::var_os("LEADFLOW_BENCH_LARGE").is_some() {
        sizes.push(5_000_000);
    }
    sizes
}

/// Files to typed tables.
#[divan::bench(args = sizes(), sample_count = 10, sample_size = 1, max_time = 120)]
fn read(bencher: Bencher, leads: u64) {
    let session = Session::new(leads);
    bencher
        .counter(ItemsCount::new(leads))
        .bench_local(|| session.loaded());
}

/// Typed tables to one row per lead with the first time of each stage.
#[divan::bench(args = sizes(), sample_count = 10, sample_size = 1, max_time = 120)]
fn followed_leads(bencher: Bencher, leads: u64) {
    let session = Session::new(leads);
    let Loaded {
        tables, evidence, ..
    } = session.loaded();
    let rules = followed::Rules {
        ladder: &session.settings.ladder,
        policy: session.settings.policy,
        entry: session.settings.entry,
        from_deals: &session.settings.from_deals,
        as_of: evidence,
    };
    bencher.counter(ItemsCount::new(leads)).bench_local(|| {
        let linked = deals::link(&tables, evidence);
        let mut tables = tables.clone();
        let followed = followed::derive(&mut tables, &linked, &rules);
        (linked, followed)
    });
}

/// Stage table and ratios by channel, all data, cohort view.
#[divan::bench(args = sizes(), sample_count = 10, sample_size = 1, max_time = 120)]
fn funnel_by_channel(bencher: Bencher, leads: u64) {
    let data = Session::new(leads).data();
    let (scope, by) = (Scope::all(&data), by_channel());
    bencher
        .counter(ItemsCount::new(leads))
        .bench_local(|| funnel::compute(&data, &scope, View::Cohort, &by).expect("a funnel"));
}

/// Cost, value and return by channel, all data, with the intervals of the returns.
#[divan::bench(args = sizes(), sample_count = 10, sample_size = 1, max_time = 120)]
fn channel_returns(bencher: Bencher, leads: u64) {
    let data = Session::new(leads).data();
    let (scope, by) = (Scope::all(&data), by_channel());
    let question = Question {
        dimensions: &by,
        basis: Basis::Period,
        view: View::ToDate,
        credit: None,
    };
    bencher
        .counter(ItemsCount::new(leads))
        .bench_local(|| channels::compute(&data, &scope, &question).expect("channels"));
}

/// `leadflow report`: a process of its own, all files written.
#[divan::bench(args = sizes(), sample_count = 10, sample_size = 1, max_time = 180)]
fn whole_report(bencher: Bencher, leads: u64) {
    let folder = company(leads);
    bencher.counter(ItemsCount::new(leads)).bench_local(|| {
        let status = Command::new(env!("CARGO_BIN_EXE_leadflow"))
            .args(["report", "--quiet", "--out", "report"])
            .env_clear()
            .current_dir(&folder)
            .status()
            .expect("the program starts");
        assert!(status.success(), "the report ended with {status}");
    });
}

/// A run of the program up to the point where a command computes.
struct Session {
    environment: Environment,
    settings: Settings,
    shell: Shell,
}

impl Session {
    /// The settings of a company, as they stand in its `leadflow.toml`.
    fn new(leads: u64) -> Self {
        let cli = Cli::read(["leadflow", "funnel", "--quiet"]).expect("words that make sense");
        let environment = Environment {
            variables: BTreeMap::new(),
            working_directory: company(leads),
            stdin_is_terminal: false,
            clock: || 0,
        };
        let settings = settings::resolve(&cli, &environment).expect("the company's settings");
        let quiet = ShellOptions {
            quiet: true,
            ..ShellOptions::default()
        };
        let (data, speech) = (Box::new(io::sink()), Box::new(io::sink()));
        Self {
            environment,
            settings,
            shell: Shell::with_sinks(&quiet, TerminalFacts::default(), data, speech),
        }
    }

    fn run(&self) -> Run<'_> {
        Run {
            settings: &self.settings,
            checks: Vec::new(),
            environment: &self.environment,
            shell: &self.shell,
        }
    }

    fn loaded(&self) -> Loaded {
        request::load(&self.run(), false).expect("the company can be read")
    }

    fn data(&self) -> Data {
        let prepared = prepare::derive(
            &self.run(),
            self.loaded(),
            PeriodSpec::All,
            prepare::By::Records,
        );
        prepared.expect("the company can be followed").data
    }
}

fn by_channel() -> Vec<String> {
    vec!["channel".to_owned()]
}

/// Where the company of this size lies.
fn company(leads: u64) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("company-{leads}"))
}

/// Writes all files of the company; the same bytes every time.
fn write_company(leads: u64) -> io::Result<()> {
    let folder = company(leads);
    let demo = Demo::new(Plan::new(leads, DEFAULT_SEED)).map_err(io::Error::other)?;
    for file in demo.files() {
        let path = folder.join(&file.path);
        fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        file.write(&mut File::create(path)?)?;
    }
    Ok(())
}
