#!/usr/bin/env python3
"""A year in the field: what the log takes, and whether commands stay as quick as on the first day.

    Benchmarks/year.py FOLDER-OF-THE-PROGRAMS [--rounds 50] [--devices 12] [--interviews 200]
                       [--codings 20000] [--runs 15] [--frames]

Interviews of 2 KB are edited once a round, each time by another of the devices, which has synced with the
server before and syncs afterwards; some words of one line are replaced. The codings are made in equal parts
each round, on the text as it is then. The log is set beside what `zstd -3` makes of all differences between
the texts (position, scalars removed, words put in) and of the first texts, and taken apart by its columns;
then commands run as whole processes in turn, in the notebook as it was after the first round and as it is at
the end. `--frames` measures offline what the payloads would take if each were a zstd frame with the payload
before of the same record as its dictionary, or the text that it is about.
"""
import argparse, json, os, random, shutil, sqlite3, subprocess, tempfile, uuid

from generate import main as generate
from load import Server
from measure import compare as in_turn, run, show


def zstd(data, *flags):
    return len(subprocess.run(["zstd", "-3", "-q", "-c", *flags], input=data, stdout=subprocess.PIPE,
                              check=True).stdout)


def difference(before, after):
    """What has to be said of an edit: where, how many scalars go, and what comes."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return f"{start},{len(before) - start - end},{after[start:len(after) - end]}\n"


class Year:
    def __init__(self, arguments, scratch):
        self.arguments, self.scratch = arguments, scratch
        self.environment = dict(os.environ, XDG_STATE_HOME=f"{scratch}/state")
        self.chance = random.Random(12)
        generate(f"{scratch}/data.jsonl", arguments.interviews, 0)
        with open(f"{scratch}/data.jsonl", encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        self.interviews = [r for r in records if r["kind"] == "interview"]
        self.themes = [r for r in records if r["kind"] == "theme"]
        self.words = " ".join(r["body"] for r in self.interviews).split()
        self.differences = ["".join(difference("", r["body"]) for r in self.interviews)]

    def cuaderno(self, notebook, *words):
        return run([f"{self.arguments.programs}/cuaderno", *words, "--notebook",
                    f"{self.scratch}/{notebook}"], self.environment)

    def edit(self, record):
        lines = record["body"].split("\n")
        at = self.chance.randrange(len(lines))
        words = lines[at].split(" ")
        begin = self.chance.randrange(len(words))
        new = [self.chance.choice(self.words) for _ in range(self.chance.randrange(3, 9))]
        lines[at] = " ".join(words[:begin] + new + words[begin + self.chance.randrange(3, 9):])
        before, record["body"] = record["body"], "\n".join(lines)
        self.differences.append(difference(before, record["body"]))

    def coding(self):
        record = self.chance.choice(self.interviews)
        start = self.chance.randrange(max(1, len(record["body"]) - 200))
        return {"kind": "coding", "id": str(uuid.UUID(int=self.chance.getrandbits(128), version=4)),
                "interview": record["id"], "theme": self.chance.choice(self.themes)["id"], "start": start,
                "end": min(len(record["body"]), start + 20 + self.chance.randrange(180))}

    def play(self):
        devices, rounds = self.arguments.devices, self.arguments.rounds
        server = Server(self.arguments.programs, f"{self.scratch}/server")
        try:
            server.administer("study", "create", "Year")
            self.cuaderno("0", "init", "Year", "--as", "device 0")
            self.cuaderno("0", "import", "jsonl", f"{self.scratch}/data.jsonl")
            for number in range(devices):
                told = server.administer(
                    "invite", "create", "Year", "--for", f"device {number}", "--role", "owner", "--url",
                    f"http://127.0.0.1:{server.port}", "--json")
                self.cuaderno(f"{number}", "join", json.loads(told)["invite"])
                self.cuaderno(f"{number}", "sync")
            each = self.arguments.codings // (rounds * devices)
            for turn in range(rounds):
                for number in range(devices):
                    self.cuaderno(f"{number}", "sync")
                    share = self.interviews[(number + turn) % devices::devices]
                    for record in share:
                        self.edit(record)
                    with open(f"{self.scratch}/part.jsonl", "w", encoding="utf-8") as file:
                        for record in share + [self.coding() for _ in range(each)]:
                            file.write(json.dumps(record, ensure_ascii=False) + "\n")
                    self.cuaderno(f"{number}", "import", "jsonl", f"{self.scratch}/part.jsonl")
                    self.cuaderno(f"{number}", "sync")
                if turn == 0:
                    self.cuaderno("0", "sync")
                    self.keep("first")
            self.cuaderno("0", "sync")
            self.keep("last")
            server.administer("check")
        finally:
            server.stop()

    def keep(self, name):
        """A copy that goes on as a device of its own; its first write is made now."""
        shutil.copytree(f"{self.scratch}/0", f"{self.scratch}/{name}")
        self.cuaderno(name, "note", "add", "--about", "study", "--text", "copia")

    def log(self):
        path = f"{self.scratch}/last/log.sqlite"
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        size = database.execute(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0]
        differences = zstd("".join(self.differences).encode())
        print(f"differences of {len(self.differences) - 1} edits and the first texts: "
              f"{sum(len(d.encode()) for d in self.differences) / 1e3:.0f} kB, zstd -3 {differences / 1e3:.0f} kB")
        print(f"log.sqlite: {size / 1e6:.2f} MB, {size / differences:.1f} × (at most 1.5)")
        count = database.execute("SELECT count(*) FROM change").fetchone()[0]
        parts = {column: database.execute(f"SELECT coalesce(sum(length({column})), 0) FROM change").fetchone()[0]
                 for column in ("envelope", "salt", "payload", "link")}
        parts["pages, indexes and the rest"] = size - sum(parts.values())
        print(f"{count} changes:")
        for name, part in parts.items():
            print(f"  {name:28} {part / 1e6:8.2f} MB  {part / size:6.1%}  {part / count:7.1f} bytes a change  "
                  f"{part / differences:5.1f} ×")
        random_bytes = 48 * count
        print(f"  salts and links alone: {random_bytes / differences:.1f} ×")
        for name, sql in (("payloads", "SELECT payload FROM change"), ("envelopes", "SELECT envelope FROM change")):
            data = b"".join(row[0] or b"" for row in database.execute(sql + " ORDER BY position"))
            print(f"  all {name} as one zstd -3 stream: {zstd(data) / 1e6:.2f} MB; "
                  f"zstd -19 --long=27: {zstd(data, '-19', '--long=27') / 1e6:.2f} MB")
        if self.arguments.frames:
            self.frames(database)
        database.close()

    def frames(self, database):
        """The envelope holds the record's id after device, sequence and stamp, and ends with those of the
        records that it is about (WIRE.md, section 4.2)."""
        last, chains = {}, {}
        sizes = {"as they are": 0, "each alone": 0, "on the one before, or on the text it is about": 0}
        for envelope, payload in database.execute("SELECT envelope, payload FROM change ORDER BY position"):
            at = 17
            while envelope[at] & 0x80:
                at += 1
            record = envelope[at + 9:at + 25]
            base = next((last[key] for key in (record, envelope[-16:], envelope[-32:-16]) if key in last), None)
            alone = based = len(payload)
            if len(payload) >= 64:
                alone = based = min(alone, zstd(payload))
                if base:
                    with open(f"{self.scratch}/base", "wb") as file:
                        file.write(base)
                    based = min(based, zstd(payload, "-D", f"{self.scratch}/base"))
            for name, size in zip(sizes, (len(payload), alone, based)):
                sizes[name] += size
            if len(payload) >= 500:
                last[record] = payload
                chains[record] = chains.get(record, 0) + 1
        print("  payloads as frames: " + ", ".join(f"{n} {s / 1e6:.2f} MB" for n, s in sizes.items())
              + f"; chains of at most {max(chains.values())}")

    def commands(self):
        interview, theme = self.interviews[0]["id"], self.themes[0]["id"]
        body = self.interviews[0]["body"]
        word = sorted(body.split(), key=len)[-1].strip("¿?.,:")
        for name, words in {
            "status": ["status"], "interview show": ["interview", "show", interview],
            "interview edit": ["interview", "edit", interview, "--summary", "s"],
            "interview edit text": ["interview", "edit", interview, "--text", body + " más"],
            "note add": ["note", "add", "--about", interview, "--text", "hola"],
            "code": ["code", interview, theme, "--span", "3:30"],
            "coding list of one": ["coding", "list", interview],
            "log of one": ["log", interview], "search": ["search", word],
            "show an old version": ["show", f"{interview}@1"],
        }.items():
            print(f"\n{name}")
            program = f"{self.arguments.programs}/cuaderno"
            show(in_turn([(day, [program, *words, "--notebook", f"{self.scratch}/{day}"])
                          for day in ("first", "last")], self.arguments.runs, self.environment))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs")
    for name, default in (("--rounds", 50), ("--devices", 12), ("--interviews", 200), ("--codings", 20_000),
                          ("--runs", 15)):
        parser.add_argument(name, type=int, default=default)
    parser.add_argument("--frames", action="store_true")
    parser.add_argument("--scratch", help="where to keep what is made")
    arguments = parser.parse_args()
    scratch = arguments.scratch or tempfile.mkdtemp(prefix="cuaderno-year-")
    try:
        year = Year(arguments, scratch)
        year.play()
        year.log()
        year.commands()
    finally:
        if not arguments.scratch:
            shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
