"""Times commands as whole processes, in turn, and prints medians and ratios.

    measure.py --runs 15 NAME=COMMAND [NAME=COMMAND ...]

The commands run one after the other, round by round, so that what else the machine does falls on
all of them; the first is what the others are divided by. CPU is user and system time of the finished
process as the kernel counts it, peak memory its largest resident set.
"""
import argparse, json, os, shlex, statistics, subprocess, sys, time


def run(command, env=None, cwd=None, keeps=True):
    """The kernel counts as a process's peak what its parent held when it was begun, so a parent that
    measures memory must not keep what is printed."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE if keeps else subprocess.DEVNULL,
                               stderr=subprocess.PIPE, env=env, cwd=cwd)
    output, errors = process.stdout.read() if keeps else b"", process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begun
    if process.returncode not in (0, 2):
        raise SystemExit(f"{command[0]} ended with {process.returncode}: {errors.decode()[-500:]}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024,
            "output": output.decode()}


def median(rows, key):
    return statistics.median(row[key] for row in rows)


def compare(commands, runs, env=None):
    """commands: (name, list of words), run in turn. Returns name -> medians, ratios to the first."""
    rows = {name: [] for name, _ in commands}
    for round in range(runs + 1):
        for name, words in commands:
            result = run(words, env)
            if round:  # the first round warms up
                rows[name].append(result)
    first = commands[0][0]
    table = {}
    for name, _ in commands:
        table[name] = {key: median(rows[name], key) for key in ("wall", "cpu", "mb")}
        for key in ("wall", "cpu"):
            pairs = [a[key] / b[key] for a, b in zip(rows[name], rows[first]) if b[key] > 0]
            table[name][key + "_ratio"] = statistics.median(pairs) if pairs else float("nan")
    return table


def show(table):
    print(f"{'':24} {'wall ms':>9} {'ratio':>6} {'cpu ms':>9} {'ratio':>6} {'peak MB':>8}")
    for name, row in table.items():
        print(f"{name:24} {row['wall'] * 1e3:9.1f} {row['wall_ratio']:6.2f} {row['cpu'] * 1e3:9.1f} "
              f"{row['cpu_ratio']:6.2f} {row['mb']:8.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("commands", nargs="+")
    arguments = parser.parse_args()
    show(compare([(text.split("=", 1)[0], shlex.split(text.split("=", 1)[1]))
                  for text in arguments.commands], arguments.runs))
