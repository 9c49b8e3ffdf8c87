#!/usr/bin/env python3
"""Writes a made-up export of touches, with spend, for comparing engines.

    generate.py --rows 1000000 --seed 7 --out DIR [--sorted-by-person] [--quoted]

Same rows and seed, same data: the two options change the order of the rows and
the quoting, never what stands in them. Touches are drawn in blocks and kept as
small integers (about 16 bytes each), so that 50 million fit into memory; they
become text a block at a time.
"""

import argparse
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

FIRST_DAY, LAST_DAY = date(2024, 11, 1), date(2026, 10, 31)
DAYS = (LAST_DAY - FIRST_DAY).days + 1
DAY = 86_400
SECONDS = DAYS * DAY
BLOCK = 1_000_000

# Name, share of touches, chance of a signup at a touch, cost in thousandths a touch.
CHANNELS = [
    ("Organic Search", 0.210, 0.035, 0),
    ("Direct", 0.180, 0.050, 0),
    ("Paid Search", 0.140, 0.055, 900),
    ("E-mail", 0.100, 0.060, 60),
    ("Paid Social", 0.090, 0.025, 700),
    ("Organic Social", 0.060, 0.020, 0),
    ("Referral", 0.050, 0.070, 0),
    ("Display", 0.045, 0.010, 400),
    ("Affiliates", 0.030, 0.045, 500),
    ("Organic Video", 0.022, 0.020, 0),
    ("Paid Video", 0.018, 0.015, 600),
    ("Paid Shopping", 0.015, 0.065, 800),
    ("Webinar", 0.010, 0.090, 3000),
    ("Partner", 0.008, 0.080, 1500),
    ("SMS", 0.006, 0.030, 200),
    ("Podcast", 0.005, 0.020, 2000),
    ("Organic Shopping", 0.004, 0.050, 0),
    ("Trade Fair", 0.002, 0.100, 9000),
]
NAMES = [name for name, *_ in CHANNELS]
SHARES = np.array([share for _, share, _, _ in CHANNELS])
SHARES /= SHARES.sum()
SIGNUP = np.array([chance for _, _, chance, _ in CHANNELS])
COSTS = np.array([cost / 1000 for *_, cost in CHANNELS])
DIRECT = NAMES.index("Direct")

EVENTS = ["visit", "signup", "trial", "purchase"]
VISIT, TRYING, TRIAL, PURCHASE = range(4)

THEMES = ["brand", "always-on", "retargeting", "spring-sale", "black-friday", "launch"]
REGIONS = ["dach", "france", "nordics", "benelux", "iberia"]
CAMPAIGNS = [f"{t}_{r}_{y}" for y in (2024, 2025, 2026) for t in THEMES for r in REGIONS]


def main():
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    touches = in_time_order(draw(args.rows, args.seed))
    write_spend(args.out / "spend.csv", touches, args.seed, args.quoted)
    if args.sorted_by_person:
        # Stable: the touches of a person stay in the order of the other variant.
        order = np.argsort(person_bits(touches["person"])[0], kind="stable")
        touches = {name: column[order] for name, column in touches.items()}
    write_touches(args.out / "touches.csv", touches, args.quoted)
    (args.out / "leadflow.toml").write_text(
        'currency = "EUR"\ntime_zone = "UTC"\nas_of = "2026-10-31"\n'
    )


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sorted-by-person", action="store_true")
    parser.add_argument("--quoted", action="store_true", help="quote every field")
    return parser.parse_args()


def draw(rows, seed):
    """Touches of whole persons, block by block, as small integers."""
    kinds = {"person": "i4", "second": "i4", "channel": "u1", "campaign": "u1", "event": "u1", "cents": "i4"}
    touches = {name: np.empty(rows, kind) for name, kind in kinds.items()}
    done = persons = block = 0
    while done < rows:
        drawn = draw_block(np.random.default_rng([seed, block]))
        take = min(BLOCK, rows - done)
        for name, column in touches.items():
            column[done : done + take] = drawn[name][:take]
        touches["person"][done : done + take] += persons
        done, persons, block = done + take, persons + int(drawn["person"][-1]) + 1, block + 1
    return touches


def draw_block(random):
    """`BLOCK` touches, person after person, each person's in order of time."""
    counts = touch_counts(random)
    person = np.repeat(np.arange(len(counts)), counts)
    starts = np.cumsum(counts) - counts
    second = moments(random, person, counts, starts)
    channel = channels(random, person, len(counts))
    event = events(random, channel, person, starts)
    bought = event == PURCHASE
    cents = np.zeros(BLOCK, np.int64)
    cents[bought] = 100 + random.lognormal(8.8, 0.8, bought.sum())
    return {
        "person": person,
        "second": second,
        "channel": channel,
        "campaign": campaigns(random, channel, second),
        "event": event,
        "cents": cents,
    }


def touch_counts(random):
    """Touches of each person: most have one or two, some hundreds, six on average."""
    persons = BLOCK // 4
    counts = 1 + (5.0 * (random.random(persons) ** (-1 / 1.9) - 1)).astype(np.int64)
    ends = np.cumsum(np.minimum(counts, 900))
    counts = np.diff(ends, prepend=0)[: np.searchsorted(ends, BLOCK) + 1]
    counts[-1] -= counts.sum() - BLOCK
    return counts


def moments(random, person, counts, starts):
    """Seconds since the first day: bursts with long pauses, now and then the same second."""
    gaps = random.lognormal(np.log(1.2 * DAY), 1.8, BLOCK)
    gaps[random.random(BLOCK) < 0.01] = 0
    gaps[starts] = 0
    after = np.cumsum(gaps)
    after -= after[starts][person]
    spans = after[starts + counts - 1]
    fit = np.minimum(1.0, 0.97 * SECONDS / np.maximum(spans, 1.0))
    begin = random.random(len(counts)) * (SECONDS - 1 - spans * fit)
    return (begin[person] + after * fit[person]).astype(np.int64)


def channels(random, person, persons):
    """A person keeps coming back by one channel, and by others in between."""
    usual = random.choice(len(NAMES), persons, p=SHARES)
    other = random.choice(len(NAMES), BLOCK, p=SHARES)
    return np.where(random.random(BLOCK) < 0.4, usual[person], other)


def events(random, channel, person, starts):
    """Signup, then trial, then purchases; a few of them out of order, as trackers send them."""
    place = np.arange(BLOCK)
    signed = np.where(random.random(BLOCK) < SIGNUP[channel], place, 2 * BLOCK)
    signup = np.minimum.reduceat(signed, starts)
    trial = signup + random.geometric(0.35, len(starts))
    purchase = trial + random.geometric(0.35, len(starts))
    event = np.full(BLOCK, VISIT)
    stray = random.random(BLOCK)
    event[stray < 0.002] = TRYING
    event[stray < 0.001] = TRIAL
    event[stray < 0.0005] = PURCHASE
    event[(random.random(BLOCK) < 0.04) & (place > purchase[person])] = PURCHASE
    for step, at in ((TRYING, signup), (TRIAL, trial), (PURCHASE, purchase)):
        event[place == at[person]] = step
    return event


def campaigns(random, channel, second):
    """A campaign of the touch's year; direct traffic has none (the last number)."""
    a_year = len(THEMES) * len(REGIONS)
    year = (second >= 61 * DAY).astype(np.int64) + (second >= 426 * DAY)
    drawn = (a_year * random.random(len(second)) ** 2).astype(np.int64)
    return np.where(channel == DIRECT, len(CAMPAIGNS), year * a_year + drawn)


def in_time_order(touches):
    order = np.argsort(touches["second"], kind="stable")
    return {name: column[order] for name, column in touches.items()}


def person_bits(person):
    """The 128 bits of a person's id, version and variant of a random UUID set."""

    def mixed(number):
        number = (number + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return number ^ (number >> np.uint64(31))

    high = mixed(person.astype(np.uint64))
    low = mixed(high)
    high = (high & np.uint64(0xFFFFFFFFFFFF0FFF)) | np.uint64(0x4000)
    low = (low & np.uint64(0x3FFFFFFFFFFFFFFF)) | np.uint64(0x8000000000000000)
    return high, low


HEX = np.array([f"{byte:02x}".encode() for byte in range(256)]).view("u2")


def person_ids(person):
    high, low = person_bits(person)
    raw = np.stack([high, low], axis=1).astype(">u8").view("u1").reshape(-1, 16)
    digits = HEX[raw].view("u1").reshape(-1, 32)
    text = np.full((len(person), 36), ord("-"), np.uint8)
    for at, begin, end in ((0, 0, 8), (9, 8, 12), (14, 12, 16), (19, 16, 20), (24, 20, 32)):
        text[:, at : at + end - begin] = digits[:, begin:end]
    return pl.Series(text.view("S36").ravel()).cast(pl.String)


def write_touches(path, touches, quoted):
    days = pl.Series([str(FIRST_DAY + timedelta(day)) for day in range(DAYS)])
    clock = pl.Series([f"T{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}Z" for s in range(DAY)])
    names, kinds = pl.Series(NAMES), pl.Series(EVENTS)
    labels = pl.Series([*CAMPAIGNS, None], dtype=pl.String)
    with path.open("wb") as file:
        for begin in range(0, len(touches["second"]), BLOCK):
            block = {name: column[begin : begin + BLOCK] for name, column in touches.items()}
            day, of_day = np.divmod(block["second"], DAY)
            frame = pl.DataFrame({
                "visitor_id": person_ids(block["person"]),
                "occurred_at": days.gather(day) + clock.gather(of_day),
                "channel": names.gather(block["channel"]),
                "campaign": labels.gather(block["campaign"]),
                "event": kinds.gather(block["event"]),
                "value": amounts(block["cents"]),
            })
            write(frame, file, quoted, begin == 0)


def amounts(cents):
    """`12.34`, nothing for nothing: numbers as text, so that two decimals always stand."""
    units, rest = pl.Series(cents // 100).cast(pl.String), pl.Series(cents % 100).cast(pl.String)
    return (units + "." + rest.str.zfill(2)).set(pl.Series(cents == 0), None)


def write_spend(path, touches, seed, quoted):
    """Cost of each month of each paid channel: its touches, with good and bad months."""
    months = [f"{y}-{m:02}" for y in (2024, 2025, 2026) for m in range(1, 13)][10:34]
    days = np.array([(FIRST_DAY + timedelta(day)).strftime("%Y-%m") for day in range(DAYS)])
    month_of_day = np.searchsorted(months, days)
    month = month_of_day[touches["second"] // DAY]
    counts = np.bincount(month * len(NAMES) + touches["channel"], minlength=len(months) * len(NAMES))
    cost = counts.reshape(len(months), -1) * COSTS
    cost *= np.random.default_rng([seed, 1 << 32]).lognormal(0, 0.3, cost.shape)
    cents = np.round(cost * 100).astype(np.int64)
    month, channel = np.nonzero(cents)
    frame = pl.DataFrame({
        "month": [months[m] for m in month],
        "channel": [NAMES[c] for c in channel],
        "cost": amounts(cents[month, channel]),
    })
    with path.open("wb") as file:
        write(frame, file, quoted, True)


def write(frame, file, quoted, header):
    frame.write_csv(file, include_header=header, quote_style="always" if quoted else "necessary")


if __name__ == "__main__":
    main()
