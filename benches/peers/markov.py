"""Markov chain of order 1 over channels, solved exactly; both peers use it.

States are the channels, between `(start)` and the two ends `(conversion)` and
`(null)`. Few states, so the linear equations are solved directly.
"""

import csv

START, CONVERSION, NONE = "(start)", "(conversion)", "(null)"


def write(out, transitions):
    """Writes `j3_transitions.csv` and `j3_markov.csv` from (from, to, weight)."""
    transitions = sorted(transitions)
    leaving = {}
    for origin, _, weight in transitions:
        leaving[origin] = leaving.get(origin, 0) + weight
    rows = [(a, b, weight, weight / leaving[a]) for a, b, weight in transitions]
    save(out / "j3_transitions.csv", ("from", "to", "weight", "share"), rows)
    columns = ("channel", "conversion_probability", "removal_effect", "conversions")
    save(out / "j3_markov.csv", columns, effects(rows))


def effects(rows):
    """Chance to convert from each channel, what its removal costs, and its credit."""
    import numpy as np  # here, so that the other jobs do not wait for it

    channels = sorted({origin for origin, *_ in rows} - {START})
    place = {name: index for index, name in enumerate(channels)}
    step = np.zeros((len(channels), len(channels)))
    converts, starts = np.zeros(len(channels)), np.zeros(len(channels))
    total = 0
    for origin, to, weight, share in rows:
        if to == CONVERSION:
            converts[place[origin]] = share
            total += weight
        elif origin == START:
            starts[place[to]] = share
        elif to != NONE:
            step[place[origin], place[to]] = share

    def solved(kept):
        """Chance to convert from each kept channel, the others leading nowhere."""
        matrix = np.eye(len(kept)) - step[np.ix_(kept, kept)]
        return np.linalg.solve(matrix, converts[kept])

    everything = np.arange(len(channels))
    chances = solved(everything)
    overall = starts @ chances
    removals = np.empty(len(channels))
    for gone in everything:
        kept = np.delete(everything, gone)
        removals[gone] = 1 - starts[kept] @ solved(kept) / overall
    credits = removals / removals.sum() * total
    yield START, overall, None, None
    for row in zip(channels, chances, removals, credits):
        yield row[0], *map(float, row[1:])


def save(path, header, rows):
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
