//! The stages of a funnel, from top to bottom.
//!
//! It is drawn as a funnel, with slopes between the bars, only while counts never grow:
//! a slope that widens would say that people came from nowhere. Where a count grows
//! (period ratios, stages that can be entered from the side), the same bars stand apart
//! with the signed change between them.

use super::drawing::{Anchor, Drawing, Style};
use super::page::{GAP, NAME, Page, REMARK, VALUE, widest};
use super::palette::{ACCENT, AXIS, INK, ON_BAR};
use super::text::Face;
use crate::render::number;
use crate::report::document::{Cell, Change, FunnelStep, Kind};

/// Draws the stages.
#[must_use]
pub fn draw(steps: &[FunnelStep], page: Page) -> Drawing {
    if steps.is_empty() {
        return page.nothing();
    }
    let plot = FunnelPlot::new(steps, page);
    let mut drawing = plot.draw();
    if !plot.narrows {
        page.footnote(
            &mut drawing,
            "Counts grow between stages, so the bars stand apart.",
        );
    }
    drawing
}

/// Height of a bar.
const THICKNESS: f64 = 40.0;
/// Between two bars, where the conversion stands.
const STEP: f64 = 36.0;
/// Height of a name that stands above its bar.
const NAME_LINE: f64 = 22.0;
/// Inside a bar, before its count.
const PADDING: f64 = 12.0;

const COUNT_INSIDE: Style = Style::new(Face::bold(15.0), ON_BAR);
const COUNT_OUTSIDE: Style = Style::new(Face::bold(15.0), INK);
const CONVERSION: Style = Style::new(Face::bold(13.0), INK);

struct FunnelPlot<'a> {
    steps: &'a [FunnelStep],
    page: Page,
    narrows: bool,
    left: f64,
    pixels_per_head: f64,
}

impl<'a> FunnelPlot<'a> {
    fn new(steps: &'a [FunnelStep], page: Page) -> Self {
        let names = widest(VALUE.face, steps.iter().map(|step| step.label.as_str()));
        let column = names.min(page.inner() * 0.3).ceil() + GAP;
        let left = page.left() + if page.is_narrow() { 0.0 } else { column };
        let most = steps
            .iter()
            .map(|step| step.count)
            .max()
            .unwrap_or(0)
            .max(1);
        let narrows = steps.windows(2).all(|pair| match pair {
            [from, to] => to.count <= from.count,
            _ => true,
        });
        Self {
            steps,
            page,
            narrows,
            left,
            pixels_per_head: (page.right() - left) / most as f64,
        }
    }

    fn draw(&self) -> Drawing {
        let mut drawing = Drawing::new(self.page.width);
        let mut before: Option<&FunnelStep> = None;
        for step in self.steps {
            if let Some(before) = before {
                self.draw_step(&mut drawing, before, step);
            }
            self.draw_stage(&mut drawing, step);
            before = Some(step);
        }
        drawing
    }

    fn width(&self, step: &FunnelStep) -> f64 {
        step.count as f64 * self.pixels_per_head
    }

    /// The way from one stage to the next: a slope, and what it says.
    fn draw_step(&self, drawing: &mut Drawing, from: &FunnelStep, to: &FunnelStep) {
        let top = drawing.height;
        let bottom = top + STEP;
        if self.narrows {
            let (upper, lower) = (self.left + self.width(from), self.left + self.width(to));
            let corners = vec![
                (self.left, top),
                (upper, top),
                (lower, bottom),
                (self.left, bottom),
            ];
            drawing.area(corners, ACCENT.veil());
        }
        let middle = top + STEP / 2.0;
        let mut x = self.left + PADDING;
        for (words, style) in self.step_words(from, to) {
            drawing.text((x, middle), &words, style);
            x += style.face.width(&words) + 8.0;
        }
        drawing.height = bottom;
    }

    fn step_words(&self, from: &FunnelStep, to: &FunnelStep) -> Vec<(String, Style)> {
        let mut words = Vec::new();
        if !self.narrows {
            words.push((signed_change(from.count, to.count), CONVERSION));
        }
        if let Some(rate) = &to.conversion {
            let style = if self.narrows { CONVERSION } else { REMARK };
            let share = number::cell(&Cell::Rate(rate.clone()), Kind::Rate, None);
            words.push((format!("\u{2193} {share}"), style));
            if let Some((low, high)) = rate.interval.filter(|_| self.narrows) {
                let ends = number::interval(low, high, Kind::Rate, None);
                words.push((format!("95 %: {ends}"), REMARK));
            }
        }
        words
    }

    fn draw_stage(&self, drawing: &mut Drawing, step: &FunnelStep) {
        self.draw_name(drawing, step);
        let top = drawing.height;
        let middle = top + THICKNESS / 2.0;
        let end = self.left + self.width(step);
        drawing.line((self.left, top), (self.left, top + THICKNESS), AXIS, 1);
        if step.count > 0 {
            drawing.bar((self.left, top), (end, top + THICKNESS), ACCENT);
        }
        let count = number::cell(&Cell::from(step.count), Kind::Count, None);
        let inside = self.width(step) > COUNT_INSIDE.face.width(&count) + 2.0 * PADDING;
        if inside {
            drawing.text((self.left + PADDING, middle), &count, COUNT_INSIDE);
        } else {
            drawing.text((end + 8.0, middle), &count, COUNT_OUTSIDE);
        }
        drawing.height = top + THICKNESS;
    }

    fn draw_name(&self, drawing: &mut Drawing, step: &FunnelStep) {
        if self.page.is_narrow() {
            let middle = drawing.height + NAME_LINE / 2.0;
            drawing.text_within((self.left, middle), &step.label, self.page.inner(), NAME);
            drawing.height += NAME_LINE;
            return;
        }
        let at = (self.left - GAP, drawing.height + THICKNESS / 2.0);
        let room = self.left - GAP - self.page.left();
        drawing.text_within(at, &step.label, room, VALUE.anchored(Anchor::End));
    }
}

/// `+30 (+25.0 %)`; the share is left out after an empty stage.
fn signed_change(from: u64, to: u64) -> String {
    let count = |count: u64| number::cell(&Cell::from(count), Kind::Count, None);
    let amount = match to.checked_sub(from) {
        Some(more) => format!("+{}", count(more)),
        None => format!("-{}", count(from.saturating_sub(to))),
    };
    if from == 0 {
        return amount;
    }
    let share = (to as f64 - from as f64) / from as f64;
    format!(
        "{amount} ({})",
        number::change(&Change::Relative {
            part: share,
            beyond_chance: None
        })
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(label: &str, count: u64) -> FunnelStep {
        FunnelStep {
            label: label.to_owned(),
            count,
            conversion: None,
        }
    }

    #[test]
    fn a_change_is_signed() {
        assert_eq!(signed_change(120, 150), "+30 (+25.0 %)");
        assert_eq!(signed_change(1500, 300), "-1,200 (-80.0 %)");
        assert_eq!(signed_change(0, 3), "+3");
    }

    #[test]
    fn growing_counts_are_no_funnel() {
        let narrowing = [step("lead", 10), step("mql", 10), step("sql", 2)];
        let growing = [step("lead", 10), step("mql", 12)];
        assert!(FunnelPlot::new(&narrowing, Page::WIDE).narrows);
        assert!(!FunnelPlot::new(&growing, Page::WIDE).narrows);
        let words: Vec<String> = draw(&growing, Page::WIDE)
            .texts()
            .map(|text| text.words.shown.clone())
            .collect();
        assert!(words.contains(&"+2 (+20.0 %)".to_owned()), "{words:?}");
    }
}
