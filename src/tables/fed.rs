//! Which stages the inputs can tell of.
//!
//! That nobody became a customer and that no input says who became one look the same
//! row by row. The difference is whether anything *could* have said it: a column of
//! the stage, a word for it, the deals. A stage without any of them is not fed, and its
//! figures are undefined rather than 0.

use super::frame::{has_column, present_indexes};
use super::schema::{DEALS, LEADS};
use super::{Tables, col};
use crate::domain::ladder::{DealMoment, Ladder};

/// For each stage of the ladder: can anything that is followed tell of it?
#[must_use]
pub fn stages(tables: &Tables, ladder: &Ladder, from_deals: &[(usize, DealMoment)]) -> Vec<bool> {
    // A list of leads without a row says nothing of any stage, but it is the list.
    if tables.leads.height() == 0 && tables.given.contains(LEADS.name) {
        return vec![true; ladder.len()];
    }
    let has_deals = tables.given.contains(DEALS.name);
    let mut named = vec![false; ladder.len()];
    let today = present_indexes(&tables.leads, col::TODAY);
    for stage in today.chain(present_indexes(&tables.events, col::STAGE)) {
        if let Some(named) = usize::try_from(stage).ok().and_then(|s| named.get_mut(s)) {
            *named = true;
        }
    }
    let is_fed = |(stage, name): (usize, &str)| {
        // That somebody is there is the first stage.
        let exists = stage == 0 && tables.leads.height() > 0;
        let has = |column: String| has_column(&tables.leads, &column);
        let by_deals = has_deals && from_deals.iter().any(|(fed, _)| *fed == stage);
        exists
            || named[stage]
            || tables.sayable.contains(name)
            || has(col::wide(name))
            || has(col::flag(name))
            || by_deals
    };
    ladder.iter().enumerate().map(is_fed).collect()
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;
    use crate::tables::EXIT;

    fn ladder() -> Ladder {
        Ladder::new(["lead", "mql", "sql", "customer"].map(str::to_owned).into())
    }

    fn fed(tables: &Tables) -> Vec<bool> {
        stages(tables, &ladder(), &[(3, DealMoment::Won)])
    }

    #[test]
    fn nothing_feeds_nothing() {
        assert_eq!(fed(&Tables::default()), [false; 4]);
    }

    #[test]
    fn a_list_without_rows_is_no_missing_input() {
        let tables = Tables {
            given: [LEADS.name].into(),
            ..Tables::default()
        };
        assert_eq!(fed(&tables), [true; 4]);
    }

    #[test]
    fn an_empty_column_of_a_stage_feeds_it() {
        let leads = df!("id" => ["a"], "stage.mql" => [None::<i64>]).unwrap();
        let tables = Tables {
            leads,
            ..Tables::default()
        };
        assert_eq!(fed(&tables), [true, true, false, false]);
    }

    #[test]
    fn words_in_the_rows_and_words_that_could_stand_there() {
        let leads = df!("id" => ["a", "b"], "today" => [2_i32, EXIT]).unwrap();
        let tables = Tables {
            leads,
            sayable: ["customer".to_owned()].into(),
            ..Tables::default()
        };
        assert_eq!(fed(&tables), [true, false, true, true]);
    }

    #[test]
    fn deals_feed_what_they_carry_their_leads_to() {
        let tables = Tables {
            given: [DEALS.name].into(),
            ..Tables::default()
        };
        assert_eq!(fed(&tables), [false, false, false, true]);
    }
}
