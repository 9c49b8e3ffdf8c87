//! The signs and codes of currencies that cells carry.

/// A currency as a cell writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    /// The sign or code: `$`, `US$`, `EUR`.
    pub label: &'static str,
    /// ISO codes that it may stand for, the likeliest first.
    pub codes: &'static [&'static str],
}

impl Currency {
    /// True where the cell may mean the currency with this ISO code: `$` may be `CAD`.
    #[must_use]
    pub fn may_be(&self, code: &str) -> bool {
        self.codes
            .iter()
            .any(|known| known.eq_ignore_ascii_case(code))
    }

    /// The likeliest ISO code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.codes.first().copied().unwrap_or(self.label)
    }
}

/// The currency with this ISO code.
#[must_use]
pub fn by_code(code: &str) -> Option<Currency> {
    let [a, b, c] = *code.as_bytes() else {
        return None;
    };
    let upper = [a, b, c].map(|letter| letter.to_ascii_uppercase());
    let position = ISO
        .binary_search_by(|known| known.as_bytes().cmp(&upper[..]))
        .ok()?;
    let known = ISO.get(position)?;
    Some(Currency {
        label: known,
        codes: std::slice::from_ref(known),
    })
}

/// Takes a currency off the start of a cell.
pub(super) fn strip_prefix(cell: &str) -> Option<(Currency, &str)> {
    if cell.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let sign = SIGNS.iter().find_map(|sign| {
        let rest = cell.strip_prefix(sign.label)?;
        (!joins_letters(sign.label, rest.chars().next())).then_some((*sign, rest))
    });
    sign.or_else(|| {
        let (code, rest) = cell.split_at_checked(3)?;
        let whole = !rest.starts_with(|c: char| c.is_alphabetic());
        by_code(code)
            .filter(|_| whole)
            .map(|currency| (currency, rest))
    })
}

/// Takes a currency off the end of a cell.
pub(super) fn strip_suffix(cell: &str) -> Option<(Currency, &str)> {
    if cell.ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let sign = SIGNS.iter().find_map(|sign| {
        let rest = cell.strip_suffix(sign.label)?;
        (!joins_letters(sign.label, rest.chars().next_back())).then_some((*sign, rest))
    });
    sign.or_else(|| {
        let (rest, code) = cell.split_at_checked(cell.len().checked_sub(3)?)?;
        let whole = !rest.ends_with(|c: char| c.is_alphabetic());
        by_code(code)
            .filter(|_| whole)
            .map(|currency| (currency, rest))
    })
}

/// A sign made of letters must not be part of a longer word.
fn joins_letters(label: &str, neighbour: Option<char>) -> bool {
    let letters = label.chars().all(|c| c.is_ascii_alphabetic());
    letters && neighbour.is_some_and(char::is_alphabetic)
}

const fn sign(label: &'static str, codes: &'static [&'static str]) -> Currency {
    Currency { label, codes }
}

/// Longer signs stand before those that they begin or end with.
const SIGNS: &[Currency] = &[
    sign("US$", &["USD"]),
    sign("CA$", &["CAD"]),
    sign("AU$", &["AUD"]),
    sign("NZ$", &["NZD"]),
    sign("HK$", &["HKD"]),
    sign("NT$", &["TWD"]),
    sign("MX$", &["MXN"]),
    sign("AR$", &["ARS"]),
    sign("CN\u{a5}", &["CNY"]),
    sign("JP\u{a5}", &["JPY"]),
    sign("R$", &["BRL"]),
    sign("C$", &["CAD", "NIO"]),
    sign("A$", &["AUD"]),
    sign("S$", &["SGD"]),
    sign(
        "$",
        &[
            "USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP", "UYU",
        ],
    ),
    sign("\u{20ac}", &["EUR"]),
    sign("\u{80}", &["EUR"]),
    sign("\u{a3}", &["GBP", "EGP", "LBP"]),
    sign("\u{a5}", &["JPY", "CNY"]),
    sign("\u{ffe5}", &["JPY", "CNY"]),
    sign("\u{5186}", &["JPY"]),
    sign("\u{5143}", &["CNY", "TWD"]),
    sign("RMB", &["CNY"]),
    sign("\u{20b9}", &["INR"]),
    sign("Rs.", &["INR", "PKR", "LKR", "NPR"]),
    sign("Rs", &["INR", "PKR", "LKR", "NPR"]),
    sign("\u{20a9}", &["KRW"]),
    sign("\u{20bd}", &["RUB"]),
    sign("\u{440}\u{443}\u{431}.", &["RUB"]),
    sign("\u{20ba}", &["TRY"]),
    sign("TL", &["TRY"]),
    sign("\u{20b4}", &["UAH"]),
    sign("\u{433}\u{440}\u{43d}", &["UAH"]),
    sign("z\u{142}", &["PLN"]),
    sign("K\u{10d}", &["CZK"]),
    sign("Ft", &["HUF"]),
    sign("kr.", &["DKK", "SEK", "NOK", "ISK"]),
    sign("kr", &["SEK", "NOK", "DKK", "ISK"]),
    sign("SFr.", &["CHF"]),
    sign("Fr.", &["CHF"]),
    sign("\u{e3f}", &["THB"]),
    sign("\u{20ab}", &["VND"]),
    sign("\u{20b1}", &["PHP"]),
    sign("\u{20aa}", &["ILS"]),
    sign("\u{20a6}", &["NGN"]),
    sign("\u{20be}", &["GEL"]),
    sign("\u{20b8}", &["KZT"]),
    sign("RM", &["MYR"]),
    sign("Rp.", &["IDR"]),
    sign("Rp", &["IDR"]),
    sign("lei", &["RON", "MDL"]),
    sign("R", &["ZAR"]),
];

/// Codes of ISO 4217 that are in use for trade.
const ISO: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD",
    "BND", "BOB", "BRL", "BSD", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP",
    "CRC", "CZK", "DKK", "DOP", "DZD", "EGP", "ETB", "EUR", "FJD", "GBP", "GEL", "GHS", "GTQ",
    "HKD", "HNL", "HRK", "HUF", "IDR", "ILS", "INR", "IQD", "ISK", "JMD", "JOD", "JPY", "KES",
    "KGS", "KHR", "KRW", "KWD", "KZT", "LAK", "LBP", "LKR", "MAD", "MDL", "MKD", "MMK", "MNT",
    "MOP", "MUR", "MVR", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR",
    "PAB", "PEN", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SEK",
    "SGD", "SYP", "THB", "TND", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS",
    "VND", "XAF", "XOF", "YER", "ZAR", "ZMW",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sign_hides_a_longer_one() {
        for (index, longer) in SIGNS.iter().enumerate() {
            let hidden = SIGNS.iter().take(index).any(|earlier| {
                longer.label.len() > earlier.label.len()
                    && (longer.label.starts_with(earlier.label)
                        || longer.label.ends_with(earlier.label))
            });
            assert!(!hidden, "{}", longer.label);
        }
    }

    #[test]
    fn every_sign_stands_for_known_codes() {
        for code in SIGNS.iter().flat_map(|sign| sign.codes) {
            assert!(by_code(code).is_some(), "{code}");
        }
        assert!(ISO.is_sorted());
    }

    #[test]
    fn signs_and_codes_come_off_either_end() {
        assert_eq!(
            strip_prefix("US$5").map(|(c, rest)| (c.code(), rest)),
            Some(("USD", "5"))
        );
        assert_eq!(
            strip_prefix("eur 5").map(|(c, rest)| (c.code(), rest)),
            Some(("EUR", " 5"))
        );
        assert_eq!(
            strip_suffix("5 kr").map(|(c, rest)| (c.code(), rest)),
            Some(("SEK", "5 "))
        );
        assert_eq!(strip_prefix("Room 5"), None);
        assert_eq!(strip_prefix("EURO 5"), None);
        assert!(strip_prefix("$5").is_some_and(|(c, _)| c.may_be("cad") && !c.may_be("EUR")));
    }
}
