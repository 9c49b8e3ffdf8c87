//! Journeys over twelve channels, with credit worked out by an exact chain elsewhere.

use serde_json::Value;

use super::collection;
use crate::fixture::{Answer, Run, near, number};

fn answered(model: &str) -> Option<(Answer, Value)> {
    let (folder, expected) = collection("channelattribution-paths")?;
    let answer = Run::new().json(&format!("attribution '{folder}/paths.csv' --model {model}"));
    Some((answer, expected))
}

fn check(model: &str, wanted: &Value, answer: &Answer) {
    let wanted = wanted.as_object().expect("channels");
    assert_eq!(answer.table("credit").len(), wanted.len());
    for (channel, wanted) in wanted {
        let row = answer.row("credit", &[("channel", channel)]);
        for key in ["conversions", "value"] {
            near(
                number(row, key),
                wanted[key].as_f64().unwrap(),
                1e-6,
                &format!("{model} {channel} {key}"),
            );
        }
    }
}

#[test]
fn rules_by_position() {
    for model in ["first", "last", "linear"] {
        let Some((answer, expected)) = answered(model) else {
            return;
        };
        check(model, &expected[model], &answer);
        let totals = answer.only("totals");
        for (key, wanted) in [("conversions", "conversions"), ("value", "value")] {
            near(
                number(totals, key),
                expected["totals"][wanted].as_f64().unwrap(),
                1e-6,
                key,
            );
        }
    }
}

#[test]
fn removal_effects_of_the_exact_chain() {
    let Some((answer, expected)) = answered("markov") else {
        return;
    };
    let wanted = &expected["markov_order_1"];
    check("markov:1", &wanted["attribution"], &answer);
    for (channel, effect) in wanted["removal_effect"].as_object().unwrap() {
        let row = answer.row("credit", &[("channel", channel)]);
        for (key, of) in [
            ("removal_effect", "conversions"),
            ("removal_effect_value", "value"),
        ] {
            near(
                number(row, key),
                effect[of].as_f64().unwrap(),
                1e-9,
                &format!("{channel} {key}"),
            );
        }
    }
    let chain = answer.row("self_checks", &[("check", "conversions per journey")]);
    for key in ["chain", "counted"] {
        near(
            number(chain, key),
            wanted["p_conversion"].as_f64().unwrap(),
            1e-9,
            key,
        );
    }
}
