#!/usr/bin/env python3
"""The jobs in Polars' expressions. `README.md` says what each job is and which
formulations were tried.

Touches are read once, in order of time with ties in order of the file: from then on
the number of a row says what comes first, and the order within groups holds.
"""

import argparse
import os
from pathlib import Path


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--job", choices=["J1", "J2", "J3", "J4", "J5"], required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    # Polars makes its threads when it is imported.
    ARGS = arguments()
    os.environ["POLARS_MAX_THREADS"] = str(ARGS.threads)

import polars as pl
from polars import col

import markov


def category(name, physical):
    return pl.Categorical(pl.Categories(name, "peers", physical))


TOUCHES = {
    "visitor_id": pl.String,
    "occurred_at": pl.String,
    "channel": category("channel", pl.UInt16),
    "campaign": pl.String,
    "event": category("event", pl.UInt8),
    "value": pl.Float64,
}
SPEND = {"month": pl.String, "channel": pl.String, "cost": pl.Float64}
WINDOW = pl.duration(days=30)
WEEK_SECONDS = 7 * 86_400
STEPS = ("visit", "signup", "trial", "purchase")
MODELS = ("first", "last", "linear", "position", "decay")


def scan(path):
    at = col("occurred_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ")
    touches = pl.scan_csv(path / "touches.csv", schema=TOUCHES)
    return touches.select(col("visitor_id").alias("visitor"), at.alias("at"), "channel", "event", "value")


def load(path):
    touches = scan(path).collect(engine="streaming")
    return touches.sort("at", maintain_order=True).with_row_index("line").lazy()


def group(touches, job):
    """One row for each visitor, with what the job asks about them: one hashing for all."""
    visit = col("event") == "visit"
    if job == "J1":
        # Filtered before the groups: a filter inside each of them costs twice as much.
        touches, opening = touches.filter(visit), (col("at"), col("channel"))
    else:
        opening = (col("at").filter(visit), col("channel").filter(visit))
    first = [opening[0].first().alias("visit"), opening[1].first().alias("channel")]
    bought = (col("event") == "purchase").any().alias("bought")
    walk = [col("channel").alias("path"), col("at").alias("times"), bought]
    asked = {"J1": first, "J3": walk, "J5": first + walk}
    return touches.group_by("visitor").agg(asked[job]).collect(engine="in-memory").lazy()


def funnel(touches, visitors):
    before = visitors.select("visitor", "visit", "channel", at="visit").drop_nulls("visit")
    counts = [before.select("visit", "channel", step=pl.lit("visit"))]
    for step in ("signup", "trial", "purchase"):
        before = reach(touches, before, step)
        counts.append(before.select("visit", "channel", step=pl.lit(step)))
    month = col("visit").dt.truncate("1mo").alias("month")
    groups = pl.concat(counts).group_by(month, "channel").agg(
        (col("step") == step).sum().alias(step) for step in STEPS
    )
    return with_names(groups).sort("month", "channel").collect(engine="streaming")


def reach(touches, before, step):
    """Who takes a step in time, and when first."""
    taken = touches.filter(col("event") == step).select("visitor", taken="at")
    both = taken.join(before, on="visitor")
    in_time = both.filter(col("taken") >= col("at"), col("taken") <= col("visit") + WINDOW)
    reached = in_time.group_by("visitor").agg(col("visit", "channel").first(), at=col("taken").min())
    return reached.collect(engine="streaming").lazy()


def with_names(groups):
    """Text for months and channels, once they are few."""
    return groups.with_columns(col("month").dt.strftime("%Y-%m"), col("channel").cast(pl.String))


def journeys(touches):
    """A row for each touch of each purchase's journey."""
    purchases = touches.filter(col("event") == "purchase").select(
        "visitor", "value", col("at").alias("bought"), col("line").alias("journey")
    )
    met = touches.select("visitor", "at", "line", "channel").join(purchases, on="visitor")
    inside = met.filter(col("at") >= col("bought") - WINDOW, col("line") <= col("journey"))
    return inside.collect(engine="streaming").lazy()


def credit(journeys):
    age = (col("bought") - col("at")).dt.total_seconds() / WEEK_SECONDS
    fresh = journeys.with_columns(freshness=2.0**-age)
    lengths = fresh.group_by("journey").agg(
        touches=pl.len(), opening=col("line").min(), freshness_sum=col("freshness").sum()
    )
    touches, opens, closes = col("touches"), col("line") == col("opening"), col("line") == col("journey")
    shares = fresh.join(lengths, on="journey").with_columns(
        first=opens.cast(pl.Float64),
        last=closes.cast(pl.Float64),
        linear=1 / touches,
        position=pl.when(touches == 1).then(1.0)
        .when(touches == 2).then(0.5)
        .when(opens | closes).then(0.4)
        .otherwise(0.2 / (touches.cast(pl.Float64) - 2)),
        decay=col("freshness") / col("freshness_sum"),
    )
    sums = shares.group_by("channel").agg(
        *(col(model).sum() for model in MODELS),
        *((col(model) * col("value")).sum().alias(model + "_value") for model in MODELS),
    ).collect(engine="streaming")
    channel = col("channel").cast(pl.String)
    rows = [
        sums.select(pl.lit(model).alias("model"), channel, conversions=model, value=model + "_value")
        for model in MODELS
    ]
    return pl.concat(rows).sort("model", "channel")


def paths(visitors, journeys):
    """Distinct paths as lists of channels, with what came of them."""
    path = col("channel").alias("path")
    converting = journeys.sort("line").group_by("journey").agg(path, col("value").first())
    others = within_lookback(visitors.filter(~col("bought")))
    walked = pl.concat([
        converting.select("path", "value", conversions=pl.lit(1)),
        others.select("path", value=pl.lit(0.0), conversions=pl.lit(0)),
    ])
    folded = walked.group_by("path").agg(
        pl.len().cast(pl.Int64).alias("journeys"), col("conversions", "value").sum()
    )
    return folded.collect(engine="in-memory")


def within_lookback(visitors):
    """Of each path the touches within the lookback before its last one."""
    touches = visitors.select("path", "times").with_row_index("number").explode("path", "times")
    last = col("times").last().over("number")
    return touches.filter(col("times") >= last - WINDOW).group_by("number").agg("path")


def top_paths(paths):
    rank = pl.struct("conversions", "journeys").rank("min", descending=True)
    few = paths.filter(rank <= 10)
    path = col("path").cast(pl.List(pl.String)).list.join(" > ")
    order = few.with_columns(path).sort(
        "conversions", "journeys", "path", descending=[True, True, False]
    )
    return order.head(10).select("path", "journeys", "conversions", "value")


def transitions(paths):
    """Steps with their weights; an empty cell is the start on the left, an end on the right."""
    counts = ("journeys", "conversions")
    paths = paths.lazy().with_row_index("number")
    touches = paths.explode("path")
    same_path = col("number") == col("number").shift(1)
    before = pl.when(same_path).then(col("path").shift(1)).alias("from")
    inner = touches.select(before, col("path").alias("to"), *counts)
    nowhere = pl.lit(None, TOUCHES["channel"])
    last = paths.select(col("path").list.last().alias("from"), nowhere.alias("to"), *counts)
    sums = pl.concat([inner, last]).group_by("from", "to").agg(col(counts).sum())
    named = sums.collect(engine="streaming").with_columns(col("from", "to").cast(pl.String))
    for origin, target, journeys, conversions in named.iter_rows():
        if target is not None:
            yield origin or markov.START, target, journeys
            continue
        if conversions:
            yield origin, markov.CONVERSION, conversions
        if journeys > conversions:
            yield origin, markov.NONE, journeys - conversions


def roi(touches, spend):
    """The purchase is the last touch of its own journey, so no journey is needed."""
    purchases = touches.filter(col("event") == "purchase")
    value = purchases.group_by(col("at").dt.truncate("1mo").alias("month"), "channel").agg(col("value").sum())
    cost = pl.scan_csv(spend, schema=SPEND).group_by("month", "channel").agg(col("cost").sum())
    both = with_names(value).join(cost, on=["month", "channel"], how="full", coalesce=True)
    amounts = both.select("month", "channel", col("cost", "value").fill_null(0.0))
    gain = (col("value") - col("cost")) / col("cost")
    rows = amounts.with_columns(roi=pl.when(col("cost") != 0).then(gain))
    return rows.sort("month", "channel").collect(engine="streaming")


def run(job, data, out):
    out.mkdir(parents=True, exist_ok=True)
    touches = scan(data) if job == "J4" else load(data)
    if job in ("J1", "J3", "J5"):
        visitors = group(touches, job)
    if job in ("J1", "J5"):
        funnel(touches, visitors).write_csv(out / "j1_funnel.csv")
    if job in ("J2", "J3", "J5"):
        met = journeys(touches)
    if job in ("J2", "J5"):
        credit(met).write_csv(out / "j2_credit.csv")
    if job in ("J3", "J5"):
        walked = paths(visitors, met)
        top_paths(walked).write_csv(out / "j3_paths.csv")
        markov.write(out, transitions(walked))
    if job in ("J4", "J5"):
        roi(touches, data / "spend.csv").write_csv(out / "j4_roi.csv")


if __name__ == "__main__":
    run(ARGS.job, ARGS.data, ARGS.out)
