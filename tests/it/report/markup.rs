//! Markup, read as strictly as an XML parser does, for documents without a schema.

/// An element in the order of its opening tag.
#[derive(Debug, Clone, Default)]
pub struct Element {
    /// Its name.
    pub name: String,
    /// Name and value, entities as they are written.
    pub attributes: Vec<(String, String)>,
    /// The text directly within it.
    pub text: String,
}

impl Element {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The elements of a well-formed document, or what is wrong with it.
pub fn parse(text: &str) -> Result<Vec<Element>, String> {
    if let Some(c) = text.chars().find(|c| !is_character(*c)) {
        return Err(format!("the character {c:?} is not allowed"));
    }
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        match open.last() {
            Some(element) => elements[*element].text.push_str(plain(before)?),
            None if before.trim().is_empty() => {}
            None => return Err(format!("text outside of the root: {before}")),
        }
        let end = end_of_tag(tag)?;
        let (inside, after) = (&tag[1..end], &tag[end + 1..]);
        rest = after;
        if inside.starts_with('?') || inside.starts_with('!') {
            continue;
        }
        if let Some(name) = inside.strip_prefix('/') {
            let closed = open.pop().ok_or(format!("</{name}> closes nothing"))?;
            if elements[closed].name != name.trim() {
                return Err(format!("</{name}> closes <{}>", elements[closed].name));
            }
            continue;
        }
        if open.is_empty() && !elements.is_empty() {
            return Err(format!("a second root: {inside}"));
        }
        let (body, is_closed) = match inside.strip_suffix('/') {
            Some(body) => (body, true),
            None => (inside, false),
        };
        elements.push(element(body)?);
        if !is_closed {
            open.push(elements.len() - 1);
        }
    }
    if !open.is_empty() || elements.is_empty() {
        return Err(format!("{} elements stay open", open.len()));
    }
    if rest.trim().is_empty() {
        Ok(elements)
    } else {
        Err(format!("text after the root: {rest}"))
    }
}

/// Characters that XML 1.0 allows.
fn is_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// The place of the `>` that ends a tag; one within quotes does not.
fn end_of_tag(tag: &str) -> Result<usize, String> {
    if tag.starts_with("<!--") {
        return tag
            .find("-->")
            .map(|at| at + 2)
            .ok_or("an open comment".into());
    }
    let mut quote = None;
    for (at, c) in tag.char_indices().skip(1) {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '>') => return Ok(at),
            (_, '<') => return Err(format!("`<` within a tag: {}", &tag[..at])),
            _ => {}
        }
    }
    Err("a tag without end".into())
}

/// Text whose every `&` begins an entity.
fn plain(text: &str) -> Result<&str, String> {
    for (at, _) in text.match_indices('&') {
        let name = text[at + 1..].split(';').next().unwrap_or_default();
        let known = ["amp", "lt", "gt", "quot", "apos"].contains(&name);
        let number = name.strip_prefix('#').is_some_and(|number| {
            let digits = number.strip_prefix('x').unwrap_or(number);
            !digits.is_empty() && digits.chars().all(|c| c.is_ascii_hexdigit())
        });
        if !(known || number) {
            return Err(format!("`&{name}` is no entity"));
        }
    }
    Ok(text)
}

fn element(body: &str) -> Result<Element, String> {
    let body = body.trim();
    let end = body.find(char::is_whitespace).unwrap_or(body.len());
    let (name, mut rest) = (body[..end].to_owned(), body[end..].trim_start());
    let is_name = |name: &str| {
        let mut characters = name.chars();
        characters.next().is_some_and(|c| c.is_ascii_alphabetic())
            && characters.all(|c| c.is_ascii_alphanumeric() || "-_:.".contains(c))
    };
    if !is_name(&name) {
        return Err(format!("`{name}` is no name of an element"));
    }
    let mut attributes: Vec<(String, String)> = Vec::new();
    while !rest.is_empty() {
        let (key, value) = rest
            .split_once('=')
            .ok_or(format!("an attribute without value: {rest}"))?;
        let key = key.trim();
        let quote = value.chars().next().filter(|c| "\"'".contains(*c));
        let quote = quote.ok_or(format!("an attribute without quotes: {rest}"))?;
        let (value, after) = value[1..].split_once(quote).ok_or("an open quote")?;
        if !is_name(key) || attributes.iter().any(|(known, _)| known == key) {
            return Err(format!(
                "`{key}` is no name of an attribute, or stands twice"
            ));
        }
        attributes.push((key.to_owned(), plain(value)?.to_owned()));
        rest = after.trim_start();
    }
    Ok(Element {
        name,
        attributes,
        text: String::new(),
    })
}

#[test]
fn markup_is_read_strictly() {
    let good = "<?xml version=\"1.0\"?><svg a=\"1 > 0\"><title>x &amp; y</title><br/></svg>\n";
    let elements = parse(good).unwrap();
    assert_eq!(elements.len(), 3);
    assert_eq!(
        (elements[0].attribute("a"), elements[1].text.as_str()),
        (Some("1 > 0"), "x &amp; y")
    );
    for bad in [
        "<a><b></a></b>",
        "<a>",
        "<a x=1/>",
        "<a x=\"1\" x=\"2\"/>",
        "<a>&nbsp;</a>",
        "<a>\u{1f}</a>",
        "<a/><b/>",
        "<a x=\"<\"/>",
        "text",
        "<a/>text",
    ] {
        assert!(parse(bad).is_err(), "{bad}");
    }
}
