//! Tables to typed results.
//!
//! `measure` is the engine: measures are data, computed in one grouped pass per
//! table. The other modules say what the measures of a question are and put the
//! results together. Definitions and their words stand in `dictionary`. Nothing here
//! knows a file format, a terminal or a chart.

pub mod channels;
pub mod data;
pub mod dictionary;
pub mod durations;
pub mod event_funnel;
pub mod exported;
pub mod flywheel;
pub mod funnel;
pub mod joins;
pub mod known;
pub mod leaks;
pub mod measure;
pub mod monthly;
pub mod path_quality;
pub mod pipeline;
pub mod projection;
pub mod quality;
pub mod query;
pub mod ripening;
pub mod score;
pub mod shift;
pub mod sla;
pub mod stages;
pub mod staleness;
pub mod targets;
pub mod time_labels;
pub mod unlock;
pub mod visits;
pub mod what_if;
pub mod worked;
