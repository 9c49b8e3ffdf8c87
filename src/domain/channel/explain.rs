//! Why a row got its channel, for people: every step that was tried, and what decided.

use super::rules::Columns;
use super::{Assignment, Evidence, Reading, RuleRef, Rules, STEPS, ga4, sources};

impl Rules {
    /// The decision for a row, one line per step, down to the channel in the last line.
    ///
    /// Where no rule fits, the lines say why not and which setting would mend it.
    #[must_use]
    pub fn explain(&self, evidence: &Evidence<'_>) -> Vec<String> {
        let reading = Reading::new(evidence);
        let mut lines = vec![read_as(&reading.columns)];
        lines.extend(self.forms_line(&reading.columns));
        let mut answer = None;
        for step in STEPS {
            answer = (step.decide)(self, &reading);
            if let Some(found) = &answer {
                lines.extend(decided(found));
                break;
            }
            lines.push((step.passed_over)(self, &reading));
        }
        let final_answer = self.finish(&reading, answer.clone());
        lines.extend(last_word(answer.as_ref(), &final_answer, &reading.columns));
        lines.push(format!("channel: {}", final_answer.channel));
        lines
    }

    fn forms_line(&self, columns: &Columns) -> Option<String> {
        let forms = self.sources(columns);
        let more: Vec<String> = forms
            .iter()
            .skip(1)
            .map(|form| format!("`{form}`"))
            .collect();
        (!more.is_empty()).then(|| format!("source also looked up as {}", more.join(", ")))
    }
}

pub(super) fn no_user_rule(rules: &Rules, _: &Reading<'_>) -> String {
    match rules.user().len() {
        0 => "your rules: none set".to_owned(),
        count => format!("your rules: none of {count} fits"),
    }
}

pub(super) fn no_column(_: &Rules, _: &Reading<'_>) -> String {
    "channel column: missing".to_owned()
}

pub(super) fn no_click_id(_: &Rules, reading: &Reading<'_>) -> String {
    if reading.evidence.gclid || reading.evidence.msclkid {
        "click ids: there is one, but the source is another".to_owned()
    } else {
        "click ids: none".to_owned()
    }
}

pub(super) fn no_extension(rules: &Rules, _: &Reading<'_>) -> String {
    let why = if rules.extensions() {
        "none fits"
    } else {
        "switched off"
    };
    format!("leadflow's extensions: {why}")
}

pub(super) fn no_ga4_rule(_: &Rules, reading: &Reading<'_>) -> String {
    let columns = &reading.columns;
    let mut reasons = vec![format!("GA4 rules: none of {} fits", ga4::LADDER.len())];
    // A source that a list knows always has a channel, so this one is in none.
    if !columns.source.is_empty() {
        let lists = sources::List::ALL.map(sources::List::name).join(", ");
        reasons.push(format!("source `{}` is in none of {lists}", columns.source));
    }
    if !columns.medium.is_empty() {
        reasons.push(format!("medium `{}` is named by no rule", columns.medium));
    }
    reasons.join("; ")
}

fn read_as(columns: &Columns) -> String {
    let part = |name: &str, word: &str| match word {
        "" => format!("{name} missing"),
        word => format!("{name} `{word}`"),
    };
    format!(
        "read as: {}, {}, {}, {}",
        part("channel", &columns.channel),
        part("source", &columns.source),
        part("medium", &columns.medium),
        part("campaign", &columns.campaign),
    )
}

/// The rule that decided, and the expressions it names.
fn decided(found: &Assignment) -> Vec<String> {
    let mut decision = found.rule.to_string();
    if let RuleRef::Ga4 { number, .. } = &found.rule {
        let rule = ga4::LADDER.iter().find(|rule| rule.number == *number);
        decision.extend(rule.map(|rule| format!(" [{}]", rule.condition)));
    }
    let named = ga4::EXPRESSIONS
        .iter()
        .filter(|(name, _)| decision.contains(&format!("matches {name}")))
        .map(|(name, expression)| format!("{name} is {expression}"));
    let named: Vec<String> = named.collect();
    std::iter::once(decision).chain(named).collect()
}

/// What follows the steps: a renaming, or the way out of having no channel.
fn last_word(
    answer: Option<&Assignment>,
    final_answer: &Assignment,
    columns: &Columns,
) -> Option<String> {
    match answer {
        Some(answer) if answer.rule != final_answer.rule => Some(final_answer.rule.to_string()),
        Some(_) => None,
        None if final_answer.rule == RuleRef::Missing => Some(final_answer.rule.to_string()),
        None => setting(columns).map(|setting| format!("to give it a channel: {setting}")),
    }
}

/// The lines of configuration that would give the row a channel.
fn setting(columns: &Columns) -> Option<String> {
    let fields: Vec<String> = [
        ("source", &columns.source),
        ("medium", &columns.medium),
        ("campaign", &columns.campaign),
    ]
    .into_iter()
    .filter(|(name, word)| !word.is_empty() && (*name != "campaign" || columns.source.is_empty()))
    .map(|(name, word)| format!("{name} = {}", quoted(word)))
    .collect();
    let when = fields.join(", ");
    (!when.is_empty()).then(|| format!("[[channel]] name = \"...\" when = [{{ {when} }}]"))
}

/// A TOML string.
fn quoted(word: &str) -> String {
    let mut text = String::from("\"");
    for c in word.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            c if c.is_control() => text.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}
