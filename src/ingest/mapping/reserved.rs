//! Names that a segment may not have.

use crate::domain::reserved;
use crate::tables::schema::TABLES;

/// True where `name` would collide with a column of the output for a ladder of `stages`.
///
/// Names are compared as written in lower case: `Revenue` collides like `revenue`.
#[must_use]
pub fn is_reserved(name: &str, stages: &[String]) -> bool {
    let name = name.to_lowercase();
    let canonical = || {
        TABLES
            .iter()
            .any(|table| table.columns.iter().any(|c| c.name == name))
    };
    reserved::is_reserved(&name) || stages.contains(&name) || is_step(&name, stages) || canonical()
}

/// `lead_to_mql`, for any two stages of the ladder.
fn is_step(name: &str, stages: &[String]) -> bool {
    let is_stage = |word: &str| stages.iter().any(|stage| stage == word);
    name.match_indices("_to_")
        .any(|(at, mark)| is_stage(&name[..at]) && is_stage(&name[at + mark.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_the_output_are_reserved() {
        let ladder = ["lead", "mql"].map(str::to_owned);
        for name in [
            "roi",
            "Revenue",
            "mql",
            "lead_to_mql",
            "cost_per_demo",
            "x_ci_low",
            "owner",
        ] {
            assert!(is_reserved(name, &ladder), "{name}");
        }
        for name in ["region", "product", "sql", "road_to_market", "device"] {
            assert!(!is_reserved(name, &ladder), "{name}");
        }
    }
}
