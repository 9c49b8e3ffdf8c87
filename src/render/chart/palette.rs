//! The colours of charts.
//!
//! Hues are those of Okabe and Ito ("Color Universal Design", 2008), which people
//! with any common colour deficiency tell apart; darker shades of them serve where
//! eight do not suffice. Every filled shape has an edge dark enough to stand out from
//! white paper (3:1, WCAG 1.4.11), so the light hues may be used as they are. No
//! information rests on colour alone: every mark carries its name or number.
//!
//! **A channel has one colour, in every chart and every month.** The well-known names
//! are listed in [`CHANNELS`]; any other name gets a colour from a hash of its
//! [`normal_form`], so that it depends on the name alone, never on what else is in the
//! chart. Two unknown names may share a colour.

use crate::domain::text::normal_form;

/// A colour as red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

/// Text.
pub const INK: Colour = Colour(0x1F, 0x29, 0x33);
/// Text of lesser weight, and thin marks.
pub const MUTED: Colour = Colour(0x57, 0x60, 0x6A);
/// Zero lines and axes.
pub const AXIS: Colour = Colour(0x8C, 0x95, 0x9F);
/// Grid lines.
pub const GRID: Colour = Colour(0xE6, 0xE9, 0xED);
/// The ground on which everything is drawn.
pub const PAPER: Colour = Colour(0xFF, 0xFF, 0xFF);
/// Text on a dark bar; told apart from [`PAPER`] so that a dark page can change that one alone.
pub const ON_BAR: Colour = Colour(0xFE, 0xFE, 0xFE);
/// The colour of everything that is no channel.
pub const ACCENT: Colour = BLUE;
/// What lies below zero, where that is what a chart is about.
pub const BELOW_ZERO: Colour = VERMILLION;

const BLUE: Colour = Colour(0x00, 0x72, 0xB2);
const SKY: Colour = Colour(0x56, 0xB4, 0xE9);
const GREEN: Colour = Colour(0x00, 0x9E, 0x73);
const YELLOW: Colour = Colour(0xF0, 0xE4, 0x42);
const ORANGE: Colour = Colour(0xE6, 0x9F, 0x00);
const VERMILLION: Colour = Colour(0xD5, 0x5E, 0x00);
const PURPLE: Colour = Colour(0xCC, 0x79, 0xA7);
const SLATE: Colour = Colour(0x6E, 0x77, 0x81);
const SILVER: Colour = Colour(0xB4, 0xBB, 0xC3);

/// Colours of the channels that every company has, by normal form of the name.
pub const CHANNELS: &[(&str, Colour)] = &[
    ("organic search", GREEN),
    ("seo", GREEN),
    ("content", GREEN.darker()),
    ("content marketing", GREEN.darker()),
    ("outbound", VERMILLION.darker()),
    ("webinars", YELLOW.darker()),
    ("paid search", BLUE),
    ("sea", BLUE),
    ("ppc", BLUE),
    ("google ads", BLUE),
    ("paid social", VERMILLION),
    ("organic social", ORANGE),
    ("social", ORANGE),
    ("email", PURPLE),
    ("email marketing", PURPLE),
    ("direct", SLATE),
    ("referral", SKY),
    ("referrals", SKY),
    ("display", YELLOW),
    ("paid video", VERMILLION.darker()),
    ("organic video", ORANGE.darker()),
    ("paid shopping", BLUE.darker()),
    ("organic shopping", GREEN.darker()),
    ("cross-network", SKY.darker()),
    ("affiliates", YELLOW.darker()),
    ("ai assistant", PURPLE.darker()),
    ("partner", SKY.darker()),
    ("events", YELLOW.darker()),
    ("offline", SLATE),
    ("offline sources", SLATE),
    ("paid other", BLUE.darker()),
    ("other campaigns", SILVER),
    ("unassigned", SILVER),
    ("(none)", SILVER),
    ("(no lead)", SILVER),
    ("(other)", SILVER),
];

/// What any other name may get.
const OTHERS: &[Colour] = &[
    BLUE,
    ORANGE,
    GREEN,
    PURPLE,
    SKY,
    VERMILLION,
    YELLOW,
    BLUE.darker(),
    ORANGE.darker(),
    GREEN.darker(),
    PURPLE.darker(),
    SKY.darker(),
    VERMILLION.darker(),
    YELLOW.darker(),
];

impl Colour {
    /// The same hue with six tenths of its light.
    #[must_use]
    pub const fn darker(self) -> Self {
        Self(dim(self.0), dim(self.1), dim(self.2))
    }

    /// The colour of the line around a shape filled with this one.
    #[must_use]
    pub const fn edge(self) -> Self {
        self.darker()
    }
}

const fn dim(part: u8) -> u8 {
    (part as u16 * 6 / 10) as u8
}

/// The colour of a channel, the same in every chart.
#[must_use]
pub fn of_channel(name: &str) -> Colour {
    let name = normal_form(name);
    CHANNELS
        .iter()
        .find(|(known, _)| *known == name)
        .map_or_else(|| of_unknown(&name), |(_, colour)| *colour)
}

fn of_unknown(name: &str) -> Colour {
    let place = fnv1a(name.as_bytes()) % OTHERS.len() as u64;
    usize::try_from(place)
        .ok()
        .and_then(|place| OTHERS.get(place).copied())
        .unwrap_or(SLATE)
}

/// Fowler, Noll and Vo's hash, 64 bits: fixed for ever, unlike the standard library's.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as in WCAG 2.2.
    fn luminance(colour: Colour) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2)
    }

    fn contrast(a: Colour, b: Colour) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_can_be_read() {
        assert!(contrast(INK, PAPER) > 7.0);
        assert!(contrast(MUTED, PAPER) > 4.5);
        assert!(contrast(ON_BAR, ACCENT) > 4.5);
    }

    #[test]
    fn shapes_stand_out_from_the_paper() {
        let channels = CHANNELS.iter().map(|(_, colour)| *colour);
        for colour in channels.chain(OTHERS.iter().copied()) {
            let edge = contrast(colour.edge(), PAPER);
            assert!(edge >= 3.0, "{colour:?} has {edge:.2}");
        }
    }

    #[test]
    fn colours_belong_to_names() {
        assert_eq!(
            of_channel("Organic Search"),
            of_channel(" organic  SEARCH ")
        );
        assert_eq!(of_channel("Paid Search"), BLUE);
        // Pinned: a change here would recolour somebody's months.
        assert_eq!(of_channel("Trade fairs"), of_channel("trade fairs"));
        assert_eq!(fnv1a(b"trade fairs"), 0x6148_099a_9b2d_4fce);
    }

    #[test]
    fn known_names_are_in_normal_form() {
        for (name, _) in CHANNELS {
            assert_eq!(normal_form(name), *name);
        }
    }
}
