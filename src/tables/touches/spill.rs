//! Touches that wait on disk, in a temporary file without a name: it vanishes with the
//! run, however that ends.

use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Mutex;

use super::Touch;
use crate::diagnostics::{Diagnostic, Failure, codes};

/// Bytes of a touch on disk.
const BYTES: usize = 24;

/// Touches that were written together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    start: u64,
    touches: usize,
}

/// The temporary file.
#[derive(Debug)]
pub(super) struct File {
    file: Mutex<std::fs::File>,
    end: u64,
    buffer: Vec<u8>,
}

fn broken(error: &std::io::Error) -> Failure {
    let text = format!(
        "touches do not fit the memory limit, and the temporary file for them failed: {error}"
    );
    Diagnostic::new(&codes::LIMIT, text)
        .hint("make room in the folder for temporary files (TMPDIR), or allow more memory with --memory-limit")
        .into()
}

impl File {
    pub(super) fn new() -> Result<Self, Failure> {
        let file = tempfile::tempfile().map_err(|error| broken(&error))?;
        Ok(Self {
            file: Mutex::new(file),
            end: 0,
            buffer: Vec::new(),
        })
    }

    /// Appends touches.
    pub(super) fn write<'t>(
        &mut self,
        touches: impl Iterator<Item = &'t Touch>,
    ) -> Result<Segment, Failure> {
        let start = self.end;
        let mut count = 0;
        for touch in touches {
            self.buffer.extend_from_slice(&touch.print.to_le_bytes());
            self.buffer.extend_from_slice(&touch.stamp.to_le_bytes());
            self.buffer.extend_from_slice(&touch.row.to_le_bytes());
            self.buffer.extend_from_slice(&touch.class.to_le_bytes());
            count += 1;
        }
        self.end += (count * BYTES) as u64;
        if self.buffer.len() >= 1 << 20 {
            self.flush()?;
        }
        Ok(Segment {
            start,
            touches: count,
        })
    }

    /// Hands everything over to the system.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        if let Ok(file) = self.file.get_mut() {
            file.write_all(&self.buffer)
                .map_err(|error| broken(&error))?;
        }
        self.buffer.clear();
        Ok(())
    }

    /// Adds the touches of a segment to others.
    pub(super) fn read(&self, segment: Segment, touches: &mut Vec<Touch>) -> Result<(), Failure> {
        let mut bytes = vec![0; segment.touches * BYTES];
        self.bytes_at(segment.start, &mut bytes)
            .map_err(|error| broken(&error))?;
        touches.extend(bytes.chunks_exact(BYTES).map(touch));
        Ok(())
    }

    fn bytes_at(&self, start: u64, bytes: &mut [u8]) -> std::io::Result<()> {
        let mut file = self
            .file
            .lock()
            .map_err(|_| std::io::Error::other("another thread failed"))?;
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(bytes)
    }
}

fn touch(bytes: &[u8]) -> Touch {
    let wide = |from: usize| {
        let mut word = [0; 8];
        word.copy_from_slice(&bytes[from..from + 8]);
        u64::from_le_bytes(word)
    };
    let narrow = |from: usize| {
        let mut word = [0; 4];
        word.copy_from_slice(&bytes[from..from + 4]);
        u32::from_le_bytes(word)
    };
    Touch {
        print: wide(0),
        stamp: wide(8),
        row: narrow(16),
        class: narrow(20),
    }
}
