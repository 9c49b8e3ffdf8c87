//! Text in charts: what may be drawn, how wide it is, and what to do when it is too wide.
//!
//! A chart is laid out once, for every machine, so widths come from the embedded
//! font alone and never from the fonts that happen to be installed. Characters that
//! the embedded font lacks are estimated: one em for East Asian ones, nothing for
//! combining marks, 0.6 em (the width of its "missing" glyph) for the rest, which is
//! near the mean of Arabic, Georgian and Hebrew letters.

use std::sync::OnceLock;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};
use unicode_width::UnicodeWidthChar;

use super::ChartError;

/// The family under which the embedded font is known to plotters.
pub const FAMILY: &str = "sans-serif";

/// The families named in an SVG, best first; the first is the embedded one.
pub const FAMILIES: &str = "Noto Sans, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif";

/// Height of one em of the embedded font in the unit in which plotters sizes it
/// (ascent plus descent, 1069 + 293 thousandths of an em).
const PLOTTERS_UNITS_PER_EM: f64 = 1.362;

/// Strength of the strokes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Running text.
    Regular,
    /// Titles and values.
    Bold,
}

impl Weight {
    /// The same for plotters.
    #[must_use]
    pub fn style(self) -> FontStyle {
        match self {
            Self::Regular => FontStyle::Normal,
            Self::Bold => FontStyle::Bold,
        }
    }
}

/// A way to set text: size in pixels of the drawing, and weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    /// Pixels per em.
    pub size: f64,
    /// Strength of the strokes.
    pub weight: Weight,
}

impl Face {
    /// Running text of this size.
    #[must_use]
    pub const fn regular(size: f64) -> Self {
        Self {
            size,
            weight: Weight::Regular,
        }
    }

    /// Bold text of this size.
    #[must_use]
    pub const fn bold(size: f64) -> Self {
        Self {
            size,
            weight: Weight::Bold,
        }
    }

    /// How wide the text is, in pixels of the drawing.
    #[must_use]
    pub fn width(self, text: &str) -> f64 {
        let ems: f64 = text.chars().map(|c| advance(c, self.weight)).sum();
        ems * self.size
    }

    /// The text, or as much of it as fits into `room` with an ellipsis behind.
    #[must_use]
    pub fn fit(self, text: &str, room: f64) -> Fitted {
        if self.width(text) <= room + 0.01 {
            return Fitted::whole(text);
        }
        let room = room - self.width(ELLIPSIS);
        let mut used = 0.0;
        let mut end = 0;
        for (start, c) in text.char_indices() {
            used += self.size * advance(c, self.weight);
            if used > room {
                break;
            }
            end = start + c.len_utf8();
        }
        let kept = text.get(..end).unwrap_or_default().trim_end();
        Fitted {
            shown: format!("{kept}{ELLIPSIS}"),
            full: Some(text.to_owned()),
        }
    }

    /// The text in at most `lines` lines, broken at blanks; the last one is cut.
    #[must_use]
    pub fn wrap(self, text: &str, room: f64, lines: usize) -> Vec<String> {
        let mut wrapped = self.break_at_blanks(text, room);
        if wrapped.len() > lines {
            let rest = wrapped.split_off(lines.saturating_sub(1)).join(" ");
            wrapped.push(rest);
        }
        wrapped
            .iter()
            .map(|line| self.fit(line, room).shown)
            .collect()
    }

    fn break_at_blanks(self, text: &str, room: f64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if self.width(line) + self.width(" ") + self.width(word) <= room => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }
}

const ELLIPSIS: &str = "\u{2026}";

/// A text made to fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitted {
    /// What is drawn.
    pub shown: String,
    /// The whole text where it was cut.
    pub full: Option<String>,
}

impl Fitted {
    /// A text that was not cut.
    #[must_use]
    pub fn whole(text: &str) -> Self {
        Self {
            shown: text.to_owned(),
            full: None,
        }
    }
}

/// The text without characters that XML forbids or that reorder what stands beside them.
///
/// Blanks of any kind become one space; control characters, unpaired halves and bidi
/// overrides become U+FFFD, so that they are seen and do nothing.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => cleaned.push(' '),
            c if is_harmful(c) => cleaned.push(char::REPLACEMENT_CHARACTER),
            c => cleaned.push(c),
        }
    }
    cleaned
}

fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FDD0}'..='\u{FDEF}')
        || (u32::from(c) & 0xFFFE) == 0xFFFE
}

/// Makes the embedded font known to plotters, once per process.
///
/// # Errors
/// [`ChartError::EmbeddedFont`] where the font cannot be read, which no input can cause.
pub fn register() -> Result<(), ChartError> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let registered = *REGISTERED.get_or_init(|| {
        register_font(FAMILY, FontStyle::Normal, notosans::REGULAR_TTF).is_ok()
            && register_font(FAMILY, FontStyle::Bold, notosans::BOLD_TTF).is_ok()
    });
    if registered {
        Ok(())
    } else {
        Err(ChartError::EmbeddedFont)
    }
}

/// How far the pen moves for one character, in ems.
fn advance(c: char, weight: Weight) -> f64 {
    match c.width() {
        Some(2) => 1.0,
        Some(0) | None => 0.0,
        Some(_) => measured(c, weight),
    }
}

/// The advance in the embedded font; 0.6 em where it lacks the character.
fn measured(c: char, weight: Weight) -> f64 {
    const THOUSANDTHS: f64 = 1000.0;
    let size = PLOTTERS_UNITS_PER_EM * THOUSANDTHS;
    let font = FontDesc::new(FontFamily::SansSerif, size, weight.style());
    let mut buffer = [0; 4];
    font.box_size(c.encode_utf8(&mut buffer))
        .map_or(0.6, |(width, _)| f64::from(width) / THOUSANDTHS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACE: Face = Face::regular(10.0);

    #[test]
    fn widths_follow_the_font() {
        register().ok();
        // Advances of the embedded font in thousandths of an em: i 258, W 931, 0 572.
        for (text, ems) in [("i", 0.258), ("W", 0.931), ("0", 0.572), ("i0", 0.83)] {
            assert!((FACE.width(text) - 10.0 * ems).abs() < 0.02, "{text}");
        }
        assert!(Face::bold(10.0).width("Paid") > FACE.width("Paid"));
    }

    #[test]
    fn other_scripts_have_a_width() {
        register().ok();
        assert!(
            (FACE.width("\u{641c}\u{7d22}") - 20.0).abs() < 1e-9,
            "two ideographs"
        );
        assert!(
            (FACE.width("e\u{301}") - FACE.width("e")).abs() < 1e-9,
            "a combining accent"
        );
        assert!(
            FACE.width("\u{10d0}\u{10d1}") > 10.0,
            "two Georgian letters"
        );
    }

    #[test]
    fn long_names_are_cut_and_kept() {
        register().ok();
        let fitted = FACE.fit("Organic Search of the whole world", 80.0);
        assert!(fitted.shown.ends_with('\u{2026}'));
        assert!(FACE.width(&fitted.shown) <= 80.0);
        assert_eq!(
            fitted.full.as_deref(),
            Some("Organic Search of the whole world")
        );
        assert_eq!(FACE.fit("SEO", 80.0), Fitted::whole("SEO"));
    }

    #[test]
    fn titles_break_at_blanks() {
        register().ok();
        let lines = FACE.wrap("one two three four five six seven", 50.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| FACE.width(line) <= 50.0));
        assert!(lines.last().is_some_and(|line| line.ends_with('\u{2026}')));
    }

    #[test]
    fn nothing_hidden_is_drawn() {
        assert_eq!(
            clean("a\0b\u{202e}c\nd\u{fffe}"),
            "a\u{fffd}b\u{fffd}c d\u{fffd}"
        );
        assert_eq!(clean(" caf\u{e9} "), "caf\u{e9}");
    }
}
