//! The checks of `docs/gate.md`, and what becomes of them.

/// What the blocks of the document are about, in its order.
pub const PERIODS: [&str; 2] = ["2026-10", "2025-11..2026-10"];

/// A check of the document.
#[derive(Debug, Clone)]
pub struct Check {
    /// As it is written.
    pub words: String,
    /// The period it is meant for.
    pub period: &'static str,
}

/// How a check is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// As the document has it.
    AsWritten,
    /// Without `confident` and `min_n`.
    Bare,
    /// With `min_n=30` alone.
    Enough,
    /// With `confident` alone.
    Confident,
}

impl Variant {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 4] = [Self::AsWritten, Self::Bare, Self::Enough, Self::Confident];
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// All its values were skipped.
    Skipped,
    /// Some hold and none fails.
    Pass,
    /// One fails.
    Fail,
}

impl Check {
    /// The words under a variant.
    pub fn under(&self, variant: Variant) -> String {
        let is_more = |word: &&str| *word != "confident" && !word.starts_with("min_n=");
        let bare: Vec<&str> = self.words.split(' ').filter(is_more).collect();
        let bare = bare.join(" ");
        match variant {
            Variant::AsWritten => self.words.clone(),
            Variant::Bare => bare,
            Variant::Enough => format!("{bare} min_n=30"),
            Variant::Confident => format!("{bare} confident"),
        }
    }
}

/// The checks in the blocks of TOML: the first block is that of the month, the second that
/// of the year.
pub fn of_document(text: &str) -> Vec<Check> {
    let blocks = text.split("```toml\n").skip(1);
    let mut checks = Vec::new();
    for (block, period) in blocks.zip(PERIODS) {
        let block = block.split("```").next().unwrap_or_default();
        for line in block.lines() {
            let words = line
                .strip_prefix("that = '")
                .and_then(|rest| rest.split('\'').next());
            checks.extend(words.map(|words| Check {
                words: words.to_owned(),
                period,
            }));
        }
    }
    checks
}
