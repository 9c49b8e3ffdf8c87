#!/usr/bin/env python3
"""The jobs by leadflow itself: one command each, its JSON turned into the peers' tables.

    leadflow_jobs.py --job J5 --data DIR --out DIR --threads 1 --leadflow BINARY

The configuration, and the JSON that the command wrote, stay in the folder of the
output. The command alone is timed and printed, so that `measure.py` can repeat it;
the conversion is not. `README.md` says where a table of leadflow's is another than
the peers' and what is done about it.
"""

import argparse
import json
import shlex
from pathlib import Path

import markov
import measure

MODELS = {"first": "first", "last": "last", "linear": "linear",
          "position:40/20/40": "position", "decay:7d": "decay"}
CHAIN = "markov:1"
STEPS = ("visit", "signup", "trial", "purchase")

CONFIGURATION = """\
currency = "EUR"
time_zone = "UTC"
as_of = "2026-10-31"
"""
INPUT = """
[[input]]
path = {path}
"""
CREDIT = """
[attribution]
model = "{models}"
lookback = 30
draws = 0
"""
PATHS = """
[paths]
top = 10
"""
RETURN = """
[channels]
model = "last"
"""
NO_DRAWS = """
[attribution]
draws = 0
"""
FUNNEL = """
[[event_funnel]]
name = "buying"
steps = ["visit", "signup", "trial", "purchase"]
window = "30d"
entry = "first"
"""
RULES = "first,last,linear,position,decay:7d"

# A job: its command, the sections of its configuration, whether it reads the spend.
# No command but the report gives paths and the chain at once.
JOBS = {
    "J1": ("funnel --steps buying --by channel,month", FUNNEL, False),
    "J2": ("attribution", CREDIT.format(models=RULES), False),
    "J3": ("report --period all", CREDIT.format(models=CHAIN) + PATHS, False),
    "J4": ("channels --by channel,month", RETURN + NO_DRAWS, True),
    "J5": ("report --period all --by channel,month",
           RETURN + CREDIT.format(models=f"{RULES},{CHAIN}") + PATHS + FUNNEL, True),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--job", choices=JOBS, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--leadflow", default="leadflow", metavar="BINARY")
    parser.add_argument("--memory-limit", metavar="SIZE")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    line = command(args)
    print(line)
    wall, cpu, peak = measure.run(line)
    print(f"wall {wall:.3f} s, CPU {cpu:.3f} s, peak {peak:.0f} MB")
    convert(args.job, args.out)


def command(args):
    words, sections, with_spend = JOBS[args.job]
    files = ["touches.csv"] + ["spend.csv"] * with_spend
    inputs = "".join(INPUT.format(path=json.dumps(str((args.data / name).resolve()))) for name in files)
    settings = args.out / "leadflow.toml"
    settings.write_text(CONFIGURATION + inputs + sections)
    line = [args.leadflow, *words.split(), "--config", str(settings), "--threads", str(args.threads),
            "--format", "json", "--out", str(args.out / "leadflow.json"), "--quiet"]
    if args.memory_limit:
        line += ["--memory-limit", args.memory_limit]
    return shlex.join(line)


def convert(job, out):
    tables = json.loads((out / "leadflow.json").read_text())["tables"]
    if job in ("J1", "J5"):
        markov.save(out / "j1_funnel.csv", ("month", "channel", *STEPS), funnel(tables["steps_by"]))
    if job in ("J2", "J5"):
        columns = ("model", "channel", "conversions", "value")
        markov.save(out / "j2_credit.csv", columns, credit(tables["credit"]))
    if job in ("J3", "J5"):
        columns = ("path", "journeys", "conversions", "value")
        markov.save(out / "j3_paths.csv", columns, paths(tables["paths"]))
        columns = ("from", "to", "weight", "share")
        steps = sorted([row[column] for column in columns] for row in tables["transitions"])
        markov.save(out / "j3_transitions.csv", columns, steps)
        columns = ("channel", "conversion_probability", "removal_effect", "conversions")
        markov.save(out / "j3_markov.csv", columns, chain(tables, steps))
    if job in ("J4", "J5"):
        columns = ("month", "channel", "cost", "value", "roi")
        markov.save(out / "j4_roi.csv", columns, returns(tables["channels"]))


def funnel(table):
    """A row for all steps of a group, in place of one for each step."""
    groups = {}
    for row in table:
        groups.setdefault((row["month"], row["channel"]), {})[row["step"]] = row["people"]
    for group, people in sorted(groups.items()):
        if any(people.values()):
            yield *group, *(people[step] for step in STEPS)


def credit(table):
    """Without channels that no converting journey met: leadflow lists them, with zeros."""
    met = {row["channel"] for row in table if row["model"] == "linear" and row["conversions"]}
    return sorted(
        (MODELS[row["model"]], row["channel"], row["conversions"], row["value"])
        for row in table
        if row["model"] in MODELS and row["channel"] in met
    )


def paths(table):
    for row in table:
        if row["path"] != "(other)":
            yield row["path"], row["journeys"], row["conversions"], row["value"]


def chain(tables, steps):
    """Effects and credit as printed. A channel's own chance is not: it follows from the steps."""
    overall = next(row["chain"] for row in tables["self_checks"] if row["check"] == "conversions per journey")
    chances = {channel: chance for channel, chance, *_ in markov.effects(steps)}
    yield markov.START, overall, None, None
    rows = (row for row in tables["credit"] if row["model"] == CHAIN)
    for row in sorted(rows, key=lambda row: row["channel"]):
        yield row["channel"], chances.get(row["channel"]), row["removal_effect"], row["conversions"]


def returns(table):
    for row in sorted(table, key=lambda row: (row["month"], row["channel"])):
        cost, value = row["cost"] or 0, row["revenue"] or 0
        if cost or value:
            yield row["month"], row["channel"], cost, value, row["roi"]


if __name__ == "__main__":
    main()
