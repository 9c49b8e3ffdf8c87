//! What must hold: the checks of the command line and, for those who run them, those of
//! the configuration.

use crate::cli::Command;

use super::config::Config;
use super::layers::Layers;
use super::origin::Origin;

/// A check as it was written; `checks` understands it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckText {
    /// The words.
    pub text: String,
    /// Where they stand; absent for the command line.
    pub origin: Option<Origin>,
}

/// The list of the configuration first, for the commands that run it.
pub fn checks(command: &Command, config: &Config, layers: &Layers) -> Vec<CheckText> {
    let runs_the_list = matches!(command, Command::Report(_) | Command::Check(_));
    let listed = config.check.iter().zip(1..).filter(|_| runs_the_list);
    let listed = listed.map(|(check, number)| CheckText {
        text: check.that.clone(),
        origin: Some(layers.origin(&format!("check[{number}].that"))),
    });
    let typed = command.gates().into_iter().flat_map(|gates| &gates.checks);
    let typed = typed.map(|text| CheckText {
        text: text.clone(),
        origin: None,
    });
    listed.chain(typed).collect()
}
