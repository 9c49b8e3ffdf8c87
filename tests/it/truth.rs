//! How far each model is from the truth, where the truth is known.
//!
//! A made-up world in which it is decided beforehand what each channel adds: people have
//! an intent that nobody sees, the intent decides which channels they meet, and some
//! channels change their minds while others only stand at the exit. The journeys go
//! through the program like anybody's, and what each model says is set against what each
//! channel really added. The table is that of `docs/attribution-truth.md`;
//! `LEADFLOW_BLESS=1` writes it anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use crate::fixture::{Answer, Run, root};

/// A channel of the world.
struct Channel {
    name: &'static str,
    /// Chance that a touch turns somebody who would not have converted.
    adds: f64,
    /// How often it is met at intent 0 and at intent 1.
    met: (f64, f64),
}

const CHANNELS: [Channel; 5] = [
    // Finds those who have not thought of it, and moves them.
    Channel {
        name: "Paid Social",
        adds: 0.030,
        met: (3.0, 0.5),
    },
    // Answers questions on the way.
    Channel {
        name: "SEO",
        adds: 0.045,
        met: (1.0, 2.0),
    },
    // Shown to everybody, moves nobody.
    Channel {
        name: "Display",
        adds: 0.0,
        met: (2.0, 2.0),
    },
    // Reminds those who are known already.
    Channel {
        name: "Email",
        adds: 0.020,
        met: (0.4, 1.6),
    },
    // Typed by those who have decided.
    Channel {
        name: "Brand Search",
        adds: 0.0,
        met: (0.1, 4.0),
    },
];

const PEOPLE: u32 = 400_000;

/// A fixed stream of numbers between 0 and 1.
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> f64 {
        // Knuth's MMIX constants; the upper bits are good enough here.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The journeys as a table of paths, and what each channel really added.
fn world() -> (String, [f64; 5]) {
    let mut stream = Stream(20_260_101);
    let mut paths: BTreeMap<Vec<usize>, [u64; 2]> = BTreeMap::new();
    let mut added = [0.0; 5];
    for _ in 0..PEOPLE {
        let intent = stream.next().powi(2);
        let mut path: Vec<usize> = Vec::new();
        while path.is_empty() || stream.next() < 0.6 {
            path.push(next_touch(&mut stream, intent, !path.is_empty()));
        }
        // Each channel gets one try at whoever is not yet won.
        let alone = 0.01 + 0.20 * intent;
        let left = |without: Option<usize>| -> f64 {
            let tries = (0..CHANNELS.len()).filter(|c| path.contains(c) && Some(*c) != without);
            (1.0 - alone) * tries.map(|c| 1.0 - CHANNELS[c].adds).product::<f64>()
        };
        let unmoved = left(None);
        for (channel, sum) in added.iter_mut().enumerate() {
            *sum += left(Some(channel)) - unmoved;
        }
        let converts = stream.next() >= unmoved;
        paths.entry(path).or_default()[usize::from(!converts)] += 1;
    }
    let mut text = String::from("path,conversions,non_converting\n");
    for (path, [converted, lost]) in &paths {
        let names: Vec<&str> = path.iter().map(|channel| CHANNELS[*channel].name).collect();
        writeln!(text, "{},{converted},{lost}", names.join(" > ")).unwrap();
    }
    (text, added)
}

fn next_touch(stream: &mut Stream, intent: f64, known: bool) -> usize {
    let weight = |channel: usize| {
        let (low, high) = CHANNELS[channel].met;
        // Nobody gets a mail before they are known.
        if CHANNELS[channel].name == "Email" && !known {
            0.0
        } else {
            low + (high - low) * intent
        }
    };
    let all: f64 = (0..CHANNELS.len()).map(weight).sum();
    let mut draw = stream.next() * all;
    for channel in 0..CHANNELS.len() {
        draw -= weight(channel);
        if draw < 0.0 {
            return channel;
        }
    }
    CHANNELS.len() - 1
}

fn table(answer: &Answer, added: &[f64; 5]) -> String {
    let all: f64 = added.iter().sum();
    let truth: Vec<f64> = added.iter().map(|sum| sum / all).collect();
    let mut text = String::from("| model |");
    for channel in &CHANNELS {
        write!(text, " {} |", channel.name).unwrap();
    }
    text.push_str(" off by |\n|---|---|---|---|---|---|---|\n| **truth** |");
    for share in &truth {
        write!(text, " {:.1} % |", share * 100.0).unwrap();
    }
    text.push_str(" |\n");
    let models: Vec<String> = answer.texts("totals", "model");
    let mut lines: Vec<(f64, String)> = Vec::new();
    for model in models.iter().filter(|model| *model != "participation") {
        let share = |channel: &Channel| {
            let row = answer.row("side_by_side", &[("channel", channel.name)]);
            row[model.as_str()].as_f64().unwrap()
        };
        let shares: Vec<f64> = CHANNELS.iter().map(share).collect();
        // Points that stand with the wrong channel.
        let off: f64 = shares
            .iter()
            .zip(&truth)
            .map(|(a, b)| (a - b).abs())
            .sum::<f64>()
            / 2.0;
        let mut line = format!("| `{model}` |");
        for share in &shares {
            write!(line, " {:.1} % |", share * 100.0).unwrap();
        }
        writeln!(line, " {:.1} points |", off * 100.0).unwrap();
        lines.push((off, line));
    }
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    lines.iter().for_each(|(_, line)| text.push_str(line));
    text
}

#[test]
fn the_document_says_how_far_models_are_from_the_truth() {
    let (paths, added) = world();
    let run = Run::with(&[("paths.csv", &paths)]);
    let answer = run.json("attribution paths.csv");
    let table = table(&answer, &added);
    let file = root().join("docs/attribution-truth.md");
    let text = fs::read_to_string(&file).unwrap();
    let start = text.find("| model |").expect("the table");
    let rest = &text[start..];
    let end = start + rest.find("\n\n").map_or(rest.len(), |end| end + 1);
    if std::env::var_os("LEADFLOW_BLESS").is_some() {
        fs::write(&file, format!("{}{table}{}", &text[..start], &text[end..])).unwrap();
        return;
    }
    assert_eq!(&text[start..end], table);
}
