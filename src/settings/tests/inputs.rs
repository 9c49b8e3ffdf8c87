//! What is read, and how.

use super::*;

#[test]
fn typed_files_replace_the_inputs_and_keep_their_mapping() {
    let config = "[[input]]\npath='crm/leads.csv'\ntable='leads'\n[[input]]\npath='exports/meta-*.csv'\nkind='meta-ads'\nseveral='parts'\n";
    let project = Project::new(config);
    let settings = project
        .run("funnel ./crm/leads.csv exports/meta-1.csv crm/meta-2.csv")
        .unwrap();
    assert_eq!(settings.base, project.path(""));
    assert!(settings.inputs_were_typed);
    let [leads, meta, other] = &settings.inputs[..] else {
        unreachable!("three inputs")
    };
    assert_eq!(
        (leads.path.as_deref(), leads.table.as_deref()),
        (Some("./crm/leads.csv"), Some("leads"))
    );
    assert_eq!(
        (meta.path.as_deref(), meta.kind.as_deref()),
        (Some("exports/meta-1.csv"), Some("meta-ads"))
    );
    assert_eq!(
        (other.kind.as_deref(), other.table.as_deref()),
        (None, None)
    );

    project.write("sub/leadflow.toml", config);
    let settings = project
        .run("-c sub/leadflow.toml funnel sub/exports/meta-x.csv")
        .unwrap();
    assert_eq!(settings.inputs[0].kind.as_deref(), Some("meta-ads"));
    assert_eq!(settings.base, project.path(""));
}

#[test]
fn options_of_the_run_win_over_the_input_and_file_defaults_do_not() {
    let config =
        "encoding='utf-8'\n[[input]]\npath='a'\nencoding='utf-16le'\n[[input]]\npath='b'\n";
    let settings = settings(config);
    assert_eq!(settings.inputs[0].encoding.as_deref(), Some("utf-16le"));
    assert_eq!(settings.inputs[1].encoding, None);
    assert_eq!(settings.reading.encoding.as_deref(), Some("utf-8"));
    let words = "funnel --encoding windows-1252 --delimiter tab --date-format %d/%m/%Y --input-tz Asia/Tokyo --decimal comma";
    let settings = Project::new(config).run(words).unwrap();
    for input in &settings.inputs {
        assert_eq!(input.encoding.as_deref(), Some("windows-1252"));
        assert_eq!(
            input.date_format.as_ref().unwrap().get("created"),
            Some("%d/%m/%Y")
        );
        assert_eq!(input.time_zone.as_deref(), Some("Asia/Tokyo"));
    }
    assert_eq!(settings.reading.delimiter, Some(b'\t'));
    assert_eq!(settings.reading.zone, Tz::Asia__Tokyo);
}

#[test]
fn how_inputs_are_read() {
    let project = Project::empty();
    let reading = |words: &str| project.run(words).unwrap().reading;
    assert_eq!(
        reading("funnel x --lax").max_rejects,
        RejectLimit::Unlimited
    );
    assert_eq!(
        reading("funnel x --max-rejects 3").max_rejects,
        RejectLimit::Count(3)
    );
    assert_eq!(
        reading("funnel x --max-rejects 2.5%").max_rejects,
        RejectLimit::Share(0.025)
    );
    let header = reading("funnel x --no-header --columns id,created");
    assert_eq!(header.header, Some(false));
    assert_eq!(header.columns.unwrap(), ["id", "created"]);
    assert_eq!(
        reading("funnel x --rejects out.csv").rejects.as_deref(),
        Some(Path::new("out.csv"))
    );
    assert!(reading("funnel x --keep-going").keep_going);
    for words in [
        "--max-rejects some",
        "--max-rejects 101%",
        "--delimiter ab",
        "--delimiter é",
    ] {
        assert_eq!(
            project.refused(&format!("funnel x {words}")).0,
            "usage",
            "{words}"
        );
    }
    assert!(
        refused("[[input]]\ntable='leads'")
            .1
            .contains("needs a `path`")
    );
    assert_eq!(
        refused("[[input]]\npath='a'\ntime_zone='Mars'").2,
        "leadflow.toml:3:1"
    );
}

#[test]
fn standard_input_is_read_once_and_not_from_a_terminal() {
    let mut project = Project::empty();
    assert_eq!(
        project.run("funnel -").unwrap().inputs[0].path.as_deref(),
        Some("-")
    );
    assert!(project.refused("funnel - -").1.contains("only once"));
    project.stdin_is_terminal = true;
    assert!(project.refused("funnel -").1.contains("terminal"));
}
