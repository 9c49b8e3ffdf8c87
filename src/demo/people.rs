//! Invented people and companies.
//!
//! Names are put together from lists; every address lies under `.example`, so none of
//! them can exist. The bulk is plain; leads from a few countries have companies in
//! other scripts.

use super::company::{EMIRATES, GEORGIA, SINGAPORE};
use super::dice::Dice;

/// The company's own domain; addresses under it are tests.
pub const OWN_DOMAIN: &str = "fernau.example";

/// A person. `ascii` names are what an address is made of.
#[derive(Clone)]
pub struct Person {
    /// First name.
    pub first: &'static str,
    /// Last name.
    pub last: &'static str,
    address: (&'static str, &'static str),
}

/// A company, or none for people who wrote from a private address.
#[derive(Clone)]
pub struct Company {
    /// Its name.
    pub name: String,
    /// Its domain.
    pub domain: String,
}

/// A name and how it is written in an address.
type Name = (&'static str, &'static str);

const FIRST_NAMES: [Name; 44] = [
    ("Anna", "anna"),
    ("Jonas", "jonas"),
    ("Jörg", "joerg"),
    ("Sabine", "sabine"),
    ("Lukas", "lukas"),
    ("Birgit", "birgit"),
    ("Emre", "emre"),
    ("Zeynep", "zeynep"),
    ("Łukasz", "lukasz"),
    ("Małgorzata", "malgorzata"),
    ("Pieter", "pieter"),
    ("Femke", "femke"),
    ("Chloé", "chloe"),
    ("Antoine", "antoine"),
    ("Giulia", "giulia"),
    ("Matteo", "matteo"),
    ("Søren", "soren"),
    ("Freja", "freja"),
    ("Tomáš", "tomas"),
    ("Eliška", "eliska"),
    ("Ivana", "ivana"),
    ("Marko", "marko"),
    ("Priya", "priya"),
    ("Arjun", "arjun"),
    ("Wei", "wei"),
    ("Mei", "mei"),
    ("Grace", "grace"),
    ("Daniel", "daniel"),
    ("Olivia", "olivia"),
    ("Marcus", "marcus"),
    ("Ngozi", "ngozi"),
    ("Kwame", "kwame"),
    ("Layla", "layla"),
    ("Omar", "omar"),
    ("Nino", "nino"),
    ("Giorgi", "giorgi"),
    ("Rosa", "rosa"),
    ("Héctor", "hector"),
    ("Beate", "beate"),
    ("Rainer", "rainer"),
    ("Ulrike", "ulrike"),
    ("Stefan", "stefan"),
    ("Theresa", "theresa"),
    ("Maximilian", "maximilian"),
];

const LAST_NAMES: [Name; 48] = [
    ("Albrecht", "albrecht"),
    ("Bauer", "bauer"),
    ("Böhm", "boehm"),
    ("Conrad", "conrad"),
    ("Dietrich", "dietrich"),
    ("Engelmann", "engelmann"),
    ("Frölich", "froelich"),
    ("Gruber", "gruber"),
    ("Hofstätter", "hofstaetter"),
    ("Imhof", "imhof"),
    ("Jansen", "jansen"),
    ("Keller", "keller"),
    ("Lechner", "lechner"),
    ("Mayrhofer", "mayrhofer"),
    ("Nussbaumer", "nussbaumer"),
    ("Oswald", "oswald"),
    ("Pichler", "pichler"),
    ("Quast", "quast"),
    ("Reuter", "reuter"),
    ("Schönfeld", "schoenfeld"),
    ("Thalmann", "thalmann"),
    ("Ullrich", "ullrich"),
    ("Vollmer", "vollmer"),
    ("Wittmann", "wittmann"),
    ("Yıldız", "yildiz"),
    ("Zeller", "zeller"),
    ("Kowalska", "kowalska"),
    ("Nowicki", "nowicki"),
    ("van den Berg", "vandenberg"),
    ("de Vries", "devries"),
    ("Lefèvre", "lefevre"),
    ("Moreau", "moreau"),
    ("Ricci", "ricci"),
    ("Fontana", "fontana"),
    ("Sørensen", "sorensen"),
    ("Lindgren", "lindgren"),
    ("Dvořák", "dvorak"),
    ("Horvat", "horvat"),
    ("Nair", "nair"),
    ("Mehta", "mehta"),
    ("Chen", "chen"),
    ("Lim", "lim"),
    ("Whitfield", "whitfield"),
    ("O'Connell", "oconnell"),
    ("Okonkwo", "okonkwo"),
    ("Mensah", "mensah"),
    ("Haddad", "haddad"),
    ("Beridze", "beridze"),
];

const STEMS: [Name; 40] = [
    ("Ahorn", "ahorn"),
    ("Alpen", "alpen"),
    ("Amsel", "amsel"),
    ("Bergmann", "bergmann"),
    ("Birken", "birken"),
    ("Brückner", "brueckner"),
    ("Donau", "donau"),
    ("Eichen", "eichen"),
    ("Elster", "elster"),
    ("Falken", "falken"),
    ("Fichtel", "fichtel"),
    ("Grünwald", "gruenwald"),
    ("Hanse", "hanse"),
    ("Hartmann", "hartmann"),
    ("Inntal", "inntal"),
    ("Kranich", "kranich"),
    ("Lahn", "lahn"),
    ("Linden", "linden"),
    ("Main", "main"),
    ("Möwen", "moewen"),
    ("Neckar", "neckar"),
    ("Nordwind", "nordwind"),
    ("Ostsee", "ostsee"),
    ("Pappel", "pappel"),
    ("Rhön", "rhoen"),
    ("Ruhr", "ruhr"),
    ("Saale", "saale"),
    ("Schwarzbach", "schwarzbach"),
    ("Seidel", "seidel"),
    ("Spree", "spree"),
    ("Steiner", "steiner"),
    ("Taunus", "taunus"),
    ("Ulmen", "ulmen"),
    ("Voralpen", "voralpen"),
    ("Weser", "weser"),
    ("Winkler", "winkler"),
    ("Zander", "zander"),
    ("Harbour", "harbour"),
    ("Maple", "maple"),
    ("Ridgeway", "ridgeway"),
];

const TRADES: [Name; 16] = [
    ("Klinik", "klinik"),
    ("Logistik", "logistik"),
    ("Pflege", "pflege"),
    ("Bäckerei", "baeckerei"),
    ("Metallbau", "metallbau"),
    ("Hotels", "hotels"),
    ("Apotheken", "apotheken"),
    ("Gebäudetechnik", "gebaeudetechnik"),
    ("Sicherheit", "sicherheit"),
    ("Spedition", "spedition"),
    ("Kunststoff", "kunststoff"),
    ("Energie", "energie"),
    ("Retail", "retail"),
    ("Catering", "catering"),
    ("Medical", "medical"),
    ("Facility", "facility"),
];

const FORMS: [&str; 8] = [
    " GmbH",
    " GmbH",
    " GmbH",
    " AG",
    " GmbH & Co. KG",
    " e.K.",
    " Group",
    ", Inc.",
];

/// "Tbilisi hospital", "Kura bakeries".
const GEORGIAN: [Name; 2] = [
    ("თბილისის საავადმყოფო", "tbilisi-hospital"),
    ("მტკვრის საცხობი", "mtkvari-bakery"),
];
/// "Palm services company", "Gulf clinics".
const ARABIC: [Name; 2] = [
    ("شركة النخيل للخدمات", "nakheel-services"),
    ("عيادات الخليج", "khaleej-clinics"),
];
/// "Lion City logistics", "South Sea restaurants".
const CHINESE: [Name; 2] = [
    ("狮城物流有限公司", "lion-city-logistics"),
    ("南海餐饮集团", "nanhai-catering"),
];

/// Job titles of leads.
pub const TITLES: [&str; 8] = [
    "Head of Operations",
    "HR Manager",
    "Managing Director",
    "Pflegedienstleitung",
    "Shift Lead",
    "Controller",
    "IT Manager",
    "",
];

impl Person {
    /// Somebody.
    #[must_use]
    pub fn draw(dice: &mut Dice) -> Self {
        let (first, last) = (dice.pick(&FIRST_NAMES), dice.pick(&LAST_NAMES));
        Self {
            first: first.0,
            last: last.0,
            address: (first.1, last.1),
        }
    }

    /// The address of this person at a domain; `number` keeps namesakes apart.
    #[must_use]
    pub fn email(&self, number: u64, domain: &str) -> String {
        format!("{}.{}{number}@{domain}", self.address.0, self.address.1)
    }
}

impl Company {
    /// Some company of a country.
    #[must_use]
    pub fn draw(dice: &mut Dice, country: usize) -> Self {
        match country {
            GEORGIA => Self::named(dice.pick(&GEORGIAN)),
            EMIRATES => Self::named(dice.pick(&ARABIC)),
            SINGAPORE => Self::named(dice.pick(&CHINESE)),
            _ => Self::compose(dice),
        }
    }

    /// The company itself.
    #[must_use]
    pub fn own() -> Self {
        Self {
            name: "Fernau Software GmbH".to_owned(),
            domain: OWN_DOMAIN.to_owned(),
        }
    }

    fn named(name: Name) -> Self {
        Self {
            name: name.0.to_owned(),
            domain: format!("{}.example", name.1),
        }
    }

    fn compose(dice: &mut Dice) -> Self {
        let (stem, trade, form) = (dice.pick(&STEMS), dice.pick(&TRADES), dice.pick(&FORMS));
        Self {
            name: format!("{} {}{form}", stem.0, trade.0),
            domain: format!("{}-{}.example", stem.1, trade.1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::dice::Purpose;

    #[test]
    fn addresses_are_ascii_and_cannot_exist() {
        let mut dice = Dice::new(1, Purpose::Lead, 0);
        for number in 0..500 {
            let company = Company::draw(&mut dice, number as usize % 15);
            let email = Person::draw(&mut dice).email(number, &company.domain);
            assert!(email.is_ascii() && email.ends_with(".example"), "{email}");
        }
    }
}
