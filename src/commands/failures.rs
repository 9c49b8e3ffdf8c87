//! What can go wrong between the layers, as failures of the run.

use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::render::RenderError;

/// A figure that could not be computed: a condition that does not fit the data.
#[must_use]
pub fn compute_error(error: &dyn std::fmt::Display) -> Failure {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    Diagnostic::new(&codes::USAGE, first.to_owned()).into()
}

/// A report that cannot be rendered.
#[must_use]
pub fn render_error(error: &RenderError) -> Failure {
    Diagnostic::new(&codes::OUTPUT, error.to_string()).into()
}

/// An output that cannot be made.
#[must_use]
pub fn output_error(what: &str, reason: &str) -> Failure {
    Diagnostic::new(
        &codes::OUTPUT,
        format!("{what} cannot be written: {reason}"),
    )
    .into()
}
