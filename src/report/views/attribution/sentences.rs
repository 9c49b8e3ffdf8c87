//! What the credit means for a budget, in sentences.

use super::Answer;
use crate::attribution::compare::{Spread, Tested};
use crate::report::document::{Cell, Kind};

fn percent(answer: &Answer, share: f64) -> String {
    (answer.speak)(&Cell::from(share), Kind::Share)
}

/// What a budget can rely on, and what depends on the model.
pub fn summary(answer: &Answer) -> Vec<String> {
    let Some(first) = answer.spread.first() else {
        return Vec::new();
    };
    let name = |spread: &Spread| answer.journeys.channels[spread.channel].as_str();
    // A channel is safely ahead of another where its lowest share is above the other's highest.
    let mut by_lowest: Vec<&Spread> = answer.spread.iter().collect();
    by_lowest.sort_by(|a, b| {
        b.lowest
            .0
            .total_cmp(&a.lowest.0)
            .then(a.channel.cmp(&b.channel))
    });
    let leader = by_lowest.first().copied().unwrap_or(first);
    let rivals: Vec<&str> = answer
        .spread
        .iter()
        .filter(|other| other.channel != leader.channel && other.highest.0 >= leader.lowest.0)
        .map(name)
        .collect();
    let range = |spread: &Spread| {
        format!(
            "{} to {}",
            percent(answer, spread.lowest.0),
            percent(answer, spread.highest.0)
        )
    };
    let sure = if rivals.is_empty() {
        format!(
            "Under every model {} gets the most credit ({} of the conversions).",
            name(leader),
            range(leader)
        )
    } else {
        format!(
            "Which {} gets the most credit depends on the model: {} has {}, and {} may have as much.",
            answer.unit.title.to_lowercase(),
            name(leader),
            range(leader),
            rivals.join(", ")
        )
    };
    let mut widest: Vec<&Spread> = answer.spread.iter().collect();
    widest.sort_by(|a, b| {
        b.width()
            .total_cmp(&a.width())
            .then(a.channel.cmp(&b.channel))
    });
    let open = widest.first().map(|spread| {
        format!(
            "The budget of {} depends most on the model: {} under {}, {} under {}.",
            name(spread),
            percent(answer, spread.lowest.0),
            spread.lowest.1,
            percent(answer, spread.highest.0),
            spread.highest.1
        )
    });
    let tested = answer
        .tested
        .iter()
        .filter_map(|tested| against(answer, tested));
    std::iter::once(sure).chain(open).chain(tested).collect()
}

/// What an experiment says against what the models give.
fn against(answer: &Answer, tested: &Tested) -> Option<String> {
    let spread = answer
        .spread
        .iter()
        .find(|spread| spread.channel == tested.channel)?;
    Some(format!(
        "A holdout test found {} to add {} of the conversions ({} to {}); the models give it {} to {}.",
        answer.journeys.channels[tested.channel],
        percent(answer, tested.lift),
        percent(answer, tested.interval.0),
        percent(answer, tested.interval.1),
        percent(answer, spread.lowest.0),
        percent(answer, spread.highest.0)
    ))
}
