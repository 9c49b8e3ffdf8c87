//! The figures and their bars, as section 5 of the what-if document lists them.

use super::grade::{Grade, Graded};
use super::laws::LAWS;
use super::world::Kind;
use leadflow::whatif::answer::{Class, LEAST_INFORMATION};

use super::{MONTHS, Row};

/// A line of the table.
struct Line {
    figure: String,
    bar: String,
    found: f64,
    n: usize,
    met: bool,
}

/// All lines for which there are worlds.
pub fn print(rows: &[(Row, Vec<Grade>)]) -> String {
    let mut lines = Vec::new();
    let of = |kind: Kind, months: usize| -> Option<Graded> {
        let (_, grades) = rows
            .iter()
            .find(|(row, _)| row.kind == kind && row.months == months)?;
        Some(Graded(grades.iter().collect()))
    };
    for months in MONTHS {
        if let Some(graded) = of(Kind::Usual, months) {
            usual(&mut lines, months, &graded);
        }
    }
    let widths: Vec<f64> = MONTHS
        .iter()
        .filter_map(|months| Some(of(Kind::Usual, *months)?.median(|given| given.width)))
        .collect();
    if widths.len() == MONTHS.len() {
        let falls = widths.windows(2).all(|pair| pair[1] < pair[0]);
        lines.push(Line {
            figure: "the width falls with the months".into(),
            bar: "yes".into(),
            found: f64::from(u8::from(falls)),
            n: 3,
            met: falls,
        });
    }
    for (law, name) in LAWS.iter().enumerate() {
        let tried = MONTHS.iter().filter_map(|months| of(Kind::Usual, *months));
        let (held, all) = tried.fold((0, 0), |(held, all), graded| {
            let more = graded.lawful(law);
            (held + more.0, all + more.1)
        });
        if all > 0 {
            lines.push(Line {
                figure: (*name).into(),
                bar: "always".into(),
                found: held as f64 / all as f64,
                n: all,
                met: held == all,
            });
        }
    }
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Usual) {
        for months in MONTHS {
            if let Some(graded) = of(kind, months) {
                stress(&mut lines, kind, months, &graded);
            }
        }
    }
    markdown(&lines) + &facts(rows)
}

fn between(lines: &mut Vec<Line>, figure: String, found: f64, (low, high): (f64, f64), n: usize) {
    let bar = match (low > 0.0, (high - 1.0).abs() > 1e-9) {
        (true, true) => format!("{low:.2} to {high:.2}"),
        (true, false) => format!("at least {low:.2}"),
        _ => format!("at most {high:.3}"),
    };
    lines.push(Line {
        figure,
        bar,
        found,
        n,
        met: (low..=high).contains(&found),
    });
}

fn usual(lines: &mut Vec<Line>, months: usize, graded: &Graded) {
    let n = graded.answered();
    let at = months / 12 - 1;
    let bars80 = if months == 12 {
        (0.75, 1.0)
    } else {
        (0.72, 0.93)
    };
    let mut add = |figure: &str, found: f64, bars: (f64, f64), n: usize| {
        between(lines, format!("{figure}, {months} months"), found, bars, n);
    };
    add(
        "visits, 80 %",
        graded.share(|g| g.visits.inside80),
        bars80,
        n,
    );
    add("net, 80 %", graded.share(|g| g.net.inside80), bars80, n);
    let bars95 = if months == 12 {
        (0.88, 1.0)
    } else {
        (0.92, 1.0)
    };
    add(
        "visits, 95 %",
        graded.share(|g| g.visits.inside95),
        bars95,
        n,
    );
    add("net, 95 %", graded.share(|g| g.net.inside95), bars95, n);
    let value = graded.share(|g| g.value.inside80);
    add("value per visit, 80 %", value, (0.70, 0.93), n);
    let width = graded.median(|g| g.width);
    let most = [3.2, 2.4, 1.8][at];
    add("width of 80 % over median, visits", width, (0.0, most), n);
    add(
        "Brier score",
        graded.brier(),
        (0.0, [0.16, 0.135, 0.125][at]),
        n,
    );
    let (said, right) = graded.said();
    let share = right as f64 / said.max(1) as f64;
    add(
        "\"pays\" or \"does not pay\" is right",
        share,
        (0.93, 1.0),
        said,
    );
    if months > 12 {
        let said = said as f64 / graded.count() as f64;
        add("and is said", said, (0.35, 1.0), graded.count());
        let most = if months == 24 { 0.35 } else { 0.30 };
        add(
            "\"cannot tell\"",
            graded.cannot_tell(),
            (0.0, most),
            graded.count(),
        );
    }
    if months == 24 {
        let best = graded.share(|g| g.best);
        add("best channel", best, (0.68, 1.0), n);
        let average = graded.share(|g| g.best_by_average);
        add(
            "best channel less that of the average rule",
            best - average,
            (1e-9, 1.0),
            n,
        );
    }
}

fn stress(lines: &mut Vec<Line>, kind: Kind, months: usize, graded: &Graded) {
    let n = graded.answered();
    let mut add = |figure: &str, found: f64, bars: (f64, f64)| {
        let figure = format!("{}: {figure}, {months} months", kind.name());
        between(lines, figure, found, bars, n);
    };
    add(
        "visits, 80 %",
        graded.share(|g| g.visits.inside80),
        (0.65, 1.0),
    );
    add("net, 80 %", graded.share(|g| g.net.inside80), (0.65, 1.0));
    add(
        "visits, 95 %",
        graded.share(|g| g.visits.inside95),
        (0.88, 1.0),
    );
    add("net, 95 %", graded.share(|g| g.net.inside95), (0.88, 1.0));
    match kind {
        Kind::Flat => add("\"cannot tell\"", graded.cannot_tell(), (0.95, 1.0)),
        Kind::Confounded => add("\"cannot tell\"", graded.cannot_tell(), (0.85, 1.0)),
        Kind::Nothing => {
            let pays = graded.share(|g| g.class == Class::Pays);
            add("false \"pays\"", pays, (0.0, 0.06));
        }
        _ => {}
    }
}

fn markdown(lines: &[Line]) -> String {
    let mut text = String::from("| figure | bar | found | n | met |\n|---|---|---|---|---|\n");
    for line in lines {
        text += &format!(
            "| {} | {} | {:.3} | {} | {} |\n",
            line.figure,
            line.bar,
            line.found,
            line.n,
            if line.met { "yes" } else { "**no**" }
        );
    }
    let missed = lines.iter().filter(|line| !line.met).count();
    text + &format!("\n{} figures, {missed} not met.\n", lines.len())
}

/// What has no bar but explains the rest.
fn facts(rows: &[(Row, Vec<Grade>)]) -> String {
    let mut text = String::from(
        "\n| worlds | months | n | truly pays | mean P(pays) | Brier | information share | below 0.25 | error of visits over average rule | width over median | cannot tell | said | right | best | best by average |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for (row, grades) in rows {
        let graded = Graded(grades.iter().collect());
        let (said, right) = graded.said();
        text += &format!(
            "| {} | {} | {} | {:.2} | {:.2} | {:.3} | {:.2} | {:.2} | {:+.3} | {:.2} | {:.2} | {} | {} | {:.2} | {:.2} |\n",
            row.kind.name(),
            row.months,
            graded.answered(),
            graded.truly_pays(),
            graded.mean(|g| g.pays),
            graded.brier(),
            graded.median(|g| g.information),
            graded.share(|g| g.information < LEAST_INFORMATION),
            graded.mean(|g| g.error),
            graded.median(|g| g.width),
            graded.cannot_tell(),
            said,
            right,
            graded.share(|g| g.best),
            graded.share(|g| g.best_by_average),
        );
    }
    text
}
