//! The key figures as a table of text, for the formats that print tiles as one.

use crate::report::document::{Cell, Comparison, Tile};

use super::legend::Reasons;
use super::number;

/// Key figures in rows, what they are compared to in columns. The texts are not escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileTable {
    /// `Figure`, `Value`, then one heading per thing compared to, in order of appearance.
    pub headings: Vec<String>,
    /// One row per tile, as long as the headings.
    pub rows: Vec<Vec<String>>,
    /// Why figures or changes are missing, each with the places: `Leads, 2025-10`.
    pub reasons: Reasons,
}

/// The tiles as a table.
#[must_use]
pub fn table(tiles: &[Tile], currency: Option<&str>) -> TileTable {
    let labels = comparison_labels(tiles);
    let mut headings = vec!["Figure".to_owned(), "Value".to_owned()];
    headings.extend(labels.iter().map(|label| (*label).to_owned()));
    TileTable {
        headings,
        rows: tiles
            .iter()
            .map(|tile| row(tile, &labels, currency))
            .collect(),
        reasons: reasons(tiles),
    }
}

fn comparison_labels(tiles: &[Tile]) -> Vec<&str> {
    let mut labels: Vec<&str> = Vec::new();
    for comparison in tiles.iter().flat_map(|tile| &tile.comparisons) {
        if !labels.contains(&comparison.label.as_str()) {
            labels.push(&comparison.label);
        }
    }
    labels
}

fn row(tile: &Tile, labels: &[&str], currency: Option<&str>) -> Vec<String> {
    let mut cells = vec![
        tile.label.clone(),
        number::cell(&tile.value, tile.kind, currency),
    ];
    for label in labels {
        let comparison = tile
            .comparisons
            .iter()
            .find(|comparison| comparison.label == *label);
        cells.push(comparison.map_or_else(String::new, |comparison| {
            compared(comparison, tile, currency)
        }));
    }
    cells
}

/// `1,264, +12.3 %`; where the change may be chance, `1,264, no clear change, +2.3 %`.
fn compared(comparison: &Comparison, tile: &Tile, currency: Option<&str>) -> String {
    let value = match &comparison.value {
        Cell::Rate(rate) => number::rate_bare(rate),
        other => number::cell(other, tile.kind, currency),
    };
    match &comparison.change {
        Ok(change) if change.is_clear() || change.is_none() => {
            format!("{value}, {}", number::change(change))
        }
        Ok(change) => format!("{value}, no clear change, {}", number::change(change)),
        Err(_) if value == number::UNDEFINED => value,
        Err(_) => format!("{value}, {}", number::UNDEFINED),
    }
}

fn reasons(tiles: &[Tile]) -> Reasons {
    let mut reasons = Reasons::default();
    for tile in tiles {
        if let Some(reason) = number::reason(&tile.value) {
            reasons.note(reason, &tile.label);
        }
        for comparison in &tile.comparisons {
            let place = format!("{}, {}", tile.label, comparison.label);
            let reason = number::reason(&comparison.value).or(comparison.change.err());
            if let Some(reason) = reason {
                reasons.note(reason, &place);
            }
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::figure::Undefined;
    use crate::render::sample;
    use crate::report::document::Block;

    #[test]
    fn comparisons_become_columns() {
        let report = sample::report();
        let tiles = report
            .sections
            .iter()
            .flat_map(|section| &section.blocks)
            .find_map(|block| match block {
                Block::Tiles(tiles) => Some(table(tiles, None)),
                _ => None,
            });
        let mut reasons = Reasons::default();
        reasons.note(Undefined::NoData, "Leads, 2025-10");
        let expected = TileTable {
            headings: ["Figure", "Value", "2026-09", "2025-10"]
                .map(str::to_owned)
                .to_vec(),
            rows: vec![
                ["Leads", "1,420", "1,264, +12.3 %", "n/a"]
                    .map(str::to_owned)
                    .to_vec(),
                [
                    "Lead to MQL",
                    "25.0 % (30/120)",
                    "29.2 %, -4.1 points (-7.9 to -0.3)",
                    "",
                ]
                .map(str::to_owned)
                .to_vec(),
            ],
            reasons,
        };
        assert_eq!(tiles, Some(expected));
    }
}
