//! Credit: the models side by side, how far they are apart, the chain behind them.

mod charts;
mod sentences;

use super::words::Speak;
use super::{Parts, title_of};
use crate::attribution::compare::{ModelCredit, Return, SelfCheck, Spread, Step, Tested, whole};
use crate::attribution::credit::Credit;
use crate::attribution::journeys::Journeys;
use crate::attribution::models::shapley::AtPosition;
use crate::attribution::order::Tried;
use crate::domain::figure::{Figure, Undefined};
use crate::report::document::{Block, Cell, Chart, Column, Kind, Section, Table, Weight};

/// Results of the attribution command.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// The journeys.
    pub journeys: &'a Journeys,
    /// What gets the credit.
    pub unit: &'a Unit,
    /// One result per model, in the order asked for.
    pub results: &'a [ModelCredit],
    /// How far the models are apart.
    pub spread: &'a [Spread],
    /// The channels in the order in which they are shown.
    pub order: &'a [usize],
    /// Steps of the chain of order 1; empty where no such model was asked for.
    pub transitions: &'a [Step],
    /// Model, and what its chain says against the counts.
    pub checks: &'a [(String, SelfCheck)],
    /// Channel by position; empty where the Shapley value was not asked for.
    pub positions: &'a [AtPosition],
    /// Orders that `markov:auto` tried; empty where it was not asked for.
    pub tried: &'a [Tried],
    /// What holdout tests found.
    pub tested: &'a [Tested],
    /// What each model's credit cost and returned, by channel; empty without costs.
    pub returns: &'a [Vec<Return>],
    /// Credit for each stage under each model; empty where one thing alone is credited.
    pub stages: &'a [Stage],
    /// False where the input tells no value.
    pub has_value: bool,
    /// What the journeys were made by: setting and value.
    pub rules: &'a [(&'static str, String)],
    /// True where the journeys have times.
    pub has_times: bool,
    /// Formats a cell for people.
    pub speak: Speak<'a>,
}

/// What gets the credit: the channel, or the values of other dimensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Id of its column.
    pub id: String,
    /// For people.
    pub title: String,
}

impl Unit {
    /// Of the dimensions asked for; the channel without any.
    #[must_use]
    pub fn of(by: &[String]) -> Self {
        let names: Vec<&str> = match by {
            [] => vec!["channel"],
            by => by.iter().map(String::as_str).collect(),
        };
        Self {
            id: names.join("_"),
            title: title_of(&names.join(", ")),
        }
    }
}

/// Credit for one stage.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// The channels that were met before it.
    pub channels: Vec<String>,
    /// One result per model.
    pub results: Vec<ModelCredit>,
    /// False where its conversions have no amounts.
    pub has_value: bool,
}

/// Tables `credit`, `totals`, `side_by_side`, `models`, `self_checks`, `transitions`,
/// `positions`.
#[must_use]
pub fn view(answer: &Answer) -> Parts {
    let mut tables = vec![credit_table(answer), totals_table(answer)];
    if answer.results.len() > 1 {
        tables.push(side_by_side(answer));
    }
    let drawings: Vec<Chart> = [
        charts::credit_chart(answer),
        charts::models_chart(answer),
        charts::removal_chart(answer),
        charts::transitions_chart(answer),
    ]
    .into_iter()
    .flatten()
    .collect();
    let drawn = |tables: &[&str]| -> Vec<Block> {
        let own = drawings
            .iter()
            .filter(|chart| tables.contains(&chart.table.as_str()));
        own.map(|chart| Block::Chart(chart.id.clone())).collect()
    };
    let mut blocks = drawn(&["credit", "side_by_side"]);
    let shown = ["side_by_side", "totals", "credit"].into_iter();
    let shown = shown.filter(|id| tables.iter().any(|table| table.id == *id));
    blocks.extend(shown.map(|id| Block::Table(id.into())));
    let mut sections = vec![section("credit", "Credit", blocks)];
    let mut add = |id: &str, title: &str, list: Vec<Table>| {
        let list: Vec<Table> = list
            .into_iter()
            .filter(|table| !table.rows.is_empty())
            .collect();
        if list.is_empty() {
            return;
        }
        let ids: Vec<&str> = list.iter().map(|table| table.id.as_str()).collect();
        let mut blocks = drawn(&ids);
        blocks.extend(ids.iter().map(|id| Block::Table((*id).into())));
        sections.push(section(id, title, blocks));
        tables.extend(list);
    };
    add(
        "chain",
        "The chain behind the Markov models",
        vec![
            orders_table(answer),
            checks_table(answer),
            transitions_table(answer),
        ],
    );
    add(
        "stages",
        "Credit for each stage",
        vec![stages_table(answer)],
    );
    add(
        "positions",
        "Where in the journey",
        vec![positions_table(answer)],
    );
    add(
        "models",
        "Rules",
        vec![rules_table(answer.rules), models_table(answer)],
    );
    Parts {
        next: Vec::new(),
        sections,
        tables,
        charts: drawings,
        summary: sentences::summary(answer),
    }
}

fn section(id: &str, title: &str, blocks: Vec<Block>) -> Section {
    Section {
        id: id.into(),
        title: title.into(),
        blocks,
    }
}

fn table(id: &str, title: &str, columns: &[(&str, &str, Kind, Weight)]) -> Table {
    Table {
        id: id.into(),
        title: title.into(),
        columns: columns
            .iter()
            .map(|(id, title, kind, weight)| Column::new(*id, *title, *kind).weight(*weight))
            .collect(),
        rows: Vec::new(),
        remarks: Vec::new(),
    }
}

fn valued(answer: &Answer, value: f64) -> Cell {
    if answer.has_value {
        value.into()
    } else {
        Cell::Undefined(Undefined::NoData)
    }
}

fn credit_table(answer: &Answer) -> Table {
    use Kind::{Number, Share, Text};
    let mut credit = table(
        "credit",
        "Credit by model and channel",
        &[
            ("model", "Model", Text, Weight::Key),
            (&answer.unit.id, &answer.unit.title, Text, Weight::Key),
            ("conversions", "Conversions", Number, Weight::Key),
            ("value", "Value", Number, Weight::Normal),
            ("share", "Share", Share, Weight::Key),
            ("share_low", "Share low", Share, Weight::Normal),
            ("share_high", "Share high", Share, Weight::Normal),
            (
                "ahead_of_next",
                "Ahead of the next",
                Kind::Flag,
                Weight::Normal,
            ),
            ("removal_effect", "Removal effect", Share, Weight::Normal),
            ("removal_effect_low", "Effect low", Share, Weight::Detail),
            ("removal_effect_high", "Effect high", Share, Weight::Detail),
            (
                "removal_effect_value",
                "Of the value",
                Share,
                Weight::Detail,
            ),
            ("cost", "Cost", Kind::Money, Weight::Normal),
            (
                "cost_per_conversion",
                "Cost per conversion",
                Kind::Money,
                Weight::Normal,
            ),
            ("roi", "ROI", Share, Weight::Normal),
            ("roi_low", "ROI low", Share, Weight::Detail),
            ("roi_high", "ROI high", Share, Weight::Detail),
            ("experiment", "By experiment", Share, Weight::Normal),
            ("experiment_low", "Low", Share, Weight::Detail),
            ("experiment_high", "High", Share, Weight::Detail),
        ],
    );
    for (number, result) in answer.results.iter().enumerate() {
        for place in answer.order {
            let channel = answer.journeys.channels[*place].as_str();
            let named = [result.name.as_str().into(), channel.into()];
            credit.rows.push(
                named
                    .into_iter()
                    .chain(credit_cells(answer, result, *place))
                    .chain(return_cells(answer, number, *place))
                    .chain(tested_cells(answer, *place))
                    .collect(),
            );
        }
    }
    credit.remarks = vec![
        "Credit is not cause: a model divides conversions that happened among the touches \
         before them. Shares are of the conversions with a touch; their 95 % intervals come \
         from a seeded bootstrap over the journeys. A channel is ahead of the next where that \
         is more than chance."
            .into(),
    ];
    if !answer.journeys.knows_lost {
        credit.remarks.push(
            "The input has no journeys without conversion: removal effects rest on those that \
             converted alone."
                .into(),
        );
    }
    credit
}

fn credit_cells(answer: &Answer, result: &ModelCredit, place: usize) -> Vec<Cell> {
    let credit = match &result.credit {
        Ok(credit) => credit,
        Err(reason) => {
            let mut cells = vec![Cell::Undefined(*reason); 5];
            cells.extend(vec![Cell::Blank; 5]);
            return cells;
        }
    };
    let interval = result.intervals.shares.get(place).copied().flatten();
    let end =
        |end: Option<f64>| end.map_or(Cell::Undefined(Undefined::ZeroDenominator), Cell::from);
    let effect = |list: Option<&Vec<Option<f64>>>| match list {
        None => Cell::Blank,
        Some(list) => end(list.get(place).copied().flatten()),
    };
    let removal = credit.removal.as_ref();
    let ahead = result.intervals.ahead.get(place).copied().flatten();
    let effect_end = |of: fn((f64, f64)) -> f64| match result.intervals.removal.get(place) {
        None => Cell::Blank,
        Some(interval) => end(interval.map(of)),
    };
    let of_value = match effect(removal.map(|removal| &removal.value)) {
        Cell::Blank => Cell::Blank,
        cell if answer.has_value => cell,
        _ => Cell::Undefined(Undefined::NoData),
    };
    vec![
        credit.conversions[place].into(),
        valued(answer, credit.value[place]),
        result.shares[place].into(),
        end(interval.map(|interval| interval.0)),
        end(interval.map(|interval| interval.1)),
        ahead.map_or(Cell::Blank, Cell::Flag),
        effect(removal.map(|removal| &removal.conversions)),
        effect_end(|interval| interval.0),
        effect_end(|interval| interval.1),
        of_value,
    ]
}

/// What a channel's credit cost and returned; blank without costs.
fn return_cells(answer: &Answer, model: usize, place: usize) -> [Cell; 5] {
    let returned = answer.returns.get(model).and_then(|list| list.get(place));
    let Some(returned) = returned else {
        return std::array::from_fn(|_| Cell::Blank);
    };
    let of_value = |figure: Figure<f64>| match answer.has_value {
        true => Cell::from(figure),
        false => Cell::Undefined(Undefined::NoData),
    };
    [
        returned.cost.into(),
        returned.per_conversion.into(),
        of_value(returned.roi),
        of_value(returned.interval.map(|ends| ends.0)),
        of_value(returned.interval.map(|ends| ends.1)),
    ]
}

/// What an experiment says of the channel; blank without one.
fn tested_cells(answer: &Answer, place: usize) -> [Cell; 3] {
    let tested = answer.tested.iter().find(|tested| tested.channel == place);
    match tested {
        Some(tested) => [tested.lift, tested.interval.0, tested.interval.1].map(Cell::from),
        None => [Cell::Blank, Cell::Blank, Cell::Blank],
    }
}

fn totals_table(answer: &Answer) -> Table {
    use Kind::{Number, Text};
    let mut totals = table(
        "totals",
        "What each model divides",
        &[
            ("model", "Model", Text, Weight::Key),
            ("conversions", "Conversions", Number, Weight::Key),
            ("value", "Value", Number, Weight::Normal),
            (
                "unattributed_conversions",
                "Without touch",
                Number,
                Weight::Normal,
            ),
            (
                "unattributed_value",
                "Value without touch",
                Number,
                Weight::Detail,
            ),
        ],
    );
    let untouched = answer.journeys.untouched;
    let all = answer.journeys.counts.totals();
    // Parts that were added up are the whole, up to the last digits.
    let near = |sum: f64, whole: f64| {
        let same = (sum - whole).abs() <= 1e-9 * whole.abs();
        if same { whole } else { sum }
    };
    for result in answer.results {
        let (conversions, value) = match result.credit.as_ref().map(Credit::totals) {
            Ok((conversions, value)) => (
                near(conversions, all.conversions).into(),
                valued(answer, near(value, all.value)),
            ),
            Err(reason) => (Cell::Undefined(*reason), Cell::Undefined(*reason)),
        };
        totals.rows.push(vec![
            result.name.as_str().into(),
            conversions,
            value,
            untouched.conversions.into(),
            valued(answer, untouched.value),
        ]);
    }
    totals.remarks = vec![
        "Credit and what had no touch add up to the input; participation counts a conversion once \
         for each of its channels."
            .into(),
    ];
    totals
}

/// The shares of all models beside each other, and how far they are apart.
fn side_by_side(answer: &Answer) -> Table {
    let mut side_by_side = table(
        "side_by_side",
        "Share of the conversions under each model",
        &[(&answer.unit.id, &answer.unit.title, Kind::Text, Weight::Key)],
    );
    let own = answer.results.iter();
    side_by_side.columns.extend(
        own.map(|result| Column::new(result.name.as_str(), result.name.as_str(), Kind::Share)),
    );
    let apart = Column::new("difference", "Models apart", Kind::Share);
    side_by_side.columns.push(apart.weight(Weight::Key));
    let share = |result: &ModelCredit, channel: usize| match &result.credit {
        Ok(_) => result.shares[channel].into(),
        Err(reason) => Cell::Undefined(*reason),
    };
    for channel in answer.order {
        let mut row: Vec<Cell> = vec![answer.journeys.channels[*channel].as_str().into()];
        row.extend(answer.results.iter().map(|result| share(result, *channel)));
        let apart = answer
            .spread
            .iter()
            .find(|spread| spread.channel == *channel);
        row.push(apart.map_or(Cell::Blank, |spread| spread.width().into()));
        side_by_side.rows.push(row);
    }
    let mut total: Vec<Cell> = vec!["(total)".into()];
    total.extend(
        answer
            .results
            .iter()
            .map(|result| Cell::from(whole(result))),
    );
    total.push(Cell::Blank);
    side_by_side.rows.push(total);
    side_by_side
}

fn checks_table(answer: &Answer) -> Table {
    use Kind::{Number, Text};
    let mut checks = table(
        "self_checks",
        "The chain against the counts",
        &[
            ("model", "Model", Text, Weight::Key),
            ("check", "What", Text, Weight::Key),
            ("chain", "By the chain", Number, Weight::Key),
            ("counted", "As counted", Number, Weight::Key),
        ],
    );
    for (model, check) in answer.checks {
        let row = |what: &str, (chain, counted): (f64, f64)| {
            vec![
                model.as_str().into(),
                what.into(),
                chain.into(),
                counted.into(),
            ]
        };
        checks
            .rows
            .push(row("conversions per journey", check.conversion));
        if answer.has_value {
            checks.rows.push(row("value per journey", check.value));
        }
    }
    checks.remarks =
        vec!["A fitted chain gives back exactly what was counted, or it is wrong.".into()];
    checks
}

/// The evidence behind the order that `markov:auto` took.
fn orders_table(answer: &Answer) -> Table {
    use Kind::{Count, Flag, Number};
    let mut orders = table(
        "orders",
        "How well each order foretells journeys that it has not seen",
        &[
            ("order", "Order", Count, Weight::Key),
            ("taken", "Taken", Flag, Weight::Key),
            ("log_loss", "Log-loss", Number, Weight::Key),
            ("behind", "Behind the best", Number, Weight::Normal),
            ("behind_error", "Standard error", Number, Weight::Normal),
            ("auc", "AUC", Number, Weight::Normal),
            ("states", "States", Count, Weight::Detail),
        ],
    );
    for tried in answer.tried {
        orders.rows.push(vec![
            (tried.order as u64).into(),
            tried.taken.into(),
            tried.log_loss.into(),
            tried.behind.0.into(),
            tried.behind.1.into(),
            tried
                .auc
                .map_or(Cell::Undefined(Undefined::ZeroDenominator), Cell::from),
            (tried.states as u64).into(),
        ]);
    }
    orders.remarks = vec![
        "A fifth of the journeys, drawn by the seed, tests chains fitted on the others. The smallest \
         order within one standard error of the best is taken."
            .into(),
    ];
    orders
}

fn transitions_table(answer: &Answer) -> Table {
    use Kind::{Number, Share, Text};
    let mut transitions = table(
        "transitions",
        "Steps from channel to channel",
        &[
            ("from", "From", Text, Weight::Key),
            ("to", "To", Text, Weight::Key),
            ("weight", "Journeys", Number, Weight::Normal),
            ("share", "Share", Share, Weight::Key),
        ],
    );
    let name = |channel: usize| answer.journeys.channels[channel].as_str();
    for step in answer.transitions {
        let end = if step.converts {
            "(conversion)"
        } else {
            "(null)"
        };
        transitions.rows.push(vec![
            step.from.map_or("(start)", name).into(),
            step.to.map_or(end, name).into(),
            step.weight.into(),
            step.chance.into(),
        ]);
    }
    transitions
}

fn positions_table(answer: &Answer) -> Table {
    use Kind::{Count, Number, Text};
    let mut positions = table(
        "positions",
        "Shapley credit by the position of a channel's first touch",
        &[
            (&answer.unit.id, &answer.unit.title, Text, Weight::Key),
            ("position", "Position", Count, Weight::Key),
            ("conversions", "Conversions", Number, Weight::Key),
            ("value", "Value", Number, Weight::Normal),
        ],
    );
    for cell in answer.positions {
        positions.rows.push(vec![
            answer.journeys.channels[usize::from(cell.channel)]
                .as_str()
                .into(),
            (cell.position as u64).into(),
            cell.conversions.into(),
            valued(answer, cell.value),
        ]);
    }
    positions.remarks = vec![
        "Positions count different channels; the rows of a channel add up to its credit.".into(),
    ];
    positions
}

/// One set of credit for each stage.
fn stages_table(answer: &Answer) -> Table {
    use Kind::{Number, Share, Text};
    let mut stages = table(
        "credit_by_stage",
        "Credit for each stage that is reached",
        &[
            ("stage", "Stage", Text, Weight::Key),
            ("model", "Model", Text, Weight::Key),
            (&answer.unit.id, &answer.unit.title, Text, Weight::Key),
            ("conversions", "Conversions", Number, Weight::Key),
            ("value", "Value", Number, Weight::Normal),
            ("share", "Share", Share, Weight::Key),
        ],
    );
    for stage in answer.stages {
        for result in &stage.results {
            let Ok(credit) = &result.credit else { continue };
            for (place, channel) in stage.channels.iter().enumerate() {
                let value = match stage.has_value {
                    true => credit.value[place].into(),
                    false => Cell::Undefined(Undefined::NoData),
                };
                stages.rows.push(vec![
                    stage.name.as_str().into(),
                    result.name.as_str().into(),
                    channel.as_str().into(),
                    credit.conversions[place].into(),
                    value,
                    result.shares[place].into(),
                ]);
            }
        }
    }
    stages
}

/// What journeys were made by.
pub(super) fn rules_table(rules: &[(&'static str, String)]) -> Table {
    let mut list = table(
        "rules",
        "What counts as a journey",
        &[
            ("rule", "Rule", Kind::Text, Weight::Key),
            ("value", "Value", Kind::Text, Weight::Key),
        ],
    );
    for (rule, value) in rules {
        list.rows.push(vec![(*rule).into(), value.as_str().into()]);
    }
    list
}

fn models_table(answer: &Answer) -> Table {
    let mut models = table(
        "models",
        "The rule of each model",
        &[
            ("model", "Model", Kind::Text, Weight::Key),
            ("rule", "Rule", Kind::Text, Weight::Key),
        ],
    );
    for result in answer.results {
        models.rows.push(vec![
            result.name.as_str().into(),
            result.rule.as_str().into(),
        ]);
    }
    models
}
