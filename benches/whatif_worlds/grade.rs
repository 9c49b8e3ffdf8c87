//! One answer against the truth, and many of them together.

use leadflow::whatif::answer::{Class, answer};
use leadflow::whatif::outcome::Spread;

use super::laws::Broken;
use super::world::World;

/// What came of one world.
#[derive(Debug, Clone, Copy)]
pub struct Grade {
    pub truly_pays: bool,
    /// Absent where there was no answer.
    pub given: Option<Given>,
    /// By law, whether it was broken; absent where none was tried.
    pub broken: Option<Broken>,
}

#[derive(Debug, Clone, Copy)]
pub struct Given {
    pub class: Class,
    pub pays: f64,
    pub information: f64,
    pub visits: Hit,
    pub net: Hit,
    pub value: Hit,
    /// Width of the 80 % interval of visits over their median.
    pub width: f64,
    /// Expected visits less the true ones, over those that the average rule expects.
    pub error: f64,
    pub best: bool,
    pub best_by_average: bool,
}

/// Whether the truth lies inside.
#[derive(Debug, Clone, Copy)]
pub struct Hit {
    pub inside80: bool,
    pub inside95: bool,
}

impl Hit {
    fn of(spread: &Spread, truth: f64) -> Self {
        // A point without width is inside where it is met.
        let room = 1e-9 * truth.abs();
        let between = |low: f64, high: f64| low - room <= truth && truth <= high + room;
        Self {
            inside80: between(spread.low80, spread.high80),
            inside95: between(spread.low95, spread.high95),
        }
    }
}

pub fn grade(world: &World) -> Grade {
    let truth = &world.truth;
    let given = answer(&world.company, &world.question).ok().map(|answer| {
        let line = |measure: &str| {
            let line = answer
                .outcome
                .chain
                .iter()
                .find(|line| line.measure == measure);
            line.and_then(|line| line.expected)
                .expect("a line of the chain")
        };
        let visits = line("visits");
        let profits = truth.profits.iter();
        let best = profits.max_by(|a, b| a.1.total_cmp(&b.1));
        let best = &best.expect("channels").0;
        let chosen = answer
            .elsewhere
            .iter()
            .max_by(|a, b| a.profit.total_cmp(&b.profit));
        Given {
            class: answer.class,
            pays: answer.outcome.pays,
            information: answer.evidence.information_share,
            visits: Hit::of(&visits, truth.visits),
            net: Hit::of(&line("net"), truth.net),
            value: Hit::of(&answer.outcome.value_per_visit, truth.value),
            width: (visits.high80 - visits.low80) / visits.median,
            error: (visits.mean - truth.visits) / (answer.average_per_unit * answer.plan.total()),
            best: chosen.is_some_and(|chosen| chosen.channel == *best),
            best_by_average: truth.best_average == *best,
        }
    });
    Grade {
        truly_pays: truth.net > 0.0,
        given,
        broken: None,
    }
}

/// The worlds of a row of figures.
pub struct Graded<'a>(pub Vec<&'a Grade>);

impl Graded<'_> {
    pub fn count(&self) -> usize {
        self.0.len()
    }

    fn given(&self) -> impl Iterator<Item = (&Grade, &Given)> {
        let both = |grade: &&'_ Grade| grade.given.is_some();
        self.0
            .iter()
            .copied()
            .filter(both)
            .filter_map(|grade| Some((grade, grade.given.as_ref()?)))
    }

    pub fn answered(&self) -> usize {
        self.given().count()
    }

    /// Share of the answers.
    pub fn share(&self, is: impl Fn(&Given) -> bool) -> f64 {
        let hits = self.given().filter(|(_, given)| is(given)).count();
        hits as f64 / self.answered() as f64
    }

    /// Share of all worlds.
    pub fn truly_pays(&self) -> f64 {
        let hits = self.0.iter().filter(|grade| grade.truly_pays).count();
        hits as f64 / self.count() as f64
    }

    /// Of the worlds in which a law was tried, those in which it held, and how many.
    pub fn lawful(&self, law: usize) -> (usize, usize) {
        let tried = self.0.iter().filter_map(|grade| grade.broken);
        tried.fold((0, 0), |(held, all), broken| {
            (held + usize::from(!broken[law]), all + 1)
        })
    }

    /// Median of something of the answers.
    pub fn median(&self, of: impl Fn(&Given) -> f64) -> f64 {
        let mut values: Vec<f64> = self.given().map(|(_, given)| of(given)).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    }

    pub fn mean(&self, of: impl Fn(&Given) -> f64) -> f64 {
        self.given().map(|(_, given)| of(given)).sum::<f64>() / self.answered() as f64
    }

    /// Mean squared distance of the chance from what is true.
    pub fn brier(&self) -> f64 {
        let squares = self.given().map(|(grade, given)| {
            let away = given.pays - f64::from(u8::from(grade.truly_pays));
            away * away
        });
        squares.sum::<f64>() / self.answered() as f64
    }

    /// How often it was said that it pays or does not, and how often that was right.
    pub fn said(&self) -> (usize, usize) {
        let said = self.given().filter_map(|(grade, given)| match given.class {
            Class::Pays => Some(grade.truly_pays),
            Class::DoesNotPay => Some(!grade.truly_pays),
            _ => None,
        });
        said.fold((0, 0), |(all, right), hit| {
            (all + 1, right + usize::from(hit))
        })
    }

    /// Share of worlds in which the history cannot tell, or nothing is said at all.
    pub fn cannot_tell(&self) -> f64 {
        let told = self
            .given()
            .filter(|(_, given)| given.class != Class::CannotTell)
            .count();
        1.0 - told as f64 / self.count() as f64
    }
}
