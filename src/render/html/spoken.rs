//! The page in another language: every piece of text on it, and the words of the template.

use super::block::BlockView;
use super::grid::{Grid, Sheet};
use super::tile::TileView;
use super::words::Words;
use super::{Page, SectionView};
use crate::render::speech::Speech;

/// The words that the template itself brings, and how the page runs.
pub struct Frame {
    /// BCP 47.
    pub language: &'static str,
    /// `ltr` or `rtl`.
    pub direction: &'static str,
    /// Heading of the summary.
    pub summary: String,
    /// Name of the list of sections.
    pub contents: String,
    /// Heading of the results of checks.
    pub checks: String,
    /// Heading of the notes.
    pub notes: String,
    /// That the period is not over.
    pub partial: String,
    /// What follows from that.
    pub partial_text: String,
    /// What opens the table of a chart.
    pub numbers: String,
}

impl Frame {
    /// In a language.
    #[must_use]
    pub fn new(speech: &Speech) -> Self {
        let language = speech.language();
        Self {
            language: language.code,
            direction: if language.right_to_left { "rtl" } else { "ltr" },
            summary: speech.say("Summary"),
            contents: speech.say("Contents"),
            checks: speech.say("Checks"),
            notes: speech.say("Notes"),
            partial: speech.say("Partial period."),
            partial_text: speech
                .say("The data end before the period does, so its figures will still grow."),
            numbers: speech.say("Numbers of this chart"),
        }
    }
}

impl Page {
    /// Puts every text into the language, and figures into its signs.
    pub fn speak(&mut self, speech: &Speech) {
        if speech.is_own() {
            return;
        }
        let lists = [&mut self.context, &mut self.summary];
        lists
            .into_iter()
            .flatten()
            .for_each(|words| words.speak(speech));
        for note in &mut self.notes {
            note.severity_said = speech.say(note.severity);
            note.text.speak(speech);
            note.hint.iter_mut().for_each(|hint| hint.speak(speech));
        }
        self.more_notes
            .iter_mut()
            .for_each(|more| more.speak(speech));
        self.checks.iter_mut().for_each(|sheet| sheet.speak(speech));
        for section in &mut self.sections {
            section.speak(speech);
        }
    }
}

impl SectionView {
    fn speak(&mut self, speech: &Speech) {
        self.title.speak(speech);
        for block in &mut self.blocks {
            match block {
                BlockView::Text(text) => text.speak(speech),
                BlockView::List(points) => points.iter_mut().for_each(|point| point.speak(speech)),
                BlockView::Tiles(tiles) => tiles.iter_mut().for_each(|tile| tile.speak(speech)),
                BlockView::Table(sheet) => sheet.speak(speech),
                BlockView::Figure(figure) => {
                    figure
                        .numbers
                        .iter_mut()
                        .for_each(|sheet| sheet.speak(speech));
                }
            }
        }
    }
}

impl TileView {
    fn speak(&mut self, speech: &Speech) {
        self.value.count(speech);
        self.evidence
            .iter_mut()
            .for_each(|words| words.count(speech));
        for other in &mut self.comparisons {
            other.change.count(speech);
            other.value.count(speech);
        }
    }
}

impl Sheet {
    fn speak(&mut self, speech: &Speech) {
        self.main.speak(speech);
        self.details.iter_mut().for_each(|grid| grid.speak(speech));
        self.reasons
            .iter_mut()
            .for_each(|(_, words)| words.speak(speech));
        self.silent.iter_mut().for_each(|words| words.speak(speech));
        self.remarks
            .iter_mut()
            .for_each(|words| words.speak(speech));
    }
}

impl Grid {
    fn speak(&mut self, speech: &Speech) {
        self.caption.speak(speech);
        self.more.speak(speech);
        self.empty.speak(speech);
        self.heads
            .iter_mut()
            .for_each(|head| head.title.speak(speech));
        for field in self.rows.iter_mut().flatten() {
            field.hint.iter_mut().for_each(|hint| hint.count(speech));
            field
                .evidence
                .iter_mut()
                .for_each(|words| words.count(speech));
            if field.numeric {
                field.text.count(speech);
            }
        }
    }
}

impl Words {
    /// In the language.
    fn speak(&mut self, speech: &Speech) {
        *self = Self::new(&speech.say(&self.to_string()));
    }

    /// In the language, or with its signs where it is a figure.
    fn count(&mut self, speech: &Speech) {
        let text = self.to_string();
        let said = speech.say(&text);
        *self = Self::new(&if said == text {
            speech.figure(text)
        } else {
            said
        });
    }
}
