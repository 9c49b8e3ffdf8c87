//! Libraries on the bytes of strangers.
//!
//! A reader of workbooks or a setter of type may end in a panic where a file is broken in a
//! way that its authors did not think of. Here that is an answer like any other: the file
//! cannot be read, and the program goes on.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// What the work gives; nothing where it panics, and nothing is printed then. Only for work
/// whose state nobody looks at afterwards.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    hush();
    let before = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(before);
    result.ok()
}

/// Panics below [`guarded`] are not told; all others are, as before.
fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = take_hook();
        set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                tell(panic);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    #[test]
    fn a_panic_is_nothing() {
        assert_eq!(guarded(|| 1), Some(1));
        assert_eq!(guarded(|| -> i32 { panic!("in a library") }), None);
        assert!(!GUARDED.get());
        let inner = guarded(|| guarded(|| -> i32 { panic!("below") }));
        assert_eq!(inner, Some(None));
    }
}
