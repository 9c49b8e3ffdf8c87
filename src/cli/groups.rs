//! The options that several commands share, one struct per heading of the help.

use clap::Args;

/// How the program runs: every command takes these, before or after its name.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Running")]
pub struct Running {
    /// Configuration file [default: leadflow.toml here or in a parent directory]
    #[arg(short, long, value_name = "FILE", global = true)]
    pub config: Option<String>,
    /// Set any key of the configuration for this run
    ///
    /// Such as funnel.horizon_days=60. The value is written as in the file; a word needs no
    /// quotes. May be repeated.
    #[arg(long = "set", value_name = "KEY=VALUE", global = true)]
    pub settings: Vec<String>,
    /// Say nothing but errors
    #[arg(short, long, global = true, overrides_with = "verbose")]
    pub quiet: bool,
    /// Say more; twice: everything
    #[arg(short, long, global = true, hide_short_help = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// When to colour [default: auto]
    ///
    /// auto: on a terminal. NO_COLOR, CLICOLOR_FORCE and TERM=dumb are obeyed.
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        hide_short_help = true,
        value_parser = ["auto", "always", "never"]
    )]
    pub color: Option<String>,
    /// Threads to compute with; the result does not depend on it
    #[arg(long, value_name = "N", global = true, hide_short_help = true)]
    pub threads: Option<u32>,
    /// Memory to keep to, from 256MiB on: touches beyond half of it wait on disk
    #[arg(long, value_name = "SIZE", global = true, hide_short_help = true)]
    pub memory_limit: Option<String>,
    /// How errors are written: text, json or github [default: text; github where GITHUB_ACTIONS=true]
    ///
    /// json: one object per line with code, message, file, line, column and hint. github:
    /// annotations of a workflow, nine of a kind and one with the number of the others.
    #[arg(
        long,
        value_name = "FORMAT",
        global = true,
        hide_short_help = true,
        value_parser = ["text", "json", "github"]
    )]
    pub error_format: Option<String>,
}

/// What is computed.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What")]
pub struct What {
    /// 2026-10, 2026-Q3, 2026, 2026-W43, 2026-01..2026-06, last-month, last-week, last-quarter, all
    ///
    /// Days work too: 2026-10-26..2026-11-02. Both ends of `..` are included. The
    /// `last-` ones are the last that are complete at the as-of moment. Without it
    /// `report` takes the last complete month, every other command all data.
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<String>,
    /// What was known by then [default: the latest evidence in the inputs]
    ///
    /// A date means the end of that day in the report zone; `now` reads the clock.
    #[arg(long, value_name = "DATE|now")]
    pub as_of: Option<String>,
    /// Split by dimensions: channel, owner, month, a segment, ...
    #[arg(long, value_name = "DIMS", value_delimiter = ',')]
    pub by: Vec<String>,
    /// Count only what meets an SQL condition, such as "owner = 'Anna'"
    #[arg(long = "where", value_name = "SQL")]
    pub filter: Option<String>,
    /// Whose value of a dimension counts: that at the entry into the stage, or today's [default: entry]
    #[arg(long, value_name = "MOMENT", hide_short_help = true, value_parser = ["entry", "now"])]
    pub dimension_at: Option<String>,
    /// Seed of everything drawn at random
    #[arg(
        long,
        value_name = "N",
        hide_short_help = true,
        value_parser = clap::value_parser!(i64).range(0..)
    )]
    pub seed: Option<i64>,
}

/// How the inputs are read. These hold for every input and win over `[[input]]`.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Reading")]
pub struct Reading {
    /// Report zone, such as Europe/Berlin [default: UTC]
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
    /// Zone of times without an offset [default: the report zone]
    #[arg(long, value_name = "ZONE", hide_short_help = true)]
    pub input_tz: Option<String>,
    /// Encoding, such as windows-1252 [default: detected]
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub encoding: Option<String>,
    /// One character, or `tab` [default: detected]
    #[arg(long, value_name = "CHAR", hide_short_help = true)]
    pub delimiter: Option<String>,
    /// strftime pattern of the dates, such as %d/%m/%Y [default: decided per column]
    #[arg(long, value_name = "PATTERN")]
    pub date_format: Option<String>,
    /// Decimal sign [default: decided per column]
    #[arg(long, value_name = "SIGN", hide_short_help = true, value_parser = ["point", "comma"])]
    pub decimal: Option<String>,
    /// The files have no header row
    #[arg(long, hide_short_help = true)]
    pub no_header: bool,
    /// Names of the columns of files without a header row
    #[arg(
        long,
        value_name = "A,B,C",
        value_delimiter = ',',
        requires = "no_header",
        hide_short_help = true
    )]
    pub columns: Vec<String>,
    /// Set any number of bad rows aside
    #[arg(long, conflicts_with = "max_rejects")]
    pub lax: bool,
    /// How many bad rows may be set aside [default: 0]
    #[arg(long, value_name = "N|N%")]
    pub max_rejects: Option<String>,
    /// Write the rows set aside to FILE, with line and reason
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub rejects: Option<String>,
    /// Leave out a file that cannot be read, and say so
    #[arg(long, hide_short_help = true)]
    pub keep_going: bool,
}

/// What is written, and where.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Writing")]
pub struct Writing {
    /// table, json, csv, markdown, html, xlsx, parquet, svg, png or github
    ///
    /// Without it the suffix of --out decides, else a table is printed.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// One table alone, such as ratios_by; its charts with it
    ///
    /// The ids are the keys of `tables` in the JSON form. CSV always holds one table:
    /// this one, else the one that --by asks for, else the first.
    #[arg(long, value_name = "ID", hide_short_help = true)]
    pub table: Option<String>,
    /// File to write; `-` is standard output; a folder for `report`
    #[arg(short, long, value_name = "PATH")]
    pub out: Option<String>,
    /// Fail where the output exists
    #[arg(long, hide_short_help = true)]
    pub no_clobber: bool,
    /// Print e-mail addresses, names and telephone numbers of persons where a table has them
    #[arg(long, hide_short_help = true)]
    pub include_pii: bool,
    /// File with the key of the pseudonyms that stand for persons [default: from the inputs]
    ///
    /// Under one key a person has the same pseudonym in every run. Without a key only runs
    /// over the same persons agree.
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub pii_key_file: Option<String>,
    /// Language of tables, pages and charts [default: en]
    ///
    /// JSON, CSV and Parquet stay as they are: they are for programs.
    #[arg(long, value_name = "CODE", hide_short_help = true)]
    pub lang: Option<String>,
    /// Write CSV text cells as they are, without the guard against formulas
    #[arg(long, hide_short_help = true)]
    pub raw_csv: bool,
    /// Pixels per unit in PNG [default: 2]
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub scale: Option<f64>,
}

/// What makes a finished run count as failed (exit 1).
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Gates")]
pub struct Gates {
    /// What must hold, such as 'mql_to_sql{channel=SEO} >= 20%'; may be repeated
    ///
    /// [warn] FIGURE[@mature][{dim=value}] [vs prev|vs yoy|vs FILE] >=|>|<=|<|==|!=
    /// VALUE|target [min_n=N] [confident]. A figure is a column or a key of the JSON output. A
    /// check that fails ends the run with 1, after everything is written.
    #[arg(long = "check", value_name = "EXPR")]
    pub checks: Vec<String>,
    /// Checks that only warn, and checks that were skipped, fail as well
    #[arg(long, hide_short_help = true)]
    pub strict: bool,
    /// Append the answer as Markdown [default for check and report: GITHUB_STEP_SUMMARY]
    ///
    /// The file stays below 1 MiB, as GitHub demands: what does not fit is left out at the
    /// beginning of a section, and said.
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub summary: Option<String>,
    /// Write the results of the checks as JUnit XML
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub junit: Option<String>,
    /// Exit 1 where the period has no records
    #[arg(long, hide_short_help = true)]
    pub fail_on_empty: bool,
}

/// How touches become journeys.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What")]
pub struct Journeys {
    /// What touches are credited for: a stage, or an event of the touches [default: the last stage]
    ///
    /// A stage that deals stand for (opportunity, customer) counts each deal with its
    /// amount. Where touches say themselves which of them convert: conversion.
    #[arg(long, value_name = "STAGE")]
    pub target: Option<String>,
    /// Touches count up to so many days before the conversion, both ends included [default: none]
    #[arg(long, value_name = "DAYS|none")]
    pub lookback: Option<String>,
    /// Every conversion, or the first of each lead or account [default: every]
    #[arg(long, value_name = "WHICH", value_parser = ["every", "first"])]
    pub conversions: Option<String>,
    /// Channels that are direct traffic [default: Direct]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub direct: Vec<String>,
    /// Count touches of one channel that follow each other as one
    #[arg(long)]
    pub collapse_repeats: bool,
}
