#!/usr/bin/env python3
"""Merges what two people did at once, beside SQLite's session extension on the same data.

    concurrent_changes.py --bin FOLDER --data DATA.jsonl [--changes 10000] [--runs 5]

Two notebooks hold the same 10,000 interviews. In the one so many of them are edited, a sentence each; in the
other half of those are too, of which half in the text and half in the title. Then the other takes in a
bundle of what it lacks, as a whole process: checked, merged, durable. What is left for the first search,
the full-text index, is measured beside it, with the search. In turn with `session.py`, with and without
such an index, of which only the applying is timed. The database is made anew for each round.
"""
import argparse, json, os, random, shutil, statistics, subprocess, sys, tempfile

from measure import run

HERE = os.path.dirname(os.path.abspath(__file__))


def edits(interviews, count, chance):
    """Ours and theirs: records with one sentence, or the title, changed."""
    chosen = chance.sample(interviews, len(interviews))
    ours, rest = chosen[:count], chosen[count:]
    both, only_theirs = ours[:count // 2], rest[:count // 2]

    def text(record, who):
        lines = record["body"].split("\n")
        at = chance.randrange(len(lines))
        lines[at] += f" {who} {chance.randrange(10**6)}."
        return dict(record, body="\n".join(lines))

    def title(record):
        return dict(record, title=record["title"] + " (revisado)")

    half = len(both) // 2
    theirs = ([text(r, "Corrigió Luis") for r in only_theirs + both[:half]]
              + [title(r) for r in both[half:]])
    return [text(r, "Corrigió Ana") for r in chance.sample(ours, len(ours))], theirs


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    scratch = tempfile.mkdtemp()
    try:
        compare(arguments, scratch)
    finally:
        shutil.rmtree(scratch)


def compare(arguments, scratch):
    environment = dict(os.environ, XDG_STATE_HOME=f"{scratch}/state")
    with open(arguments.data, encoding="utf-8") as lines:
        interviews = [r for r in map(json.loads, lines) if r["kind"] == "interview"]
    files = {}
    for name, records in zip(("ours", "theirs"), edits(interviews, arguments.changes, random.Random(1))):
        files[name] = f"{scratch}/{name}.jsonl"
        with open(files[name], "w", encoding="utf-8") as file:
            file.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in records)

    def cuaderno(notebook, *words):
        return run([f"{arguments.bin}/cuaderno", *words, "--notebook", f"{scratch}/{notebook}"],
                   environment)

    cuaderno("ana", "init", "Bench", "--as", "Ana")
    cuaderno("ana", "import", "jsonl", arguments.data)
    cuaderno("ana", "bundle", "write", f"{scratch}/all.bundle")
    cuaderno("luis", "bundle", "read", f"{scratch}/all.bundle", "--as", "Luis")
    # Ana knows then what Luis holds, and her bundle for him has only what he lacks.
    cuaderno("luis", "bundle", "write", f"{scratch}/hello.bundle", "--for", "Ana")
    cuaderno("ana", "bundle", "read", f"{scratch}/hello.bundle")
    # A first search completes the index.
    cuaderno("luis", "search", "Corrigió")
    cuaderno("luis", "import", "jsonl", files["theirs"])
    cuaderno("luis", "search", "Corrigió")
    cuaderno("ana", "search", "Corrigió")
    cuaderno("ana", "import", "jsonl", files["ours"])
    cuaderno("ana", "bundle", "write", f"{scratch}/ours.bundle", "--for", "Luis")
    shutil.copytree(f"{scratch}/luis", f"{scratch}/saved")
    rows = {name: [] for name in ("merge", "merge and first search", "session, with index",
                                  "session, no index")}
    for _ in range(arguments.runs):
        shutil.rmtree(f"{scratch}/luis")
        shutil.copytree(f"{scratch}/saved", f"{scratch}/luis")
        # What was copied is on the disk before the clock runs.
        os.sync()
        merge = cuaderno("luis", "bundle", "read", f"{scratch}/ours.bundle")
        search = cuaderno("luis", "search", "Corrigió")
        rows["merge"].append(merge)
        rows["merge and first search"].append({k: merge[k] + search[k] for k in ("wall", "cpu")})
        for name, flags in (("session, with index", ["--index"]), ("session, no index", [])):
            bare = run([sys.executable, f"{HERE}/session.py", arguments.data, files["theirs"],
                        files["ours"], *flags])
            rows[name].append(json.loads(bare["output"]))
    show(rows, arguments.changes)


def show(rows, count):
    print(f"{count} changes merged into 10,000 interviews, half of which had changed too; beside the "
          "extension")
    print(f"{'':22} {'wall':>9} {'CPU':>9} {'a change':>9}   with index (wall, CPU)   none (wall, CPU)")
    for name, measured in rows.items():
        wall, cpu = (statistics.median(r[key] for r in measured) for key in ("wall", "cpu"))
        ratios = [statistics.median(a[key] / b[key] for a, b in zip(measured, rows[peer]))
                  for peer in ("session, with index", "session, no index") for key in ("wall", "cpu")]
        print(f"{name:22} {wall * 1e3:6.0f} ms {cpu * 1e3:6.0f} ms {cpu / count * 1e6:6.0f} µs   "
              f"{ratios[0]:9.2f} × {ratios[1]:.2f} × {ratios[2]:12.2f} × {ratios[3]:.2f} ×")


main()
