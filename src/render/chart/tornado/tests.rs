#![allow(clippy::unwrap_used)]

use super::*;
use crate::render::chart::drawing::Mark;
use crate::render::chart::palette::Colour;
use crate::render::chart::tests::assert_texts_have_room;
use crate::report::document::Kind;

fn bar(label: &str, low: (f64, &str), high: (f64, &str)) -> TornadoBar {
    let end = |(result, input): (f64, &str)| (result, input.to_owned());
    TornadoBar {
        label: label.to_owned(),
        low: end(low),
        high: end(high),
    }
}

/// Eight inputs; two take the result below zero, one lowers it as it rises.
fn net() -> Tornado {
    Tornado {
        kind: Kind::Money,
        base: 12_400.0,
        bars: vec![
            bar("Lead to customer", (-9_300.0, "1.4 %"), (38_200.0, "3.1 %")),
            bar(
                "Value of a customer",
                (-2_100.0, "€4,100"),
                (27_900.0, "€8,800"),
            ),
            bar(
                "Visits per hour of work",
                (2_400.0, "210"),
                (24_000.0, "380"),
            ),
            bar("Cost of an hour", (19_700.0, "€55"), (5_200.0, "€95")),
            bar("Visit to lead", (6_800.0, "0.9 %"), (17_100.0, "1.3 %")),
            bar(
                "Months until it works",
                (16_000.0, "3 months"),
                (8_900.0, "7 months"),
            ),
            bar(
                "Decay of old articles",
                (14_100.0, "5 % a year"),
                (10_900.0, "12 % a year"),
            ),
            bar("Discount rate", (12_900.0, "4 %"), (11_800.0, "9 %")),
        ],
    }
}

fn words(drawing: &Drawing) -> Vec<String> {
    let texts = drawing.texts();
    texts.map(|text| text.words.shown.clone()).collect()
}

fn on_both(tornado: &Tornado) -> [Drawing; 2] {
    [Page::WIDE, Page::NARROW].map(|page| draw(tornado, page, Some("EUR")))
}

/// From left to right, the bars of this colour.
fn bars(drawing: &Drawing, colour: Colour) -> Vec<(f64, f64)> {
    let bars = drawing.marks.iter().filter_map(|mark| match mark {
        Mark::Box { from, to, fill, .. } if fill.colour == colour => Some((from.0, to.0)),
        _ => None,
    });
    bars.collect()
}

#[test]
fn words_have_room() {
    for drawing in on_both(&net()) {
        assert_texts_have_room(&drawing);
    }
}

#[test]
fn both_ends_carry_the_input_and_the_result() {
    for drawing in on_both(&net()) {
        let words = words(&drawing);
        let expected = [
            "1.4 %",
            "-\u{20ac}9,300",
            "3.1 %",
            "\u{20ac}38,200",
            "every input at its middle: \u{20ac}12,400",
            "\u{20ac}0",
        ];
        for text in expected {
            assert!(words.iter().any(|word| word == text), "{text}: {words:?}");
        }
    }
}

#[test]
fn the_input_stands_at_the_end_that_it_gives() {
    let drawing = draw(&net(), Page::WIDE, Some("EUR"));
    let place = |words: &str| {
        let mut texts = drawing.texts();
        let text = texts.find(|text| text.words.shown == words).unwrap();
        (text.at.0, text.anchor)
    };
    let (low, high) = (place("\u{20ac}55"), place("\u{20ac}95"));
    assert!(low.0 > high.0, "dear hours give the smaller result");
    assert_eq!((low.1, high.1), (Anchor::Start, Anchor::End));
}

#[test]
fn a_change_of_sign_is_seen() {
    for drawing in on_both(&net()) {
        let (below, above) = (bars(&drawing, BELOW_ZERO), bars(&drawing, ACCENT));
        assert_eq!((below.len(), above.len()), (2, 8));
        let zero = below[0].1;
        assert!(below.iter().all(|(_, to)| *to == zero));
        assert!(above.iter().all(|(from, _)| *from >= zero));
        assert!(words(&drawing).join(" ").contains("Orange: below zero."));
    }
    let gain = Tornado {
        bars: net().bars.split_off(2),
        ..net()
    };
    for drawing in on_both(&gain) {
        assert!(bars(&drawing, BELOW_ZERO).is_empty());
        assert!(!words(&drawing).join(" ").contains("Orange"));
    }
}

#[test]
fn an_unknown_end_is_words() {
    let tornado = Tornado {
        base: f64::NAN,
        bars: vec![
            bar("known", (1.0, "low"), (2.0, "high")),
            bar("unknown", (f64::NAN, "low"), (2.0, "high")),
        ],
        ..net()
    };
    for drawing in on_both(&tornado) {
        let words = words(&drawing);
        assert!(words.iter().any(|word| word == "n/a: no data"), "{words:?}");
        assert!(!words.join(" ").contains("every input at its middle"));
        assert_texts_have_room(&drawing);
    }
    let none = Tornado {
        bars: tornado.bars.into_iter().skip(1).collect(),
        ..net()
    };
    assert_eq!(words(&draw(&none, Page::WIDE, None)), ["nothing to show"]);
}

#[test]
fn bars_of_any_size_are_drawn() {
    let long = "a name and an end that go on and on until nobody reads them any more";
    let sizes = [
        0.0,
        -0.0,
        1e300,
        -1e300,
        1e-12,
        f64::MIN_POSITIVE,
        5e14,
        -3.0,
    ];
    for size in sizes {
        let tornado = Tornado {
            kind: Kind::Money,
            base: size / 2.0,
            bars: vec![
                bar(long, (size, long), (-size, long)),
                bar(long, (size, long), (size, "")),
                bar("", (size / 3.0, ""), (size, long)),
            ],
        };
        for drawing in on_both(&tornado) {
            assert_texts_have_room(&drawing);
            let ends = bars(&drawing, ACCENT).into_iter();
            let ends = ends.chain(bars(&drawing, BELOW_ZERO));
            let on_page = |(from, to): (f64, f64)| from >= 0.0 && to <= drawing.width;
            assert!(ends.into_iter().all(on_page), "{size}");
        }
    }
}

#[test]
fn many_inputs_end_with_a_remark() {
    let tornado = Tornado {
        bars: vec![net().bars[0].clone(); 50],
        ..net()
    };
    for drawing in on_both(&tornado) {
        let said = words(&drawing).join(" ");
        assert!(said.contains("The first 40; 10 more are in the table."));
    }
}
