#!/usr/bin/env python3
"""Works out expected.json from the exports of the example company, with the standard library alone.

Run it from the root of the repository: python3 testdata/golden/monthly-report/expected.py

A contact reaches a stage at the earliest date of that stage or any later one; its deals count too
(opportunity: created, customer: won). A deal belongs to the channel of its first contact. A
customer is a company, else a deal, with its first won deal of new business. Amounts are in euros,
a dollar is 0.92. Everything before 1 November 2026, local time.
"""

import csv
import glob
import json
import pathlib
import re
import tomllib
from collections import defaultdict
from datetime import datetime
from decimal import Decimal

ROOT = pathlib.Path("examples/monthly-report")
STAGES = ["lead", "mql", "sql", "opportunity", "customer"]
DATES = [
    "Became a Lead Date",
    "Became a Marketing Qualified Lead Date",
    "Became a Sales Qualified Lead Date",
    "Became an Opportunity Date",
    "Became a Customer Date",
]
CHANNELS = {
    "SEO": ["organic search", "seo", "s.e.o."],
    "Paid Search": ["paid search", "cross-network", "performance max", "search"],
    "Content": ["content", "contant", "other campaigns"],
    "Email": ["email", "email marketing", "newsletter"],
    "Referral": ["referral", "referrals"],
    "Offline": ["offline sources"],
    "Direct": ["direct", "direct traffic"],
    "Paid Social": ["paid social"],
    "Organic Social": ["organic social"],
    "AI Assistant": ["ai assistant", "ai referrals"],
    "Unassigned": ["unassigned"],
    "Display": ["display"],
    "(none)": [""],
}
REGIONS = {
    "DACH": ["Germany", "Deutschland", "Austria", "Switzerland"],
    "Americas": ["United States", "USA"],
    "Asia": ["Singapore", "Philippines", "United Arab Emirates"],
}
SETTINGS = tomllib.loads((ROOT / "leadflow.toml").read_text(encoding="utf-8"))
MARGIN = Decimal(str(SETTINGS["gross_margin"]))
END = datetime(2026, 11, 1)


def channel(spelling):
    spelling = spelling.strip().lower()
    return next(name for name, spellings in CHANNELS.items() if spelling in spellings)


def region(country):
    if not country:
        return "(none)"
    return next((name for name, countries in REGIONS.items() if country in countries), "Other Europe")


def table(lines):
    return list(csv.DictReader(lines))


def files(pattern):
    for name in sorted(glob.glob(str(ROOT / "exports" / pattern))):
        with open(name, encoding="utf-8", newline="") as file:
            yield name, file.read().splitlines()


def moment(cell):
    return datetime.strptime(cell, "%Y-%m-%d %H:%M") if cell else None


def number(cell):
    plain = cell.strip().replace(",", "")
    return Decimal(0) if plain in ("", "--") else Decimal(plain)


def contacts():
    """One row per contact, the newest file last; without the colleagues."""
    rows = {}
    for _, lines in files("hubspot-*-contacts-*.csv"):
        rows.update({row["Record ID"]: row for row in table(lines)})
    return {id: row for id, row in rows.items() if not row["Email"].endswith("@fernau.example")}


def deals(known):
    for _, lines in files("hubspot-*-deals-*.csv"):
        for row in table(lines):
            if row["Deal Name"].startswith("TEST"):
                continue
            leads = [id for id in row["Associated Contact IDs"].split(";") if id in known]
            rate = {"EUR": Decimal(1), "USD": Decimal(str(SETTINGS["fx"]["USD"]))}[row["Currency"]]
            yield {
                "leads": leads,
                "channel": channel(known[leads[0]]["Original Source"]) if leads else "(no lead)",
                "customer": row["Associated Company IDs"] or row["Record ID"],
                "amount": Decimal(row["Amount"]) * rate if row["Amount"] else Decimal(0),
                "new": row["Deal Type"] == "New Business",
                "won": row["Deal Stage"] == "Closed Won",
                "lost": row["Deal Stage"] == "Closed Lost",
                "created": moment(row["Create Date"]),
                "closed": moment(row["Close Date"]),
            }


def reached(known, list_of_deals):
    """Contact -> moment of each stage, implied."""
    dates = {id: [moment(row[column]) for column in DATES] for id, row in known.items()}
    for deal in list_of_deals:
        for id in deal["leads"]:
            own = dates[id]
            own[3] = min(filter(None, [own[3], deal["created"]]))
            if deal["won"]:
                own[4] = min(filter(None, [own[4], deal["closed"]]))
    earliest = lambda own, stage: min(filter(None, own[stage:]), default=None)
    return {id: [earliest(own, stage) for stage in range(5)] for id, own in dates.items()}


def spendings():
    """(channel, month, money, hours, clicks, impressions) of ads, hours and fixed costs."""
    months = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)]
    months = [month for month in months if "2025-05" <= month <= "2026-10"]
    types = {"Search": "search", "Performance Max": "performance max", "Display": "display"}
    for name, lines in files("google-ads-*.csv"):
        month = re.search(r"\d{4}-\d\d(?=\.csv)", name).group()
        for row in table(lines[2:]):
            if not row["Campaign status"].startswith("Total"):
                kind = channel(types[row["Campaign type"]])
                yield kind, month, number(row["Cost"]), None, number(row["Clicks"]), number(row["Impr."])
    for name, lines in files("meta-ads-*.csv"):
        month = re.search(r"\d{4}-\d\d(?=\.csv)", name).group()
        for row in table(lines):
            if row["Campaign name"]:
                money, clicks = number(row["Amount spent (EUR)"]), number(row["Link clicks"])
                yield "Paid Social", month, money, None, clicks, number(row["Impressions"])
    rates = SETTINGS["hours"]
    for row in table((ROOT / "timesheet.csv").read_text(encoding="utf-8").splitlines()):
        if row["Project"] not in ("Website relaunch", "Internal"):
            hours = Decimal(row["Hours"])
            rate = rates["rates"].get(row["Person"], rates["rate"])
            yield channel(row["Project"]), row["Date"][:7], hours * rate, hours, None, None
    for cost in SETTINGS["cost"]:
        for month in months:
            if month >= cost["from"]:
                yield cost["channel"], month, Decimal(cost["money"]), None, None, None


def visits():
    for name, lines in files("ga4-*.csv"):
        month = re.search(r"\d{4}-\d\d(?=\.csv)", name).group()
        for row in table([line for line in lines if not line.startswith("#")]):
            group = row["Session primary channel group (Default Channel Group)"]
            yield channel(group), month, int(row["Sessions"])


KNOWN = contacts()
DEALS = list(deals(KNOWN))
REACHED = reached(KNOWN, DEALS)
SPENDINGS = list(spendings())
VISITS = list(visits())


def inside(period):
    return lambda at: at is not None and period in ("all", at.strftime("%Y-%m"))


def cohort(members):
    return {stage: sum(1 for id in members if REACHED[id][k]) for k, stage in enumerate(STAGES)}


def entries(period, members):
    during = inside(period)
    return {stage: sum(1 for id in members if during(REACHED[id][k])) for k, stage in enumerate(STAGES)}


def end_of(period):
    if period == "all":
        return END
    year, month = map(int, period.split("-"))
    return datetime(year + month // 12, month % 12 + 1, 1)


def first_wins():
    first = {}
    for deal in sorted(DEALS, key=lambda deal: deal["closed"] or END):
        if deal["won"] and deal["new"]:
            first.setdefault(deal["customer"], deal)
    return list(first.values())


def sales(period, own):
    during, end = inside(period), end_of(period)
    won = [deal for deal in own if deal["won"] and during(deal["closed"])]
    ended = lambda deal: (deal["won"] or deal["lost"]) and deal["closed"] < end
    firsts = [deal for deal in first_wins() if during(deal["closed"]) and any(deal is one for one in own)]
    return {
        "customers": len(firsts),
        "wins": sum(deal["new"] for deal in won),
        "revenue": sum((deal["amount"] for deal in won), Decimal(0)),
        "revenue_new": sum((deal["amount"] for deal in won if deal["new"]), Decimal(0)),
        "pipeline_created": sum((d["amount"] for d in own if during(d["created"])), Decimal(0)),
        "pipeline_value": sum((d["amount"] for d in own if d["created"] < end and not ended(d)), Decimal(0)),
    }


def total(rows, column):
    """Absent where no row speaks of it, in no month."""
    values = [row[column] for row in rows if row[column] is not None]
    return sum(values, Decimal(0)) if values else None


def row(period, name=None):
    mine = lambda list_of_rows: [r for r in list_of_rows if name in (None, r[0])]
    now = lambda r: period in ("all", r[1])
    own_deals = [deal for deal in DEALS if name in (None, deal["channel"])]
    members = [id for id, c in KNOWN.items() if name in (None, channel(c["Original Source"]))]
    spent = mine(SPENDINGS)
    cell = {**entries(period, members), **sales(period, own_deals)}
    for key, column in (("cost", 2), ("hours", 3), ("clicks", 4), ("impressions", 5)):
        ever = total(spent, column)
        cell[key] = None if ever is None else total(filter(now, spent), column) or Decimal(0)
    seen = mine(VISITS)
    cell["visits"] = sum(v[2] for v in seen if now(v)) if seen else None
    cost = cell["cost"]
    cell["roi"] = (cell["revenue_new"] * MARGIN - cost) / cost if cost else None
    return cell


def channels(period):
    names = {channel(c["Original Source"]) for c in KNOWN.values()} | {deal["channel"] for deal in DEALS}
    names |= {r[0] for r in SPENDINGS} | {v[0] for v in VISITS}
    return {"rows": {name: row(period, name) for name in sorted(names)}, "total": row(period)}


def plain(value):
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return float(value) if isinstance(value, Decimal) else value


def main():
    by_month, by_region = defaultdict(list), defaultdict(list)
    for id, own in KNOWN.items():
        by_month[REACHED[id][0].strftime("%Y-%m")].append(id)
        by_region[region(own["Country/Region"])].append(id)
    figures = {
        "contacts": len(KNOWN),
        "funnel": cohort(KNOWN),
        "funnel_by_month": {month: cohort(ids) for month, ids in sorted(by_month.items())},
        "funnel_by_region": {name: cohort(ids) for name, ids in sorted(by_region.items())},
        "channels": {period: channels(period) for period in ("all", "2026-09", "2026-10")},
    }
    path = pathlib.Path(__file__).with_name("expected.json")
    path.write_text(json.dumps(plain(figures), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


main()
