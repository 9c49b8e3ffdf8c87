//! Files whose headers are in another language, or typed in another way: each is known
//! as the table that it is, with its columns, without a line of configuration.

use crate::fixture::{Answer, Run, count};

/// A file, the source it is taken for, and some canonical columns with their headers.
struct Case {
    file: &'static str,
    text: &'static str,
    kind: &'static str,
    columns: &'static [(&'static str, &'static str)],
}

const CASES: &[Case] = &[
    Case {
        file: "geschaefte.csv",
        text: "Deal-Nummer;Name des Deals;Phase;Betrag;W\u{e4}hrung;Erstellt am;Abschlussdatum\n\
               D-1;Pumpen;Gewonnen;1.200,50;EUR;03.08.2026;28.09.2026\n\
               D-2;Glas;Verloren;900,00;EUR;14.08.2026;12.10.2026\n",
        kind: "deals-table",
        columns: &[
            ("id", "Deal-Nummer"),
            ("stage", "Phase"),
            ("amount", "Betrag"),
            ("created", "Erstellt am"),
            ("closed", "Abschlussdatum"),
        ],
    },
    Case {
        file: "contactos.csv",
        text: "ID_DE_CONTACTO,FECHA_DE_CREACION,ETAPA,CANAL\n\
               1,2026-10-02,Cliente potencial,SEO\n2,2026-10-03,Oportunidad,SEA\n",
        kind: "leads-table",
        columns: &[
            ("id", "ID_DE_CONTACTO"),
            ("created", "FECHA_DE_CREACION"),
            ("stage", "ETAPA"),
            ("channel", "CANAL"),
        ],
    },
    Case {
        file: "custos.csv",
        text: "Data,Canal,Campanha,Custo (BRL),Impress\u{f5}es,Cliques\n\
               2026-10-01,Google,Marca,10.50,100,4\n2026-10-02,Google,Marca,5.25,90,2\n",
        kind: "spend-table",
        columns: &[
            ("period", "Data"),
            ("channel", "Canal"),
            ("money", "Custo (BRL)"),
            ("clicks", "Cliques"),
        ],
    },
    Case {
        file: "heures.csv",
        text: "Jour,Projet,Heures,Collaborateur\n2026-10-01,SEO,1.5,Ida\n2026-10-02,SEO,2,Ola\n",
        kind: "time-sheet",
        columns: &[
            ("period", "Jour"),
            ("channel", "Projet"),
            ("hours", "Heures"),
            ("worker", "Collaborateur"),
        ],
    },
    Case {
        file: "visits-zh.csv",
        text: "日期,渠道,访问量,访客数\n2026-10-01,SEO,120,100\n2026-10-02,SEO,80,70\n",
        kind: "visits-table",
        columns: &[
            ("period", "日期"),
            ("channel", "渠道"),
            ("sessions", "访问量"),
            ("users", "访客数"),
        ],
    },
    Case {
        file: "leads-ja.csv",
        text: "リード\u{ff29}\u{ff24},作成日,ステージ,流入元\nA1,2026-10-02,リード,紹介\n\
               A2,2026-10-03,商談,紹介\n",
        kind: "leads-table",
        columns: &[
            ("created", "作成日"),
            ("stage", "ステージ"),
            ("channel", "流入元"),
        ],
    },
    Case {
        file: "costs-ar.csv",
        text: "التاريخ,القناة,التكلفة,النقرات\n2026-10-01,SEO,10.50,4\n2026-10-02,SEO,5.25,2\n",
        kind: "spend-table",
        columns: &[
            ("period", "التاريخ"),
            ("channel", "القناة"),
            ("money", "التكلفة"),
        ],
    },
    Case {
        file: "Kampagnen.csv",
        text: "Kampagnenname,Tag,Ausgegebener Betrag (EUR),Impressionen,Link-Klicks,Berichtsbeginn,Berichtsende\n\
               Herbst,2026-10-01,12.50,900,10,2026-10-01,2026-10-01\n\
               Herbst,2026-10-02,7.50,800,9,2026-10-02,2026-10-02\n",
        kind: "meta-ads",
        columns: &[
            ("campaign", "Kampagnenname"),
            ("money", "Ausgegebener Betrag (EUR)"),
            ("clicks", "Link-Klicks"),
        ],
    },
];

fn inspected(case: &Case) -> Answer {
    let run = Run::new();
    run.file(case.file, case.text);
    run.json(&format!("inspect '{}'", case.file))
}

fn is_read_as(answer: &Answer, canonical: &str, header: &str) -> bool {
    answer.table("columns").iter().any(|row| {
        let means = row["maps_to"].as_str().unwrap_or_default();
        row["column"] == header && means.split(", ").any(|name| name == canonical)
    })
}

#[test]
fn headers_in_other_languages_are_known() {
    for case in CASES {
        let answer = inspected(case);
        let input = answer.only("inputs");
        assert_eq!(input["kind"], case.kind, "{}: {input:#}", case.file);
        assert_eq!(count(input, "used"), 2, "{}: {input:#}", case.file);
        for (canonical, header) in case.columns {
            assert!(
                is_read_as(&answer, canonical, header),
                "{}: {canonical} is not read from {header}: {:#?}",
                case.file,
                answer.table("columns")
            );
        }
    }
}

#[test]
fn words_for_stages_in_other_languages_count() {
    let run = Run::new();
    run.file("contactos.csv", CASES[1].text);
    let answer = run.json("funnel contactos.csv");
    let reached = |stage: &str| count(answer.row("stages", &[("stage", stage)]), "reached");
    assert_eq!((reached("lead"), reached("opportunity")), (2, 1));
}

#[test]
fn the_english_header_wins_over_a_translated_one() {
    let run = Run::new();
    run.file(
        "costs.csv",
        "Date,Datum,Channel,Cost\n2026-10-01,2025-01-01,SEO,10\n2026-10-02,2025-01-02,SEO,5\n",
    );
    let answer = run.json("inspect costs.csv");
    assert!(is_read_as(&answer, "period", "Date"));
    assert_eq!(answer.row("columns", &[("column", "Datum")])["maps_to"], "");
}

/// Two headers that mean the same in different languages are left alone, not chosen from.
#[test]
fn two_translated_headers_of_one_meaning_are_not_guessed() {
    let run = Run::new();
    run.file(
        "costs.csv",
        "Fecha,Datum,Channel,Cost\n2026-10-01,2025-01-01,SEO,10\n2026-10-02,2025-01-02,SEO,5\n",
    );
    let answer = run.json("inspect costs.csv");
    for header in ["Fecha", "Datum"] {
        assert_eq!(answer.row("columns", &[("column", header)])["maps_to"], "");
    }
}

/// A folder with exports of several systems needs nothing but `init`.
#[test]
fn init_over_several_systems_is_a_working_configuration() {
    let run = Run::new();
    let exports = crate::fixture::root().join("testdata/exports");
    for (from, to) in [
        (
            "dynamics-leads/view/My Open Leads 10-31-2026 9-12-04 AM.csv",
            "leads.csv",
        ),
        ("pipedrive-deals/list-view/deals-1234567-1.csv", "deals.csv"),
        (
            "linkedin-ads/by-day/campaign_performance_report.csv",
            "linkedin.csv",
        ),
        (
            "microsoft-ads/by-day/Campaign performance.csv",
            "microsoft.csv",
        ),
        ("search-console/chart/Chart.csv", "Chart.csv"),
        ("salesforce-activities/tasks/Task.csv", "Task.csv"),
    ] {
        std::fs::copy(exports.join(from), run.path(to)).unwrap();
    }
    run.leadflow("init").ended(0);
    run.leadflow("funnel").ended(0);
    run.leadflow("report --period 2026-10 --out october")
        .ended(0);
    assert!(run.path("october/report.html").exists());
}

/// `Organische Suche` of one system and `Organic Search` of another are one channel; the
/// user's own rules come first.
#[test]
fn channels_in_other_languages_are_the_channels_they_are() {
    let leads = "Lead-ID,Erstellt am,Kanal\n1,2026-10-01,Organische Suche\n\
                 2,2026-10-02,Direkter Traffic\n3,2026-10-03,Messe\n";
    let more = "Lead ID,Created,Channel\n4,2026-10-04,Organic Search\n5,2026-10-05,自然搜索\n";
    let run = Run::with(&[("leads.csv", leads), ("more.csv", more)]);
    let counted = |run: &Run| {
        let answer = run.json("funnel leads.csv more.csv --by channel --period all");
        let rows = answer
            .table("stages_by")
            .iter()
            .filter(|row| row["stage"] == "lead");
        rows.map(|row| {
            (
                row["channel"].as_str().unwrap().to_owned(),
                count(row, "reached"),
            )
        })
        .collect::<std::collections::BTreeMap<String, u64>>()
    };
    let found = counted(&run);
    assert_eq!(found.get("Organic Search"), Some(&3), "{found:?}");
    assert_eq!(found.get("Direkter Traffic"), Some(&1), "{found:?}");
    assert_eq!(found.get("Messe"), Some(&1), "{found:?}");
    // Where all speak one language, so does the report.
    let alone = Run::with(&[("leads.csv", leads)]);
    let answer = alone.json("funnel leads.csv --by channel --period all");
    let names = answer.texts("stages_by", "channel");
    assert!(names.contains(&"Organische Suche".to_owned()), "{names:?}");
    let own = "[[channel]]\nname = \"SEO\"\nmatch = [\"Organische Suche\"]\n";
    run.file("leadflow.toml", own);
    let found = counted(&run);
    assert_eq!(
        (found.get("SEO"), found.get("Organic Search")),
        (Some(&1), Some(&2))
    );
}
