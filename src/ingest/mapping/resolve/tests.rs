#![allow(clippy::unwrap_used)]
use super::*;
use crate::ingest::detect::spec_for;
use crate::ingest::mapping::merge_input;
use crate::ingest::sources;

const LADDER: [&str; 5] = ["lead", "mql", "sql", "opportunity", "customer"];

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn mapped(spec: &str, table: &str, header: &[&str]) -> Result<Mapping, Vec<Diagnostic>> {
    let spec: InputSpec = toml::from_str(spec).unwrap();
    let table = TableSpec::by_name(table).unwrap();
    resolve(&spec, table, &owned(header), &owned(&LADDER), None)
}

/// The finding's code, text and hint, of a mapping that must fail with one finding.
fn finding(spec: &str, table: &str, header: &[&str]) -> (String, String) {
    let errors = mapped(spec, table, header).unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
    let hint = errors[0].hint.clone().unwrap();
    (
        errors[0].code.id.to_owned(),
        format!("{} | {hint}", errors[0].text),
    )
}

fn builtin(source: &str, user: &str, header: &[&str]) -> Result<Mapping, Vec<Diagnostic>> {
    let source = sources::by_name(source).unwrap();
    let user: InputSpec = toml::from_str(user).unwrap();
    let base = spec_for(source, &owned(header));
    let spec = merge_input(&base, &user);
    let table = TableSpec::by_name(spec.table.as_deref().unwrap()).unwrap();
    resolve(&spec, table, &owned(header), &owned(&LADDER), Some(&base))
}

fn names(mapping: &Mapping) -> Vec<&str> {
    mapping
        .columns
        .iter()
        .map(|column| column.canonical.as_str())
        .collect()
}

#[test]
fn columns_come_in_the_order_of_table_and_ladder() {
    let spec = r#"
        [columns]
        "stage.customer" = "Won on"
        "stage.mql" = "MQL since"
        region = "Area"
        created = "Since"
        id = ["Shop", "Number"]
        channel = ["Kanal", "Channel"]
        [set]
        owner = "Anna"
        channel = "Other"
    "#;
    let header = [
        "Number",
        "Shop",
        "SINCE",
        "Channel",
        "mql  since",
        "Won on",
        "Area",
        "x",
        "",
    ];
    let mapping = mapped(spec, "leads", &header).unwrap();
    assert_eq!(
        names(&mapping),
        [
            "id",
            "created",
            "channel",
            "owner",
            "stage.mql",
            "stage.customer",
            "region"
        ]
    );
    let id = mapping.column("id").unwrap();
    assert_eq!(
        (&id.source, id.header.as_str()),
        (&Source::Cells(vec![1, 0]), "Shop + Number")
    );
    assert_eq!(
        mapping.column("channel").unwrap().default.as_deref(),
        Some("Other")
    );
    assert_eq!(
        mapping.column("owner").unwrap().source,
        Source::Constant("Anna".into())
    );
    assert!(mapping.column("region").unwrap().segment);
    assert_eq!(mapping.unmapped, [7]);
    assert!(mapping.notes.is_empty() && mapping.absent.is_empty());
}

#[test]
fn a_header_that_is_not_there_is_named_with_its_neighbours() {
    let (code, text) = finding(
        "columns = { id = 'mql_id', channel = 'origin' }",
        "leads",
        &["mql_ids", "Origin", "origin_page"],
    );
    assert_eq!(code, "missing_column");
    assert_eq!(
        text,
        "`id` is mapped to `mql_id`, which the file does not have | did you mean `mql_ids`?"
    );
}

#[test]
fn a_required_column_must_be_mapped() {
    let (code, text) = finding(
        "columns = { created = 'Day' }",
        "leads",
        &["Day", "Identifier"],
    );
    assert_eq!(code, "missing_column");
    assert!(
        text.starts_with("a table of leads needs `id` (identifier of the person)"),
        "{text}"
    );
    assert!(text.contains("table = \"stage_events\""), "{text}");
    let (_, text) = finding("columns = { channel = 'C' }", "spend", &["C"]);
    assert!(text.contains("`money`"), "{text}");
}

#[test]
fn a_header_that_stands_twice_is_refused_where_it_is_read() {
    let header = ["Deal", "Amount", "amount ", "Note", "Note"];
    let (code, text) = finding(
        "columns = { id = 'Deal', amount = 'Amount' }",
        "deals",
        &header,
    );
    assert_eq!(code, "duplicate_header");
    assert!(
        text.contains("`Amount` (column 2) or `amount` (column 3)"),
        "{text}"
    );
    assert!(mapped("columns = { id = 'Deal' }", "deals", &header).is_ok());
}

#[test]
fn stages_must_exist() {
    let header = ["Id", "A", "B"];
    let (code, text) = finding(
        "columns = { id = 'Id', 'stage.mlq' = 'A' }",
        "leads",
        &header,
    );
    assert_eq!(code, "unknown_name");
    assert!(text.ends_with("did you mean `mql`?"), "{text}");
    let (code, _) = finding(
        "set = { stage = 'demo' }\n[columns]\nid = 'Id'",
        "stage_events",
        &header,
    );
    assert_eq!(code, "unknown_name");
    let exits = mapped(
        "stages = { demo = 'sql' }\ncolumns = { id = 'Id', 'stage.lost' = 'A', 'stage.demo' = 'B' }",
        "leads",
        &header,
    );
    assert_eq!(names(&exits.unwrap()), ["id", "stage.sql", "stage.lost"]);
}

#[test]
fn deals_have_no_stage_columns_and_words_of_their_own() {
    let (code, text) = finding(
        "columns = { id = 'Id', 'stage.mql' = 'A' }",
        "deals",
        &["Id", "A"],
    );
    assert_eq!(code, "unknown_name");
    assert!(
        text.starts_with("a table of deals has no column `stage.mql`"),
        "{text}"
    );
    assert!(mapped("set = { stage = 'Proposal' }", "deals", &["Id"]).is_ok());
}

#[test]
fn a_star_maps_one_column_per_stage() {
    let header = [
        "Id",
        "Date entered \"MQL\"",
        "Date entered \"Demo\"",
        "Date entered \"customer\"",
    ];
    let spec = "columns = { id = 'Id', 'stage.*' = 'Date entered \"*\"' }";
    let mapping = mapped(spec, "leads", &header).unwrap();
    assert_eq!(names(&mapping), ["id", "stage.mql", "stage.customer"]);
    assert_eq!(mapping.unmapped, [2]);
    let (code, _) = finding(spec, "leads", &["Id", "Date entered \"Demo\""]);
    assert_eq!(code, "missing_column");
    let twice = [
        "Id",
        "Date entered \"MQL\"",
        "Date entered \"Marketing Qualified Lead\"",
    ];
    assert_eq!(finding(spec, "leads", &twice).0, "duplicate_header");
}

#[test]
fn segments_may_not_be_called_like_the_output() {
    let (code, text) = finding("columns = { id = 'Id', roi = 'A' }", "leads", &["Id", "A"]);
    assert_eq!(code, "reserved_name");
    assert!(text.ends_with("for example `leads_roi`"), "{text}");
    let slip = mapped(
        "columns = { id = 'Id', chanel = 'A' }",
        "leads",
        &["Id", "A"],
    )
    .unwrap();
    assert_eq!(
        slip.notes[0].hint.as_deref(),
        Some("did you mean `channel`?")
    );
}

#[test]
fn money_and_spans_learn_from_their_headers() {
    let spec = "columns = { money = 'Amount spent (*)', period = 'Month' }";
    let mapping = mapped(spec, "spend", &["Month", "Amount spent (UAH)"]).unwrap();
    assert_eq!(mapping.column("period").unwrap().grain, Some(Grain::Month));
    let money = mapping.column("money").unwrap();
    assert_eq!(money.currency_from_header.as_deref(), Some("UAH"));
    let two = finding(
        spec,
        "spend",
        &["Month", "Amount spent (UAH)", "Amount spent (USD)"],
    );
    assert_eq!(two.0, "duplicate_header");
}

#[test]
fn the_date_of_a_row_beats_the_span_of_the_report() {
    let spec = "columns = { money = 'Cost', period = 'Day', from = 'Starts', to = 'Ends' }";
    let mapping = mapped(spec, "spend", &["Day", "Starts", "Ends", "Cost"]).unwrap();
    assert_eq!(names(&mapping), ["period", "money"]);
    let spec =
        "columns = { money = 'Cost', from = 'Starts', to = 'Ends' }\nset = { period = '2026-10' }";
    let mapping = mapped(spec, "spend", &["Starts", "Ends", "Cost"]).unwrap();
    assert_eq!(names(&mapping), ["from", "to", "money"]);
    let (code, _) = finding(
        "columns = { money = 'Cost', from = 'Starts' }",
        "spend",
        &["Starts", "Cost"],
    );
    assert_eq!(code, "missing_column");
}

#[test]
fn an_empty_header_unmaps() {
    let header = ["Campaign", "Campaign type", "Cost", "Impr."];
    let mapping = builtin("google-ads", "columns = { channel = '' }", &header).unwrap();
    let channel = mapping.column("channel").unwrap();
    assert_eq!(channel.source, Source::Constant("Paid Search".into()));
    let plain = builtin("google-ads", "", &header).unwrap();
    assert_eq!(
        plain.column("channel").unwrap().source,
        Source::Cells(vec![1])
    );
    assert_eq!(
        plain.column("channel").unwrap().default.as_deref(),
        Some("Paid Search")
    );
}

#[test]
fn built_in_sources_forgive_what_users_must_get_right() {
    let header = ["Record ID", "Lifecycle Stage", "Create Date"];
    let mapping = builtin("hubspot-contacts", "", &header).unwrap();
    assert_eq!(names(&mapping), ["id", "created", "stage"]);
    assert!(mapping.absent.iter().any(|name| name == "stage.mql"));
    let errors = builtin("hubspot-contacts", "columns = { owner = 'Rep' }", &header).unwrap_err();
    assert_eq!(errors[0].code.id, "missing_column");
}

#[test]
fn a_source_reads_on_a_ladder_without_its_stages() {
    let source = sources::by_name("hubspot-contacts").unwrap();
    let header = owned(&["Record ID", "Became a Lead Date", "Became a Customer Date"]);
    let ladder = owned(&["visitor", "customer"]);
    let table = TableSpec::by_name("leads").unwrap();
    let mapping = resolve(&source.input, table, &header, &ladder, Some(&source.input)).unwrap();
    assert_eq!(names(&mapping), ["id", "stage.customer"]);
}

#[test]
fn source_and_medium_in_one_cell() {
    let header = ["Session source / medium", "Sessions", "Year month"];
    let mapping = builtin("ga4-traffic-acquisition", "", &header).unwrap();
    assert_eq!(names(&mapping), ["period", "source", "medium", "sessions"]);
    assert_eq!(mapping.column("medium").unwrap().part, Some(Part::Medium));
    assert_eq!(mapping.column("period").unwrap().grain, Some(Grain::Month));
    assert!(mapping.unmapped.is_empty());
}

#[test]
fn plain_tables_are_described_in_a_sentence() {
    let header = ["Lead ID", "Created", "Source", "Stage", "Amount"];
    let mapping = builtin("leads-table", "", &header).unwrap();
    assert_eq!(
        mapping.sentence(&owned(&header)),
        "leads (id: `Lead ID`, created: `Created`, channel: `Source`, source: `Source`, \
         stage: `Stage`); not read: `Amount`"
    );
    assert!(!mapping.id_is_email());
    let mapping = builtin("leads-table", "", &["Email", "First Name", "Stage"]).unwrap();
    assert!(mapping.id_is_email());
}

#[test]
fn dated_stages_of_plain_tables() {
    let header = [
        "lead_id",
        "Lead Date",
        "mql_date",
        "SQL Date",
        "Customer Date",
        "Close Date",
    ];
    let mapping = builtin("leads-table", "", &header).unwrap();
    let stages = [
        "id",
        "stage.lead",
        "stage.mql",
        "stage.sql",
        "stage.customer",
    ];
    assert_eq!(names(&mapping), stages);
    let counts = builtin(
        "visits-table",
        "",
        &["Channel", "Leads", "MQLs", "Opportunities"],
    )
    .unwrap();
    assert_eq!(
        names(&counts),
        ["channel", "count.lead", "count.mql", "count.opportunity"]
    );
}

/// A built-in source may not use a segment name that a user may not use, nor a
/// column or stage that does not exist.
#[test]
fn built_in_sources_obey_the_rules_for_users() {
    for source in sources::all().iter().chain(sources::generic()) {
        let header: Vec<String> = source
            .input
            .columns
            .values()
            .filter_map(|reference| reference.headers().next())
            .map(|header| header.replace('*', "EUR"))
            .collect::<BTreeSet<String>>()
            .into_iter()
            .collect();
        let table = TableSpec::by_name(source.input.table.as_deref().unwrap()).unwrap();
        let ladder = owned(&LADDER);
        let result = resolve(&source.input, table, &header, &ladder, Some(&source.input));
        let mapping = result.unwrap_or_else(|errors| unreachable!("{}: {errors:?}", source.name));
        // What stands across the header is always said.
        let said = usize::from(source.input.unpivot.is_some());
        assert!(
            mapping.notes.len() == said,
            "{}: {:?}",
            source.name,
            mapping.notes
        );
    }
}
