//! The tables of the document.

use super::Verdicts;
use super::company::Damage;
use super::gate::{Check, Variant, Verdict};

/// What became of each check under each variant, and of the whole gate.
pub fn flips(checks: &[Check], drawn: &[Verdicts]) -> String {
    let mut text = format!("{} companies\n\n", drawn.len());
    text.push_str("| check | as written | bare | min_n=30 | confident |\n|---|---|---|---|---|\n");
    for (place, check) in checks.iter().enumerate() {
        let cells: Vec<String> = (0..Variant::ALL.len())
            .map(|variant| said(drawn.iter().map(|verdicts| verdicts[place][variant])))
            .collect();
        text.push_str(&format!("| `{}` | {} |\n", check.words, cells.join(" | ")));
    }
    let failed = drawn.iter().filter(|verdicts| fails(verdicts)).count();
    text.push_str(&format!(
        "\nThe gate as written fails in {failed} of {}.\n",
        drawn.len()
    ));
    text
}

/// `200 pass`, or how many of each; a star where chance decides.
fn said(verdicts: impl Iterator<Item = Option<Verdict>>) -> String {
    let all: Vec<Option<Verdict>> = verdicts.collect();
    let count = |verdict: Verdict| all.iter().filter(|it| **it == Some(verdict)).count();
    let kinds = [
        (count(Verdict::Pass), "pass"),
        (count(Verdict::Fail), "fail"),
        (count(Verdict::Skipped), "skipped"),
    ];
    let told = kinds.iter().filter(|(count, _)| *count > 0);
    let told: Vec<String> = told
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    match (told.is_empty(), kinds[0].0 > 0 && kinds[1].0 > 0) {
        (true, _) => "no interval".to_owned(),
        (false, true) => format!("**{}**", told.join(", ")),
        (false, false) => told.join(", "),
    }
}

fn fails(verdicts: &Verdicts) -> bool {
    verdicts.iter().any(|check| check[0] == Some(Verdict::Fail))
}

/// In how many broken companies the gate fails, and by which checks.
pub fn damage(damage: Damage, checks: &[Check], drawn: &[Verdicts]) -> String {
    let failed = drawn.iter().filter(|verdicts| fails(verdicts)).count();
    let mut by: Vec<String> = Vec::new();
    let mut passed: Vec<String> = Vec::new();
    for (place, check) in checks.iter().enumerate() {
        let count = |verdict: Verdict| {
            let is = |verdicts: &&Verdicts| verdicts[place][0] == Some(verdict);
            drawn.iter().filter(is).count()
        };
        if count(Verdict::Fail) > 0 {
            by.push(format!("`{}` ({})", check.words, count(Verdict::Fail)));
        }
        if damage == Damage::Empty && count(Verdict::Pass) > 0 {
            passed.push(format!("`{}`", check.words));
        }
    }
    let also = match damage {
        Damage::Empty => format!("passes: {}", passed.join(", ")),
        _ => by.join(", "),
    };
    format!(
        "| {} | {failed} of {} | {also} |",
        damage.words(),
        drawn.len()
    )
}
