//! Names that the output needs for itself, refused with the way out.

use crate::diagnostics::{Diagnostic, codes};
use crate::domain::reserved::is_reserved;
use crate::domain::text::normal_form;

/// A complaint where `name`, the name of a `thing` (stage, segment), is taken.
pub fn refuse(thing: &str, name: &str) -> Option<Diagnostic> {
    let folded = normal_form(name);
    let taken = is_reserved(&folded) || (thing == "stage" && folded.contains("_to_"));
    taken.then(|| {
        let text = format!("`{name}` is a name of the output and cannot name a {thing}");
        let other = format!("{thing}_{}", folded.replace("_to_", "_"));
        Diagnostic::new(&codes::RESERVED_NAME, text)
            .hint(format!("choose another one, such as `{other}`"))
    })
}
