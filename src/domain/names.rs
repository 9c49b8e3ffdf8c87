//! What somebody probably meant.

/// Up to three names nearest to `wanted`, nearest first.
///
/// Case, blanks and punctuation do not count as distance, so `GTXPro` is next to
/// `GTX Pro`. Names too far away to be a misspelling are left out.
#[must_use]
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let target = fold(wanted);
    let mut scored: Vec<(f64, &str)> = names
        .into_iter()
        .map(|name| (similarity(&target, &fold(name)), name))
        .filter(|(score, _)| *score >= 0.72)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

/// "did you mean `a`, `b`?", or nothing where no name is near.
#[must_use]
pub fn did_you_mean<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = nearest(wanted, names);
    if near.is_empty() {
        return None;
    }
    let quoted: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    Some(format!("did you mean {}?", quoted.join(", ")))
}

/// As [`did_you_mean`]; where no name is near, all of them behind `lead`: "the formats are
/// a, b".
#[must_use]
pub fn near_or_all<'a>(
    wanted: &str,
    names: impl IntoIterator<Item = &'a str>,
    lead: &str,
) -> String {
    let all: Vec<&str> = names.into_iter().collect();
    let near = did_you_mean(wanted, all.iter().copied());
    near.unwrap_or_else(|| format!("{lead} {}", all.join(", ")))
}

fn similarity(a: &str, b: &str) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    if a.chars().count() >= 3 && (b.starts_with(a) || a.starts_with(b)) {
        return 0.9;
    }
    strsim::jaro_winkler(a, b).min(1.0).max(transposed(a, b))
}

/// Short words with swapped letters (`MLQ` for `MQL`) score low in Jaro-Winkler.
fn transposed(a: &str, b: &str) -> f64 {
    let distance = strsim::damerau_levenshtein(a, b);
    if distance <= 1 { 0.95 } else { 0.0 }
}

fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        assert_eq!(nearest("MLQ", ["lead", "mql", "sql"])[0], "mql");
        assert_eq!(nearest("GTXPro", ["GTX Pro", "MG Special"]), ["GTX Pro"]);
        assert_eq!(
            nearest("organic serach", ["Paid Search", "Organic Search"])[0],
            "Organic Search"
        );
        assert!(nearest("zebra", ["lead", "mql"]).is_empty());
    }
}
