#![no_main]

use leadflow::laws;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| laws::check(text));
