//! Costs, hours, currencies and rates.

use super::*;

#[test]
fn money_keys() {
    let settings = settings(
        "currency='eur'\ngross_margin=0.8\n[hours]\nrate=60\nrates={Anna=85.5}\n\
         [[cost]]\nchannel='SEO'\nmoney=1200\nevery='month'\nfrom='2026-01'\nto='2026-03'\n\
         [[cost]]\nchannel='Fair'\nmoney=99.5\ncurrency='usd'\nevery='once'\nfrom=2026-05-02\nname='stand'\n",
    );
    assert_eq!(settings.currency.as_deref(), Some("EUR"));
    assert_eq!(settings.gross_margin, Some(0.8));
    assert_eq!(settings.hours.rate, Some(Money::from_units(60.0)));
    assert_eq!(settings.hours.rates["Anna"], Money::from_units(85.5));
    let [retainer, fair] = &settings.costs[..] else {
        unreachable!("two costs")
    };
    assert_eq!(retainer.every, Every::Month);
    assert_eq!(retainer.from.unwrap().to_string(), "2026-01-01");
    assert_eq!(retainer.end.unwrap().to_string(), "2026-04-01");
    assert_eq!(
        (fair.every, fair.currency.as_deref(), fair.name.as_deref()),
        (Every::Once, Some("USD"), Some("stand"))
    );

    assert_eq!(refused("gross_margin = 80").2, "leadflow.toml:1:1");
    assert_eq!(
        refused("currency = 'Euro'").1,
        "`currency`: `Euro` is no currency"
    );
    assert!(
        refused("[[cost]]\nchannel='x'\nmoney=nan\nevery='month'")
            .1
            .contains("no amount of money")
    );
    assert!(
        refused("[[cost]]\nchannel='x'\nmoney=1")
            .1
            .contains("needs the day")
    );
    assert!(
        refused("[[cost]]\nchannel='x'\nmoney=1\nevery='month'\nfrom='2026-05'\nto='2026-04'")
            .1
            .contains("ends before")
    );
}

#[test]
fn rates_are_constants_or_a_file_by_month() {
    let project = Project::new("[fx]\nUSD = 0.92\nfile = 'rates/fx.csv'\n");
    project.write(
        "rates/fx.csv",
        "month;currency;rate\n2026-01;GBP;1.15\n2026-02;gbp;1.16\n",
    );
    let fx = project.run("channels").unwrap().fx;
    let day = |text: &str| text.parse().ok();
    assert_eq!(fx.rate("USD", None), Some(0.92));
    assert_eq!(fx.rate("GBP", day("2026-02-17")), Some(1.16));
    assert_eq!(fx.rate("GBP", day("2026-03-01")), None);
    assert_eq!(fx.rate("GBP", None), None);
    assert_eq!(fx.currencies().collect::<Vec<_>>(), ["GBP", "USD"]);

    for (rates, said, line) in [
        ("month,currency,rate\n2026,GBP,1\n", "no month", 2),
        (
            "month,currency,rate\n2026-01,GBP,1\n2026-01,GBP,2\n",
            "two rates",
            3,
        ),
        ("month,currency,rate\n2026-01,GBP,x\n", "no number", 2),
        ("month,currency,rate\n2026-01,GBP,0\n", "above 0", 2),
        ("month,currency\n2026-01,GBP\n", "no `rate`", 2),
        (
            "month,currency,rate\n2026-01,GBP\n",
            "more or fewer cells",
            2,
        ),
    ] {
        let project = Project::new("[fx]\nfile = 'fx.csv'\n");
        project.write("fx.csv", rates);
        let (_, text, place) = project.refused("channels");
        assert!(text.contains(said), "{text}");
        assert_eq!(place, format!("fx.csv:{line}"));
    }
    assert_eq!(refused("[fx]\nfile = 'none.csv'").0, "not_found");
    assert!(refused("[fx]\nUSD = 'dear'").1.contains("no rate"));
    assert!(refused("[fx]\nUSD = -1").1.contains("above 0"));
}
