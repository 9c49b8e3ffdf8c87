//! How fast tables are read, against the bare csv crate over the same bytes in the same run.
//!
//! `csv_crate` splits cells and counts their bytes, which is the least that any reader does.
//! `rows` adds what leadflow does for every file before it knows what it holds: the
//! decoder, the dialect, true lines, quotes left open, rows of the wrong width. `typed` is
//! the whole way into canonical tables: mapping, dates, amounts, stages, channels, repeats.
//! The contacts of a made-up company are read, from memory but for `typed`; divan prints
//! rows per second of each, and their quotient is the factor.

#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a benchmark prepares its own files and may fail at once"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

use leadflow::cli::Cli;
use leadflow::commands::{Run, request};
use leadflow::demo::{DEFAULT_SEED, Demo, Plan};
use leadflow::diagnostics::terminal::ShellOptions;
use leadflow::ingest::decode::{DecodeOptions, decode};
use leadflow::ingest::dialect::{DialectOptions, find};
use leadflow::ingest::reader::scan;
use leadflow::settings::{self, Environment};
use leadflow::shell::{Shell, TerminalFacts};

fn main() {
    divan::main();
}

const LEADS: u64 = 100_000;

/// The export of the contacts: its path, its bytes, its rows.
struct Contacts {
    path: PathBuf,
    bytes: Vec<u8>,
    rows: u64,
}

static CONTACTS: LazyLock<Contacts> = LazyLock::new(|| {
    let demo = Demo::new(Plan::new(LEADS, DEFAULT_SEED)).expect("a plan");
    let files = demo.files();
    let file = files
        .iter()
        .find(|file| file.path.contains("contacts"))
        .expect("the company has contacts");
    let mut bytes = Vec::new();
    file.write(&mut bytes).expect("bytes in memory");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("contacts.csv");
    fs::write(&path, &bytes).expect("the file can be written below target/");
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let rows = reader.byte_records().count() as u64;
    Contacts { path, bytes, rows }
});

#[divan::bench(sample_count = 20, sample_size = 1)]
fn csv_crate(bencher: Bencher) {
    let contacts = &*CONTACTS;
    bencher
        .counter(ItemsCount::new(contacts.rows))
        .counter(BytesCount::new(contacts.bytes.len()))
        .bench_local(|| {
            let mut reader = csv::ReaderBuilder::new()
                .flexible(true)
                .from_reader(contacts.bytes.as_slice());
            let (mut record, mut bytes) = (csv::StringRecord::new(), 0);
            while reader.read_record(&mut record).expect("rows") {
                bytes += record.iter().map(str::len).sum::<usize>();
            }
            bytes
        });
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn rows(bencher: Bencher) {
    let contacts = &*CONTACTS;
    bencher
        .counter(ItemsCount::new(contacts.rows))
        .counter(BytesCount::new(contacts.bytes.len()))
        .bench_local(|| {
            let decoded = decode(contacts.bytes.clone(), &DecodeOptions::default()).expect("text");
            let dialect = find(&decoded.text, &DialectOptions::default()).expect("a table");
            let mut bytes = 0;
            let facts = scan(&decoded.text, &dialect, |row| {
                bytes += row.cells.iter().map(str::len).sum::<usize>();
            });
            assert_eq!(facts.expect("rows").rows, contacts.rows);
            bytes
        });
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn typed(bencher: Bencher) {
    let contacts = &*CONTACTS;
    let path = contacts.path.to_string_lossy().into_owned();
    let cli = Cli::read(["leadflow", "funnel", &path, "--quiet"]).expect("words that make sense");
    let environment = Environment {
        variables: BTreeMap::new(),
        working_directory: PathBuf::from(env!("CARGO_TARGET_TMPDIR")),
        stdin_is_terminal: false,
        clock: || 0,
    };
    let settings = settings::resolve(&cli, &environment).expect("settings");
    let quiet = ShellOptions {
        quiet: true,
        ..ShellOptions::default()
    };
    let (data, speech) = (Box::new(io::sink()), Box::new(io::sink()));
    let shell = Shell::with_sinks(&quiet, TerminalFacts::default(), data, speech);
    let run = Run {
        checks: Vec::new(),
        settings: &settings,
        environment: &environment,
        shell: &shell,
    };
    bencher
        .counter(ItemsCount::new(contacts.rows))
        .counter(BytesCount::new(contacts.bytes.len()))
        .bench_local(|| request::load(&run, false).expect("the file can be read"));
}
