//! Files that are no table of text, known by their first bytes.

/// Something else than a table of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// A ZIP archive.
    Zip,
    /// A workbook in the newer format.
    Xlsx,
    /// A workbook of a free office suite.
    Ods,
    /// A workbook in the older format.
    Xls,
    /// A web page.
    Html,
    /// An XML document.
    Xml,
    /// A JSON document.
    Json,
    /// A Parquet file.
    Parquet,
    /// An Arrow file.
    Arrow,
    /// An ORC file.
    Orc,
    /// An Avro file.
    Avro,
    /// A database file.
    Sqlite,
    /// A PDF document.
    Pdf,
    /// Compressed with bzip2.
    Bzip2,
    /// Compressed with zstd.
    Zstd,
    /// Compressed with xz.
    Xz,
    /// Compressed with zlib, without the gzip header.
    Zlib,
    /// Compressed with Snappy.
    Snappy,
    /// A 7z archive.
    SevenZip,
    /// A RAR archive.
    Rar,
    /// A picture.
    Picture,
    /// Text in UTF-32.
    Utf32,
}

const MAGIC: &[(&[u8], Container)] = &[
    (b"PK\x03\x04", Container::Zip),
    (b"PK\x05\x06", Container::Zip),
    (b"PK\x07\x08", Container::Zip),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Container::Xls),
    (b"PAR1", Container::Parquet),
    (b"ARROW1\0\0", Container::Arrow),
    (b"ORC\n", Container::Orc),
    (b"ORC\x0A\x03", Container::Orc),
    (b"Obj\x01", Container::Avro),
    (b"SQLite format 3\0", Container::Sqlite),
    (b"%PDF-", Container::Pdf),
    (b"BZh91AY&SY", Container::Bzip2),
    (b"BZh61AY&SY", Container::Bzip2),
    (b"\x28\xB5\x2F\xFD", Container::Zstd),
    (b"\xFD7zXZ\0", Container::Xz),
    (b"\x78\x01\x01", Container::Zlib),
    (b"\x78\x9C", Container::Zlib),
    (b"\x78\xDA", Container::Zlib),
    (b"\xFF\x06\0\0sNaPpY", Container::Snappy),
    (b"7z\xBC\xAF\x27\x1C", Container::SevenZip),
    (b"Rar!\x1A\x07", Container::Rar),
    (b"\x89PNG\r\n", Container::Picture),
    (b"\xFF\xD8\xFF", Container::Picture),
    (b"GIF8", Container::Picture),
];

impl Container {
    /// What it is, with its article.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Zip => "a ZIP archive",
            Self::Xlsx => "an XLSX workbook (a ZIP archive inside)",
            Self::Ods => "an ODS workbook (a ZIP archive inside)",
            Self::Xls => "an XLS workbook",
            Self::Html => "an HTML page",
            Self::Xml => "an XML document",
            Self::Json => "a JSON document",
            Self::Parquet => "a Parquet file",
            Self::Arrow => "an Arrow file",
            Self::Orc => "an ORC file",
            Self::Avro => "an Avro file",
            Self::Sqlite => "an SQLite database",
            Self::Pdf => "a PDF document",
            Self::Bzip2 => "compressed with bzip2",
            Self::Zstd => "compressed with zstd",
            Self::Xz => "compressed with xz",
            Self::Zlib => "compressed with zlib",
            Self::Snappy => "compressed with Snappy",
            Self::SevenZip => "a 7z archive",
            Self::Rar => "a RAR archive",
            Self::Picture => "a picture",
            Self::Utf32 => "text in UTF-32",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::Zip => "unpack it and give the files inside, or name it .zip to have them read",
            Self::SevenZip | Self::Rar => "unpack it and give the files inside",
            Self::Xlsx | Self::Ods | Self::Xls => {
                "give it the suffix of a workbook (.xlsx) to have it read, or save the sheet as CSV"
            }
            Self::Parquet => "give it the suffix .parquet to have it read",
            Self::Html => {
                "the download failed, often because the session expired: sign in and export again"
            }
            Self::Json => "often the error message of a service: look inside, and export as CSV",
            Self::Zstd | Self::Bzip2 | Self::Xz | Self::Zlib | Self::Snappy => {
                "decompress it first; gzip and zstd are read directly"
            }
            Self::Utf32 => "convert it, for example: iconv -f UTF-32 -t UTF-8",
            _ => "export the table as CSV",
        }
    }
}

/// What these bytes are, where they are no text.
#[must_use]
pub fn of_bytes(bytes: &[u8]) -> Option<Container> {
    let (_, container) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic))?;
    match container {
        Container::Zip => Some(of_archive(bytes)),
        other => Some(*other),
    }
}

/// Workbooks are ZIP archives whose first entries have well-known names.
fn of_archive(bytes: &[u8]) -> Container {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let holds = |name: &[u8]| head.windows(name.len()).any(|part| part == name);
    if holds(b"opendocument.spreadsheet") {
        Container::Ods
    } else if holds(b"[Content_Types].xml") || holds(b"xl/") {
        Container::Xlsx
    } else {
        Container::Zip
    }
}

/// What this text is, where it is markup or JSON.
#[must_use]
pub fn of_text(text: &str) -> Option<Container> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    match text.as_bytes().first()? {
        b'<' => of_markup(text),
        b'{' => after(text, "\"}").then_some(Container::Json),
        b'[' => after(text, "{[]\"").then_some(Container::Json),
        _ => None,
    }
}

/// True where the first sign after the opening bracket is one of `signs`.
fn after(text: &str, signs: &str) -> bool {
    let mut rest = text.chars().skip(1).skip_while(|c| c.is_whitespace());
    rest.next().is_some_and(|c| signs.contains(c))
}

fn of_markup(text: &str) -> Option<Container> {
    let starts = |word: &str| {
        text.get(..word.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(word))
    };
    if ["<!doctype", "<html", "<head", "<body"]
        .iter()
        .any(|word| starts(word))
    {
        return Some(Container::Html);
    }
    starts("<?xml").then_some(Container::Xml)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_numbers_decide() {
        for (bytes, container) in [
            (&b"PK\x03\x04....[Content_Types].xml"[..], Container::Xlsx),
            (b"PK\x03\x04....leads.csv", Container::Zip),
            (
                b"PK\x03\x04..mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
                Container::Ods,
            ),
            (b"PAR1\x15\x04", Container::Parquet),
            (b"SQLite format 3\0\x10", Container::Sqlite),
            (b"%PDF-1.7", Container::Pdf),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Container::Xls),
        ] {
            assert_eq!(of_bytes(bytes), Some(container));
        }
        assert_eq!(of_bytes(b"PKW,Marke\n1,2\n"), None);
        assert_eq!(of_bytes(b"id,name\n"), None);
    }

    #[test]
    fn pages_and_answers_are_no_tables() {
        for (text, container) in [
            ("\n <!DOCTYPE html><html>", Container::Html),
            ("<HTML lang=\"de\">", Container::Html),
            ("<?xml version=\"1.0\"?>", Container::Xml),
            ("{\"error\":\"rate limit\"}", Container::Json),
            ("[\n  {\"id\": 1}\n]", Container::Json),
            ("{}", Container::Json),
        ] {
            assert_eq!(of_text(text), Some(container), "{text}");
        }
        for table in [
            "id,name\n",
            "<none>,1\n",
            "{id},{name}\n",
            "[Name],[Town]\n",
        ] {
            assert_eq!(of_text(table), None, "{table}");
        }
    }
}
