//! Progress for those who wait: on a terminal only, gone when done.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::diagnostics::terminal::for_terminal;

/// The bars on the screen.
pub struct Bars {
    shown: Option<MultiProgress>,
}

/// How far one thing is. Cheap to clone and to advance from any thread; it disappears
/// with [`Progress::finish`] or when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Progress {
    bar: Option<ProgressBar>,
}

impl Bars {
    /// Bars that are drawn, or none at all.
    pub fn new(are_shown: bool) -> Self {
        let target = || MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        Self {
            shown: are_shown.then(target),
        }
    }

    pub fn begin(&self, label: &str, total: u64) -> Progress {
        let bar = self.shown.as_ref().map(|bars| {
            let bar = bars.add(new_bar(total));
            bar.set_message(for_terminal(label).into_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Progress { bar }
    }

    /// Takes the bars off the screen while something is said.
    pub fn pause<R>(&self, say: impl FnOnce() -> R) -> R {
        match &self.shown {
            Some(bars) => bars.suspend(say),
            None => say(),
        }
    }
}

fn new_bar(total: u64) -> ProgressBar {
    let (bar, template) = if total == 0 {
        (ProgressBar::no_length(), "{spinner} {msg} {human_pos}")
    } else {
        (
            ProgressBar::new(total),
            "{spinner} {msg} [{bar:24}] {percent}%",
        )
    };
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style.progress_chars("=> "))
}

impl Progress {
    /// `steps` more are done.
    pub fn inc(&self, steps: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(steps);
        }
    }

    /// It is done, and no longer of interest.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
