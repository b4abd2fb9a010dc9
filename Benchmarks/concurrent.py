#!/usr/bin/env python3
"""Merges what two people did at once, beside SQLite's session extension on the same data.

    concurrent.py --bin FOLDER --data DATA.jsonl [--runs 5]

Two notebooks of the same interviews get 5,000 edits each, 2,500 of them to interviews that the other
edited too: in half of those both change the text, in half the one the text and the other the title.
Then the one takes in a bundle of the other, as a whole process: checked, merged, durable, every
projection and the full-text index up to date. In turn with `session.py`, with and without such an
index. The database is made anew for each round.
"""
import argparse, json, os, random, shutil, statistics, subprocess, sys, tempfile

from measure import run

HERE = os.path.dirname(os.path.abspath(__file__))


def edits(interviews, chance):
    """Ours and theirs: records with one sentence, or the title, changed."""
    chosen = chance.sample(interviews, 7_500)
    only_ours, both, only_theirs = chosen[:2_500], chosen[2_500:5_000], chosen[5_000:]

    def text(record, who):
        lines = record["body"].split("\n")
        at = chance.randrange(len(lines))
        lines[at] += f" {who} {chance.randrange(10**6)}."
        return dict(record, body="\n".join(lines))

    def title(record):
        return dict(record, title=record["title"] + " (revisado)")

    ours = [text(r, "Corrigió Ana") for r in only_ours + both]
    theirs = ([text(r, "Corrigió Luis") for r in only_theirs + both[:1_250]]
              + [title(r) for r in both[1_250:]])
    return ours, theirs


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--data", required=True)
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
    for name, records in zip(("ours", "theirs"), edits(interviews, random.Random(1))):
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
    # A first search completes the index.
    cuaderno("luis", "search", "Corrigió")
    cuaderno("luis", "import", "jsonl", files["theirs"])
    cuaderno("luis", "bundle", "write", f"{scratch}/hello.bundle", "--for", "Ana")
    cuaderno("ana", "search", "Corrigió")
    cuaderno("ana", "import", "jsonl", files["ours"])
    cuaderno("ana", "bundle", "write", f"{scratch}/ours.bundle", "--for", "Luis")
    shutil.copytree(f"{scratch}/luis", f"{scratch}/saved")
    rows = {"Cuaderno": [], "session, with index": [], "session, no index": []}
    for _ in range(arguments.runs):
        shutil.rmtree(f"{scratch}/luis")
        shutil.copytree(f"{scratch}/saved", f"{scratch}/luis")
        rows["Cuaderno"].append(cuaderno("luis", "bundle", "read", f"{scratch}/ours.bundle"))
        for name, flags in (("session, with index", ["--index"]), ("session, no index", [])):
            bare = run([sys.executable, f"{HERE}/session.py", arguments.data, files["theirs"],
                        files["ours"], *flags])
            rows[name].append(json.loads(bare["output"]))
    ours = rows["Cuaderno"]
    print("5,000 changes merged into 10,000 interviews, half of which had changed too:")
    for name, measured in rows.items():
        wall = [r["wall"] for r in measured]
        ratio = statistics.median(a["wall"] / b for a, b in zip(ours, wall))
        cpu = statistics.median(r["cpu"] for r in measured)
        print(f"{name:22} {statistics.median(wall) * 1e3:7.0f} ms wall {cpu * 1e3:7.0f} ms CPU "
              f"{statistics.median(wall) / 5_000 * 1e6:6.0f} µs a change; Cuaderno takes {ratio:.2f} ×")


main()
