//! Leads with a part to play.
//!
//! Some of the dirt of real months is rare: chance alone would leave it out of a
//! small example. These leads are placed at fixed shares of the data, so that it
//! occurs at every size.

/// A part that a lead plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The first of four contacts of one won deal, in a company with a Georgian name.
    Quartet,
    /// A contact with two deals, the first lost, the second won; the company has an Arabic name.
    TwoDeals,
    /// Sales qualified before marketing qualified.
    OutOfOrder,
    /// A test lead whose test deal was never deleted.
    TestDeal,
    /// Came through the campaign with a Chinese name.
    ChineseCampaign,
    /// Came through the campaign with a Tagalog name.
    TagalogCampaign,
}

/// Parts and their places, in twentieths of the leads.
pub const CAST: [(u64, Role); 6] = [
    (2, Role::Quartet),
    (4, Role::TwoDeals),
    (6, Role::OutOfOrder),
    (8, Role::TestDeal),
    (11, Role::ChineseCampaign),
    (13, Role::TagalogCampaign),
];

/// How many leads make a block; the first of a block may bring the others along.
pub const BLOCK: u64 = 4;

impl Role {
    /// The part of lead `number` among `rows`.
    #[must_use]
    pub fn of(rows: u64, number: u64) -> Option<Self> {
        CAST.iter()
            .find(|(place, _)| seat(rows, *place) == number)
            .map(|(_, role)| *role)
    }
}

/// True for records that colleagues made while trying a form.
#[must_use]
pub fn is_test(rows: u64, number: u64) -> bool {
    let leader = number - number % BLOCK;
    match Role::of(rows, leader) {
        Some(role) => role == Role::TestDeal && number == leader,
        None => number % 250 == 97,
    }
}

/// The first lead of the block at so many twentieths.
fn seat(rows: u64, twentieths: u64) -> u64 {
    rows * twentieths / 20 / BLOCK * BLOCK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_played_once_at_every_size() {
        for rows in [100, 101, 999, 5_000, 123_457] {
            let roles: Vec<Role> = (0..rows).filter_map(|n| Role::of(rows, n)).collect();
            assert_eq!(roles, CAST.map(|(_, role)| role), "{rows}");
        }
    }

    #[test]
    fn about_four_of_a_thousand_are_tests() {
        let tests = (0..5_000).filter(|n| is_test(5_000, *n)).count();
        assert_eq!(tests, 21);
    }
}
