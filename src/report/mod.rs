//! The report: one document that every format prints.
//!
//! `document` has its parts, `plots` what is drawn; `views` turn typed results into it, one file per
//! command. No formats and no arithmetic live here: a number that a renderer needs
//! was computed in `metrics`, and how it looks is decided in `render`.

pub mod document;
pub mod persons;
pub mod plots;
pub mod spoken;
pub mod views;
