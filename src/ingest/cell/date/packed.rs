//! A parsed date in eight bytes: four bits say what it is, sixty hold it.

use super::parse::{Parsed, Triple};

const KIND: u32 = 60;
const PAYLOAD: u64 = (1 << KIND) - 1;
/// Keeps times before 1970 positive; far beyond the year 9999.
const BIAS: i64 = 1 << 58;
const NO_SECONDS: u64 = (1 << 17) - 1;
const NO_OFFSET: u64 = (1 << 11) - 1;
const OFFSET_BIAS: i16 = 1000;

/// Packs what a cell says.
pub(super) fn pack(parsed: Parsed) -> u64 {
    match parsed {
        Parsed::Missing => 0,
        Parsed::NotADate => 1 << KIND,
        Parsed::Impossible => 2 << KIND,
        Parsed::Day(days) => (3 << KIND) | u64::from(days.cast_unsigned()),
        Parsed::Local(millis) => (4 << KIND) | biased(millis),
        Parsed::Instant(millis) => (5 << KIND) | biased(millis),
        Parsed::Triple(triple) => (6 << KIND) | pack_triple(triple),
        Parsed::Serial(millis) => (7 << KIND) | biased(millis),
    }
}

/// What [`pack`] packed.
pub(super) fn unpack(cell: u64) -> Parsed {
    let payload = cell & PAYLOAD;
    let millis = || payload.cast_signed() - BIAS;
    match cell >> KIND {
        0 => Parsed::Missing,
        2 => Parsed::Impossible,
        3 => Parsed::Day((payload as u32).cast_signed()),
        4 => Parsed::Local(millis()),
        5 => Parsed::Instant(millis()),
        6 => Parsed::Triple(unpack_triple(payload)),
        7 => Parsed::Serial(millis()),
        _ => Parsed::NotADate,
    }
}

fn biased(millis: i64) -> u64 {
    millis.saturating_add(BIAS).cast_unsigned() & PAYLOAD
}

/// Seven bits, seven bits, fourteen bits, seventeen bits, eleven bits.
fn pack_triple(triple: Triple) -> u64 {
    let seconds = triple.seconds.map_or(NO_SECONDS, u64::from);
    let offset = triple.offset.map_or(NO_OFFSET, |minutes| {
        u64::from((minutes + OFFSET_BIAS).cast_unsigned())
    });
    u64::from(triple.first)
        | u64::from(triple.second) << 7
        | u64::from(triple.year) << 14
        | seconds << 28
        | offset << 45
}

fn unpack_triple(payload: u64) -> Triple {
    let field = |shift: u32, bits: u32| (payload >> shift) & ((1 << bits) - 1);
    let (seconds, offset) = (field(28, 17), field(45, 11));
    Triple {
        first: field(0, 7) as u8,
        second: field(7, 7) as u8,
        year: field(14, 14) as u16,
        seconds: (seconds != NO_SECONDS).then_some(seconds as u32),
        offset: (offset != NO_OFFSET).then_some((offset as i16) - OFFSET_BIAS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back() {
        let triple = |seconds, offset| {
            Parsed::Triple(Triple {
                first: 31,
                second: 12,
                year: 9999,
                seconds,
                offset,
            })
        };
        for parsed in [
            Parsed::Missing,
            Parsed::NotADate,
            Parsed::Impossible,
            Parsed::Day(-719_162),
            Parsed::Day(2_932_896),
            Parsed::Local(-62_135_596_800_000),
            Parsed::Instant(253_402_300_799_999),
            Parsed::Serial(45_631 * 86_400_000),
            triple(None, None),
            triple(Some(0), Some(0)),
            triple(Some(86_399), Some(-959)),
            triple(Some(1), Some(959)),
        ] {
            assert_eq!(unpack(pack(parsed)), parsed);
        }
    }
}
