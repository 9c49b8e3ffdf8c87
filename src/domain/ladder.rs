//! The stages of the funnel, in order, and the names of the steps between them.

use std::collections::BTreeMap;

/// The path stages of leads, lowest first. At least one; names are unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    stages: Vec<String>,
    optional: Vec<bool>,
}

/// The ladder of a configuration that names none.
pub const STANDARD: &[&str] = &["lead", "mql", "sql", "opportunity", "customer"];

/// Short names of steps on the standard ladder, accepted wherever a ratio is named.
pub const SHORT_KEYS: &[(&str, &str, &str)] = &[
    ("l2m", "lead", "mql"),
    ("m2s", "mql", "sql"),
    ("s2o", "sql", "opportunity"),
    ("o2w", "opportunity", "customer"),
    ("l2c", "lead", "customer"),
];

/// Words that mean an end without a win, whatever the ladder.
pub const EXITS: &[&str] = &["lost", "disqualified"];

/// Which date makes somebody a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// The first entry into the first stage; the creation where no such date is recorded.
    FirstStage,
    /// The creation of the record.
    Created,
}

/// The moment of a deal at which its leads reach a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DealMoment {
    /// The deal was made.
    Created,
    /// The deal was won.
    Won,
}

/// How long a step may take, in days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Horizons {
    /// Where nothing else is said.
    pub default_days: u32,
    /// Spans (from, to), as indexes of the ladder, with a horizon of their own.
    pub spans: BTreeMap<(usize, usize), u32>,
}

impl Horizons {
    /// Days allowed from one stage to another, as indexes of the ladder.
    #[must_use]
    pub fn days(&self, from: usize, to: usize) -> u32 {
        self.spans
            .get(&(from, to))
            .copied()
            .unwrap_or(self.default_days)
    }
}

impl Ladder {
    /// A ladder of the given stages; none of them optional.
    #[must_use]
    pub fn new(stages: Vec<String>) -> Self {
        let optional = vec![false; stages.len()];
        Self { stages, optional }
    }

    /// Marks a stage whose skipping is no flaw (a demo, a trial, a tender).
    #[must_use]
    pub fn with_optional(mut self, stage: &str) -> Self {
        if let Some(index) = self.index(stage) {
            self.optional[index] = true;
        }
        self
    }

    /// How many stages there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.stages.len()
    }

    /// True where no stage is named.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stages.is_empty()
    }

    /// The stages, lowest first.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.stages.iter().map(String::as_str)
    }

    /// The name of the stage at `index` (0 is the first).
    #[must_use]
    pub fn name(&self, index: usize) -> &str {
        &self.stages[index]
    }

    /// Where `stage` stands, if it is one of the ladder.
    #[must_use]
    pub fn index(&self, stage: &str) -> Option<usize> {
        self.stages.iter().position(|name| name == stage)
    }

    /// The first stage: what makes somebody a lead.
    #[must_use]
    pub fn first(&self) -> &str {
        &self.stages[0]
    }

    /// The last stage: what makes somebody a customer.
    #[must_use]
    pub fn last(&self) -> &str {
        &self.stages[self.stages.len() - 1]
    }

    /// True where skipping the stage is no flaw.
    #[must_use]
    pub fn is_optional(&self, index: usize) -> bool {
        self.optional[index]
    }

    /// Pairs of neighbouring stages, as indexes.
    pub fn steps(&self) -> impl Iterator<Item = (usize, usize)> {
        (1..self.stages.len()).map(|to| (to - 1, to))
    }

    /// The output key of the conversion between two stages: `lead_to_mql`.
    #[must_use]
    pub fn step_key(&self, from: usize, to: usize) -> String {
        format!("{}_to_{}", self.stages[from], self.stages[to])
    }

    /// The two stages that a key or its short form names, as indexes.
    #[must_use]
    pub fn parse_step(&self, key: &str) -> Option<(usize, usize)> {
        let short = SHORT_KEYS.iter().find(|(name, _, _)| *name == key);
        if let Some((_, from, to)) = short {
            return Some((self.index(from)?, self.index(to)?));
        }
        (0..self.len())
            .flat_map(|from| (from + 1..self.len()).map(move |to| (from, to)))
            .find(|(from, to)| self.step_key(*from, *to) == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standard() -> Ladder {
        Ladder::new(STANDARD.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn steps_have_names() {
        let ladder = standard();
        assert_eq!(ladder.parse_step("l2m"), Some((0, 1)));
        assert_eq!(ladder.parse_step("lead_to_customer"), Some((0, 4)));
        assert_eq!(ladder.parse_step("mql_to_lead"), None);
        assert_eq!(ladder.step_key(1, 2), "mql_to_sql");
    }
}
