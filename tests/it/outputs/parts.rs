//! Text of a file stays text, in every part of every format.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use roxmltree::Document;

use crate::fixture::{Run, names_below};
use crate::markup::{Page, Rendered};

/// Names that mean something to a spreadsheet, a browser, a drawing, a shell, a folder.
const HOSTILE: &[&str] = &[
    "=cmd|'/C calc'!A0",
    "@SUM(1+1)",
    "+1-2",
    "-2+3",
    "<img src=x onerror=alert(1)>",
    "</title></svg><script>alert(1)</script>",
    "]]><a xlink:href=\"javascript:alert(1)\">",
    "bell\u{7}null\u{1}esc\u{1b}[31m",
    "right\u{202e}left",
    "../../etc/pwned",
    "C:\\pwned",
    "_x0041_ &amp; \u{fffe}",
];

const HARMLESS: &str = "Channel";

fn company(names: impl Iterator<Item = String>) -> Run {
    let run = Run::new();
    let mut leads = csv::Writer::from_writer(Vec::new());
    leads
        .write_record(["Lead ID", "Created", "Channel", "Stage", "Owner"])
        .unwrap();
    for (number, name) in names.enumerate() {
        let day = format!("2026-01-{:02}", number % 28 + 1);
        for copy in 0..3 {
            let id = format!("L{number}-{copy}");
            leads
                .write_record([&id, &day, &name, "MQL", &name])
                .unwrap();
        }
    }
    run.file("leads.csv", leads.into_inner().unwrap());
    run
}

fn hostile() -> Run {
    company(HOSTILE.iter().map(|name| (*name).to_owned()))
}

fn harmless() -> Run {
    company((0..HOSTILE.len()).map(|number| format!("{HARMLESS} {number}")))
}

/// How often each element occurs.
fn elements(document: &Document) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        *found.entry(node.tag_name().name().to_owned()).or_insert(0) += 1;
    }
    found
}

#[test]
fn drawings_are_well_formed_and_hold_no_foreign_element() {
    let run = hostile();
    run.leadflow("report leads.csv --period 2026-01 --out report -q")
        .ended(0);
    let known = [
        "svg",
        "title",
        "desc",
        "g",
        "text",
        "tspan",
        "rect",
        "path",
        "line",
        "polyline",
        "polygon",
        "circle",
        "style",
        "defs",
        "clipPath",
        "linearGradient",
        "stop",
        "use",
        "pattern",
    ];
    let folder = run.path("report/charts");
    let mut drawings = 0;
    for name in names_below(&folder)
        .iter()
        .filter(|name| name.ends_with(".svg"))
    {
        let text = run.read(&format!("report/charts/{name}"));
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        for element in elements(&document).keys() {
            assert!(known.contains(&element.as_str()), "<{element}> in {name}");
        }
        for node in document.descendants() {
            for attribute in node.attributes() {
                let says = attribute.value().to_lowercase();
                assert!(!attribute.name().starts_with("on"), "{name}");
                assert!(
                    !says.contains("javascript:") && !says.contains("http:"),
                    "{name}: {says}"
                );
            }
        }
        drawings += 1;
    }
    assert!(drawings > 0);
}

#[test]
fn the_page_has_the_same_elements_with_any_names() {
    for command in [
        "channels leads.csv --by channel,owner",
        "report leads.csv --period 2026-01",
    ] {
        let page = |run: &Run| {
            let answer = run.leadflow(&format!("{command} --format html")).ended(0);
            Page::of(&answer.stdout)
        };
        let (with_hostile, with_harmless) = (page(&hostile()), page(&harmless()));
        with_hostile.is_built_like(&with_harmless);
        with_hostile.is_inert();
        for name in HOSTILE.iter().filter(|name| name.is_ascii()) {
            let shown = name.chars().all(|c| !c.is_control());
            let found = with_hostile.text.contains(name);
            assert!(!shown || found, "{name:?} is not in the text of {command}");
        }
    }
}

#[test]
fn markdown_keeps_its_tables_and_takes_no_link() {
    let further = [
        "[x](javascript:alert(1))",
        "![i](http://example.invalid/p.png)",
        "| a | b |",
        "<a href=\"http://example.invalid\">x</a>",
        "`code` **bold** \\| ~~gone~~",
        "# heading",
        "http://example.invalid/bare",
        "<http://example.invalid>",
        "[ref]: http://example.invalid",
    ];
    let names = HOSTILE.iter().chain(&further);
    let run = company(names.map(|name| (*name).to_owned()));
    for command in [
        "channels leads.csv --by channel,owner",
        "funnel leads.csv --by channel",
        "report leads.csv --period 2026-01",
    ] {
        let answer = run.leadflow(&format!("{command} --format markdown"));
        let rendered = Rendered::of(&answer.ended(0).stdout);
        assert!(rendered.foreign.is_empty(), "{command}: {rendered:?}");
        assert!(!rendered.tables.is_empty(), "{command}");
        for table in &rendered.tables {
            assert!(table.iter().all(|cells| *cells == table[0]), "{table:?}");
        }
        let headings = rendered.headings.concat();
        assert!(!headings.contains("heading"), "{headings}");
    }
}

#[test]
fn workbooks_hold_texts_and_numbers_alone() {
    for command in [
        "channels leads.csv --by channel,owner",
        "query 'select * from leads' leads.csv",
    ] {
        let run = hostile();
        let book = run
            .leadflow(&format!("{command} --format xlsx"))
            .ended(0)
            .bytes;
        let mut archive = zip::ZipArchive::new(Cursor::new(book)).unwrap();
        let mut cells = 0;
        for place in 0..archive.len() {
            let mut part = archive.by_index(place).unwrap();
            let name = part.name().unwrap().into_owned();
            let mut text = String::new();
            part.read_to_string(&mut text).unwrap();
            let document = Document::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            for node in document.descendants().filter(roxmltree::Node::is_element) {
                match node.tag_name().name() {
                    "f" => panic!("a formula in {name}"),
                    "hyperlink" => panic!("a link in {name}"),
                    "c" => {
                        let kind = node.attribute("t").unwrap_or("n");
                        assert!(
                            ["s", "inlineStr", "n", "b"].contains(&kind),
                            "{kind} in {name}"
                        );
                        cells += 1;
                    }
                    _ => {}
                }
            }
        }
        assert!(cells > 0, "{command}");
    }
}

#[test]
fn exported_csv_has_no_formula_and_no_number_in_disguise() {
    let run = hostile();
    run.leadflow("export leads.csv --out tables --format csv")
        .ended(0);
    let mut reader = csv::Reader::from_path(run.path("tables/leads.csv")).unwrap();
    let mut guarded = 0;
    for record in reader.records() {
        for cell in &record.unwrap() {
            let first = cell.chars().next().unwrap_or(' ');
            assert!(!"=+-@\t\r".contains(first), "{cell:?}");
            guarded += usize::from(first == '\'');
        }
    }
    assert!(guarded > 0);
    let raw = run
        .leadflow("export leads.csv --table leads --raw-csv -q")
        .ended(0);
    assert!(
        raw.stdout.contains(",=cmd|") && !raw.stdout.contains("'=cmd"),
        "{raw}"
    );
}

#[test]
fn no_name_of_a_file_comes_from_the_data() {
    let run = hostile();
    run.leadflow("report leads.csv --period 2026-01 --by channel --out report -q")
        .ended(0);
    run.leadflow("export leads.csv --out tables -q").ended(0);
    let plain = |name: &str| {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_./".contains(c);
        name.chars().all(letters) && !name.contains("pwned")
    };
    let names = run.files();
    assert!(names.iter().all(|name| plain(name)), "{names:?}");
    let outside = names.iter().filter(|name| {
        !name.starts_with("report/") && !name.starts_with("tables/") && *name != "leads.csv"
    });
    assert_eq!(outside.count(), 0, "{names:?}");
}

#[test]
fn a_terminal_is_told_no_commands() {
    let run = hostile();
    let bad = |c: char| (c < ' ' && c != '\n' && c != '\t') || matches!(c, '\u{7f}' | '\u{202e}');
    for line in [
        "channels leads.csv",
        "funnel leads.csv --by owner",
        "inspect leads.csv",
        "query 'select * from leads' leads.csv",
        "channels leads.csv --where nonsense",
    ] {
        let outcome = run.leadflow(line);
        for text in [&outcome.stdout, &outcome.stderr] {
            assert!(!text.chars().any(bad), "{line}: {text:?}");
        }
    }
}
