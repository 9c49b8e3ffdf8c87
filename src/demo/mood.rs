//! What customers think of the company, which decides more than they say.
//!
//! A mood is drawn before anything that follows from it. Customers whose renewal is lost
//! anyway are mostly detractors; of the others 42 % are promoters, 36 % are passive and
//! 22 % are detractors. The truths to find: of a thousand customers who may leave at any
//! time 7 of the promoters go each month and 65 of the detractors ([`Mood::leaves`]); of a
//! thousand old contracts that are due 930 and 500 are renewed ([`Mood::renews`]); promoters
//! bring more leads; nine in ten answers to a survey tell the mood.

use super::dice::Dice;

/// Promoter, passive or detractor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Recommends the company.
    Promoter,
    /// Does not mind it.
    Passive,
    /// Warns of it.
    Detractor,
}

impl Mood {
    /// The mood of a customer; `leaving` where a lost renewal is already known.
    #[must_use]
    pub fn draw(leaving: bool, dice: &mut Dice) -> Self {
        let weights = if leaving { [10, 25, 65] } else { [42, 36, 22] };
        [Self::Promoter, Self::Passive, Self::Detractor][dice.weighted(&weights)]
    }

    /// How many of a thousand end their contract in a month.
    #[must_use]
    pub fn leaves(self) -> u64 {
        match self {
            Self::Promoter => 7,
            Self::Passive => 20,
            Self::Detractor => 65,
        }
    }

    /// How many of a thousand renew when they are asked.
    #[must_use]
    pub fn renews(self) -> u64 {
        match self {
            Self::Promoter => 930,
            Self::Passive => 840,
            Self::Detractor => 500,
        }
    }

    /// An answer from 0 to 10; one in ten is given in another mood.
    pub fn answer(self, dice: &mut Dice) -> u64 {
        let said = if dice.chance(100) {
            Self::draw(false, dice)
        } else {
            self
        };
        match said {
            Self::Promoter => dice.between(9, 10),
            Self::Passive => dice.between(7, 8),
            Self::Detractor => [6, 5, 4, 3, 2, 1, 0][dice.weighted(&[30, 25, 16, 12, 7, 5, 5])],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::dice::Purpose;

    #[test]
    fn nine_in_ten_answers_tell_the_mood() {
        let mut dice = Dice::new(1, Purpose::Feedback, 0);
        for (mood, range) in [
            (Mood::Promoter, 9..=10),
            (Mood::Passive, 7..=8),
            (Mood::Detractor, 0..=6),
        ] {
            let told = (0..10_000).filter(|_| range.contains(&mood.answer(&mut dice)));
            let count = told.count();
            // One in ten is drawn anew and is of the same mood by chance.
            assert!((9_150..9_550).contains(&count), "{mood:?} {count}");
        }
    }

    #[test]
    fn who_is_about_to_leave_is_mostly_a_detractor() {
        let mut dice = Dice::new(1, Purpose::Contract, 0);
        let mut count = |leaving| {
            let drawn = (0..10_000).filter(|_| Mood::draw(leaving, &mut dice) == Mood::Detractor);
            drawn.count()
        };
        assert!((6_200..6_800).contains(&count(true)));
        assert!((1_950..2_450).contains(&count(false)));
    }
}
