#!/usr/bin/env python3
"""Compares two folders of results: same files, rows and texts, numbers within 1e-9.

    compare.py DIR DIR [--only j2_credit.csv ...]

Prints the first difference and leaves with 1, or what was compared and 0.
"""

import argparse
import csv
import sys
from itertools import zip_longest
from pathlib import Path

TOLERANCE = 1e-9


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("left", type=Path)
    parser.add_argument("right", type=Path)
    parser.add_argument("--only", nargs="+", metavar="FILE")
    args = parser.parse_args()
    difference = folders(args.left, args.right, args.only)
    if difference:
        sys.exit(difference)


def folders(left, right, only):
    listed = [set(only) if only else {path.name for path in folder.glob("*.csv")} for folder in (left, right)]
    if listed[0] != listed[1]:
        return f"only in one folder: {', '.join(sorted(listed[0] ^ listed[1]))}"
    if not listed[0]:
        return f"{left}: no results"
    cells = 0
    for name in sorted(listed[0]):
        with (left / name).open(newline="") as one, (right / name).open(newline="") as other:
            for line, (a, b) in enumerate(zip_longest(csv.reader(one), csv.reader(other)), start=1):
                if a is None or b is None or len(a) != len(b):
                    return f"{name}:{line}: {a} and {b}"
                for place, pair in enumerate(zip(a, b)):
                    if not same(*pair):
                        return f"{name}:{line}: column {place + 1}: {pair[0]!r} and {pair[1]!r} in {a}"
                cells += len(a)
    print(f"{len(listed[0])} files, {cells} cells: the same")


def same(a, b):
    if a == b:
        return True
    try:
        a, b = float(a), float(b)
    except ValueError:
        return False
    return abs(a - b) <= TOLERANCE * max(abs(a), abs(b))


if __name__ == "__main__":
    main()
