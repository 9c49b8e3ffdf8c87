//! The results of checks as JUnit XML, which continuous integration shows as tests.
//!
//! One suite, one case for each line of results. No time is written: the same report is the
//! same bytes.

use std::fmt::Write;

use super::{escape, frame};
use crate::report::document::{CheckResult, Report};

/// The document; a report without checks is a suite without cases.
#[must_use]
pub fn render(report: &Report) -> Vec<u8> {
    let checks = &report.checks;
    let count = |is: fn(&CheckResult) -> bool| checks.iter().filter(|check| is(check)).count();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        "<testsuites>\n<testsuite name=\"leadflow\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">",
        checks.len(),
        count(fails),
        count(|check| check.status == "skipped"),
    );
    for check in checks {
        case(&mut xml, check, &report.context.period.label);
    }
    xml.push_str("</testsuite>\n</testsuites>\n");
    xml.into_bytes()
}

/// A check that only warns is no failed test.
fn fails(check: &CheckResult) -> bool {
    check.status == "fail" && check.level != "warn"
}

fn case(xml: &mut String, check: &CheckResult, period: &str) {
    let said = |text: &str| escape::xml(&escape::xml_letters(text)).into_owned();
    let _ = write!(
        xml,
        "<testcase classname=\"{}\" name=\"{}\"",
        said(&format!("leadflow.{period}")),
        said(&check.check)
    );
    let found = said(&sentence(check));
    let _ = match check.status.as_str() {
        "skipped" => writeln!(xml, "><skipped message=\"{found}\"/></testcase>"),
        _ if fails(check) => writeln!(
            xml,
            "><failure type=\"check\" message=\"{found}\"/></testcase>"
        ),
        "fail" => writeln!(xml, "><system-out>warning: {found}</system-out></testcase>"),
        _ => writeln!(xml, "/>"),
    };
}

/// `0.185, demanded 0.2, n = 356`
#[must_use]
pub fn sentence(check: &CheckResult) -> String {
    let [_, _, value, threshold, n, reason] = frame::check(check);
    let parts = [
        (!value.is_empty()).then_some(value),
        (!threshold.is_empty()).then(|| format!("demanded {threshold}")),
        (!n.is_empty()).then(|| format!("n = {n}")),
        (!reason.is_empty()).then_some(reason),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::render::sample;

    fn check(text: &str, level: &str, status: &str) -> CheckResult {
        CheckResult {
            check: text.into(),
            level: level.into(),
            status: status.into(),
            value: Some(0.1),
            threshold: Some(0.2),
            n: Some(40),
            reason: None,
        }
    }

    #[test]
    fn counts_are_those_of_the_cases() {
        let mut report = sample::report();
        report.checks = vec![
            check("lead >= 1", "error", "pass"),
            check("roi{channel=\"</testcase>\u{1}\"} >= 0", "error", "fail"),
            check("warn cac <= 5", "warn", "fail"),
            check("mql >= 3", "error", "skipped"),
        ];
        let xml = String::from_utf8(render(&report)).unwrap();
        let document = roxmltree::Document::parse(&xml).unwrap();
        let all = |name: &str| {
            document
                .descendants()
                .filter(|n| n.has_tag_name(name))
                .count()
        };
        assert_eq!((all("testcase"), all("failure"), all("skipped")), (4, 1, 1));
        let suite = document
            .descendants()
            .find(|n| n.has_tag_name("testsuite"))
            .unwrap();
        let said = |name| suite.attribute(name).unwrap();
        assert_eq!(
            (said("tests"), said("failures"), said("skipped")),
            ("4", "1", "1")
        );
        assert_eq!(render(&report), render(&report));
        report.checks.clear();
        assert!(
            String::from_utf8(render(&report))
                .unwrap()
                .contains("tests=\"0\"")
        );
    }
}
