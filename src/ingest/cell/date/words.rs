//! The words of dates: months, weekdays and the small words between.

use crate::domain::text::normal_form;

/// What a word of a date means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// A month, from 1.
    Month(u8),
    /// A weekday, an ordinal ending or a small word: no meaning of its own.
    Filler,
}

/// The meaning of a word without its full stop; nothing for words that no date has.
pub(crate) fn meaning(word: &str) -> Option<Word> {
    english_month(word).map(Word::Month).or_else(|| {
        let word = normal_form(word);
        let word = word.trim_end_matches('.');
        let month = MONTHS.iter().find(|(names, _)| names.contains(&word));
        match month {
            Some((_, month)) => Some(Word::Month(*month)),
            None => FILLERS.contains(&word).then_some(Word::Filler),
        }
    })
}

/// The months of English, full or by three letters, without any allocation.
fn english_month(word: &str) -> Option<u8> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let number = NAMES.iter().position(|name| {
        word.eq_ignore_ascii_case(name)
            || name
                .get(..3)
                .is_some_and(|short| word.eq_ignore_ascii_case(short))
    })?;
    u8::try_from(number + 1).ok()
}

/// Months of other languages (German, French, Spanish, Portuguese, Italian, Dutch, Polish,
/// Swedish, Russian), full and as their tools shorten them.
const MONTHS: &[(&[&str], u8)] = &[
    (
        &[
            "januar",
            "j\u{e4}nner",
            "jaenner",
            "j\u{e4}n",
            "genn",
            "jan",
            "janvier",
            "janv",
            "enero",
            "ene",
            "janeiro",
            "gennaio",
            "gen",
            "januari",
            "stycznia",
            "sty",
            "\u{44f}\u{43d}\u{432}\u{430}\u{440}\u{44f}",
            "\u{44f}\u{43d}\u{432}",
        ],
        1,
    ),
    (
        &[
            "februar",
            "f\u{e9}vrier",
            "f\u{e9}vr",
            "fevr",
            "fevrier",
            "f\u{e9}v",
            "febr",
            "febbr",
            "febrero",
            "fevereiro",
            "fev",
            "febbraio",
            "februari",
            "lutego",
            "lut",
            "\u{444}\u{435}\u{432}\u{440}\u{430}\u{43b}\u{44f}",
            "\u{444}\u{435}\u{432}\u{440}",
            "\u{444}\u{435}\u{432}",
        ],
        2,
    ),
    (
        &[
            "m\u{e4}rz",
            "m\u{e4}r",
            "mrz",
            "maerz",
            "marco",
            "mzo",
            "mars",
            "marzo",
            "mar\u{e7}o",
            "maart",
            "mrt",
            "marca",
            "\u{43c}\u{430}\u{440}\u{442}\u{430}",
            "\u{43c}\u{430}\u{440}\u{442}",
            "\u{43c}\u{430}\u{440}",
        ],
        3,
    ),
    (
        &[
            "avril",
            "avr",
            "abril",
            "abr",
            "aprile",
            "kwietnia",
            "kwi",
            "\u{430}\u{43f}\u{440}\u{435}\u{43b}\u{44f}",
            "\u{430}\u{43f}\u{440}",
        ],
        4,
    ),
    (
        &[
            "mai",
            "mayo",
            "maio",
            "maggio",
            "magg",
            "mag",
            "mei",
            "maj",
            "maja",
            "\u{43c}\u{430}\u{44f}",
            "\u{43c}\u{430}\u{439}",
        ],
        5,
    ),
    (
        &[
            "juni",
            "juin",
            "junio",
            "junho",
            "giugno",
            "giu",
            "czerwca",
            "cze",
            "\u{438}\u{44e}\u{43d}\u{44f}",
            "\u{438}\u{44e}\u{43d}",
        ],
        6,
    ),
    (
        &[
            "juli",
            "juillet",
            "juil",
            "juill",
            "julio",
            "julho",
            "luglio",
            "lug",
            "lipca",
            "lip",
            "\u{438}\u{44e}\u{43b}\u{44f}",
            "\u{438}\u{44e}\u{43b}",
        ],
        7,
    ),
    (
        &[
            "ao\u{fb}t",
            "aout",
            "ao\u{fb}",
            "agto",
            "agosto",
            "ago",
            "augustus",
            "augusti",
            "sierpnia",
            "sie",
            "\u{430}\u{432}\u{433}\u{443}\u{441}\u{442}\u{430}",
            "\u{430}\u{432}\u{433}",
        ],
        8,
    ),
    (
        &[
            "sept",
            "septembre",
            "septiembre",
            "setembro",
            "set",
            "settembre",
            "sett",
            "setiembre",
            "wrze\u{15b}nia",
            "wrz",
            "\u{441}\u{435}\u{43d}\u{442}\u{44f}\u{431}\u{440}\u{44f}",
            "\u{441}\u{435}\u{43d}\u{442}",
            "\u{441}\u{435}\u{43d}",
        ],
        9,
    ),
    (
        &[
            "oktober",
            "okt",
            "octobre",
            "octubre",
            "outubro",
            "out",
            "ottobre",
            "ott",
            "pa\u{17a}dziernika",
            "pa\u{17a}",
            "\u{43e}\u{43a}\u{442}\u{44f}\u{431}\u{440}\u{44f}",
            "\u{43e}\u{43a}\u{442}",
        ],
        10,
    ),
    (
        &[
            "novembre",
            "noviembre",
            "novembro",
            "listopada",
            "lis",
            "\u{43d}\u{43e}\u{44f}\u{431}\u{440}\u{44f}",
            "\u{43d}\u{43e}\u{44f}\u{431}",
            "\u{43d}\u{43e}\u{44f}",
        ],
        11,
    ),
    (
        &[
            "dezember",
            "dez",
            "d\u{e9}cembre",
            "d\u{e9}c",
            "decembre",
            "diciembre",
            "dic",
            "dezembro",
            "dicembre",
            "grudnia",
            "gru",
            "\u{434}\u{435}\u{43a}\u{430}\u{431}\u{440}\u{44f}",
            "\u{434}\u{435}\u{43a}",
        ],
        12,
    ),
];

const FILLERS: &[&str] = &[
    "st",
    "nd",
    "rd",
    "th",
    "of",
    "the",
    "at",
    "on",
    "de",
    "del",
    "le",
    "la",
    "den",
    "der",
    "um",
    "\u{e0}",
    "alle",
    "o",
    "a",
    "er",
    "\u{433}",
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mo",
    "di",
    "mi",
    "do",
    "fr",
    "sa",
    "so",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonnabend",
    "sonntag",
    "lun",
    "mer",
    "jeu",
    "ven",
    "sam",
    "dim",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "lunes",
    "martes",
    "mi\u{e9}rcoles",
    "mi\u{e9}",
    "jueves",
    "jue",
    "viernes",
    "vie",
    "s\u{e1}bado",
    "s\u{e1}b",
    "domingo",
    "dom",
    "seg",
    "ter",
    "qua",
    "qui",
    "sex",
    "segunda",
    "ter\u{e7}a",
    "quarta",
    "quinta",
    "sexta",
    "feira",
    "luned\u{ec}",
    "marted\u{ec}",
    "mercoled\u{ec}",
    "gioved\u{ec}",
    "venerd\u{ec}",
    "sabato",
    "domenica",
    "gio",
    "maandag",
    "dinsdag",
    "woensdag",
    "donderdag",
    "vrijdag",
    "zaterdag",
    "zondag",
    "ma",
    "wo",
    "vr",
    "za",
    "zo",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_in_many_tongues() {
        for (word, month) in [
            ("Feb", 2),
            ("SEPTEMBER", 9),
            ("M\u{e4}rz", 3),
            ("ao\u{fb}t", 8),
            ("Enero", 1),
            ("dez", 12),
            ("\u{444}\u{435}\u{432}\u{440}\u{430}\u{43b}\u{44f}", 2),
        ] {
            assert_eq!(meaning(word), Some(Word::Month(month)), "{word}");
        }
        assert_eq!(meaning("Thu"), Some(Word::Filler));
        assert_eq!(meaning("Market"), None);
        assert_eq!(meaning("may"), Some(Word::Month(5)));
    }

    #[test]
    fn no_word_means_two_months() {
        let mut all: Vec<&str> = MONTHS
            .iter()
            .flat_map(|(names, _)| names.iter().copied())
            .collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|name| !FILLERS.contains(name)));
    }
}
