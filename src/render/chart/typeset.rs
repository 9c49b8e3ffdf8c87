//! A text as runs of one font each, side by side.
//!
//! Most texts are one run. A text with letters that the embedded font lacks is cut where
//! the font changes; blanks, digits and signs between two letters of one font stay with
//! them, so that a right-to-left phrase is set as a whole. Runs are placed by the widths
//! that their fonts really have; neighbouring right-to-left runs change places, as the
//! reading order demands.

use resvg::usvg::{Node, Tree};

use super::drawing::{Anchor, Text};
use super::fonts::{Fonts, is_shapeless};
use super::text::{Fitted, Weight};
use crate::render::escape;

/// The text in pieces of one font each; characters that no font has become U+FFFD.
#[must_use]
pub fn runs(text: &Text, fonts: &Fonts) -> Vec<Text> {
    let known = |c| {
        if fonts.missing.contains(&c) {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    let words: String = text.words.shown.chars().map(known).collect();
    let mut runs = cut(&words, fonts);
    if runs.iter().all(|run| run.family.is_none()) {
        let words = Fitted {
            shown: words,
            full: text.words.full.clone(),
        };
        return vec![Text {
            words,
            ..text.clone()
        }];
    }
    in_visual_order(&mut runs);
    place(text, &runs, fonts)
}

/// Letters of one font.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    family: Option<String>,
    words: String,
}

fn cut(words: &str, fonts: &Fonts) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (start, c) in words.char_indices() {
        let before = runs.last().and_then(|run| run.family.clone());
        let family = family_at(words, start, c, before, fonts);
        match runs.last_mut() {
            Some(run) if run.family == family => run.words.push(c),
            _ => runs.push(Run {
                family,
                words: c.to_string(),
            }),
        }
    }
    runs
}

/// The family of the character at `start`, where the one before it stands in `before`.
fn family_at(
    words: &str,
    start: usize,
    c: char,
    before: Option<String>,
    fonts: &Fonts,
) -> Option<String> {
    let own = fonts.stand_in_for(c).map(str::to_owned);
    if own.is_some() || c.is_alphabetic() {
        return own;
    }
    let family = before?;
    let mut rest = words.get(start..).unwrap_or_default().chars();
    let next = rest.find(|c| c.is_alphabetic() || fonts.stand_in_for(*c).is_some());
    let same_behind = next.is_some_and(|next| fonts.stand_in_for(next) == Some(&family));
    let belongs = is_shapeless(c) && !c.is_whitespace();
    (belongs || same_behind && fonts.has(&family, c)).then_some(family)
}

/// Lines read from left to right; inside, a row of right-to-left runs reads the other way.
fn in_visual_order(runs: &mut [Run]) {
    let mut start = 0;
    while start < runs.len() {
        let rest = runs.get_mut(start..).unwrap_or_default();
        let length = rest
            .iter()
            .take_while(|run| run.words.chars().any(is_right_to_left))
            .count();
        if let Some(turned) = rest.get_mut(..length) {
            turned.reverse();
        }
        start += length.max(1);
    }
}

/// Letters of Hebrew, Arabic, Syriac, Thaana, N'Ko and their relatives.
fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

fn place(text: &Text, runs: &[Run], fonts: &Fonts) -> Vec<Text> {
    let widths: Vec<f64> = runs.iter().map(|run| width(text, run, fonts)).collect();
    let whole: f64 = widths.iter().sum();
    let mut x = match text.anchor {
        Anchor::Start => text.at.0,
        Anchor::Middle => text.at.0 - whole / 2.0,
        Anchor::End => text.at.0 - whole,
    };
    let mut placed = Vec::new();
    for (run, width) in runs.iter().zip(&widths) {
        placed.push(Text {
            at: (x + leading_blank(text, run), text.at.1),
            words: Fitted::whole(run.words.trim()),
            anchor: Anchor::Start,
            family: run.family.clone(),
            ..text.clone()
        });
        x += width;
    }
    placed
}

/// Pixels of the blanks that an SVG would drop at the start of a text.
fn leading_blank(text: &Text, run: &Run) -> f64 {
    let blanks = run.words.len() - run.words.trim_start().len();
    blanks as f64 * text.face.width(" ")
}

/// How wide the run is in its font: measured by the rasteriser's own layout.
fn width(text: &Text, run: &Run, fonts: &Fonts) -> f64 {
    let words = run.words.trim();
    let blanks = (run.words.len() - words.len()) as f64 * text.face.width(" ");
    if words.is_empty() {
        return blanks;
    }
    let weight = match text.face.weight {
        Weight::Regular => "normal",
        Weight::Bold => "bold",
    };
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><text font-size=\"{}\" \
         font-weight=\"{weight}\" font-family=\"{}\">{}</text></svg>",
        text.face.size,
        run.family.as_deref().unwrap_or("sans-serif"),
        escape::xml(words)
    );
    let measured = Tree::from_str(&svg, &fonts.svg_options())
        .ok()
        .and_then(|tree| advance_of(&tree));
    blanks + measured.unwrap_or_else(|| text.face.width(words))
}

fn advance_of(tree: &Tree) -> Option<f64> {
    tree.root().children().iter().find_map(|node| match node {
        Node::Text(text) => Some(f64::from(text.bounding_box().width())),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(words: &str) -> Run {
        Run {
            family: None,
            words: words.to_owned(),
        }
    }

    #[test]
    fn right_to_left_runs_change_places() {
        let mut runs = [run("SEO "), run("\u{5d0}"), run("\u{628}"), run(" PPC")];
        in_visual_order(&mut runs);
        let words: Vec<&str> = runs.iter().map(|run| run.words.as_str()).collect();
        assert_eq!(words, ["SEO ", "\u{628}", "\u{5d0}", " PPC"]);
    }
}
