//! A file in blocks that end where records end.
//!
//! A line end is the end of a record where the quotes before it come in pairs. That holds
//! for every file that quotes as it should; in one that does not, the block of some reader
//! ends inside an open quote or a row has the wrong width, and the file is read the other,
//! slower way.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::pool::Pool;
use crate::ingest::load::files::hexadecimal;
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

/// Bytes of a block; more where a record is longer.
pub const BLOCK: usize = 1 << 18;

/// Bytes of a compressed file with their digest.
struct Hashed {
    file: File,
    digest: Sha256,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.digest.update(&buffer[..read]);
        Ok(read)
    }
}

enum Source {
    /// Read into the block itself, and the digest taken there.
    Plain(File, Sha256),
    Packed(Box<MultiGzDecoder<Hashed>>),
}

/// Hands out the blocks of a file.
pub struct Blocks {
    source: Source,
    pool: Pool<u8>,
    size: usize,
    rest: Vec<u8>,
    ended: bool,
}

impl Blocks {
    /// Opens a file, compressed or not; `size` is that of a block, usually [`BLOCK`].
    pub fn open(path: &Path, size: usize, pool: Pool<u8>) -> io::Result<Self> {
        let mut head = [0; 2];
        let packed = File::open(path)?.read_exact(&mut head).is_ok() && head == [0x1f, 0x8b];
        let (file, digest) = (File::open(path)?, Sha256::new());
        Ok(Self {
            source: match packed {
                true => Source::Packed(Box::new(MultiGzDecoder::new(Hashed { file, digest }))),
                false => Source::Plain(file, digest),
            },
            pool,
            size,
            rest: Vec::new(),
            ended: false,
        })
    }

    /// The next block; nothing at the end.
    pub fn next_block(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut block = self.pool.take(self.size + self.rest.len());
        block.append(&mut self.rest);
        let mut wanted = self.size;
        while !self.ended {
            self.fill(&mut block, wanted)?;
            if self.ended {
                break;
            }
            if let Some(end) = last_record_end(&block) {
                self.rest.extend_from_slice(&block[end..]);
                block.truncate(end);
                return Ok(Some(block));
            }
            // A record longer than a block.
            wanted = block.len() + self.size;
        }
        Ok((!block.is_empty()).then_some(block))
    }

    fn fill(&mut self, block: &mut Vec<u8>, wanted: usize) -> io::Result<()> {
        let more = wanted.saturating_sub(block.len()) as u64;
        let read = match &mut self.source {
            Source::Plain(file, digest) => {
                let start = block.len();
                let read = file.take(more).read_to_end(block)?;
                digest.update(&block[start..]);
                read
            }
            Source::Packed(source) => source.take(more).read_to_end(block)?,
        };
        self.ended = (read as u64) < more;
        Ok(())
    }

    /// SHA-256 of the bytes on disk, hexadecimal, after the last block.
    pub fn sha256(self) -> io::Result<String> {
        let mut hashed = match self.source {
            Source::Plain(file, digest) => Hashed { file, digest },
            Source::Packed(decoder) => decoder.into_inner(),
        };
        // What stands behind the end of compressed data.
        io::copy(&mut hashed, &mut io::sink())?;
        Ok(hexadecimal(&hashed.digest.finalize()))
    }
}

/// Where the last whole record of a block ends.
fn last_record_end(block: &[u8]) -> Option<usize> {
    let mut end = memchr::memrchr(b'\n', block)? + 1;
    let mut quotes = memchr::memchr_iter(b'"', &block[..end]).count();
    while quotes % 2 == 1 {
        let before = memchr::memrchr(b'\n', &block[..end - 1])? + 1;
        quotes -= memchr::memchr_iter(b'"', &block[before..end]).count();
        end = before;
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::last_record_end;

    #[test]
    fn records_end_outside_of_quotes() {
        assert_eq!(last_record_end(b"a,b\nc,d\ne"), Some(8));
        assert_eq!(last_record_end(b"a,b\n\"x\ny"), Some(4));
        assert_eq!(last_record_end(b"\"x\ny\",1\n2"), Some(8));
        assert_eq!(last_record_end(b"\"x\ny"), None);
        assert_eq!(last_record_end(b"abc"), None);
    }
}
