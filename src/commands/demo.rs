//! `leadflow demo`.

use std::path::Path;

use super::Run;
use super::failures::output_error;
use crate::cli::DemoArgs;
use crate::demo::{Demo, Plan, Shape};
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::shell::{ExitStatus, OutputRules};

/// Writes the exports of a made-up company.
///
/// # Errors
/// Where the plan is impossible or a file cannot be written.
pub fn run(run: &Run, args: &DemoArgs) -> Result<ExitStatus, Failure> {
    let plan = Plan {
        months: args.months,
        // The names that can be typed are those of the shapes.
        shape: Shape::named(&args.shape).unwrap_or(Shape::Whole),
        ..Plan::new(args.rows, args.seed)
    };
    let demo =
        Demo::new(plan).map_err(|error| Diagnostic::new(&codes::USAGE, error.to_string()))?;
    let folder = Path::new(&args.out);
    run.shell.check_folder(folder)?;
    run.shell.make_folder(folder)?;
    let files = demo.files();
    let bar = run.shell.progress("writing", files.len() as u64);
    for file in &files {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            run.shell.make_folder(parent)?;
        }
        let mut bytes = Vec::new();
        file.write(&mut bytes)
            .map_err(|error| output_error(&file.path, &error.to_string()))?;
        run.shell.write_file(
            &path,
            &bytes,
            &OutputRules {
                no_clobber: args.no_clobber,
                inputs: &[],
            },
        )?;
        bar.inc(1);
    }
    bar.finish();
    let text = format!("{} files written to {}\n", files.len(), folder.display());
    run.shell.data(text.as_bytes())?;
    Ok(ExitStatus::Done)
}
