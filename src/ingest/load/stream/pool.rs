//! Buffers that are used again: what lives for a block alone must not leave holes between
//! the touches that stay.

use std::sync::{Arc, Mutex};

/// Buffers that nobody uses at the moment.
#[derive(Debug)]
pub struct Pool<T>(Arc<Mutex<Vec<Vec<T>>>>);

impl<T> Pool<T> {
    /// An empty pool.
    pub fn new() -> Self {
        Self(Arc::default())
    }

    /// An empty buffer with room for so many.
    pub fn take(&self, room: usize) -> Vec<T> {
        let spare = self.0.lock().ok().and_then(|mut pool| pool.pop());
        let mut buffer = spare.unwrap_or_default();
        buffer.reserve(room);
        buffer
    }

    /// Gives a buffer back.
    pub fn give(&self, mut buffer: Vec<T>) {
        buffer.clear();
        if let Ok(mut pool) = self.0.lock() {
            pool.push(buffer);
        }
    }
}

impl<T> Clone for Pool<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
