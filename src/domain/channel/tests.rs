//! The rules against the published test vectors, and the precedence between them.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

type Vector = (&'static str, &'static str, &'static str, &'static str);

/// Source, medium, campaign, channel: GA4's own rules.
#[rustfmt::skip]
const GA4: &[Vector] = &[
    ("(direct)", "(none)", "", "Direct"),
    ("(direct)", "(not set)", "", "Direct"),
    ("(not set)", "(not set)", "", "Unassigned"),
    ("", "", "", "Unassigned"),
    ("google", "organic", "", "Organic Search"),
    ("google", "cpc", "", "Paid Search"),
    ("Google", "CPC", "Brand", "Paid Search"),
    ("google", "cpc", "spring-shopping", "Paid Shopping"),
    ("google", "cpc", "photoshop-course", "Paid Search"),
    ("google", "cpc", "eshop", "Paid Shopping"),
    ("google", "cpc", "workshop-may", "Paid Search"),
    ("google", "cpc", "cross-network", "Cross-network"),
    ("bing", "ppc", "", "Paid Search"),
    ("duckduckgo", "organic", "", "Organic Search"),
    ("ecosia.org", "referral", "", "Organic Search"),
    ("newsletter", "organic", "", "Organic Search"),
    ("facebook", "paid_social", "", "Paid Social"),
    ("facebook", "social", "", "Organic Social"),
    ("fb", "cpc", "", "Paid Social"),
    ("l.facebook.com", "referral", "", "Organic Social"),
    ("linkedin", "paid-social", "", "Paid Social"),
    ("lnkd.in", "referral", "", "Organic Social"),
    ("linkedin", "(not set)", "", "Organic Social"),
    ("x.com", "referral", "", "Referral"),
    ("t.co", "referral", "", "Organic Social"),
    ("youtube", "cpv", "", "Paid Video"),
    ("youtube", "paid", "", "Paid Video"),
    ("youtube.com", "referral", "", "Organic Video"),
    ("vimeo", "video", "", "Organic Video"),
    ("partner", "video-embed", "", "Organic Video"),
    ("dv360", "display", "", "Display"),
    ("youtube", "cpm", "", "Paid Video"),
    ("google", "cpm", "", "Paid Search"),
    ("adnetwork", "cpm", "", "Display"),
    ("adnetwork", "banner", "", "Display"),
    ("taboola", "native", "", "Unassigned"),
    ("taboola", "cpc", "", "Paid Other"),
    ("criteo", "retargeting", "", "Paid Other"),
    ("amazon", "referral", "", "Organic Shopping"),
    ("stripe.com", "referral", "", "Organic Shopping"),
    ("checkout.stripe.com", "referral", "", "Organic Shopping"),
    ("paypal.com", "referral", "", "Referral"),
    ("partner.example", "referral", "", "Referral"),
    ("hubspot", "email", "", "Email"),
    ("email", "(not set)", "", "Email"),
    ("hs_email", "email", "", "Email"),
    ("newsletter", "e-mail", "", "Email"),
    ("newsletter", "newsletter", "", "Unassigned"),
    ("mailchimp", "eblast", "", "Unassigned"),
    ("email", "referral", "", "Referral"),
    ("partner", "affiliate", "", "Affiliates"),
    ("partner", "affiliates", "", "Unassigned"),
    ("spotify", "audio", "", "Audio"),
    ("sms", "(none)", "", "SMS"),
    ("twilio", "sms", "", "SMS"),
    ("onesignal", "web-push", "", "Mobile Push Notifications"),
    ("app", "mobile", "", "Mobile Push Notifications"),
    ("firebase", "(none)", "", "Mobile Push Notifications"),
    ("chatgpt.com", "ai-assistant", "(ai-assistant)", "AI Assistant"),
    ("chatgpt.com", "referral", "", "Referral"),
    ("chatgpt.com", "(not set)", "", "Unassigned"),
    ("perplexity", "(not set)", "", "Unassigned"),
    ("google", "pmax", "", "Organic Search"),
    ("google", "organic", "shop", "Organic Shopping"),
    ("podcast", "sponsorship", "", "Unassigned"),
    ("event", "offline", "", "Unassigned"),
    ("reddit", "cpc", "", "Paid Social"),
    ("quora", "paid", "", "Paid Social"),
    ("capterra", "cpc", "", "Paid Other"),
    ("g2.com", "referral", "", "Referral"),
    ("google.com", "referral", "", "Referral"),
    ("www.google.com", "organic", "", "Organic Search"),
    ("google", "Organic ", "", "Organic Search"),
];

/// The rows that differ with the extensions and the reduction of hosts.
#[rustfmt::skip]
const EXTENDED: &[Vector] = &[
    ("x.com", "referral", "", "Organic Social"),
    ("stripe.com", "referral", "", "Payment Referral"),
    ("checkout.stripe.com", "referral", "", "Payment Referral"),
    ("paypal.com", "referral", "", "Payment Referral"),
    ("newsletter", "newsletter", "", "Email"),
    ("mailchimp", "eblast", "", "Email"),
    ("partner", "affiliates", "", "Affiliates"),
    ("chatgpt.com", "referral", "", "AI Assistant"),
    ("chatgpt.com", "(not set)", "", "AI Assistant"),
    ("perplexity", "(not set)", "", "AI Assistant"),
    ("google.com", "referral", "", "Organic Search"),
];

fn web<'a>(source: &'a str, medium: &'a str, campaign: &'a str) -> Evidence<'a> {
    Evidence {
        source: Some(source),
        medium: Some(medium),
        campaign: Some(campaign),
        ..Evidence::default()
    }
}

fn crm<'a>(channel: Option<&'a str>, source: Option<&'a str>) -> Evidence<'a> {
    Evidence {
        channel,
        source,
        kind_of_row: Row::Crm,
        ..Evidence::default()
    }
}

fn extended() -> Rules {
    Rules::default()
}

fn plain() -> Rules {
    Rules::new(Vec::new(), false)
}

fn rule(name: &str, matches: &[&str]) -> UserRule {
    UserRule {
        name: name.to_owned(),
        matches: matches.iter().map(ToString::to_string).collect(),
        ..UserRule::default()
    }
}

fn channel(rules: &Rules, evidence: &Evidence<'_>) -> String {
    rules.assign(evidence).channel
}

#[test]
fn vectors_of_google_alone() {
    for (source, medium, campaign, expected) in GA4 {
        let found = plain().assign(&web(source, medium, campaign));
        assert_eq!(found.channel, *expected, "{source} / {medium} / {campaign}");
        assert!(
            !matches!(found.rule, RuleRef::Extension { .. }),
            "{source} / {medium}"
        );
    }
}

#[test]
fn vectors_with_extensions() {
    for (source, medium, campaign, expected) in GA4 {
        let differing = EXTENDED
            .iter()
            .find(|row| (row.0, row.1, row.2) == (*source, *medium, *campaign));
        let expected = differing.map_or(*expected, |row| row.3);
        let found = extended().assign(&web(source, medium, campaign));
        assert_eq!(found.channel, expected, "{source} / {medium} / {campaign}");
        // What rests on leadflow's own list says so, and nothing else does.
        let is_own = matches!(found.rule, RuleRef::Extension { .. });
        assert_eq!(
            is_own,
            differing.is_some(),
            "{source} / {medium}: {}",
            found.rule
        );
    }
    for (source, medium, campaign, _) in EXTENDED {
        let in_both = GA4
            .iter()
            .any(|row| (row.0, row.1, row.2) == (*source, *medium, *campaign));
        assert!(
            in_both,
            "{source} / {medium} is missing from the first table"
        );
    }
}

#[test]
fn consequences_worth_knowing() {
    let rules = plain();
    let by = |source, medium| channel(&rules, &web(source, medium, ""));
    // cpm contains cp: Display only where the source is in no list.
    assert_eq!(by("facebook", "cpm"), "Paid Social");
    assert_eq!(by("somewhere", "cpm"), "Display");
    for medium in [
        "native",
        "pmax",
        "influencer",
        "podcast",
        "offline",
        "affiliates",
        "eblast",
    ] {
        assert_eq!(by("somewhere", medium), "Unassigned", "{medium}");
    }
    assert_eq!(by("google", "anything at all"), "Organic Search");
    assert_eq!(by("s3.amazonaws.com", "referral"), "Organic Shopping");
    assert_eq!(by("email", "link"), "Referral");
    // A listed source takes an assistant's medium: its rule comes after the social one.
    assert_eq!(by("facebook", "ai-assistant"), "Organic Social");
    assert_eq!(by("google", "ai-assistant"), "AI Assistant");
    assert_eq!(
        by("somewhere", "push-notification"),
        "Mobile Push Notifications"
    );
}

#[test]
fn spellings_do_not_matter() {
    for (source, medium) in [
        (" GOOGLE ", "Cpc"),
        ("g%6Fogle", "%43PC"),
        ("\u{200b}google", "cpc\n"),
    ] {
        assert_eq!(channel(&plain(), &web(source, medium, "")), "Paid Search");
    }
    let social = web("somewhere", "Social%20%20Media", "");
    assert_eq!(channel(&plain(), &social), "Organic Social");
}

#[test]
fn hosts_are_reduced_with_the_extensions_only() {
    for source in [
        "https://www.google.co.uk/search?q=x",
        "www.google.com:443",
        "google.de",
    ] {
        let visit = web(source, "referral", "");
        assert_eq!(channel(&extended(), &visit), "Organic Search", "{source}");
        assert_eq!(channel(&plain(), &visit), "Referral", "{source}");
    }
    for source in ["mail.google.com", "docs.google.com", "drive.google.com"] {
        assert_eq!(
            channel(&extended(), &web(source, "referral", "")),
            "Referral",
            "{source}"
        );
    }
    assert_eq!(
        channel(&extended(), &web("www.x.com", "cpc", "")),
        "Paid Social"
    );
    assert_eq!(
        channel(&extended(), &web("chatgpt.com", "cpc", "")),
        "Paid Other"
    );
}

#[test]
fn nothing_is_told_apart_from_direct() {
    let rules = extended();
    assert_eq!(channel(&rules, &Evidence::default()), UNASSIGNED);
    assert_eq!(rules.assign(&crm(None, None)).rule, RuleRef::Missing);
    assert_eq!(channel(&rules, &crm(Some("(not set)"), Some(" - "))), NONE);
    assert_eq!(channel(&rules, &crm(None, Some("(direct)"))), DIRECT);
    // A word that says it is unknown is a word.
    assert_eq!(channel(&rules, &crm(Some("unknown"), None)), "unknown");
    assert_eq!(channel(&rules, &crm(None, Some("unknown"))), UNASSIGNED);
    assert_eq!(
        channel(&rules, &crm(None, Some("LinkedIn"))),
        "Organic Social"
    );
    assert_eq!(channel(&rules, &crm(None, Some("Trade fair"))), UNASSIGNED);
}

#[test]
fn a_stated_channel_is_kept_as_written() {
    let visit = Evidence {
        channel: Some(" Paid  search"),
        ..web("google", "organic", "")
    };
    let found = extended().assign(&visit);
    assert_eq!(found.channel, " Paid  search");
    assert_eq!(found.rule, RuleRef::ChannelColumn);
    let unset = Evidence {
        channel: Some("(not set)"),
        ..web("google", "organic", "")
    };
    assert_eq!(channel(&extended(), &unset), "Organic Search");
}

#[test]
fn click_ids_count_for_their_own_engine() {
    let clicked = |source, medium| Evidence {
        gclid: true,
        ..web(source, medium, "")
    };
    for rules in [plain(), extended()] {
        assert_eq!(
            channel(&rules, &clicked("google", "organic")),
            "Paid Search"
        );
        assert_eq!(channel(&rules, &clicked("", "")), "Paid Search");
        assert_eq!(
            channel(&rules, &clicked("facebook", "social")),
            "Organic Social"
        );
        let bing = Evidence {
            msclkid: true,
            ..web("bing", "", "")
        };
        assert_eq!(
            rules.assign(&bing).rule,
            RuleRef::ClickId { column: "msclkid" }
        );
        let other = Evidence {
            msclkid: true,
            ..web("google", "", "")
        };
        assert_eq!(channel(&rules, &other), "Organic Search");
    }
    let lead = Evidence {
        gclid: true,
        kind_of_row: Row::Crm,
        ..Evidence::default()
    };
    assert_eq!(channel(&plain(), &lead), "Paid Search");
}

#[test]
fn the_users_rules_come_first_in_their_order() {
    let seo = rule("SEO", &["Organic Search", "ORGANIC_SEARCH", "seo*"]);
    let rest = rule("Everything else", &["*"]);
    let rules = Rules::new(vec![seo, rest], true);
    for stated in ["organic search", "Organic_Search", "SEO blog"] {
        assert_eq!(channel(&rules, &crm(Some(stated), None)), "SEO", "{stated}");
    }
    assert_eq!(channel(&rules, &crm(None, Some("Seo partner"))), "SEO");
    let found = rules.assign(&crm(Some("Fair"), None));
    assert_eq!(found.channel, "Everything else");
    assert_eq!(
        found.rule.to_string(),
        "your rule 2 `Everything else`: channel `fair` fits `*`"
    );
    // `*` asks for a word.
    assert_eq!(channel(&rules, &crm(None, None)), NONE);
}

#[test]
fn a_campaign_names_a_channel_only_where_nothing_else_does() {
    let rules = Rules::new(vec![rule("SEO", &["seo*"])], true);
    assert_eq!(channel(&rules, &web("", "", "SEO content")), "SEO");
    assert_eq!(
        channel(&rules, &web("google", "cpc", "SEO tools")),
        "Paid Search"
    );
}

#[test]
fn conditions_fit_wholly_or_not_at_all() {
    let condition = Condition {
        source: Some("Google*".to_owned()),
        medium: Some("CPC".to_owned()),
        campaign: Some("*brand*".to_owned()),
        input: None,
    };
    let brand = UserRule {
        when: vec![condition],
        ..rule("Brand", &[])
    };
    let untagged = Condition {
        medium: Some("(none)".to_owned()),
        input: Some("ga4*".to_owned()),
        ..Condition::default()
    };
    let untagged = UserRule {
        when: vec![Condition::default(), untagged],
        ..rule("Untagged", &[])
    };
    let rules = Rules::new(vec![brand, untagged], true);
    assert_eq!(channel(&rules, &web("google", "cpc", "Our Brand")), "Brand");
    assert_eq!(channel(&rules, &web("google", "cpc", "")), "Paid Search");
    let visit = Evidence {
        input: Some("GA4 traffic"),
        ..web("somewhere", "(not set)", "")
    };
    let found = rules.assign(&visit);
    assert_eq!(found.channel, "Untagged");
    assert_eq!(
        found.rule.to_string(),
        "your rule 2 `Untagged`: medium is missing and input `ga4 traffic` fits `ga4*`"
    );
    let other = Evidence {
        input: Some("matomo"),
        ..web("somewhere", "(not set)", "")
    };
    assert_eq!(channel(&rules, &other), UNASSIGNED);
}

#[test]
fn the_users_rules_rename_built_in_channels() {
    let rules = Rules::new(
        vec![
            rule("SEO", &["Organic Search"]),
            rule("Referral", &["*referral*"]),
            rule("email", &[]),
        ],
        true,
    );
    let found = rules.assign(&web("google", "organic", ""));
    assert_eq!(found.channel, "SEO");
    assert_eq!(
        found.rule.to_string(),
        "your rule 1 `SEO`: channel `organic search` fits `Organic Search`; \
         GA4 rule 12: source `google` is in SEARCH"
    );
    // Payment pages stay apart whatever a star would take.
    assert_eq!(
        channel(&rules, &web("stripe.com", "referral", "")),
        PAYMENT_REFERRAL
    );
    // A channel that has the name of a rule takes that rule's spelling.
    assert_eq!(channel(&rules, &web("hubspot", "email", "")), "email");
    assert_eq!(channel(&rules, &crm(Some("E%6Dail"), None)), "email");
    assert_eq!(rules.by_spelling("ORGANIC  search").unwrap().channel, "SEO");
    assert_eq!(rules.by_spelling("Display"), None);
    assert_eq!(rules.by_spelling(""), None);
}

#[test]
fn classes_come_from_any_rule_of_the_name() {
    let seo = UserRule {
        class: Some(Class::Inbound),
        ..rule("SEO", &["seo*"])
    };
    let more = UserRule {
        sourced_by: Some(SourcedBy::Marketing),
        ..rule("seo", &["content*"])
    };
    let rules = Rules::new(vec![seo, more], true);
    assert_eq!(rules.class("Seo"), Some(Class::Inbound));
    assert_eq!(rules.sourced_by("SEO"), Some(SourcedBy::Marketing));
    assert_eq!(rules.class("Display"), None);
}

#[test]
fn explanations_lead_to_the_channel() {
    assert_eq!(
        extended().explain(&web("www.google.com", "cpc", "")),
        [
            "read as: channel missing, source `www.google.com`, medium `cpc`, campaign missing",
            "source also looked up as `google.com`, `google`",
            "your rules: none set",
            "channel column: missing",
            "click ids: none",
            "leadflow's extensions: none fits",
            "leadflow extension: source `google` is in SEARCH and medium `cpc` matches PAID (GA4 rule 4)",
            "PAID is ^(.*cp.*|ppc|retargeting|paid.*)$",
            "channel: Paid Search",
        ]
    );
    assert_eq!(
        plain().explain(&web("taboola", "native", "x")),
        [
            "read as: channel missing, source `taboola`, medium `native`, campaign `x`",
            "your rules: none set",
            "channel column: missing",
            "click ids: none",
            "leadflow's extensions: switched off",
            "GA4 rules: none of 19 fits; source `taboola` is in none of SEARCH, SHOPPING, SOCIAL, \
             VIDEO; medium `native` is named by no rule",
            "to give it a channel: [[channel]] name = \"...\" \
             when = [{ source = \"taboola\", medium = \"native\" }]",
            "channel: Unassigned",
        ]
    );
    let last_two = |rules: &Rules, evidence: &Evidence<'_>| {
        let lines = rules.explain(evidence);
        lines[lines.len() - 2..].to_vec()
    };
    assert_eq!(
        last_two(&plain(), &web("adnetwork", "banner", "")),
        [
            "GA4 rule 7: medium is `banner` [medium is display, banner, expandable, interstitial or cpm]",
            "channel: Display",
        ]
    );
    assert_eq!(
        last_two(&plain(), &crm(None, None)),
        [
            "missing: no channel, source, medium or campaign",
            "channel: (none)"
        ]
    );
    let renaming = Rules::new(vec![rule("SEO", &["Organic Search"])], true);
    assert_eq!(
        last_two(&renaming, &web("google", "organic", ""))[1],
        "channel: SEO"
    );
}

#[test]
fn explain_and_assign_agree() {
    let rules = Rules::new(vec![rule("SEO", &["Organic Search"])], true);
    for (source, medium, campaign, _) in GA4 {
        for kind_of_row in [Row::Web, Row::Crm] {
            let evidence = Evidence {
                kind_of_row,
                ..web(source, medium, campaign)
            };
            let last = rules.explain(&evidence).pop().unwrap();
            assert_eq!(
                last,
                format!("channel: {}", rules.assign(&evidence).channel)
            );
        }
    }
}

#[test]
fn odd_text_does_no_harm() {
    let odd = [
        "",
        "*",
        "**",
        "%",
        "%f",
        "%%%",
        "://",
        "//",
        ".",
        "..",
        "www.",
        "m.",
        ":",
        ":80",
        "\0",
        "\u{130}",
        "\u{1f600}shop",
        "\u{e9}shop",
        "shop\u{301}",
        "\u{202e}moc.elgoog",
        "\u{fdfa}",
        "https://\u{1f600}.example:x/",
        "google\u{0}",
        "\u{10ffff}",
        "(direct)",
        "a\u{300}\u{301}",
    ];
    let rules = Rules::new(odd.iter().map(|text| rule(text, &[text])).collect(), true);
    for source in odd {
        for medium in odd {
            let evidence = Evidence {
                channel: Some(medium),
                input: Some(source),
                ..web(source, medium, source)
            };
            for rules in [&rules, &extended(), &plain()] {
                assert!(!rules.assign(&evidence).channel.is_empty());
                assert!(!rules.explain(&evidence).is_empty());
                assert!(
                    !rules
                        .assign(&web(source, medium, medium))
                        .channel
                        .is_empty()
                );
            }
        }
    }
}
