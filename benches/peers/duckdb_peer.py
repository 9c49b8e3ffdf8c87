#!/usr/bin/env python3
"""The jobs in DuckDB's SQL. `README.md` says what each job is and which
formulations were tried.

Touches are loaded into a table once, since every job but J4 reads them more than
once. `place` packs time, row of the file and channel into one integer: the order of
a person's touches is the order of their places, and lists of integers sort quickest.
It holds 4 years, 2^30 rows and 64 channels.
"""

import argparse
from pathlib import Path

import duckdb

import markov

LOAD = """
CREATE TABLE touches AS
SELECT visitor_id AS visitor, occurred_at AS instant, channel, event, value
FROM {touches};
CREATE TYPE channel AS ENUM (SELECT DISTINCT channel FROM touches ORDER BY channel);
SET VARIABLE origin = (SELECT epoch(min(instant))::BIGINT FROM touches);
CREATE MACRO place(instant, line, channel) AS
    (epoch(instant)::BIGINT - getvariable('origin')) * 68719476736
    + line * 64 + enum_code(channel::channel);
CREATE MACRO lookback(place) AS (place // 68719476736 - 30 * 86400) * 68719476736;
CREATE MACRO channel_of(place) AS (place & 63)::UTINYINT;
CREATE MACRO channel_name(code) AS enum_range(NULL::channel)[1 + code];
"""

TOUCHES = """read_csv('{path}', header = true, auto_detect = false,
    delim = ',', quote = '"', escape = '"', columns = {{
    'visitor_id': 'VARCHAR', 'occurred_at': 'TIMESTAMP', 'channel': 'VARCHAR',
    'campaign': 'VARCHAR', 'event': 'VARCHAR', 'value': 'DOUBLE'}})"""

# One aggregation over everything; the later steps are few and fit into short lists.
FUNNEL = """
WITH persons AS (
    SELECT visitor,
        min(instant) FILTER (event = 'visit') AS visit,
        channel_of(min(place(instant, rowid, channel)) FILTER (event = 'visit')) AS channel,
        list(instant) FILTER (event = 'signup') AS signups,
        list(instant) FILTER (event = 'trial') AS trials,
        list(instant) FILTER (event = 'purchase') AS purchases
    FROM touches GROUP BY visitor
    HAVING visit IS NOT NULL),
windows AS (SELECT *, visit + INTERVAL 30 DAYS AS ends FROM persons),
signed AS (
    SELECT *, list_min(list_filter(signups, lambda x: x BETWEEN visit AND ends)) AS signup
    FROM windows),
tried AS (
    SELECT *, list_min(list_filter(trials, lambda x: x BETWEEN signup AND ends)) AS trial
    FROM signed),
bought AS (
    SELECT *, list_min(list_filter(purchases, lambda x: x BETWEEN trial AND ends)) AS purchase
    FROM tried)
SELECT strftime(month, '%Y-%m') AS month, channel_name(channel) AS channel,
    visit, signup, trial, purchase
FROM (
    SELECT date_trunc('month', visit) AS month, channel, count(*) AS visit, count(signup) AS signup,
        count(trial) AS trial, count(purchase) AS purchase
    FROM bought GROUP BY ALL)
ORDER BY month, channel
"""

# Purchases are few: hashed, they pick their touches in one pass over the table.
JOURNEYS = """
CREATE TABLE journeys AS
SELECT purchase.rowid AS journey, purchase.value, touch.rowid AS line,
    place(touch.instant, touch.rowid, touch.channel) AS place,
    pow(2, -epoch(purchase.instant - touch.instant) / (7 * 86400.0)) AS freshness
FROM touches AS touch JOIN touches AS purchase USING (visitor)
WHERE purchase.event = 'purchase'
    AND touch.instant BETWEEN purchase.instant - INTERVAL 30 DAYS AND purchase.instant
    AND (touch.instant < purchase.instant OR touch.rowid <= purchase.rowid)
"""

CREDIT = """
WITH lengths AS (
    SELECT journey, count(*) AS touches, min(place) AS opening, sum(freshness) AS freshness
    FROM journeys GROUP BY journey),
shares AS (
    SELECT channel_of(place) AS channel, value,
        (place = opening)::INT AS first,
        (line = journey)::INT AS last,
        1 / touches AS linear,
        CASE WHEN touches = 1 THEN 1 WHEN touches = 2 THEN 0.5::DOUBLE
            WHEN place = opening OR line = journey THEN 0.4
            ELSE 0.2::DOUBLE / (touches - 2) END AS position,
        journeys.freshness / lengths.freshness AS decay
    FROM journeys JOIN lengths USING (journey))
SELECT credit.model AS model, channel_name(channel) AS channel, credit.conversions, credit.value
FROM (SELECT channel, unnest([
    {'model': 'first', 'conversions': sum(first), 'value': sum(first * value)},
    {'model': 'last', 'conversions': sum(last), 'value': sum(last * value)},
    {'model': 'linear', 'conversions': sum(linear), 'value': sum(linear * value)},
    {'model': 'position', 'conversions': sum(position), 'value': sum(position * value)},
    {'model': 'decay', 'conversions': sum(decay), 'value': sum(decay * value)}
]) AS credit FROM shares GROUP BY channel)
ORDER BY model, channel
"""

PATHS = """
CREATE TABLE paths AS
WITH walked AS (
    SELECT list(place) AS places, 1 AS conversions, any_value(value) AS value
    FROM journeys GROUP BY journey
    UNION ALL
    SELECT list_filter(places, lambda place: place >= opening), 0, 0
    FROM (
        SELECT list(place) AS places, lookback(max(place)) AS opening
        FROM (SELECT visitor, place(instant, rowid, channel) AS place FROM touches)
        WHERE visitor NOT IN (SELECT visitor FROM touches WHERE event = 'purchase')
        GROUP BY visitor))
SELECT list_transform(list_sort(places), lambda place: channel_of(place)) AS path,
    count(*) AS journeys, sum(conversions)::BIGINT AS conversions, sum(value) AS value
FROM walked GROUP BY path
"""

# Text is made for the few that can be among the top alone.
TOP_PATHS = """
WITH candidates AS (
    SELECT * FROM paths
    QUALIFY rank() OVER (ORDER BY conversions DESC, journeys DESC) <= 10)
SELECT array_to_string(list_transform(path, lambda code: channel_name(code)), ' > ') AS path,
    journeys, conversions, value
FROM candidates ORDER BY conversions DESC, journeys DESC, path LIMIT 10
"""

# An empty cell is the start on the left, and an end on the right.
TRANSITIONS = """
WITH steps AS (
    SELECT unnest([NULL] || path) AS origin, unnest(path || [NULL]) AS target,
        journeys, conversions
    FROM paths)
SELECT channel_name(origin)::VARCHAR, channel_name(target)::VARCHAR,
    sum(journeys)::BIGINT, sum(conversions)::BIGINT
FROM steps GROUP BY origin, target
"""

# The purchase is the last touch of its own journey, so no journey is needed.
ROI = """
WITH credit AS (
    SELECT strftime(date_trunc('month', instant), '%Y-%m') AS month, channel, sum(value) AS value
    FROM {touches} WHERE event = 'purchase' GROUP BY ALL),
spend AS (
    SELECT month, channel, sum(cost) AS cost FROM read_csv('{spend}',
        header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
        columns = {{'month': 'VARCHAR', 'channel': 'VARCHAR', 'cost': 'DOUBLE'}})
    GROUP BY ALL)
SELECT month, channel, coalesce(cost, 0) AS cost, coalesce(value, 0) AS value,
    (coalesce(value, 0) - cost) / nullif(cost, 0) AS roi
FROM credit FULL JOIN spend USING (month, channel)
ORDER BY month, channel
"""


class Peer:
    def __init__(self, data, out, threads):
        self.data, self.out = data, out
        self.db = duckdb.connect(config={"threads": threads})
        self.touches = TOUCHES.format(path=data / "touches.csv")

    def run(self, job):
        if job != "J4":
            self.db.execute(LOAD.format(touches=self.touches))
        if job in ("J1", "J5"):
            self.save("j1_funnel", FUNNEL)
        if job in ("J2", "J3", "J5"):
            self.db.execute(JOURNEYS)
        if job in ("J2", "J5"):
            self.save("j2_credit", CREDIT)
        if job in ("J3", "J5"):
            self.db.execute(PATHS)
            self.save("j3_paths", TOP_PATHS)
            markov.write(self.out, self.transitions())
        if job in ("J4", "J5"):
            self.save("j4_roi", self.roi(loaded=job == "J5"))

    def roi(self, loaded):
        file = f"(SELECT occurred_at AS instant, channel, event, value FROM {self.touches})"
        return ROI.format(touches="touches" if loaded else file, spend=self.data / "spend.csv")

    def transitions(self):
        for origin, target, journeys, conversions in self.db.execute(TRANSITIONS).fetchall():
            if target is not None:
                yield origin or markov.START, target, journeys
                continue
            if conversions:
                yield origin, markov.CONVERSION, conversions
            if journeys > conversions:
                yield origin, markov.NONE, journeys - conversions

    def save(self, name, query):
        self.db.execute(f"COPY ({query}) TO '{self.out / name}.csv' (HEADER, DELIMITER ',')")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--job", choices=["J1", "J2", "J3", "J4", "J5"], required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    Peer(args.data, args.out, args.threads).run(args.job)


if __name__ == "__main__":
    main()
