//! ZIP archives: every table inside is a file of its own.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::DecodeError;
use super::container::{self, Container};

/// Names of the members of an archive that may be tables, sorted; nothing for a file that
/// is no archive, or one that is a workbook.
///
/// # Errors
/// `Archive` where the list of members cannot be read; `Empty` where there are none.
pub fn members(path: &Path) -> Result<Option<Vec<String>>, DecodeError> {
    // What is read from a pipe is gone.
    if !std::fs::metadata(path).is_ok_and(|found| found.is_file()) {
        return Ok(None);
    }
    let mut head = Vec::new();
    let is_archive = |head: &[u8]| container::of_bytes(head) == Some(Container::Zip);
    let opened = File::open(path).and_then(|file| file.take(4096).read_to_end(&mut head));
    if opened.is_err() || !is_archive(&head) {
        return Ok(None);
    }
    let file = File::open(path).map_err(|_| DecodeError::Damaged)?;
    names(&archive(file)?).map(Some)
}

fn archive<R: Read + Seek>(reader: R) -> Result<ZipArchive<R>, DecodeError> {
    ZipArchive::new(reader).map_err(|_| DecodeError::Archive)
}

fn names<R: Read + Seek>(archive: &ZipArchive<R>) -> Result<Vec<String>, DecodeError> {
    let names = archive.file_names().map(|name| name.map(Cow::into_owned));
    let names: Result<Vec<String>, ZipError> = names.collect();
    let mut names = names.map_err(|_| DecodeError::Archive)?;
    names.retain(|name| may_be_table(name));
    names.sort();
    if names.is_empty() {
        return Err(DecodeError::Empty);
    }
    Ok(names)
}

/// Folders, and what operating systems leave behind, are no tables.
fn may_be_table(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    !file.is_empty() && !file.starts_with('.') && !name.starts_with("__MACOSX/")
}

/// The bytes of a member; nothing else of the archive is read.
///
/// # Errors
/// `Encrypted`, `TooLarge`, or `Archive` where it cannot be unfolded.
pub fn member<R: Read + Seek>(reader: R, name: &str, limit: u64) -> Result<Vec<u8>, DecodeError> {
    let mut archive = archive(reader)?;
    let member = archive.by_name(name).map_err(|error| match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => DecodeError::Encrypted,
        _ => DecodeError::Archive,
    })?;
    let mut content = Vec::new();
    member
        .take(limit.saturating_add(1))
        .read_to_end(&mut content)
        .map_err(|_| DecodeError::Archive)?;
    if content.len() as u64 > limit {
        return Err(DecodeError::TooLarge { limit });
    }
    Ok(content)
}

/// The one member of an archive that cannot be listed beforehand (standard input, an
/// archive within another); nothing where there are several.
///
/// # Errors
/// As [`member`].
pub fn only_member(bytes: &[u8], limit: u64) -> Result<Option<Vec<u8>>, DecodeError> {
    let names = names(&archive(Cursor::new(bytes))?)?;
    match names.as_slice() {
        [name] => member(Cursor::new(bytes), name, limit).map(Some),
        _ => Ok(None),
    }
}
