//! Signals: an interrupt ends the run at once and leaves nothing half-done behind.

use std::io;

use super::files::Files;

/// Watches from now on.
#[cfg(unix)]
pub fn watch(files: &Files) -> io::Result<()> {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::{SIGABRT, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::Signals;

    // Unhandled, the file size limit would kill the process; handled, the write fails.
    signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    // Where memory ends, the allocator says so and aborts; for scripts that is "could not do it".
    let always = Arc::new(AtomicBool::new(true));
    signal_hook::flag::register_conditional_shutdown(SIGABRT, 2, always)?;
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let files = files.clone();
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            if let Some(signal) = signals.forever().next() {
                // Held until the end, so that nobody begins another temporary file.
                let _held = files.remove_temporary();
                std::process::exit(128 + signal);
            }
        })?;
    Ok(())
}

/// Where there are no such signals, there is nothing to watch.
#[cfg(not(unix))]
pub fn watch(_files: &Files) -> io::Result<()> {
    Ok(())
}
