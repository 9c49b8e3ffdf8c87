#![allow(clippy::unwrap_used)]
use super::*;

fn ids(text: &str) -> Vec<String> {
    message::all(text)
        .into_iter()
        .map(|message| message.id)
        .collect()
}

/// The names of the places of a message, also where plurals choose among several texts.
fn places(text: &str) -> BTreeMap<String, Vec<String>> {
    let resource = fluent_syntax::parser::parse(text).unwrap_or_else(|(resource, _)| resource);
    let mut all = BTreeMap::new();
    let lines = fluent_syntax::serializer::serialize(&resource);
    let variable = regex::Regex::new(r"\$([a-z0-9]+)").unwrap();
    let mut id = String::new();
    for line in lines.lines() {
        if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
            name.clone_into(&mut id);
        }
        let found = variable
            .captures_iter(line)
            .map(|found| found[1].to_owned());
        let names: &mut Vec<String> = all.entry(id.clone()).or_default();
        names.extend(found);
        names.sort();
        names.dedup();
    }
    all
}

#[test]
fn every_catalogue_is_whole() {
    let english = ids(ALL[0].text);
    let wanted = places(ALL[0].text);
    let parsed = fluent_syntax::parser::parse(ALL[0].text);
    assert!(parsed.is_ok(), "{:?}", parsed.map_err(|(_, errors)| errors));
    for language in &ALL[1..] {
        let parsed = fluent_syntax::parser::parse(language.text);
        assert!(
            parsed.is_ok(),
            "{}: {:?}",
            language.code,
            parsed.map_err(|(_, errors)| errors)
        );
        let found = places(language.text);
        let missing: Vec<&String> = english
            .iter()
            .filter(|id| !found.contains_key(*id))
            .collect();
        assert!(missing.is_empty(), "{} lacks {missing:?}", language.code);
        for (id, names) in &found {
            assert_eq!(
                Some(names),
                wanted.get(id),
                "{}: places of {id}",
                language.code
            );
        }
    }
}

#[test]
fn no_two_messages_have_one_text() {
    let mut seen = BTreeMap::new();
    for message in message::all(ALL[0].text) {
        if let Some(text) = message.plain() {
            let before = seen.insert(text.to_owned(), message.id.clone());
            assert_eq!(before, None, "{text} of {}", message.id);
        }
    }
}
