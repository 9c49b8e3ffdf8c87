//! Persons added up, from their events to the answer.

use proptest::prelude::*;

use super::LATE;
use crate::domain::event_funnel::{
    Anchor, DEFAULT_WINDOW, Ends, EntryRule, EventFunnel, Order, ValueFrom, exclusion, step,
};
use crate::domain::figure::Undefined;
use crate::metrics::event_funnel::{
    Answer, Classes, Factors, Question, Spec, StepRow, Tally, Vocabulary, Worker, answer,
    dimensions,
};

const EVENTS: &[&str] = &["a", "b", "c", "x", "other"];
const CHANNELS: &[Option<&str>] = &[Some("SEO"), Some("Email"), None];

/// Every event with every channel is a class: event * 3 + channel.
fn vocabulary() -> Vocabulary<'static> {
    let pairs = EVENTS
        .iter()
        .flat_map(|event| CHANNELS.iter().map(move |channel| (*event, *channel)));
    let (events, channels) = pairs.map(|(event, channel)| (Some(event), channel)).unzip();
    Vocabulary {
        classes: EVENTS.len() * CHANNELS.len(),
        columns: vec![("event", events), ("channel", channels)],
    }
}

fn funnel(steps: &[&str]) -> EventFunnel {
    EventFunnel {
        name: None,
        steps: steps.iter().map(|text| step(text).unwrap()).collect(),
        window: 60,
        order: Order::Ordered,
        entry: EntryRule::Best,
        strict_increase: false,
        exclusions: Vec::new(),
        exclude_ends: Ends::Attempt,
        anchor: Anchor::Latest,
        value_from: ValueFrom::First,
    }
}

fn question(funnel: &EventFunnel, by: &[&str], as_of: i64) -> Question {
    let words = vocabulary();
    let by: Vec<String> = by.iter().map(|name| (*name).to_owned()).collect();
    Question::new(
        funnel,
        Spec::new(funnel, 0..LATE, as_of),
        Classes::new(funnel, &words).unwrap(),
        dimensions(&by, &words, chrono_tz::Tz::UTC).unwrap(),
        Factors::new(&["channel".to_owned()], &words).unwrap(),
    )
}

type Person = Vec<(i64, usize)>;

/// `a0 b5:1`: event, time, and behind the colon the channel (0 SEO, 1 Email, 2 none).
fn person(text: &str) -> Person {
    let event = |word: &str| {
        let (word, channel) = word.split_once(':').unwrap_or((word, "2"));
        let event = EVENTS.iter().position(|event| event[..1] == word[..1]);
        let class = event.unwrap() * CHANNELS.len() + channel.parse::<usize>().unwrap();
        (word[1..].parse().unwrap(), class)
    };
    text.split_whitespace().map(event).collect()
}

fn tally(question: &Question, persons: &[Person]) -> Tally {
    let mut worker = Worker::new(question);
    for person in persons {
        worker.person(person.iter().copied());
    }
    worker.finish()
}

fn ask(funnel: &EventFunnel, by: &[&str], as_of: i64, persons: &[&str]) -> Answer {
    let question = question(funnel, by, as_of);
    let persons: Vec<Person> = persons.iter().map(|text| person(text)).collect();
    answer(funnel, &question, tally(&question, &persons), false)
}

fn kn(rate: &Option<Result<crate::domain::figure::Rate, Undefined>>) -> (u64, u64) {
    let rate = rate.as_ref().unwrap().as_ref().unwrap();
    (rate.k, rate.n)
}

#[test]
fn persons_become_rows() {
    let three = funnel(&["a", "b", "c"]);
    let answer = ask(
        &three,
        &[],
        100,
        &[
            "a0 b10 c20",
            "a0 b30",
            "a50 b60",
            "a90",
            "b0 c1",
            "a5 b25 c65",
            "o1",
        ],
    );
    let [first, second, third] = answer.total.steps.as_slice() else {
        panic!("three steps");
    };
    assert_eq!([first.people, second.people, third.people], [5, 4, 2]);
    assert_eq!(
        (kn(&second.conversion), kn(&third.conversion)),
        ((4, 5), (2, 4))
    );
    assert_eq!(kn(&third.overall), (2, 5));
    assert_eq!((second.drop_off, second.in_progress), (Some(0), Some(1)));
    assert_eq!((third.drop_off, third.in_progress), (Some(1), Some(1)));
    // Mature are the starts up to 40.
    assert_eq!((kn(&second.mature), kn(&third.mature)), ((3, 3), (2, 3)));
    let time = third.time.as_ref().unwrap();
    assert_eq!(time.n, 2);
    assert!((time.median.unwrap() - 0.040).abs() < 1e-9);
    assert!((time.mean.unwrap() - 0.040).abs() < 1e-9);
    assert_eq!(answer.histogram.len(), 1);
    assert!(first.conversion.is_none() && first.time.is_none());
}

#[test]
fn nothing_mature_is_undefined_and_not_zero() {
    let answer = ask(&funnel(&["a", "b"]), &[], 30, &["a0 b10", "a5"]);
    let second = &answer.total.steps[1];
    assert_eq!(second.mature, Some(Err(Undefined::NotMature)));
    assert_eq!(
        second.time.as_ref().unwrap().median,
        Err(Undefined::NotMature)
    );
    let nobody = ask(&funnel(&["a", "b"]), &[], 30, &[]);
    let second = &nobody.total.steps[1];
    assert_eq!(second.conversion, Some(Err(Undefined::ZeroDenominator)));
}

#[test]
fn dates_without_a_time_have_no_minutes() {
    let short = funnel(&["a", "b"]);
    let question = question(&short, &[], LATE);
    let persons = [person("a0 b1")];
    let found = answer(&short, &question, tally(&question, &persons), true);
    let time = found.total.steps[1].time.clone().unwrap();
    assert_eq!(time.p90, Err(Undefined::DateOnly));
    let long = EventFunnel {
        window: DEFAULT_WINDOW,
        ..short
    };
    let found = answer(&long, &question, tally(&question, &persons), true);
    assert!(found.total.steps[1].time.clone().unwrap().p90.is_ok());
}

#[test]
fn an_optional_step_has_no_drop_off_and_the_next_one_counts_from_before_it() {
    let three = funnel(&["a", "b?", "c"]);
    let answer = ask(&three, &[], LATE, &["a0 b1 c2", "a0 c2", "a0 b1", "a0"]);
    let [_, optional, last] = answer.total.steps.as_slice() else {
        panic!("three steps");
    };
    assert_eq!((optional.people, optional.drop_off), (2, None));
    assert_eq!(kn(&optional.conversion), (2, 4));
    assert_eq!(kn(&last.conversion), (2, 4));
    assert_eq!((last.drop_off, last.in_progress), (Some(2), Some(0)));
}

#[test]
fn everybody_is_in_one_group_and_groups_add_up() {
    let persons = [
        "a0:0 b1:1",
        "a0:1 b1:0",
        "a0 b1:1",
        "a0",
        "a0:0",
        "a0:1 a5:0 b6:1",
    ];
    let groups = |value_from: ValueFrom| {
        let funnel = EventFunnel {
            value_from,
            ..funnel(&["a", "b"])
        };
        let answer = ask(&funnel, &["channel"], LATE, &persons);
        let row = |group: &crate::metrics::event_funnel::Group| {
            let people = |step: usize| group.steps[step].people;
            (group.values[0].clone(), people(0), people(1))
        };
        answer.groups.iter().map(row).collect::<Vec<_>>()
    };
    let expected = |rows: &[(&str, u64, u64)]| {
        let rows = rows.iter().map(|(name, a, b)| ((*name).to_owned(), *a, *b));
        rows.collect::<Vec<_>>()
    };
    assert_eq!(
        groups(ValueFrom::First),
        expected(&[("(none)", 1, 0), ("Email", 2, 2), ("SEO", 3, 2)])
    );
    assert_eq!(
        groups(ValueFrom::Last),
        expected(&[("(none)", 1, 0), ("Email", 3, 3), ("SEO", 2, 1)])
    );
    assert_eq!(
        groups(ValueFrom::Step(1)),
        expected(&[("(none)", 2, 0), ("Email", 3, 3), ("SEO", 1, 1)])
    );
}

#[test]
fn people_are_split_by_the_day_on_which_their_attempt_started() {
    let day = 86_400_000;
    let days = EventFunnel {
        window: 2 * day,
        ..funnel(&["a", "b"])
    };
    let persons = [format!("a1 b{day}"), format!("a{day} b{}", day + 1)];
    let persons: Vec<Person> = persons.iter().map(|text| person(text)).collect();
    let words = vocabulary();
    let question = Question {
        spec: Spec::new(&days, 0..9 * day, 9 * day),
        ..question(&days, &["day"], LATE)
    };
    let found = answer(&days, &question, tally(&question, &persons), false);
    let labels: Vec<&str> = found
        .groups
        .iter()
        .map(|group| group.values[0].as_str())
        .collect();
    assert_eq!(labels, ["1970-01-01", "1970-01-02"]);
    assert!(dimensions(&["plan".to_owned()], &words, chrono_tz::Tz::UTC).is_err());
}

#[test]
fn removed_persons_are_counted_and_out() {
    let two = EventFunnel {
        exclusions: vec![exclusion("x", 2).unwrap()],
        exclude_ends: Ends::Entity,
        ..funnel(&["a", "b"])
    };
    let answer = ask(&two, &[], LATE, &["a0 x1 b2", "a0 b2"]);
    assert_eq!((answer.removed, answer.total.steps[0].people), (1, 1));
}

#[test]
fn rows_of_any_order_say_how_many_were_done() {
    let any = EventFunnel {
        order: Order::Any,
        ..funnel(&["a", "b", "c"])
    };
    let answer = ask(&any, &[], LATE, &["c0 a1", "b0", "c0 b5 a9"]);
    let rows: Vec<(&str, u64)> = answer
        .total
        .steps
        .iter()
        .map(|row| (row.step.as_str(), row.people))
        .collect();
    assert_eq!(
        rows,
        [("did 1 step", 3), ("did 2 steps", 2), ("did 3 steps", 1)]
    );
}

#[test]
fn times_may_be_measured_from_the_first_start() {
    let latest = funnel(&["a", "b"]);
    let first = EventFunnel {
        anchor: Anchor::First,
        ..latest.clone()
    };
    let mean = |funnel: &EventFunnel| {
        let answer = ask(funnel, &[], LATE, &["a0 a90 b100"]);
        answer.total.steps[1].time.as_ref().unwrap().mean.unwrap()
    };
    assert!((mean(&latest) - 0.010).abs() < 1e-9);
    assert!((mean(&first) - 0.100).abs() < 1e-9);
}

#[test]
fn factors_are_what_was_said_before_the_conversion() {
    let two = funnel(&["a", "b"]);
    let mut persons = Vec::new();
    // SEO before the first step goes with conversion; Email is only said while converting.
    persons.extend(std::iter::repeat_n("o0:0 a1 b2:1", 60));
    persons.extend(std::iter::repeat_n("o0:0 a1", 20));
    persons.extend(std::iter::repeat_n("a1 b2:1", 20));
    persons.extend(std::iter::repeat_n("a1", 100));
    let answer = ask(&two, &[], LATE, &persons);
    let [row] = answer.factors.as_slice() else {
        panic!("one factor: {:?}", answer.factors);
    };
    assert_eq!(
        (row.dimension.as_str(), row.value.as_str()),
        ("channel", "SEO")
    );
    assert_eq!((row.with.k, row.with.n), (60, 80));
    assert_eq!((row.without.k, row.without.n), (20, 120));
    let expected = 60.5 * 100.5 / (20.5 * 20.5);
    assert!((row.odds.ratio - expected).abs() < 1e-9);
    assert!(row.beyond_chance && row.p < 0.001);
}

#[test]
fn rare_factors_are_left_out() {
    let two = funnel(&["a", "b"]);
    let rare = |count: usize| {
        let mut persons = vec!["a1:1 b2"; count];
        persons.extend(vec!["a1"; 2_000]);
        ask(&two, &[], LATE, &persons).factors.len()
    };
    assert_eq!((rare(24), rare(25)), (0, 1));
}

fn any_person() -> impl Strategy<Value = Person> {
    let event = (0..100_i64, 0..EVENTS.len() * CHANNELS.len());
    prop::collection::vec(event, 0..10).prop_map(|mut events| {
        events.sort_by_key(|(at, _)| *at);
        events
    })
}

proptest! {
    #[test]
    fn counts_are_consistent_however_parts_are_put_together(
        persons in prop::collection::vec(any_person(), 0..60),
        at in 0..60_usize,
        order in prop_oneof![Just(Order::Ordered), Just(Order::Strict), Just(Order::Any)],
    ) {
        let funnel = EventFunnel {
            order,
            exclusions: vec![exclusion("x", 3).unwrap()],
            ..funnel(&["a", "b", "c"])
        };
        let question = question(&funnel, &["channel"], 100);
        let at = at.min(persons.len());
        let mut parts = tally(&question, &persons[..at]);
        parts.merge(tally(&question, &persons[at..]));
        let whole = answer(&funnel, &question, tally(&question, &persons), false);
        prop_assert_eq!(&answer(&funnel, &question, parts, false), &whole);
        for group in whole.groups.iter().chain([&whole.total]) {
            check(&group.steps)?;
        }
        for step in 0..3 {
            let sum: u64 = whole.groups.iter().map(|group| group.steps[step].people).sum();
            prop_assert_eq!(sum, whole.total.steps[step].people);
        }
    }
}

fn check(steps: &[StepRow]) -> Result<(), TestCaseError> {
    for pair in steps.windows(2) {
        let gone = pair[1].drop_off.unwrap() + pair[1].in_progress.unwrap();
        prop_assert_eq!(pair[0].people, pair[1].people + gone);
    }
    Ok(())
}
