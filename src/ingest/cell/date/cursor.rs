//! A position in a text of ASCII.

/// A text with a position; never reads beyond its end.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'t> {
    pub(super) rest: &'t [u8],
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            rest: text.as_bytes(),
        }
    }

    pub(super) fn peek(self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        if here {
            self.skip(1);
        }
        here
    }

    pub(super) fn blanks(&mut self) {
        while self.eat(b' ') {}
    }

    /// Value and length of the digits here; at most 18 are read as a value.
    pub(super) fn digits(&mut self) -> (u64, usize) {
        let length = self
            .rest
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let value = self
            .rest
            .iter()
            .take(length.min(18))
            .fold(0, |value, byte| value * 10 + u64::from(byte - b'0'));
        self.skip(length);
        (value, length)
    }
}
