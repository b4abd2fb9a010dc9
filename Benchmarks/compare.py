"""Import against bare SQLite, and single commands against a program that does nothing.

    compare.py --bin FOLDER --data DATA.jsonl --scratch FOLDER [--runs 5]
"""
import argparse, json, os, shutil, statistics, subprocess, sys

from measure import compare, run, show

HERE = os.path.dirname(os.path.abspath(__file__))


def import_rounds(arguments, environment):
    """The import of everything, and SQLite's own inserts of the same, in turn."""
    ours, floor = [], []
    for number in range(arguments.runs):
        notebook = f"{arguments.scratch}/notebook"
        shutil.rmtree(notebook, ignore_errors=True)
        run([f"{arguments.bin}/cuaderno", "init", "Bench", "--as", "Ana", "--notebook", notebook],
            environment)
        ours.append(run([f"{arguments.bin}/cuaderno", "import", "jsonl", arguments.data,
                         "--notebook", notebook], environment))
        bare = run([sys.executable, f"{HERE}/sqlite_floor.py", arguments.data,
                    f"{arguments.scratch}/floor.sqlite"])
        floor.append(json.loads(bare["output"]))
    wall = [a["wall"] / b["wall"] for a, b in zip(ours, floor)]
    cpu = [a["cpu"] / b["cpu"] for a, b in zip(ours, floor)]
    print(f"import of {os.path.getsize(arguments.data) / 1e6:.1f} MB: "
          f"{statistics.median(r['wall'] for r in ours):.2f} s wall, "
          f"{statistics.median(r['cpu'] for r in ours):.2f} s CPU, "
          f"{statistics.median(r['mb'] for r in ours):.0f} MB peak")
    print(f"SQLite's inserts alone: {statistics.median(r['wall'] for r in floor):.2f} s wall, "
          f"{statistics.median(r['cpu'] for r in floor):.2f} s CPU")
    print(f"ratio, pair by pair: {statistics.median(wall):.2f} wall, {statistics.median(cpu):.2f} CPU "
          f"(at most 1.3)\n")
    return f"{arguments.scratch}/notebook"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--bin", "--data", "--scratch"):
        parser.add_argument(name, required=True)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    environment = dict(os.environ, XDG_STATE_HOME=f"{arguments.scratch}/state")
    notebook = import_rounds(arguments, environment)
    with open(arguments.data, encoding="utf-8") as lines:
        records = [json.loads(next(lines)) for _ in range(1000)]
    interview = next(r for r in records if r["kind"] == "interview")
    theme = next(r for r in records if r["kind"] == "theme")
    word = sorted(interview["body"].split(), key=len)[-1].strip("¿?.,:")
    cuaderno = [f"{arguments.bin}/cuaderno"]
    at = ["--notebook", notebook]
    commands = [
        ("empty program", [f"{arguments.bin}/cuaderno-empty"]),
        ("status", cuaderno + ["status"] + at),
        ("interview show", cuaderno + ["interview", "show", interview["id"]] + at),
        ("interview add", cuaderno + ["interview", "add", "--title", "x", "--text", "hola"] + at),
        ("interview edit", cuaderno + ["interview", "edit", interview["id"], "--summary", "s"] + at),
        ("note add", cuaderno + ["note", "add", "--about", interview["id"], "--text", "hola"] + at),
        ("code", cuaderno + ["code", interview["id"], theme["id"], "--span", "3:30"] + at),
        ("log of a record", cuaderno + ["log", interview["id"]] + at),
        ("search", cuaderno + ["search", word] + at),
    ]
    print("single commands on that notebook, as whole processes (at most 2, search at most 3):")
    show(compare(commands, max(5, arguments.runs * 3), environment))


main()
