//! Where delimiters, quotes and line ends stand in a block.
//!
//! Sixty-four bytes are looked at together and give a bit each: cells of touches are
//! short, so a search that starts anew behind every delimiter spends most of its time
//! starting.

/// Bytes that are looked at together.
const WIDTH: usize = 64;

/// The places of delimiters, quotes and line ends, first one first.
pub struct Marks<'b> {
    chunks: &'b [[u8; WIDTH]],
    rest: &'b [u8],
    delimiter: u8,
    /// Where the bytes that are being looked at start.
    start: usize,
    /// Where the next ones start.
    next: usize,
    /// A bit for each mark that was not handed out yet.
    bits: u64,
}

impl<'b> Marks<'b> {
    /// Of a block.
    pub fn new(block: &'b [u8], delimiter: u8) -> Self {
        let (chunks, rest) = block.as_chunks();
        Self {
            chunks,
            rest,
            delimiter,
            start: 0,
            next: 0,
            bits: 0,
        }
    }

    /// Looks at the next bytes; false where there are none.
    fn look(&mut self) -> bool {
        let bits = if let Some(chunk) = self.chunks.get(self.next / WIDTH) {
            bits(chunk, self.delimiter)
        } else {
            let rest = std::mem::take(&mut self.rest);
            if rest.is_empty() {
                return false;
            }
            // What fills it up is no mark.
            let mut chunk = [0; WIDTH];
            chunk[..rest.len()].copy_from_slice(rest);
            bits(&chunk, self.delimiter)
        };
        self.bits = bits;
        self.start = self.next;
        self.next += WIDTH;
        true
    }
}

impl Iterator for Marks<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            if !self.look() {
                return None;
            }
        }
        let place = self.start + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(place)
    }
}

/// A bit for each byte that is a mark, the first one lowest.
#[inline]
fn bits(chunk: &[u8; WIDTH], delimiter: u8) -> u64 {
    let is_mark =
        chunk.map(|byte| u8::from((byte == delimiter) | (byte == b'\n') | (byte == b'"')));
    let (eights, _) = is_mark.as_chunks::<8>();
    let mut bits = 0;
    for (place, eight) in eights.iter().enumerate() {
        // Eight bytes that are 0 or 1 become the eight bits of the highest byte.
        let byte = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= byte << (8 * place);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_a_look_at_every_byte_finds(block in "[a,;\n\"\\x00é]{0,300}") {
            for delimiter in [b',', b';', b'\t'] {
                let is_mark = |byte: &u8| [delimiter, b'\n', b'"'].contains(byte);
                let bytes = block.as_bytes();
                let known: Vec<usize> =
                    (0..bytes.len()).filter(|place| is_mark(&bytes[*place])).collect();
                let told: Vec<usize> = Marks::new(bytes, delimiter).collect();
                prop_assert_eq!(told, known);
            }
        }
    }
}
