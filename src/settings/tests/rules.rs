//! Segments, exclusions, targets and channels.

use super::*;

#[test]
fn segments_keep_their_order_and_own_no_taken_name() {
    let settings = settings(
        "[[segment]]\nname='region'\nfrom='territory'\nmap={ 'DACH*'='Europe', 'A*'='Asia', '*'='Other' }\n",
    );
    let segment = &settings.segments[0];
    assert_eq!(
        (segment.name.as_str(), segment.from.as_str()),
        ("region", "territory")
    );
    let patterns: Vec<&str> = segment
        .rules
        .iter()
        .map(|(pattern, _)| pattern.as_str())
        .collect();
    assert_eq!(patterns, ["DACH*", "A*", "*"]);
    assert_eq!(
        refused("[[segment]]\nname='month'\nfrom='x'").0,
        "reserved_name"
    );
    assert!(
        refused("[[segment]]\nname='mql'\nfrom='x'")
            .1
            .contains("name of a stage")
    );
    assert!(
        refused("[[segment]]\nname='a'\nfrom='x'\n[[segment]]\nname='A'\nfrom='y'")
            .1
            .contains("twice")
    );
    let (_, _, place) = refused("[[segment]]\nname='a'\nfrom='x'\nmap={ 'b'=1 }");
    assert_eq!(place, "leadflow.toml:4:7");
}

#[test]
fn exclusions_know_their_place() {
    let settings = settings(
        "[[exclude]]\ntable='leads'\nwhere=\"email like '%@acme.example'\"\nwhy='ourselves'\n",
    );
    let exclusion = &settings.exclusions[0];
    assert_eq!(exclusion.filter, "email like '%@acme.example'");
    assert_eq!(exclusion.why.as_deref(), Some("ourselves"));
    assert_eq!(
        exclusion.location.as_ref().unwrap().to_string(),
        "leadflow.toml:3:1"
    );
}

#[test]
fn targets_stand_in_the_file_or_beside_it() {
    let project = Project::new(
        "[[target]]\nmetric='mql'\nperiod='2026-Q4'\nby={channel='SEO'}\nvalue=120\n[[target]]\nfile='t.csv'\n",
    );
    project.write(
        "t.csv",
        "metric,period,value,channel\nlead,2026-10,500,\nlead_to_mql,2026-10,0.25,SEO\n",
    );
    let targets = project.run("report").unwrap().targets;
    assert_eq!(targets.len(), 3);
    assert_eq!(
        (targets[0].period.label.as_str(), targets[0].value),
        ("2026-Q4", 120.0)
    );
    assert_eq!(targets[0].by["channel"], "SEO");
    assert!(targets[1].by.is_empty());
    assert_eq!(
        (
            targets[2].metric.as_str(),
            targets[2].by["channel"].as_str()
        ),
        ("lead_to_mql", "SEO")
    );

    assert!(
        refused("[[target]]\nmetric='mql'\nvalue=1")
            .1
            .contains("needs `period`")
    );
    assert!(
        refused("[[target]]\nmetric='mql'\nperiod='soon'\nvalue=1")
            .1
            .contains("`soon` is no period")
    );
    assert!(
        refused("[[target]]\nfile='t.csv'\nvalue=1")
            .1
            .contains("either one value")
    );
}

#[test]
fn channel_rules_are_handed_on() {
    let settings = settings(
        "[channels]\nextensions=false\nbasis='cohort'\n[visits]\nfrom='ga4'\n[[channel]]\nname='SEO'\nmatch=['SEO*']\nwhen=[{medium='organic'}]\nclass='inbound'\n",
    );
    assert!(!settings.extensions);
    assert_eq!(settings.basis, Basis::Cohort);
    assert_eq!(settings.visits_from.as_deref(), Some("ga4"));
    let rule = &settings.channel_rules[0];
    assert_eq!(
        (rule.name.as_str(), rule.class),
        ("SEO", Some(Class::Inbound))
    );
    assert_eq!(rule.when[0].medium.as_deref(), Some("organic"));
    let (_, _, place) = refused("[[channel]]\nname='SEO'\nwhen=[{}]");
    assert_eq!(place, "leadflow.toml:3:7");
    assert!(refused("[[channel]]\nname=''").1.contains("needs a name"));
}
