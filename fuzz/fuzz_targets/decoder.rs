#![no_main]

use leadflow::laws;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| laws::decoder(bytes));
