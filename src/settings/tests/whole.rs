//! The whole grammar at once.

use super::*;

#[test]
fn the_whole_grammar_of_one_project() {
    let settings = settings(
        r#"
currency = "EUR"
time_zone = "Europe/Berlin"
as_of = "2026-11-01"
gross_margin = 0.8

[funnel]
stages = ["lead", "mql", "sql", "opportunity", "customer"]
horizon_days = 90
policy = "implied"
entry = "created"
view = "cohort"
by = "channel, month"

[[stage]]
name = "sql"
labels = ["Sales Qualified Lead", "salesqualifiedlead"]

[funnel.from_deals]
opportunity = "created"
customer = "won"

[[input]]
path = "exports/contacts-*.csv"
several = "latest"

[[input]]
path = "crm/leads.csv"
table = "leads"
[input.columns]
id = "mql_id"
channel = "origin"
"stage.mql" = "first_contact_date"

[[input]]
path = "lists/mqls.csv"
table = "stage_events"
[input.set]
stage = "mql"

[hours]
rate = 60
rates = { "Anna" = 85 }

[report]
period = "last-month"

[inspect]
format = "json"
"#,
    );
    assert_eq!(settings.inputs.len(), 3);
    assert_eq!(settings.entry, Entry::Created);
    assert_eq!(settings.view, Some(View::Cohort));
    assert_eq!(settings.by, ["channel", "month"]);
    assert!(settings.inputs[1].columns.contains_key("stage.mql"));
}
