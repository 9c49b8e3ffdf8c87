//! Files that appear whole or not at all.
//!
//! A new content is written beside its place under the name `.leadflow-*.tmp`, made
//! durable, and renamed: whoever looks sees the old file or the new one. After a crash
//! at most such a temporary file is left, which nobody reads.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use tempfile::NamedTempFile;

use crate::diagnostics::{Code, Diagnostic, Failure, codes};

use super::lock;
use super::message::io_words;

/// What an output must respect.
#[derive(Debug, Clone, Copy, Default)]
pub struct OutputRules<'a> {
    /// Never replace a file.
    pub no_clobber: bool,
    /// The files that are read; none of them may be written.
    pub inputs: &'a [PathBuf],
}

/// The files being written. Clones share one list of temporary files.
#[derive(Debug, Clone, Default)]
pub struct Files {
    temporary: Arc<Mutex<BTreeSet<PathBuf>>>,
}

/// How a path is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By a new file that takes its place.
    Replace,
    /// As it stands: a pipe, a device.
    InPlace,
}

impl Files {
    /// Refuses an output that cannot be written.
    pub fn check(&self, path: &Path, rules: &OutputRules<'_>) -> Result<(), Failure> {
        if way(path, rules)? == Way::Replace {
            // Only an attempt tells whether the folder may be written to.
            let probe = self
                .begin(path)
                .map_err(|error| cannot_write(path, &error))?;
            let begun = probe.path().to_owned();
            drop(probe);
            lock(&self.temporary).remove(&begun);
        }
        Ok(())
    }

    /// Writes a file.
    pub fn write(&self, path: &Path, bytes: &[u8], rules: &OutputRules<'_>) -> Result<(), Failure> {
        match way(path, rules)? {
            Way::InPlace => write_in_place(path, bytes).map_err(|error| cannot_write(path, &error)),
            Way::Replace => self.replace(path, bytes, rules.no_clobber),
        }
    }

    /// Removes what has been begun, and lets nothing new begin while the guard lives.
    pub fn remove_temporary(&self) -> MutexGuard<'_, BTreeSet<PathBuf>> {
        let list = lock(&self.temporary);
        for path in list.iter() {
            let _gone = fs::remove_file(path);
        }
        list
    }

    #[cfg(test)]
    pub fn remember(&self, path: PathBuf) {
        lock(&self.temporary).insert(path);
    }

    fn replace(&self, path: &Path, bytes: &[u8], no_clobber: bool) -> Result<(), Failure> {
        let mut file = self
            .begin(path)
            .map_err(|error| cannot_write(path, &error))?;
        let begun = file.path().to_owned();
        let written = file
            .write_all(bytes)
            .and_then(|()| file.as_file().sync_all());
        let done = match written {
            Ok(()) => self.put_in_place(file, path, no_clobber),
            Err(error) => {
                drop(file);
                Err(error)
            }
        };
        lock(&self.temporary).remove(&begun);
        match done {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(exists(path)),
            Err(error) => Err(cannot_write(path, &error)),
        }
    }

    /// A temporary file in the folder of `path`, known to the list from its first moment.
    fn begin(&self, path: &Path) -> io::Result<NamedTempFile> {
        let mut list = lock(&self.temporary);
        let mut builder = tempfile::Builder::new();
        builder.prefix(".leadflow-").suffix(".tmp");
        #[cfg(unix)]
        builder.permissions(permissions(path));
        let file = builder.tempfile_in(folder_of(path))?;
        list.insert(file.path().to_owned());
        drop(list);
        Ok(file)
    }

    fn put_in_place(&self, file: NamedTempFile, path: &Path, no_clobber: bool) -> io::Result<()> {
        let _held = lock(&self.temporary);
        let moved = if no_clobber {
            file.persist_noclobber(path)
        } else {
            file.persist(path)
        };
        moved.map_err(|error| error.error)?;
        make_durable(folder_of(path));
        Ok(())
    }
}

/// The permissions of the file that is replaced, else those of any new file.
#[cfg(unix)]
fn permissions(path: &Path) -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    let regular = fs::symlink_metadata(path).ok().filter(Metadata::is_file);
    regular.map_or_else(
        || fs::Permissions::from_mode(0o666),
        |old| old.permissions(),
    )
}

/// The rename itself survives a loss of power only once the folder is on disk. Some
/// file systems cannot say so; the file is whole either way.
fn make_durable(folder: &Path) {
    let _unsupported = File::open(folder).and_then(|folder| folder.sync_all());
}

fn way(path: &Path, rules: &OutputRules<'_>) -> Result<Way, Failure> {
    if fs::symlink_metadata(path).is_err() {
        return check_new(path).map(|()| Way::Replace);
    }
    match fs::metadata(path) {
        Ok(target) if target.is_dir() => {
            let text = format!("cannot write `{}`: it is a directory", path.display());
            Err(refusal(&codes::OUTPUT, text, "name a file in it"))
        }
        Ok(target) if !target.is_file() || is_of_the_system(path) => Ok(Way::InPlace),
        _ if rules.inputs.iter().any(|input| is_same(input, path)) => {
            let text = format!("`{}` is one of the inputs", path.display());
            Err(refusal(
                &codes::OUTPUT,
                text,
                "name another output; inputs are never written",
            ))
        }
        _ if rules.no_clobber => Err(exists(path)),
        _ => Ok(Way::Replace),
    }
}

fn check_new(path: &Path) -> Result<(), Failure> {
    let folder = folder_of(path);
    if path.file_name().is_none() || path.to_string_lossy().ends_with('/') {
        let text = format!("`{}` names no file", path.display());
        return Err(Diagnostic::new(&codes::OUTPUT, text).into());
    }
    if folder.is_dir() {
        return Ok(());
    }
    Err(no_folder(path, folder))
}

fn no_folder(path: &Path, folder: &Path) -> Failure {
    if folder.exists() {
        let text = format!(
            "cannot write `{}`: `{}` is no directory",
            path.display(),
            folder.display()
        );
        return Diagnostic::new(&codes::OUTPUT, text).into();
    }
    let text = format!(
        "cannot write `{}`: there is no directory `{}`",
        path.display(),
        folder.display()
    );
    refusal(
        &codes::OUTPUT,
        text,
        &format!("mkdir -p '{}'", folder.display()),
    )
}

/// Links like /dev/stdout lead to regular files and must not be replaced by one.
fn is_of_the_system(path: &Path) -> bool {
    let folder = folder_of(path).canonicalize().unwrap_or_default();
    folder.starts_with("/dev") || folder.starts_with("/proc")
}

/// True where two names mean one file.
#[cfg(unix)]
fn is_same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path| fs::metadata(path).ok().map(|file| (file.dev(), file.ino()));
    identity(one).is_some_and(|one| identity(other) == Some(one))
}

/// True where two names mean one file.
#[cfg(not(unix))]
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(one).is_some_and(|one| real(other) == Some(one))
}

fn write_in_place(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    match file.write_all(bytes).and_then(|()| file.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Refuses a folder that cannot be made.
pub fn check_folder(path: &Path) -> Result<(), Failure> {
    if path.is_dir() {
        return Ok(());
    }
    if fs::symlink_metadata(path).is_ok() {
        let text = format!("`{}` exists and is no directory", path.display());
        return Err(refusal(&codes::OUTPUT_EXISTS, text, "name another folder"));
    }
    let parent = folder_of(path);
    if parent.is_dir() {
        Ok(())
    } else {
        Err(no_folder(path, parent))
    }
}

/// Makes a folder.
pub fn make_folder(path: &Path) -> Result<(), Failure> {
    check_folder(path)?;
    match fs::create_dir(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(cannot_write(path, &error)),
        _ => Ok(()),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    let text = format!("cannot write `{}`: {}", path.display(), io_words(error));
    Diagnostic::new(&codes::OUTPUT, text).into()
}

fn exists(path: &Path) -> Failure {
    let text = format!("`{}` exists and may not be replaced", path.display());
    refusal(
        &codes::OUTPUT_EXISTS,
        text,
        "name another output, or leave --no-clobber away",
    )
}

fn refusal(code: &'static Code, text: String, hint: &str) -> Failure {
    Diagnostic::new(code, text).hint(hint).into()
}
