//! What a change of effort would bring, and how sure that is.
//!
//! `model` fits the visits of one channel to its own effort; `response` says what a plan
//! brings; `rates` carries visits to money; `outcome` puts both together into what is
//! printed; `evidence` says whether the history can tell at all. Definitions: the what-if
//! document of the project, whose sections the modules name. The history comes in as plain
//! numbers by month ([`history::Company`]); nothing here knows a file, a table or a format.
//!
//! Everything is computed in a fixed order with portable functions, on one thread per
//! channel; what is drawn is drawn from the seed. So the same history gives the same bytes.

pub mod allocate;
pub mod answer;
pub mod arithmetic;
pub mod delay;
pub mod drivers;
pub mod elsewhere;
pub mod evidence;
pub mod history;
pub mod model;
pub mod optimize;
pub mod outcome;
pub mod rates;
pub mod response;
pub mod saturation;
pub mod steps;
pub mod waiting;

/// What is put into a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Driver {
    /// Hours of work.
    Hours,
    /// Money spent.
    Money,
}
