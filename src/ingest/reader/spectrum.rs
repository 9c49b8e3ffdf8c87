//! The reader against the records that others wrote down.
//!
//! The collections lie beside the repository; where they do not, these tests say nothing.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{RowKind, Rows};
use crate::ingest::decode::{DecodeOptions, decode};
use crate::ingest::dialect::{DialectOptions, find};

fn collection(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    Some(root.join("shared/data/nasty-csv").join(name)).filter(|path| path.exists())
}

/// Header and rows of a file as they stand in it.
fn table(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let decoded = decode(fs::read(path).unwrap(), &DecodeOptions::default()).unwrap();
    let dialect = find(&decoded.text, &DialectOptions::default()).unwrap();
    let mut rows = Rows::new(&decoded.text, &dialect);
    let mut all = Vec::new();
    while let Some(row) = rows.next_row().unwrap() {
        assert_eq!(row.kind, RowKind::Data, "{}:{}", path.display(), row.line);
        all.push(row.cells.iter().map(str::to_owned).collect());
    }
    (dialect.header, all)
}

/// csv-spectrum: eleven files, each with a list of its records.
#[test]
fn every_cell_of_the_spectrum_is_exact() {
    let Some(folder) = collection("csv-spectrum") else {
        return;
    };
    let mut files = 0;
    for entry in fs::read_dir(folder.join("csvs")).unwrap() {
        let path = entry.unwrap().path();
        let (header, rows) = table(&path);
        let twin = folder.join("json").join(path.file_name().unwrap());
        let twin = fs::read_to_string(twin.with_extension("json")).unwrap();
        let records: Vec<Value> = serde_json::from_str(&twin).unwrap();
        assert_eq!(rows.len(), records.len(), "{}", path.display());
        for (row, record) in rows.iter().zip(&records) {
            let record = record.as_object().unwrap();
            assert_eq!(row.len(), record.len(), "{}", path.display());
            for (name, cell) in header.iter().zip(row) {
                let wanted = record.get(name).and_then(Value::as_str);
                assert_eq!(Some(cell.as_str()), wanted, "{} {name}", path.display());
            }
        }
        files += 1;
    }
    assert_eq!(files, 11);
}

/// The one file that a comparison of parsers got most complaints about.
#[test]
fn quotes_within_quotes_and_rows_of_empty_cells_are_exact() {
    let Some(folder) = collection("univocity-correctness") else {
        return;
    };
    let (header, rows) = table(&folder.join("correctness.csv"));
    assert_eq!(header, ["Year", "Make", "Model", "Description", "Price"]);
    let venture = r#"Venture "Extended Edition""#;
    let large = r#"Venture "Extended Edition, Very Large""#;
    let sell = "MUST SELL!\nair, moon roof, loaded";
    let wanted = [
        ["1997", "Ford", "E350", "ac, abs, moon", "3000.00"],
        ["1999", "Chevy", venture, "", "4900.00"],
        ["1996", "Jeep", "Grand Cherokee", sell, "4799.00"],
        ["1999", "Chevy", large, "", "5000.00"],
        ["", "", venture, "", "4900.00"],
    ];
    assert_eq!(rows, wanted);
}
