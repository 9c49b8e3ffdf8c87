//! The words of a check.
//!
//! `[warn] METRIC[@mature][{dim=value,...}] [vs prev|vs yoy|vs FILE] OP VALUE|target
//! [min_n=N] [confident]`

use std::fmt;

/// A check as it was written, understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The words.
    pub text: String,
    /// What a failure means.
    pub level: Level,
    /// Which figure.
    pub metric: Metric,
    /// What it is compared with, where that is another figure.
    pub versus: Option<Versus>,
    /// How it is compared.
    pub operator: Operator,
    /// With what.
    pub threshold: Threshold,
    /// Fewest entities behind the value.
    pub min_n: Option<u64>,
    /// True where only a whole interval beyond the threshold fails.
    pub confident: bool,
}

/// What a failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The run has failed.
    Error,
    /// It is said.
    Warn,
}

impl Level {
    /// Both, the worse one first.
    pub const ALL: [Self; 2] = [Self::Error, Self::Warn];

    /// The word of the output contract.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
        }
    }
}

/// A figure of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metric {
    /// The table, where it was named.
    pub table: Option<String>,
    /// Column id, or the key of a row.
    pub key: String,
    /// True for the newest mature period in place of the reported one.
    pub mature: bool,
    /// Dimension and value; `*` stands for every value.
    pub filters: Vec<(String, String)>,
}

/// Every value of a dimension.
pub const EVERY: &str = "*";

/// Another figure to compare with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Versus {
    /// The period before, at equal age.
    Previous,
    /// The same period a year before, at equal age.
    YearBefore,
    /// The same figure of a report file.
    File(String),
}

/// How value and threshold are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `>=`
    AtLeast,
    /// `>`
    Above,
    /// `<=`
    AtMost,
    /// `<`
    Below,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
}

const OPERATORS: [(&str, Operator); 6] = [
    (">=", Operator::AtLeast),
    ("<=", Operator::AtMost),
    ("==", Operator::Equal),
    ("!=", Operator::Unequal),
    (">", Operator::Above),
    ("<", Operator::Below),
];

impl Operator {
    /// True where the value meets the threshold.
    #[must_use]
    pub fn holds(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::AtLeast => value >= threshold,
            Self::Above => value > threshold,
            Self::AtMost => value <= threshold,
            Self::Below => value < threshold,
            Self::Equal => value == threshold,
            Self::Unequal => value != threshold,
        }
    }
}

/// With what a value is compared.
#[derive(Debug, Clone, PartialEq)]
pub enum Threshold {
    /// A number in a unit.
    Number(f64, Unit),
    /// The configured target, paced over its period.
    Target,
}

/// The unit of a threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// None was written.
    Plain,
    /// `%`
    Percent,
    /// `pp`: points of a rate.
    Points,
    /// `d`, `h`, `min`, `s`: its length in seconds.
    Time(u32),
    /// `EUR`
    Currency(String),
}

/// What is wrong with the words, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The check.
    pub check: String,
    /// Characters before the place.
    pub at: usize,
    /// What was found.
    pub text: String,
    /// What was expected.
    pub hint: String,
}

/// The sentence, the check, and a caret below the place.
impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}\n  {}\n  {:at$}^",
            self.text,
            self.check,
            "",
            at = self.at
        )
    }
}

impl std::error::Error for Complaint {}

impl Check {
    /// Reads the words of a check.
    ///
    /// # Errors
    /// The first thing that is not understood, and its place.
    pub fn parse(text: &str) -> Result<Self, Complaint> {
        let mut words = Words {
            text,
            rest: text.trim_end(),
        };
        words.blanks();
        let level = words.level();
        let metric = words.metric()?;
        let versus = words.versus()?;
        let operator = words.operator()?;
        let threshold = words.threshold()?;
        let (mut min_n, mut confident) = (None, false);
        while words.blanks() {
            let (at, word) = (words.at(), words.word());
            match word.split_once('=') {
                None if word == "confident" => confident = true,
                Some(("min_n", number)) if number.parse::<u64>().is_ok() => {
                    min_n = number.parse().ok();
                }
                _ => {
                    let hint = "after the value may stand min_n=30 and confident";
                    return Err(words.complaint(at, &format!("`{word}` is not understood"), hint));
                }
            }
        }
        Ok(Self {
            text: text.trim().to_owned(),
            level,
            metric,
            versus,
            operator,
            threshold,
            min_n,
            confident,
        })
    }
}

/// What is left of a check while it is read.
struct Words<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Words<'a> {
    /// Characters read so far.
    fn at(&self) -> usize {
        let read = self.text.trim_end().len() - self.rest.len();
        self.text[..read].chars().count()
    }

    fn complaint(&self, at: usize, text: &str, hint: &str) -> Complaint {
        Complaint {
            check: self.text.trim_end().to_owned(),
            at,
            text: text.to_owned(),
            hint: hint.to_owned(),
        }
    }

    /// Skips blanks; true where something follows.
    fn blanks(&mut self) -> bool {
        self.rest = self.rest.trim_start();
        !self.rest.is_empty()
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn take_while(&mut self, is_part: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        self.take(end)
    }

    fn word(&mut self) -> &'a str {
        self.take_while(|c| !c.is_whitespace())
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.rest.starts_with(word);
        if found {
            self.take(word.len());
        }
        found
    }

    fn level(&mut self) -> Level {
        for (word, level) in [("warn ", Level::Warn), ("error ", Level::Error)] {
            if self.eat(word) {
                self.blanks();
                return level;
            }
        }
        Level::Error
    }

    fn metric(&mut self) -> Result<Metric, Complaint> {
        let at = self.at();
        let name = self.take_while(|c| c.is_alphanumeric() || "_.-:".contains(c));
        if name.is_empty() || name.ends_with('.') {
            let hint = "a check begins with a figure, such as mql_to_sql >= 20%";
            return Err(self.complaint(at, "no figure is named", hint));
        }
        let (table, key) = match name.split_once('.') {
            Some((table, key)) => (Some(table.to_owned()), key),
            None => (None, name),
        };
        let at = self.at();
        let mature = self.eat("@mature");
        if !mature && self.rest.starts_with('@') {
            return Err(self.complaint(at, "only @mature may follow a figure", "write @mature"));
        }
        Ok(Metric {
            table,
            key: key.to_owned(),
            mature,
            filters: self.filters()?,
        })
    }

    fn filters(&mut self) -> Result<Vec<(String, String)>, Complaint> {
        let mut filters = Vec::new();
        if !self.eat("{") {
            return Ok(filters);
        }
        loop {
            self.blanks();
            let at = self.at();
            let hint = "write {channel=SEO} or {channel=\"Paid Search\", owner=*}";
            let name = self.take_while(|c| !"=,}".contains(c)).trim();
            if name.is_empty() || !self.eat("=") {
                return Err(self.complaint(at, "a dimension and its value are missing", hint));
            }
            self.blanks();
            filters.push((name.to_owned(), self.value().to_owned()));
            self.blanks();
            if self.eat("}") {
                return Ok(filters);
            }
            let at = self.at();
            if !self.eat(",") {
                return Err(self.complaint(at, "the brace is not closed", hint));
            }
        }
    }

    fn value(&mut self) -> &'a str {
        for quote in ["\"", "'"] {
            if self.eat(quote) {
                let value = self.take(self.rest.find(quote).unwrap_or(self.rest.len()));
                self.eat(quote);
                return value;
            }
        }
        self.take_while(|c| !",}".contains(c)).trim()
    }

    fn versus(&mut self) -> Result<Option<Versus>, Complaint> {
        self.blanks();
        if !self.eat("vs ") {
            return Ok(None);
        }
        self.blanks();
        let at = self.at();
        let quoted = self.rest.starts_with(['"', '\'']);
        let other = match (quoted, self.rest.starts_with(['<', '>', '=', '!'])) {
            (true, _) => self.value(),
            (false, true) => "",
            (false, false) => self.word(),
        };
        match other {
            "" => {
                let hint = "vs prev, vs yoy, or vs the JSON file of a report";
                Err(self.complaint(at, "nothing to compare with is named", hint))
            }
            "prev" if !quoted => Ok(Some(Versus::Previous)),
            "yoy" if !quoted => Ok(Some(Versus::YearBefore)),
            file => Ok(Some(Versus::File(file.to_owned()))),
        }
    }

    fn operator(&mut self) -> Result<Operator, Complaint> {
        self.blanks();
        let at = self.at();
        let sign = self.take_while(|c| "<>=!~".contains(c));
        let known = OPERATORS.iter().find(|(text, _)| *text == sign);
        known.map(|(_, operator)| *operator).ok_or_else(|| {
            let text = match sign {
                "" => "no comparison follows the figure".to_owned(),
                sign => format!("`{sign}` is no comparison"),
            };
            self.complaint(at, &text, "write >=, >, <=, <, == or !=")
        })
    }

    fn threshold(&mut self) -> Result<Threshold, Complaint> {
        self.blanks();
        let at = self.at();
        if self.eat("target") {
            return Ok(Threshold::Target);
        }
        let number = self.take_while(|c| c.is_ascii_digit() || "+-.".contains(c));
        let hint = "write a number with its unit, such as 20%, -5pp, 45d, 500EUR, or target";
        let value = number.parse().ok().filter(|value: &f64| value.is_finite());
        let value =
            value.ok_or_else(|| self.complaint(at, "no value follows the comparison", hint))?;
        let at = self.at();
        let unit = self.word();
        let unit = unit_of(unit)
            .ok_or_else(|| self.complaint(at, &format!("`{unit}` is no unit"), hint))?;
        Ok(Threshold::Number(value, unit))
    }
}

fn unit_of(word: &str) -> Option<Unit> {
    let is_currency = word.len() == 3 && word.chars().all(|c| c.is_ascii_uppercase());
    Some(match word {
        "" => Unit::Plain,
        "%" => Unit::Percent,
        "pp" => Unit::Points,
        "d" => Unit::Time(86_400),
        "h" => Unit::Time(3_600),
        "min" => Unit::Time(60),
        "s" => Unit::Time(1),
        _ if is_currency => Unit::Currency(word.to_owned()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_table_without_a_figure_and_a_number_without_an_end_are_refused() {
        for text in [
            "stages. >= 3",
            "0.>0",
            &format!("mql >= {}", "9".repeat(400)),
        ] {
            assert!(Check::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_examples_of_the_conduct_are_understood() {
        let check = Check::parse("mql_to_sql{channel=\"Paid Search\"} >= 20%").unwrap();
        assert_eq!(check.metric.key, "mql_to_sql");
        let filters = [("channel".to_owned(), "Paid Search".to_owned())];
        assert_eq!(check.metric.filters, filters);
        assert_eq!(check.operator, Operator::AtLeast);
        assert_eq!(check.threshold, Threshold::Number(20.0, Unit::Percent));

        let check = Check::parse("warn lead vs prev >= -15%").unwrap();
        assert_eq!(
            (check.level, check.versus),
            (Level::Warn, Some(Versus::Previous))
        );
        assert_eq!(check.threshold, Threshold::Number(-15.0, Unit::Percent));

        let check = Check::parse("sla_compliance{promise=first_attempt} >= 80% min_n=20").unwrap();
        assert_eq!(check.min_n, Some(20));
        let check = Check::parse("median_days{stage=customer} <= 45d confident").unwrap();
        assert_eq!(check.threshold, Threshold::Number(45.0, Unit::Time(86_400)));
        assert!(check.confident);
        let check = Check::parse("roi{channel=*} >= 0").unwrap();
        assert_eq!(check.metric.filters[0].1, EVERY);
        let check = Check::parse("lead_to_mql@mature vs old/report.json > -2pp").unwrap();
        assert!(check.metric.mature);
        assert_eq!(
            check.versus,
            Some(Versus::File("old/report.json".to_owned()))
        );
        let check = Check::parse("channels.cac{channel=a b, owner='x, y'} < 500EUR").unwrap();
        assert_eq!(check.metric.table.as_deref(), Some("channels"));
        assert_eq!(check.metric.filters[1].1, "x, y");
        assert_eq!(
            Check::parse("mql >= target").unwrap().threshold,
            Threshold::Target
        );
    }

    #[test]
    fn a_caret_shows_the_place() {
        let complaint = Check::parse("mql_to_sql => 5").unwrap_err();
        let lines = "`=>` is no comparison\n  mql_to_sql => 5\n             ^";
        assert_eq!(complaint.to_string(), lines);
        for (text, at) in [
            ("", 0),
            (">= 5", 0),
            ("lead", 4),
            ("lead >=", 7),
            ("lead >= five", 8),
            ("lead >= 5 apples", 10),
            ("lead >= 5apples", 9),
            ("lead{channel} > 5", 5),
            ("lead{channel=SEO > 5", 20),
            ("lead@old > 5", 4),
            ("lead vs  >", 9),
        ] {
            let complaint = Check::parse(text).unwrap_err();
            assert_eq!(complaint.at, at, "{complaint}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_check_or_a_complaint_within_it(text in "\\PC{0,40}") {
            if let Err(complaint) = Check::parse(&text) {
                prop_assert!(complaint.at <= text.chars().count());
            }
        }
    }
}
