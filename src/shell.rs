//! The only writer to terminal and disk.
//!
//! Results go to standard output or to files, everything else to standard error: a
//! pipe never receives a word that is no data. Files appear whole or not at all. A
//! reader that has seen enough (`| head`) is a success; a full disk is an error. Text
//! may come from anybody's file, so every line for people is cleaned on its way out.
//! Nothing here knows what is being computed.

#![allow(
    clippy::disallowed_methods,
    reason = "the only writer to terminal and disk"
)]

mod annotations;
mod exit;
mod files;
mod message;
mod progress;
mod signals;
mod terminal;

use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::diagnostics::terminal::{ShellOptions, Speech};
use crate::diagnostics::{Diagnostic, Failure, Severity, codes};

pub use exit::ExitStatus;
pub use files::OutputRules;
pub use progress::Progress;
pub use terminal::TerminalFacts;

use annotations::Annotated;
use files::Files;
use message::Style;
use progress::Bars;

/// The conversation with the terminal and the disk.
pub struct Shell {
    options: ShellOptions,
    facts: TerminalFacts,
    data: Mutex<Data>,
    speech: Mutex<Box<dyn Write + Send>>,
    bars: Bars,
    files: Files,
    annotated: Mutex<Annotated>,
}

/// Standard output, and whether somebody still reads it.
struct Data {
    sink: BufWriter<Box<dyn Write + Send>>,
    is_closed: bool,
}

impl Shell {
    /// Talks to the terminal of this process.
    #[must_use]
    pub fn new(options: &ShellOptions, facts: TerminalFacts) -> Self {
        Self::with_sinks(
            options,
            facts,
            Box::new(io::stdout()),
            Box::new(io::stderr()),
        )
    }

    /// Talks to any two writers: data, then everything else.
    #[must_use]
    pub fn with_sinks(
        options: &ShellOptions,
        facts: TerminalFacts,
        data: Box<dyn Write + Send>,
        speech: Box<dyn Write + Send>,
    ) -> Self {
        let data = Data {
            sink: BufWriter::with_capacity(1 << 16, data),
            is_closed: false,
        };
        Self {
            options: *options,
            facts,
            data: Mutex::new(data),
            speech: Mutex::new(speech),
            bars: Bars::new(
                facts.stderr_is_terminal && !options.quiet && options.speech == Speech::Text,
            ),
            files: Files::default(),
            annotated: Mutex::default(),
        }
    }

    /// Ends the process with 130 or 143 on an interrupt, leaving no temporary file
    /// behind; makes a file size limit an ordinary error.
    ///
    /// # Errors
    /// Where the system refuses to tell of signals.
    pub fn watch_signals(&self) -> Result<(), Failure> {
        signals::watch(&self.files).map_err(|error| {
            let text = format!("cannot listen for signals: {}", message::io_words(&error));
            Diagnostic::new(&codes::OUTPUT, text).into()
        })
    }

    /// True where nothing but errors is wanted.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.options.quiet
    }

    /// How much was asked for with `--verbose`.
    #[must_use]
    pub fn verbosity(&self) -> u8 {
        self.options.verbose
    }

    /// How many columns a line of data may have; absent: any number.
    #[must_use]
    pub fn width(&self) -> Option<usize> {
        self.facts.columns
    }

    /// True where data may hold colours.
    #[must_use]
    pub fn colours_data(&self) -> bool {
        self.facts
            .colours(self.options.colour, self.facts.stdout_is_terminal)
    }

    fn style(&self) -> Style {
        let colours = self
            .facts
            .colours(self.options.colour, self.facts.stderr_is_terminal);
        if colours {
            Style::Coloured
        } else {
            Style::Plain
        }
    }

    /// Writes data to standard output. Once the reader has gone, data is let fall.
    ///
    /// # Errors
    /// Where it cannot be written, as on a full disk.
    pub fn data(&self, bytes: &[u8]) -> Result<(), Failure> {
        self.with_data(|sink| sink.write_all(bytes))
    }

    /// Hands over what is still held back. To be called before the end of a run: only
    /// then is it known that everything arrived.
    ///
    /// # Errors
    /// As [`Self::data`].
    pub fn flush(&self) -> Result<(), Failure> {
        self.with_data(Write::flush)
    }

    fn with_data(
        &self,
        act: impl FnOnce(&mut BufWriter<Box<dyn Write + Send>>) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let mut data = lock(&self.data);
        if data.is_closed {
            return Ok(());
        }
        match act(&mut data.sink) {
            Ok(()) => Ok(()),
            Err(error) => {
                data.is_closed = true;
                if error.kind() == ErrorKind::BrokenPipe {
                    return Ok(());
                }
                let text = format!("standard output: {}", message::io_words(&error));
                Err(Diagnostic::new(&codes::OUTPUT, text).into())
            }
        }
    }

    /// Tells a finding, unless quiet.
    pub fn tell(&self, finding: &Diagnostic) {
        if self.options.quiet && finding.severity != Severity::Error {
            return;
        }
        let lines = match self.options.speech {
            Speech::Json => vec![message::json(finding)],
            Speech::Annotations if !self.options.findings_in_answer => self.annotated(finding),
            _ => message::lines(finding, self.style()),
        };
        self.speak(&lines);
    }

    /// The finding as an annotation where it is one and there is room, else in words.
    fn annotated(&self, finding: &Diagnostic) -> Vec<String> {
        match lock(&self.annotated).kind(finding.severity) {
            Some(kind) => vec![message::annotation(finding, kind)],
            None => message::lines(finding, self.style()),
        }
    }

    /// Tells why a run ended, in at most five lines; as JSON and as annotations all of it.
    pub fn fail(&self, failure: &Failure) {
        let lines: Vec<String> = match self.options.speech {
            Speech::Text => message::failure(failure, self.style()),
            Speech::Json => failure.0.iter().map(message::json).collect(),
            Speech::Annotations => {
                let findings = failure.0.iter();
                findings
                    .flat_map(|finding| self.annotated(finding))
                    .collect()
            }
        };
        self.speak(&lines);
    }

    /// Counts the findings for which there was no room among the annotations.
    fn count_the_rest(&self) {
        let rest = lock(&self.annotated).rest();
        if !rest.is_empty() {
            self.speak(&rest);
        }
    }

    /// Says what was done (`wrote report-2026-10/`), unless quiet. With errors as JSON
    /// nothing else may stand between them, so nothing is said then either.
    pub fn say(&self, text: &str) {
        if !self.options.quiet && self.options.speech != Speech::Json {
            self.speak(&message::cleaned(text));
        }
    }

    /// Says something that only those want to know who asked for it with `--verbose`.
    pub fn detail(&self, text: &str) {
        if self.options.verbose > 0 {
            self.say(text);
        }
    }

    /// Prints help where nothing was asked, on standard error.
    pub fn usage(&self, plain: &str, coloured: &str) {
        if self.options.speech == Speech::Json {
            let text = "no command is given";
            let finding = Diagnostic::new(&codes::USAGE, text).hint("leadflow --help");
            return self.speak(&[message::json(&finding)]);
        }
        let text = match self.style() {
            Style::Plain => plain,
            Style::Coloured => coloured,
        };
        self.speak(&[text.trim_end().to_owned()]);
    }

    /// Writes lines to standard error. That nobody hears them is no reason to stop.
    fn speak(&self, lines: &[String]) {
        let mut text = lines.join("\n");
        text.push('\n');
        self.bars.pause(|| {
            let mut speech = lock(&self.speech);
            let _unheard = speech
                .write_all(text.as_bytes())
                .and_then(|()| speech.flush());
        });
    }

    /// Shows how far something is, of `total` steps (0: unknown), on a terminal.
    #[must_use]
    pub fn progress(&self, label: &str, total: u64) -> Progress {
        self.bars.begin(label, total)
    }

    /// Refuses an output that cannot be written, before the work that fills it.
    ///
    /// # Errors
    /// Where the output is a folder, is one of the inputs, exists and may not be
    /// replaced, or its folder does not exist or may not be written to.
    pub fn check_output(&self, path: &Path, rules: &OutputRules<'_>) -> Result<(), Failure> {
        self.files.check(path, rules)
    }

    /// Writes a file, whole or not at all. What exists and is no regular file (a pipe, a
    /// device) is written in place; a link is replaced and its target left alone.
    ///
    /// # Errors
    /// As [`Self::check_output`], and where the disk is full.
    pub fn write_file(
        &self,
        path: &Path,
        bytes: &[u8],
        rules: &OutputRules<'_>,
    ) -> Result<(), Failure> {
        self.files.write(path, bytes, rules)
    }

    /// Refuses a folder that cannot be made or written to, and makes nothing.
    ///
    /// # Errors
    /// Where it is a file, or its parent does not exist.
    pub fn check_folder(&self, path: &Path) -> Result<(), Failure> {
        files::check_folder(path)
    }

    /// Makes a folder whose parent exists; one that is there is left as it is.
    ///
    /// # Errors
    /// As [`Self::check_folder`].
    pub fn make_folder(&self, path: &Path) -> Result<(), Failure> {
        files::make_folder(path)
    }
}

/// A thread that failed while it held a lock has left nothing half-done in these.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
