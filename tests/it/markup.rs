//! HTML and Markdown as browsers and renderers understand them, for tests that look for
//! what slipped in from the data.

use std::collections::{BTreeMap, BTreeSet};

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A page as a browser sees it.
#[derive(Debug, Default)]
pub struct Page {
    /// How often each element occurs outside of drawings.
    pub elements: BTreeMap<String, usize>,
    /// What drawings consist of. How often depends on how long a name is, which decides
    /// where it is shortened and how many lines of a grid fit beside it.
    pub drawn: BTreeSet<String>,
    /// Element, attribute, value; in reading order.
    pub attributes: Vec<(String, String, String)>,
    /// What is shown: text outside of scripts and styles.
    pub text: String,
}

impl Page {
    /// Parses as the HTML standard says, which never fails.
    pub fn of(html: &str) -> Self {
        let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html);
        let mut page = Self::default();
        page.add(&dom.document, false);
        page
    }

    fn add(&mut self, node: &Handle, mut in_drawing: bool) {
        match &node.data {
            NodeData::Element { name, attrs, .. } => {
                let element = name.local.to_string();
                for attribute in attrs.borrow().iter() {
                    let name = attribute.name.local.to_string();
                    let value = attribute.value.to_string();
                    self.attributes.push((element.clone(), name, value));
                }
                match in_drawing {
                    true => drop(self.drawn.insert(element.clone())),
                    false => *self.elements.entry(element.clone()).or_default() += 1,
                }
                in_drawing |= element == "svg";
                if ["script", "style"].contains(&element.as_str()) {
                    return;
                }
            }
            NodeData::Text { contents } => self.text.push_str(&contents.borrow()),
            NodeData::Comment { contents } => panic!("a comment: {contents}"),
            _ => {}
        }
        for child in node.children.borrow().iter() {
            self.add(child, in_drawing);
        }
    }

    /// The elements of a page that says the same about other names. A list and its marks are
    /// left out: a note more is no harm.
    #[track_caller]
    pub fn is_built_like(&self, other: &Self) {
        let built = |page: &Self| {
            let mut elements = page.elements.clone();
            elements.retain(|element, _| !["li", "span"].contains(&element.as_str()));
            elements
        };
        assert_eq!(built(self), built(other));
        // A name that was shortened stands whole in a title of its own.
        let more: Vec<&String> = self.drawn.difference(&other.drawn).collect();
        assert!(more.iter().all(|element| *element == "g"), "{more:?}");
    }

    /// No attribute does anything, none leads out of the page.
    #[track_caller]
    pub fn is_inert(&self) {
        for (element, name, value) in &self.attributes {
            let place = format!("<{element} {name}={value:?}>");
            assert!(!name.starts_with("on"), "{place}");
            let leads = ["href", "src", "action", "xlink:href", "srcset", "data"];
            if leads.contains(&name.as_str()) {
                let inside = value.starts_with('#') || value == "data:,";
                assert!(inside, "{place}");
            }
            assert!(!value.to_lowercase().contains("javascript:"), "{place}");
        }
    }
}

/// What a renderer of Markdown would make of the text.
#[derive(Debug, Default)]
pub struct Rendered {
    /// Cells of each row of each table, its header first.
    pub tables: Vec<Vec<usize>>,
    /// Targets of links and images, and pieces of HTML.
    pub foreign: Vec<String>,
    /// Headings, with their text.
    pub headings: Vec<String>,
}

impl Rendered {
    /// Reads CommonMark with tables, as GitHub does.
    pub fn of(markdown: &str) -> Self {
        let mut rendered = Self::default();
        let mut heading: Option<String> = None;
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Table(_)) => rendered.tables.push(Vec::new()),
                Event::Start(Tag::TableHead | Tag::TableRow) => {
                    rendered.tables.last_mut().unwrap().push(0);
                }
                Event::Start(Tag::TableCell) => {
                    *rendered.tables.last_mut().unwrap().last_mut().unwrap() += 1;
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    rendered.foreign.push(dest_url.to_string());
                }
                Event::Html(html) | Event::InlineHtml(html) => {
                    rendered.foreign.push(html.to_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => rendered.headings.extend(heading.take()),
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        rendered
    }
}
