//! The charts of credit.

use super::Answer;
use crate::attribution::compare::ModelCredit;
use crate::domain::figure::Figure;
use crate::report::document::{Bar, Bars, Chart, Heat, Kind, Plot, Strip, Strips};

/// The result that charts show: a Markov model where there is one, else the first.
fn shown<'a>(answer: &Answer<'a>) -> Option<&'a ModelCredit> {
    let defined = || answer.results.iter().filter(|result| result.credit.is_ok());
    let chain = defined().find(|result| result.name.starts_with("markov"));
    chain.or_else(|| defined().next())
}

fn bars(answer: &Answer, values: &[f64], interval: impl Fn(usize) -> Option<(f64, f64)>) -> Bars {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]).then(a.cmp(b)));
    let bar = |place: usize| Bar {
        label: answer.journeys.channels[place].clone(),
        value: Ok(values[place]),
        interval: interval(place),
        remark: None,
    };
    Bars {
        kind: Kind::Share,
        bars: order.into_iter().map(bar).collect(),
    }
}

pub fn credit_chart(answer: &Answer) -> Option<Chart> {
    let result = shown(answer)?;
    let shares: Figure<Vec<f64>> = result.shares.iter().copied().collect();
    let shares = shares.ok()?;
    let interval = |place: usize| result.intervals.shares.get(place).copied().flatten();
    Some(Chart {
        id: "credit".into(),
        title: format!(
            "Share of the conversions by {}, {}",
            answer.unit.title.to_lowercase(),
            result.name
        ),
        description: "Share of each channel with its 95 % interval, largest first.".into(),
        table: "credit".into(),
        plot: Plot::Bars(bars(answer, &shares, interval)),
    })
}

pub fn removal_chart(answer: &Answer) -> Option<Chart> {
    let result = shown(answer)?;
    let removal = result.credit.as_ref().ok()?.removal.as_ref()?;
    let effects: Option<Vec<f64>> = removal.conversions.iter().copied().collect();
    Some(Chart {
        id: "removal".into(),
        title: format!("Conversions lost without the channel, {}", result.name),
        description:
            "Removal effect of each channel in the chain with its 95 % interval, largest first."
                .into(),
        table: "credit".into(),
        plot: Plot::Bars(bars(answer, &effects?, |place| {
            result.intervals.removal.get(place).copied().flatten()
        })),
    })
}

/// The shares that each channel has under the models, on one line.
pub fn models_chart(answer: &Answer) -> Option<Chart> {
    if answer.spread.is_empty() {
        return None;
    }
    let row = |channel: &usize| {
        let divided = answer.results.iter().filter(|result| !result.overlaps);
        let share = |result: &ModelCredit| {
            let share = result.shares.get(*channel)?.ok()?;
            Some((result.name.clone(), share))
        };
        Strip {
            label: answer.journeys.channels[*channel].clone(),
            values: divided.filter_map(share).collect(),
        }
    };
    Some(Chart {
        id: "models-apart".into(),
        title: "Share of the conversions under each model".into(),
        description: "For each channel its shares under all models that divide the conversions; \
                      the smallest and the largest are named."
            .into(),
        table: "side_by_side".into(),
        plot: Plot::Strips(Strips {
            kind: Kind::Share,
            rows: answer.order.iter().map(row).collect(),
        }),
    })
}

/// Where journeys go from each channel.
pub fn transitions_chart(answer: &Answer) -> Option<Chart> {
    if answer.transitions.is_empty() {
        return None;
    }
    let named = |names: [&str; 1]| names.map(str::to_owned).to_vec();
    let channels = || {
        let names = answer.order.iter();
        names.map(|channel| answer.journeys.channels[*channel].clone())
    };
    let from: Vec<Option<usize>> = std::iter::once(None)
        .chain(answer.order.iter().copied().map(Some))
        .collect();
    let to: Vec<(Option<usize>, bool)> = answer
        .order
        .iter()
        .map(|channel| (Some(*channel), false))
        .chain([(None, true), (None, false)])
        .collect();
    let chance = |from: Option<usize>, to: (Option<usize>, bool)| {
        let step = answer
            .transitions
            .iter()
            .find(|step| step.from == from && (step.to, step.converts) == to);
        step.map(|step| step.chance)
    };
    let row = |from: &Option<usize>| to.iter().map(|to| chance(*from, *to)).collect();
    Some(Chart {
        id: "transitions".into(),
        title: "Where journeys go next, in per cent".into(),
        description: "From each channel the share of journeys that meets each other channel next, \
                      converts, or ends."
            .into(),
        table: "transitions".into(),
        plot: Plot::Heat(Heat {
            rows: named(["(start)"]).into_iter().chain(channels()).collect(),
            columns: channels()
                .chain(named(["(conversion)"]))
                .chain(named(["(null)"]))
                .collect(),
            values: from.iter().map(row).collect(),
        }),
    })
}
