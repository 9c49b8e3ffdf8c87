use super::*;
use crate::domain::event_funnel::{
    Anchor, DEFAULT_WINDOW, Ends, EntryRule, EventFunnel, Order, ValueFrom,
};

const CONFIG: &str = r#"
[funnel.events]
window = "2h"

[[event_funnel]]
name = "checkout"
steps = ["view", "cart?", "purchase|kind=order"]
window = "30min"
order = "strict"
entry = "first"
strict_increase = true
exclude = ["refund", "call between 1 and 3"]
exclude_ends = "entity"
anchor = "first"
value_from = "step:3"

[[event_funnel]]
name = "signup"
steps = "visit, signup"
"#;

fn asked(words: &[&str]) -> EventFunnel {
    let project = Project::new(CONFIG);
    project.run_words(words).unwrap().event_funnel.unwrap()
}

#[test]
fn every_key_of_a_named_funnel_is_obeyed() {
    let found = asked(&["funnel", "--steps", "Checkout"]);
    let names: Vec<&str> = found.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["view", "cart", "purchase|kind=order"]);
    assert_eq!(found.name.as_deref(), Some("checkout"));
    assert!(found.steps[1].optional && found.strict_increase);
    assert_eq!(found.window, 30 * 60_000);
    assert_eq!((found.order, found.entry), (Order::Strict, EntryRule::First));
    assert_eq!(
        (found.exclude_ends, found.anchor),
        (Ends::Entity, Anchor::First)
    );
    assert_eq!(found.value_from, ValueFrom::Step(2));
    let spans: Vec<(usize, usize)> = found
        .exclusions
        .iter()
        .map(|exclusion| (exclusion.from, exclusion.to))
        .collect();
    assert_eq!(spans, [(0, 2), (0, 2)]);
    assert_eq!(Project::new(CONFIG).run("funnel").unwrap().event_funnels.len(), 2);
}

#[test]
fn an_option_wins_over_the_funnel_and_that_over_the_table_for_all() {
    let window = |words: &[&str]| asked(words).window / 60_000;
    assert_eq!(window(&["funnel", "--steps", "checkout"]), 30);
    assert_eq!(
        window(&["funnel", "--steps", "checkout", "--window", "90min"]),
        90
    );
    assert_eq!(window(&["funnel", "--steps", "signup"]), 120);
    assert_eq!(window(&["funnel", "--steps", "a, b"]), 120);
}

#[test]
fn without_a_word_everything_has_its_default() {
    let project = Project::empty();
    let found = project
        .run_words(&["funnel", "x.csv", "--steps", "a, b"])
        .unwrap();
    let found = found.event_funnel.unwrap();
    assert_eq!(found.window, DEFAULT_WINDOW);
    assert_eq!(
        (found.order, found.entry, found.strict_increase),
        (Order::Ordered, EntryRule::Best, false)
    );
    assert_eq!(
        (found.exclude_ends, found.anchor, found.value_from),
        (Ends::Attempt, Anchor::Latest, ValueFrom::First)
    );
    assert!(project.run("funnel x.csv").unwrap().event_funnel.is_none());
}

#[test]
fn exclusions_may_be_repeated() {
    let words = [
        "funnel", "--steps", "a, b, c", "--exclude", "x, y", "--exclude", "z between 2 and 3",
    ];
    let found = asked(&words);
    let names: Vec<&str> = found
        .exclusions
        .iter()
        .map(|exclusion| exclusion.name.as_str())
        .collect();
    assert_eq!(names, ["x, y", "z"]);
    assert_eq!((found.exclusions[1].from, found.exclusions[1].to), (1, 2));
}

#[test]
fn mistakes_in_the_file_are_told_with_line_and_column() {
    let table = |lines: &str| refused(&format!("[[event_funnel]]\nname = 'f'\n{lines}"));
    for (lines, said, place) in [
        ("steps = ['a']", "2 to 64 steps", "3:1"),
        ("steps = ['a?', 'b']", "cannot be optional", "3:10"),
        ("steps = ['a', 'b?']", "not optional", "3:1"),
        ("steps = ['a', 'kind=']", "lacks a name", "3:15"),
        ("steps = 'a, b'\nwindow = '30'", "no span of time", "4:1"),
        ("steps = 'a, b'\nexclude = ['x between 2 and 1']", "numbered 1 to 2", "4:12"),
        ("steps = 'a, b'\nvalue_from = 'step:3'", "no step", "4:1"),
        ("steps = 'a, b?, c'\norder = 'any'", "no step is optional", "3:1"),
        ("steps = 'a, b'\norder = 'any'\nstrict_increase = true", "increase", "5:1"),
        ("steps = 'a, b?, c'\nexclude = 'x between 2 and 3'", "not optional", "4:1"),
        ("steps = 'a, b?, c'\nvalue_from = 'step:2'", "not optional", "4:1"),
        ("steps = 'a, b'\nwindw = '1h'", "`windw` is no key", "4:1"),
        ("steps = 'a, b'\norder = 'orderd'", "expected `ordered`", "4:9"),
    ] {
        let (_, text, found) = table(lines);
        assert!(text.contains(said), "{lines}: {text}");
        assert_eq!(found, format!("leadflow.toml:{place}"), "{lines}");
    }
    let twice = "[[event_funnel]]\nname = 'f'\nsteps = 'a, b'\n".repeat(2);
    assert!(refused(&twice).1.contains("twice"));
    assert!(refused("[[event_funnel]]\nsteps = 'a, b'").1.contains("needs a name"));
    assert!(refused("[funnel.events]\nname = 'x'").1.contains("[[event_funnel]]"));
}

#[test]
fn a_misspelt_name_is_answered_with_the_nearest() {
    let failure = Project::new(CONFIG).run("funnel --steps chekout").unwrap_err();
    assert_eq!(failure.0[0].code.id, codes::UNKNOWN_NAME.id);
    assert!(failure.0[0].hint.as_deref().unwrap().contains("`checkout`"));
}
