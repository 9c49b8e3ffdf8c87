//! From the `path` of an input to decoded text.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::diagnostics::{Diagnostic, Diagnostics, Location, codes};
use crate::ingest::decode::{DecodeOptions, Decoded, archive, decode};
use crate::ingest::dialect::{Dialect, DialectOptions, find};
use crate::ingest::reader::Rows;

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// As the user would write it: relative to the configuration, `-` for standard input.
    pub name: String,
    /// Where it is; absent for standard input.
    pub path: Option<PathBuf>,
    /// The member of the archive at `path` that it is.
    pub member: Option<String>,
}

impl Found {
    /// True where the name says that the file is text.
    #[must_use]
    pub fn is_named_text(&self) -> bool {
        let name = self.name.to_lowercase();
        [".csv", ".tsv", ".txt"]
            .iter()
            .any(|suffix| name.ends_with(suffix))
    }

    /// True where it can be opened again and says the same: no standard input, no pipe.
    fn is_lasting(&self) -> bool {
        let facts = self.path.as_ref().map(fs::metadata);
        facts.is_some_and(|facts| facts.is_ok_and(|facts| facts.is_file()))
    }

    /// The same where it is one file; its members where it is a ZIP archive.
    ///
    /// # Errors
    /// An archive that cannot be listed.
    pub fn members(self) -> Result<Vec<Self>, Diagnostic> {
        let may_be = self.member.is_none() && !self.is_named_text();
        let Some(path) = self.path.as_ref().filter(|_| may_be) else {
            return Ok(vec![self]);
        };
        let members = archive::members(path).map_err(|error| error.diagnostic(&self.name))?;
        let Some(members) = members else {
            return Ok(vec![self]);
        };
        let of = |member: String| Self {
            name: format!("{}/{}", self.name, member.replace('\\', "/")),
            path: self.path.clone(),
            member: Some(member),
        };
        Ok(members.into_iter().map(of).collect())
    }
}

/// The files that a path or pattern means, by name.
///
/// # Errors
/// `not_found` where nothing is there or a pattern fits nothing.
pub fn expand(path: &str, base: &Path) -> Result<Vec<Found>, Diagnostic> {
    if path == "-" {
        return Ok(vec![Found {
            name: "-".into(),
            path: None,
            member: None,
        }]);
    }
    let full = base.join(path);
    if full.exists() || !path.contains(['*', '?', '[']) {
        return Ok(vec![Found {
            name: path.to_owned(),
            path: Some(full),
            member: None,
        }]);
    }
    let missing = || {
        Diagnostic::new(&codes::NOT_FOUND, format!("no file fits `{path}`: not found"))
            .at(Location::file(path))
            .hint("check the pattern; it is relative to the configuration, or to the working directory for typed files")
    };
    let pattern = full.to_string_lossy().into_owned();
    let matches = glob::glob(&pattern).map_err(|_| missing())?;
    let mut files: Vec<Found> = matches
        .flatten()
        .filter(|path| !path.is_dir())
        .map(|path| Found {
            name: shown(&path, base),
            path: Some(path),
            member: None,
        })
        .collect();
    files.sort();
    if files.is_empty() {
        Err(missing())
    } else {
        Ok(files)
    }
}

fn shown(path: &Path, base: &Path) -> String {
    let relative = path.strip_prefix(base).unwrap_or(path);
    relative.to_string_lossy().replace('\\', "/")
}

/// A file that was read, with the words it was read by, so that its rows can be shown as
/// they stand. A pipe says everything once: its text is kept.
pub struct ReadFile {
    /// The file.
    pub found: Found,
    decode: DecodeOptions,
    dialect: DialectOptions,
    kept: Option<Decoded>,
}

impl ReadFile {
    /// A file that is read with these options.
    #[must_use]
    pub fn new(found: &Found, decode: &DecodeOptions, dialect: &DialectOptions) -> Self {
        Self {
            found: found.clone(),
            decode: decode.clone(),
            dialect: dialect.clone(),
            kept: None,
        }
    }

    /// A file whose rows are never asked for: none has a defect, or none was read.
    #[must_use]
    pub fn unread(found: &Found) -> Self {
        Self::new(found, &DecodeOptions::default(), &DialectOptions::default())
    }

    /// Takes the text of what cannot be opened a second time.
    pub fn keep(&mut self, decoded: Decoded) {
        if !self.found.is_lasting() {
            self.kept = Some(decoded);
        }
    }

    /// The text of a row each, by line, as it stands in the file.
    #[must_use]
    pub fn rows(&self, lines: &BTreeSet<u64>) -> BTreeMap<u64, String> {
        match &self.kept {
            Some(decoded) => rows_of(decoded, &self.dialect, lines),
            None if self.found.is_lasting() => {
                let mut findings = Diagnostics::default();
                read(&self.found, &self.decode, &mut findings)
                    .map(|content| rows_of(&content.decoded, &self.dialect, lines))
                    .unwrap_or_default()
            }
            None => BTreeMap::new(),
        }
    }
}

fn rows_of(
    decoded: &Decoded,
    options: &DialectOptions,
    lines: &BTreeSet<u64>,
) -> BTreeMap<u64, String> {
    let mut raw = BTreeMap::new();
    let Ok(dialect) = find(&decoded.text, &dialect_of(decoded, options.clone())) else {
        return raw;
    };
    let mut rows = Rows::new(&decoded.text, &dialect);
    while let Ok(Some(row)) = rows.next_row() {
        if lines.contains(&row.line) {
            raw.insert(row.line, row.raw.to_owned());
        }
    }
    raw
}

/// A decoded file.
pub struct Content {
    /// Its text.
    pub decoded: Decoded,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// Reads and decodes a file.
///
/// # Errors
/// What is wrong with it, with its name.
pub fn read(
    found: &Found,
    options: &DecodeOptions,
    findings: &mut Diagnostics,
) -> Result<Content, Diagnostic> {
    let bytes = match (&found.path, &found.member) {
        (Some(path), Some(member)) => {
            let file = fs::File::open(path)
                .map_err(|error| unreadable(&error, Location::file(found.name.clone())))?;
            archive::member(file, member, options.max_decompressed_bytes)
                .map_err(|error| error.diagnostic(&found.name))?
        }
        _ => bytes_of(found)?,
    };
    let sha256 = hexadecimal(&Sha256::digest(&bytes));
    let options = DecodeOptions {
        named_text: found.is_named_text(),
        ..options.clone()
    };
    let decoded = decode(bytes, &options).map_err(|error| error.diagnostic(&found.name))?;
    if let Some(finding) = decoded.finding(&found.name) {
        findings.push(finding);
    }
    Ok(Content { decoded, sha256 })
}

/// Cells that were never text are separated by commas, and may have no line of names.
pub fn dialect_of(decoded: &Decoded, mut options: DialectOptions) -> DialectOptions {
    if decoded.typed {
        options.delimiter = Some(b',');
    }
    if let Some(names) = &decoded.header {
        options.header = Some(false);
        options.columns.clone_from(names);
    }
    options
}

/// A file, or the first member of an archive, as it is without any configuration; nothing
/// where it holds no table.
#[must_use]
pub fn look(found: &Found) -> Option<(Decoded, Dialect)> {
    let first = found.clone().members().ok()?.into_iter().next()?;
    let mut findings = Diagnostics::default();
    let Content { decoded, .. } = read(&first, &DecodeOptions::default(), &mut findings).ok()?;
    let options = dialect_of(&decoded, DialectOptions::default());
    let dialect = find(&decoded.text, &options).ok()?;
    Some((decoded, dialect))
}

fn bytes_of(found: &Found) -> Result<Vec<u8>, Diagnostic> {
    let place = || Location::file(found.name.clone());
    let Some(path) = &found.path else {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        return read
            .map(|_| bytes)
            .map_err(|error| unreadable(&error, place()));
    };
    if path.is_dir() {
        return Err(
            Diagnostic::new(&codes::UNREADABLE, "is a directory, not a file")
                .at(place())
                .hint("name the files in it, for example with a pattern: folder/*.csv"),
        );
    }
    fs::read(path).map_err(|error| unreadable(&error, place()))
}

/// Why a file cannot be read.
#[must_use]
pub fn unreadable(error: &std::io::Error, place: Location) -> Diagnostic {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => Diagnostic::new(&codes::NOT_FOUND, "not found")
            .at(place)
            .hint("check the path; paths in a configuration are relative to it"),
        ErrorKind::PermissionDenied => {
            Diagnostic::new(&codes::UNREADABLE, "permission denied").at(place)
        }
        _ => Diagnostic::new(&codes::UNREADABLE, "cannot be read to its end").at(place),
    }
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The date that the name of a file carries: `...-2026-11-01.csv`, `...-2026-10.csv`
/// (the last day of the month), `...-2026-11-01-2.csv`.
#[must_use]
pub fn date_in_name(name: &str) -> Option<NaiveDate> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let digits = |text: &str, count: usize| {
        text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let parts: Vec<&str> = file.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let mut date = None;
    for (index, part) in parts.iter().enumerate() {
        if !digits(part, 4) {
            continue;
        }
        let year: i32 = part.parse().ok()?;
        let month = parts
            .get(index + 1)
            .filter(|part| digits(part, 2))
            .and_then(|m| m.parse().ok());
        let day = parts
            .get(index + 2)
            .filter(|part| digits(part, 2))
            .and_then(|d| d.parse().ok());
        date = match (month, day) {
            (Some(month), Some(day)) => NaiveDate::from_ymd_opt(year, month, day),
            (Some(month), None) => {
                let first = NaiveDate::from_ymd_opt(year, month, 1);
                first.map(|first| {
                    crate::domain::period::Period::month(first)
                        .end
                        .pred_opt()
                        .unwrap_or(first)
                })
            }
            _ => None,
        }
        .or(date);
    }
    date.filter(|date| (1990..2100).contains(&chrono::Datelike::year(date)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_carry_dates() {
        let date = |name: &str| date_in_name(name).map(|date| date.to_string());
        assert_eq!(
            date("exports/hubspot-crm-exports-all-deals-2026-11-01-2.csv").as_deref(),
            Some("2026-11-01")
        );
        assert_eq!(
            date("ga4-traffic-2026-02.csv").as_deref(),
            Some("2026-02-28")
        );
        assert_eq!(
            date("Time_series(2026.02.05-2026.02.10).csv").as_deref(),
            Some("2026-02-10")
        );
        assert_eq!(date("leads.csv"), None);
        assert_eq!(date("export-2026-13.csv"), None);
    }
}
