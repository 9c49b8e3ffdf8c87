//! What must hold in every world, whatever is true in it.

use leadflow::whatif::answer::{Answer, Change, Question, answer};
use leadflow::whatif::history::{Channel, Company};

use super::world::World;

/// What is tried.
pub const LAWS: [&str; 4] = [
    "twice the hour cost never raises P(pays)",
    "more hours never raise the marginal visits of one",
    "other names change nothing else",
    "an unrelated channel in two halves changes nothing",
];

/// For each law, whether it was broken.
pub type Broken = [bool; LAWS.len()];

pub fn broken(world: &World) -> Broken {
    let (company, question) = (&world.company, &world.question);
    let Ok(before) = answer(company, question) else {
        return [false; LAWS.len()];
    };
    let ask = |company: &Company, question: &Question| answer(company, question).expect("again");
    let dear = ask(
        company,
        &Question {
            unit_cost: 2.0 * question.unit_cost,
            hour_cost: question.hour_cost.map(|cost| 2.0 * cost),
            ..question.clone()
        },
    );
    let more = ask(company, &twice_the_hours(question));
    let renamed = ask(&other_names(company), question);
    let halved = ask(&last_in_halves(company), question);
    let numbers = |answer: &Answer| {
        let outcome = &answer.outcome;
        (answer.class, outcome.pays.to_bits(), outcome.chain.clone())
    };
    let sums = |answer: &Answer| {
        let mut profits: Vec<u64> = answer
            .elsewhere
            .iter()
            .map(|e| e.profit.to_bits())
            .collect();
        profits.sort_unstable();
        profits
    };
    [
        dear.outcome.pays > before.outcome.pays,
        more.marginal_per_unit > before.marginal_per_unit,
        numbers(&renamed) != numbers(&before) || sums(&renamed) != sums(&before),
        numbers(&halved) != numbers(&before),
    ]
}

fn twice_the_hours(question: &Question) -> Question {
    let change = match &question.change {
        Change::Steady { amount, months } => Change::Steady {
            amount: 2.0 * amount,
            months: *months,
        },
        Change::Path(path) => Change::Path(path.clone()),
    };
    Question {
        change,
        ..question.clone()
    }
}

fn other_names(company: &Company) -> Company {
    let mut renamed = company.clone();
    let count = renamed.channels.len();
    for (at, channel) in renamed.channels.iter_mut().enumerate() {
        channel.name = format!("channel {}", count - at);
    }
    renamed
}

fn last_in_halves(company: &Company) -> Company {
    let mut split = company.clone();
    let whole = split.channels.pop().expect("channels");
    let deals = whole.deals.len() / 2;
    let part = |first: bool| {
        let count = |n: u64| if first { n / 2 } else { n - n / 2 };
        let half = |x: &Option<f64>| x.map(|x| x / 2.0);
        Channel {
            name: format!("{} {first}", whole.name),
            visits: whole.visits.iter().map(half).collect(),
            hours: whole.hours.iter().map(half).collect(),
            money: whole.money.iter().map(half).collect(),
            hour_cost: whole.hour_cost,
            leads: count(whole.leads),
            visits_of_leads: count(whole.visits_of_leads),
            steps: whole
                .steps
                .iter()
                // Of each half no more may go on than came.
                .map(|(went, of)| (count(*went).min(count(*of)), count(*of)))
                .collect(),
            deals: if first {
                whole.deals[..deals].to_vec()
            } else {
                whole.deals[deals..].to_vec()
            },
            leads_by_month: whole.leads_by_month.iter().map(|x| x / 2.0).collect(),
        }
    };
    split.channels.push(part(true));
    split.channels.push(part(false));
    split
}
