//! Rows without an id of their own that two exports tell of.
//!
//! A call has no number in most exports; where two of them overlap it would count twice. A
//! row that another file has in the same words is the same one, as often as one file alone
//! has it: two equal rows of one file are two calls. Files that are declared to be parts are
//! never compared.

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::repeats::{Aside, Declared, INPUT};
use crate::ingest::spec::Several;
use crate::tables::accounts::Reason;
use crate::tables::col;
use crate::tables::frame::{positions, texts};

/// The rows that count, and those that another file told of before.
///
/// # Errors
/// What polars cannot do; never for a table with the columns of a loader.
pub fn once(frame: DataFrame, inputs: &[Declared]) -> PolarsResult<(DataFrame, Vec<Aside>)> {
    let files = positions(&frame, col::FILE);
    if files.windows(2).all(|pair| pair[0] == pair[1]) {
        return Ok((frame, Vec::new()));
    }
    let lines = positions(&frame, col::LINE);
    let input = positions(&frame, INPUT);
    let adds_up = |row: usize| {
        let input = inputs.get(input[row] as usize);
        input.is_some_and(|input| input.several == Some(Several::Parts))
    };
    let mut counted: FxHashMap<String, (usize, FxHashMap<u32, usize>)> = FxHashMap::default();
    let (mut keep, mut aside) = (Vec::with_capacity(files.len()), Vec::new());
    for (row, key) in keys(&frame)?.into_iter().enumerate() {
        let (kept, by_file) = counted.entry(key).or_default();
        let here = by_file.entry(files[row]).or_default();
        *here += 1;
        let is_new = *here > *kept || adds_up(row);
        *kept += usize::from(is_new);
        keep.push(is_new);
        if !is_new {
            aside.push(Aside {
                file: files[row],
                line: lines[row],
                reason: Reason::Duplicate,
                why: "another file has the same row",
            });
        }
    }
    let keep: BooleanChunked = keep.into_iter().map(Some).collect();
    Ok((frame.filter(&keep)?, aside))
}

/// All cells of each row but its place.
fn keys(frame: &DataFrame) -> PolarsResult<Vec<String>> {
    let mut keys = vec![String::new(); frame.height()];
    for column in frame.columns() {
        if [col::FILE, col::LINE, INPUT].contains(&column.name().as_str()) {
            continue;
        }
        let words = DataFrame::new(frame.height(), vec![column.cast(&DataType::String)?])?;
        for (key, cell) in keys.iter_mut().zip(texts(&words, column.name())) {
            key.push_str(cell.unwrap_or_default());
            key.push('\u{1f}');
        }
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn kept(files: &[u32], ids: &[&str]) -> (usize, Vec<u32>) {
        let lines: Vec<u32> = (2..).take(files.len()).collect();
        let columns = vec![
            Column::new(col::FILE.into(), files.to_vec()),
            Column::new(col::LINE.into(), lines),
            Column::new(col::ID.into(), ids.to_vec()),
            Column::new(INPUT.into(), vec![0_u32; files.len()]),
        ];
        let frame = DataFrame::new(files.len(), columns).unwrap();
        let (frame, aside) = once(frame, &[]).unwrap();
        (frame.height(), aside.iter().map(|row| row.line).collect())
    }

    #[test]
    fn as_often_as_one_file_has_it() {
        assert_eq!(kept(&[0, 0, 1], &["a", "a", "a"]), (2, vec![4]));
        assert_eq!(kept(&[0, 1, 1], &["a", "a", "a"]), (2, vec![3]));
        assert_eq!(kept(&[0, 1, 2], &["a", "b", "a"]), (2, vec![4]));
        assert_eq!(kept(&[0, 0], &["a", "a"]), (2, vec![]));
    }
}
