//! Stages, their words, horizons, and the moment that is seen from.

use super::*;

#[test]
fn the_as_of_moment() {
    let berlin = "time_zone = 'Europe/Berlin'\n";
    let end_of_october = 1_793_487_600_000; // 2026-11-01T00:00:00+01:00
    for config in [
        "as_of = '2026-10-31'",
        "as_of = 2026-10-31",
        "as_of = '2026-11-01T00:00:00+01:00'",
        "as_of = '2026-11-01 00:00'",
    ] {
        let settings = settings(&format!("{berlin}{config}"));
        assert_eq!(settings.as_of, AsOf::Instant(end_of_october), "{config}");
    }
    let now = Project::empty().run("funnel --as-of now").unwrap().as_of;
    assert_eq!(now, AsOf::Instant(1_772_000_000_000));
    assert!(
        refused("as_of = 'now'")
            .1
            .contains("another report every day")
    );
    assert!(
        refused("as_of = 'yesterday'")
            .1
            .contains("`yesterday` is no moment")
    );
}

#[test]
fn the_ladder_is_checked_where_it_stands() {
    for (stages, said, column) in [
        ("[]", "at least one stage", 1),
        ("['lead', 'Lead']", "stands there twice", 19),
        ("['lead', 'lost']", "end without a win", 19),
        ("['lead', 'visits']", "is a name of the output", 19),
        ("['lead', 'cost_per_x']", "is a name of the output", 19),
        ("['lead', 'hand_to_sales']", "is a name of the output", 19),
        ("['', 'mql']", "no name of a stage", 11),
        ("['a{b', 'mql']", "no stage can have", 11),
    ] {
        let (_, text, place) = refused(&format!("[funnel]\nstages = {stages}"));
        assert!(text.contains(said), "{text}");
        assert_eq!(place, format!("leadflow.toml:2:{column}"), "{stages}");
    }
    let (code, _, _) = refused("[funnel]\nstages = ['lead', 'spend']");
    assert_eq!(code, codes::RESERVED_NAME.id);
}

#[test]
fn stage_words_meet_in_normal_form() {
    let settings = settings(
        "[[stage]]\nname='sql'\nlabels=['Hot  Lead']\noptional=true\n[[stage]]\nname='lost'\nlabels=['Gone']\n",
    );
    let label = |word: &str| settings.stage_labels.get(word).map(String::as_str);
    assert_eq!(label("hot lead"), Some("sql"));
    assert_eq!(label("gone"), Some("lost"));
    assert_eq!(label("marketing qualified lead"), Some("mql"));
    assert_eq!(label("sales qualified lead"), Some("sql"));
    assert_eq!(label("closed won"), Some("won"));
    assert_eq!(label("closed lost"), Some("lost"));
    assert_eq!(label("customer"), Some("customer"));
    assert_eq!(label("sales accepted lead"), None);
    assert!(settings.ladder.is_optional(2));
}

#[test]
fn stage_tables_name_known_stages_and_words_mean_one_thing() {
    let (code, text, place) = refused("[[stage]]\nname = 'MLQ'\n");
    assert_eq!(
        (code.as_str(), place.as_str()),
        ("unknown_name", "leadflow.toml:2:1")
    );
    assert_eq!(
        text,
        "`name`: `MLQ` is no stage of the funnel".replace("name", "stage[1].name")
    );
    let (_, text, place) =
        refused("[[stage]]\nname='sql'\nlabels=['x']\n[[stage]]\nname='mql'\nlabels=['y', 'X']");
    assert!(text.contains("the word `X` means `sql` already"), "{text}");
    assert_eq!(place, "leadflow.toml:6:14");
    assert!(
        refused("[[stage]]\nname='sql'\nlabels=['mql']")
            .1
            .contains("means `mql` already")
    );
}

#[test]
fn horizons_are_for_spans_of_the_ladder() {
    let settings =
        settings("[funnel]\nhorizon_days=30\n[funnel.horizon]\nlead_to_customer=180\nl2m=10\n");
    assert_eq!(settings.horizons.days(0, 4), 180);
    assert_eq!(settings.horizons.days(0, 1), 10);
    assert_eq!(settings.horizons.days(1, 2), 30);
    let (code, _, place) = refused("[funnel.horizon]\nlead_to_custmer = 1");
    assert_eq!(
        (code.as_str(), place.as_str()),
        ("unknown_name", "leadflow.toml:2:1")
    );
    assert_eq!(refused("[funnel]\nhorizon_days = 0").2, "leadflow.toml:2:1");
    let flag = Project::empty()
        .run("funnel --horizon 7 --view to_date --policy strict")
        .unwrap();
    assert_eq!(flag.horizons.default_days, 7);
    assert_eq!(
        (flag.view, flag.policy),
        (Some(View::ToDate), Policy::Strict)
    );
}

#[test]
fn deals_carry_leads_as_said_or_by_the_names_of_stages() {
    let of = |config: &str| settings(config).from_deals;
    assert_eq!(of("[funnel]\nstages=['mql','won']"), [(1, DealMoment::Won)]);
    assert_eq!(of("[funnel]\nstages=['a','b']"), []);
    assert_eq!(
        of("[funnel]\nstages=['a','b']\n[funnel.from_deals]\nb='won'\na='created'"),
        [(0, DealMoment::Created), (1, DealMoment::Won)]
    );
    assert_eq!(of("[funnel]\nfrom_deals = {}"), []);
    let (code, _, place) = refused("[funnel.from_deals]\ncustomr='won'");
    assert_eq!(
        (code.as_str(), place.as_str()),
        ("unknown_name", "leadflow.toml:2:1")
    );
}
