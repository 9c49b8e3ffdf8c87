#!/usr/bin/env python3
"""Works out expected.json from the lists beside it, with the standard library alone.

Run it in this folder after changing a list: python3 expected.py > expected.json
Money is exact (strings), ratios are floats, null is undefined.
"""

import csv
import json
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatchcase

MARGIN = 0.75
STAGES = ["lead", "mql", "opportunity", "customer"]
FILES = {"lead": "leads.csv", "mql": "mqls.csv", "opportunity": "opportunities.csv", "customer": "bookings.csv"}
CHANNELS = [
    ("Organic Search", ["organic*", "seo"]),
    ("Paid Search", ["paid search", "google ads", "ppc", "search ads*"]),
    ("LinkedIn", ["linkedin*"]),
    ("Partners", ["partner*"]),
    ("Events", ["event*", "trade fair"]),
    ("Direct", ["direct"]),
    ("Podcast", ["podcast"]),
]
REGIONS = [
    ("Southeast", ["são paulo*", "rio de janeiro"]),
    ("South", ["curitiba", "porto alegre"]),
    ("Other", ["*"]),
]


def fold(word, rules):
    word = " ".join(word.split()).lower()
    if not word:
        return "(none)"
    return next(name for name, patterns in rules if any(fnmatchcase(word, p) for p in patterns))


def amount(cell):
    """Comma is the decimal sign, the point groups thousands, R$ is the real."""
    return Decimal(cell.replace("R$", "").replace("\u00a0", "").replace(".", "").replace(",", "."))


def rows(name):
    with open(name, encoding="utf-8", newline="") as file:
        yield from list(csv.reader(file, delimiter=";"))[1:]


def entries():
    for stage, name in FILES.items():
        for date, channel, territory, *money in rows(name):
            yield {
                "stage": stage,
                "month": datetime.strptime(date, "%m/%d/%Y").strftime("%Y-%m"),
                "channel": fold(channel, CHANNELS),
                "region": fold(territory, REGIONS),
                "amount": amount(money[0]) if money else None,
            }


def counts(events, key=None):
    table = defaultdict(lambda: dict.fromkeys(STAGES, 0))
    for event in events:
        table[event[key] if key else "total"][event["stage"]] += 1
    return dict(sorted(table.items()))


def amounts(events, key=None):
    table = defaultdict(lambda: {"opportunity": Decimal(0), "customer": Decimal(0)})
    for event in events:
        cell = table[event[key] if key else "total"]
        if event["amount"] is not None:
            cell[event["stage"]] += event["amount"]
    return {name: {s: plain(v) for s, v in cell.items()} for name, cell in sorted(table.items())}


def plain(money):
    if money is None:
        return None
    text = f"{money:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def ratio(numerator, denominator):
    if numerator is None or not denominator:
        return None
    return float(Decimal(numerator) / Decimal(denominator))


def steps(cell):
    pairs = list(zip(STAGES, STAGES[1:])) + [(STAGES[0], STAGES[-1])]
    return {f"{a}_to_{b}": ratio(cell[b], cell[a]) for a, b in pairs}


def channel_row(events, spend):
    """`spend` is None where no row of the spend list has the channel."""
    cell = {s: sum(e["stage"] == s for e in events) for s in STAGES}
    money = {s: sum((e["amount"] for e in events if e["stage"] == s), Decimal(0)) for s in ("opportunity", "customer")}
    revenue = money["customer"]
    profit = Decimal(str(MARGIN)) * revenue
    return {
        **cell,
        **steps(cell),
        "spend": plain(spend),
        **{f"cost_per_{s}": ratio(spend, cell[s]) for s in STAGES},
        "pipeline_created": plain(money["opportunity"]),
        "pipeline_to_spend": ratio(money["opportunity"], spend),
        "revenue": plain(revenue),
        "gross_profit": plain(profit),
        "roas": ratio(revenue, spend),
        "roi": ratio(profit - spend, spend) if spend is not None else None,
    }


def channel_table(events, spend):
    names = sorted({e["channel"] for e in events} | {c for c, _ in spend})
    table = {}
    for name in names:
        own = [money for channel, money in spend if channel == name]
        mine = [e for e in events if e["channel"] == name]
        table[name] = channel_row(mine, sum(own, Decimal(0)) if own else None)
    return {"rows": table, "total": channel_row(events, sum((m for _, m in spend), Decimal(0)))}


def main():
    events = list(entries())
    spend = [(month, fold(channel, CHANNELS), amount(money)) for month, channel, money in rows("spend.csv")]
    months = sorted({month for month, _, _ in spend})
    dimensions = ("month", "channel", "region")
    report = {
        "rows": {name: len(list(rows(name))) for name in [*FILES.values(), "spend.csv"]},
        "counts": {"total": counts(events)["total"], **{f"by_{d}": counts(events, d) for d in dimensions}},
        "amounts": {"total": amounts(events)["total"], **{f"by_{d}": amounts(events, d) for d in dimensions}},
        "ratios": steps(counts(events)["total"]),
        "ratios_by_month": {month: steps(cell) for month, cell in counts(events, "month").items()},
        "channels": {"all": channel_table(events, [(c, m) for _, c, m in spend])},
    }
    for month in months:
        of_month = [e for e in events if e["month"] == month]
        report["channels"][month] = channel_table(of_month, [(c, m) for p, c, m in spend if p == month])
    print(json.dumps(report, indent=2, ensure_ascii=False))


main()
