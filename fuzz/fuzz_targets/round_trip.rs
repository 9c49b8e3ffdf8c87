#![no_main]

use leadflow::laws;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|table: (Vec<Vec<String>>, u8)| {
    let delimiters = [b',', b';', b'\t', b'|'];
    let (cells, number) = table;
    laws::round_trip(&cells, delimiters[usize::from(number) % delimiters.len()]);
});
