//! Bytes to tables.
//!
//! `decode` makes text of bytes, `records` splits it, `dialect` finds the table in it,
//! `reader` hands out the rows, `cell` types its columns from all their rows, `detect` and `sources`
//! know the exports, `mapping` says which header is which canonical column, `spec` is
//! the vocabulary in which all that is written, and `load` goes through it for a whole
//! run. polars is met in `load` alone, at the very end.

pub mod cell;
pub mod decode;
pub mod detect;
pub mod dialect;
pub mod load;
pub mod mapping;
pub mod reader;
mod records;
pub mod sources;
pub mod spec;
