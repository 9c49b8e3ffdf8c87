#!/usr/bin/env python3
"""Runs commands in turn, several times, and prints what each of them took.

    measure.py [-k 5] 'NAME=COMMAND' 'NAME=COMMAND' ...

In every round each command runs once, so that whatever else the machine does hits
all of them alike. A figure is the median of the rounds; a ratio is the median of the
ratios to the first command of the same round. CPU is user and system time of the
process and its children, memory its peak resident set. The load before and after is
printed too: where others use the machine, wall time says little and CPU time swells.
"""

import argparse
import os
import shlex
import sys
import time
from statistics import median

COLUMNS = "{:24} {:>8} {:>8} {:>9} {:>7} {:>7} {:>7}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-k", type=int, default=5, metavar="ROUNDS")
    parser.add_argument("commands", nargs="+", metavar="NAME=COMMAND")
    args = parser.parse_args()
    commands = dict(command.split("=", 1) for command in args.commands)
    load = os.getloadavg()[0]
    rounds = [{name: run(line) for name, line in commands.items()} for _ in range(args.k)]
    reference = next(iter(commands))
    print(COLUMNS.format(f"median of {args.k}", "wall s", "CPU s", "peak MB", "x wall", "x CPU", "x peak"))
    for name in commands:
        taken = [median(one[name][figure] for one in rounds) for figure in range(3)]
        ratios = [median(one[name][figure] / one[reference][figure] for one in rounds) for figure in range(3)]
        wall, cpu, peak = taken
        times = (f"{ratio:.2f}" for ratio in ratios)
        print(COLUMNS.format(name, f"{wall:.2f}", f"{cpu:.2f}", f"{peak:.0f}", *times))
    print(f"load {load:.1f} before, {os.getloadavg()[0]:.1f} after, {os.cpu_count()} cores")


def run(line):
    """Wall seconds, CPU seconds and peak megabytes of one run."""
    words = shlex.split(line)
    begin = time.perf_counter()
    child = os.posix_spawnp(words[0], words, os.environ)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - begin
    if status:
        sys.exit(f"failed with {os.waitstatus_to_exitcode(status)}: {line}")
    kilobytes = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss
    return wall, usage.ru_utime + usage.ru_stime, kilobytes / 1024


if __name__ == "__main__":
    main()
