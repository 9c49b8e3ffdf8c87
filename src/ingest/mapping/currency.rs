//! The currency that a header names: `Amount spent (UAH)`, `Cost (€)`.

/// ISO 4217 codes of currencies in use.
const CODES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD",
    "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD",
    "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ",
    "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD",
    "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR",
    "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
    "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN",
    "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR",
    "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB",
    "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS",
    "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWL",
];

/// Symbols that mean one currency. A plain `$` does not.
const SYMBOLS: &[(&str, &str)] = &[
    ("\u{20ac}", "EUR"),
    ("\u{a3}", "GBP"),
    ("us$", "USD"),
    ("r$", "BRL"),
    ("\u{20b9}", "INR"),
    ("\u{20b4}", "UAH"),
    ("\u{20ba}", "TRY"),
    ("z\u{142}", "PLN"),
];

/// The ISO code in the last brackets of a header, if they hold a code or a clear symbol.
#[must_use]
pub fn currency_in(header: &str) -> Option<String> {
    let trimmed = header.trim().trim_end_matches([')', ']']);
    let inner = trimmed
        .rsplit_once(['(', '['])
        .map(|(_, inner)| inner.trim())?;
    let code = inner.to_uppercase();
    if CODES.contains(&code.as_str()) {
        return Some(code);
    }
    let symbol = inner.to_lowercase();
    let known = SYMBOLS.iter().find(|(sign, _)| *sign == symbol);
    known.map(|(_, code)| (*code).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_name_the_currency() {
        assert_eq!(currency_in("Amount spent (UAH)").as_deref(), Some("UAH"));
        assert_eq!(currency_in("Cost [\u{20ac}] ").as_deref(), Some("EUR"));
        assert_eq!(currency_in("Amount (R$)").as_deref(), Some("BRL"));
        for header in [
            "Amount",
            "Amount (net)",
            "Amount ($)",
            "Amount (VAT)",
            ")",
            "Cost (",
        ] {
            assert_eq!(currency_in(header), None, "{header}");
        }
    }
}
