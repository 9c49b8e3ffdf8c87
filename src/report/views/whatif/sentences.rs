//! The words of a what-if: verdict, remarks, advice.

use super::{Shown, money, months};
use crate::report::document::{Cell, Kind};
use crate::whatif::Driver;
use crate::whatif::answer::{Class, information_needed};
use crate::whatif::outcome::DRAWS;
use crate::whatif::waiting::{self, Kind as TestKind, WATCHED_AFTER};

/// `10 more hours a month for 12 months`.
pub fn change(shown: &Shown) -> String {
    let plan = &shown.answer.plan;
    let count = plan.change.len();
    let first = plan.change.first().copied().unwrap_or(0.0);
    if plan.change.iter().all(|change| *change == first) {
        let more = if first < 0.0 { "less" } else { "more" };
        let amount = shown.effort(first.abs());
        return format!(
            "{amount} {more} a month in {} for {}",
            shown.channel,
            months(count)
        );
    }
    let total = plan.total();
    let more = if total < 0.0 { "less" } else { "more" };
    format!(
        "a plan of {} in {}, {} {more} in all",
        months(count),
        shown.channel,
        shown.effort(total.abs())
    )
}

/// `Probably pays: 78 in 100. Expected +6,100 visits, ...`.
pub fn verdict(shown: &Shown) -> String {
    let outcome = &shown.answer.outcome;
    let chance = chance(outcome.pays);
    let head = match shown.answer.class {
        Class::CannotTell if shown.answer.overridden => {
            let share = (shown.speak)(
                &Cell::from(shown.answer.evidence.information_share),
                Kind::Ratio,
            );
            format!(
                "The data cannot tell: they hold too little information (share {share}, {} is \
                 needed); the usual experience alone would say {chance}",
                (shown.speak)(
                    &Cell::from(information_needed(&shown.answer.evidence)),
                    Kind::Ratio
                )
            )
        }
        class => format!("{}: {chance}", class_words(class)),
    };
    let head = if shown.has_prior {
        format!("Your assumption says: {}", lower(&head))
    } else {
        head
    };
    let last = |measure: &str| {
        let line = outcome.chain.iter().find(|line| line.measure == measure);
        line.and_then(|line| line.expected)
            .map_or(0.0, |spread| spread.mean)
    };
    let customers = outcome
        .chain
        .iter()
        .take_while(|line| line.measure != "revenue")
        .last()
        .and_then(|line| line.expected)
        .map_or(0.0, |spread| spread.mean);
    let net = outcome.net;
    let profit = if shown.has_margin {
        "net"
    } else {
        "net of revenue, not profit,"
    };
    format!(
        "{head}. Expected {} visits, {} customers, {profit} {} over {} (80 %: {} to {}).",
        signed(shown, last("visits")),
        signed(shown, customers),
        signed_money(shown, net.mean),
        months(shown.answer.plan.horizon),
        signed_money(shown, net.low80),
        signed_money(shown, net.high80),
    )
}

fn class_words(class: Class) -> &'static str {
    match class {
        Class::Pays => "Pays",
        Class::ProbablyPays => "Probably pays",
        Class::CannotTell => "Cannot tell",
        Class::ProbablyNot => "Probably does not pay",
        Class::DoesNotPay => "Does not pay",
        Class::NotEnoughData => "Not enough data",
    }
}

/// `78 in 100`.
pub fn chance(p: f64) -> String {
    match p {
        p if p > 0.99 => "more than 99 in 100".into(),
        p if p < 0.01 => "less than 1 in 100".into(),
        p => format!("{:.0} in 100", p * 100.0),
    }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

fn signed(shown: &Shown, number: f64) -> String {
    let sign = if number > 0.0 { "+" } else { "" };
    format!("{sign}{}", shown.number(number))
}

fn signed_money(shown: &Shown, amount: f64) -> String {
    let sign = if amount > 0.0 { "+" } else { "" };
    format!("{sign}{}", shown.money(amount))
}

/// What one should know beside the verdict.
pub fn beside(shown: &Shown) -> Vec<String> {
    let answer = shown.answer;
    let mut points = Vec::new();
    if let (Some(needed), Some(marginal)) = (answer.needed_per_unit, answer.marginal_per_unit) {
        let text = if answer.plan.total() < 0.0 {
            format!(
                "Each {} less is expected to lose {} visits; it pays where it loses fewer than {}.",
                shown.unit(),
                shown.number(marginal),
                shown.number(needed),
            )
        } else {
            format!(
                "Each further {} must bring {} visits to pay; it is expected to bring {}. The \
             average of all so far is {}, which is not what the next one brings.",
                shown.unit(),
                shown.number(needed),
                shown.number(marginal),
                shown.number(answer.average_per_unit),
            )
        };
        points.push(text);
    }
    if answer.class == Class::CannotTell {
        points.push(way_out(shown));
    }
    let certain = answer.outcome.pays > 0.9 || answer.outcome.pays < 0.1;
    let weak = answer.evidence.information_share < information_needed(&answer.evidence);
    if certain && weak && !shown.has_prior {
        points.push(
            "The chance is far from even although the history says little: price and value of \
             a visit decide it, with the usual experience of such work, not what was seen here."
                .into(),
        );
    }
    if answer.outside {
        points.push(format!(
            "The plan reaches {} a month, outside the range seen (at most {}): the interval was \
             widened.",
            shown.effort(answer.plan.most()),
            shown.effort(answer.evidence.most),
        ));
    }
    if let Some(month) = shown.left_out {
        points.push(format!(
            "{month} is not over in the exports and was left out."
        ));
    }
    points
}

/// What to do where the data cannot tell.
fn way_out(shown: &Shown) -> String {
    match waiting::recommended(&shown.answer.tests) {
        Some(found) => format!(
            "What would settle it at least cost: {} for {}, worth {} to the decision; watch \
             visits for {WATCHED_AFTER} months after it.",
            test(found.kind),
            shown.money(found.cost),
            shown.money(found.value),
        ),
        None => "No test on offer is worth its cost at this size: decide by what the plan risks, \
                 or vary the effort by more than now, in blocks of four months, and ask again."
            .into(),
    }
}

/// A test in words.
pub fn test(kind: TestKind) -> &'static str {
    match kind {
        TestKind::ThreeMonths => "the change for 3 months",
        TestKind::SixMonths => "the change for 6 months",
        TestKind::OnAndOff => "4 months with the change, 4 without, 4 with it",
    }
}

/// Remarks of the chain.
pub fn of_chain(shown: &Shown) -> Vec<String> {
    let outcome = &shown.answer.outcome;
    let (none, at_most_one) = outcome.few_customers;
    let mut remarks = vec![
        "Expected: what is not known of effect, rates and deals. Seen: what you will see, with the luck of \
         single visitors and deals on top."
            .to_owned(),
    ];
    if at_most_one > 0.01 && shown.answer.plan.total() > 0.0 {
        remarks.push(format!(
            "No customer at all: {}; at most one: {}.",
            chance(none),
            chance(at_most_one)
        ));
    }
    remarks.push(format!(
        "{}; ROI is net over cost, in per cent.",
        if shown.has_margin {
            "Net is gross profit less cost"
        } else {
            "No margin is known: gross profit is revenue, not profit"
        }
    ));
    remarks.push(format!(
        "Rates beyond the first come from leads older than {} days. n = {}, seed {}.",
        shown.number(shown.decided_after_days.round()),
        (shown.speak)(&Cell::from(DRAWS as u64), Kind::Count),
        shown.seed
    ));
    remarks
}

/// Remarks of the payback.
pub fn of_payback(shown: &Shown) -> Vec<String> {
    let mut remarks = Vec::new();
    if shown.driver == Driver::Hours {
        remarks.push(format!("An hour costs {}.", shown.money(shown.unit_cost)));
    }
    let usual = shown.effort(shown.answer.plan.usual);
    remarks.push(format!(
        "As usual means {usual} a month, the mean of the last {} complete months.",
        shown.answer.usual_months
    ));
    if shown.answer.outcome.payback.is_none() {
        remarks.push("Nothing is paid, so there is nothing to pay back.".into());
    }
    remarks
}

/// Remarks of the alternatives.
pub fn of_alternatives(shown: &Shown) -> Vec<String> {
    let mut remarks = vec![
        "Each channel judged by its own history; the chance to be best counts how often no other \
         channel made more of the money. It is no promise: the best of many looks better than \
         it is."
            .to_owned(),
    ];
    let outside: Vec<&str> = shown
        .answer
        .elsewhere
        .iter()
        .filter(|other| other.outside)
        .map(|other| other.channel.as_str())
        .collect();
    if !outside.is_empty() {
        remarks.push(format!("Outside the range seen: {}.", outside.join(", ")));
    }
    remarks
}

/// Remarks of the tornado.
pub fn of_drivers(shown: &Shown) -> Vec<String> {
    let drivers = &shown.answer.drivers;
    let together = (shown.speak)(&Cell::Share(drivers.together), Kind::Share);
    vec![
        format!(
            "Net with everything at its median: {}. One input moves, the others stay.",
            (shown.speak)(&money(drivers.middle), Kind::Estimate)
        ),
        format!(
            "Share of variance: what the input makes alone; {together} only they make together."
        ),
        "Quality: what if an extra visit is worth 0.7 of a usual one; it is not drawn.".into(),
    ]
}

/// Remarks of the tests.
pub fn of_waiting(shown: &Shown) -> Vec<String> {
    vec![format!(
        "To know for certain would be worth {} at most. A test is worth what it changes of the \
         decision; visits are watched for {WATCHED_AFTER} months after it, since the effect is \
         late.",
        shown.money(shown.answer.certainty)
    )]
}
