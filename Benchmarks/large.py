#!/usr/bin/env python3
"""What a large study costs beside a small one: every command by itself, and a greeting of few changes.

    Benchmarks/large.py FOLDER-OF-THE-PROGRAMS --scratch FOLDER [--sizes 10000:50000,100000:1000000]
                        [--devices 990] [--runs 5] [--instructions] [--only WORD]

Makes a study of so many interviews of 2 KB and codings for each size (`generate.py`), in a notebook that so
many devices have written to: before each of the first notes the machine forgets the notebook, which goes on
as a new device. A server takes all of it, and a second notebook joins and pulls. Then each command runs as a
whole process. Printed are CPU (the least of all runs, since others use the machine) or instructions as
callgrind counts them, and peak memory, at each size and as a ratio. What prints no more should cost no more:
at most the logarithm, 1.3 × for ten times as much. Last comes a sync after one device wrote ten notes, with
the bytes that pass a proxy on the way. What was made stays in the scratch folder and is taken up again.
"""
import argparse, json, os, re, shutil, subprocess, sys, tempfile

from line import Line
from load import Server
from measure import run

generate = os.path.join(os.path.dirname(os.path.abspath(__file__)), "generate.py")

# What the command prints grows with the study, so its cost may.
LISTING = {"interview list", "coding list", "doctor"}


class Study:
    """One size of the study in the scratch folder: two notebooks and a server that hold the same."""

    def __init__(self, arguments, interviews, codings):
        self.programs, self.name = arguments.programs, f"{interviews}-{codings}"
        self.folder = f"{arguments.scratch}/{self.name}"
        self.environment = dict(os.environ, XDG_STATE_HOME=f"{self.folder}/state")
        self.data = f"{arguments.scratch}/{self.name}.jsonl"
        if not os.path.exists(self.data):
            # In a process of its own, since it holds all of it.
            subprocess.run([sys.executable, generate, self.data + ".part", str(interviews), str(codings)],
                           check=True)
            os.rename(self.data + ".part", self.data)
        if not os.path.exists(f"{self.folder}/made"):
            shutil.rmtree(self.folder, ignore_errors=True)
            os.makedirs(self.folder)
            self.make(arguments.devices)
        with open(self.data, encoding="utf-8") as lines:
            records = [json.loads(next(lines)) for _ in range(500)]
        self.interview = next(r for r in records if r["kind"] == "interview")
        self.theme = next(r for r in records if r["kind"] == "theme")

    def cuaderno(self, notebook, *words, **environment):
        return run([f"{self.programs}/cuaderno", *words, "--notebook", f"{self.folder}/{notebook}"],
                   dict(self.environment, **environment), keeps=False)

    def serve(self, keeps=False):
        """The server, behind a line at the address that the notebooks know."""
        server = Server(self.programs, f"{self.folder}/server")
        saved = f"{self.folder}/port"
        line = Line(server.port, port=int(open(saved).read()) if os.path.exists(saved) else 0, keeps=keeps)
        with open(saved, "w") as file:
            file.write(str(line.port))
        return server, line

    def make(self, devices):
        figures = {}
        self.cuaderno("ana", "init", "Large", "--as", "Ana")
        with tempfile.TemporaryDirectory() as forgotten:
            for number in range(devices):
                self.cuaderno("ana", "note", "add", "--about", "study", "--text", f"nota {number}",
                              XDG_STATE_HOME=f"{forgotten}/{number}")
        figures["import"] = self.cuaderno("ana", "import", "jsonl", self.data)
        figures["first search"] = self.cuaderno("ana", "search", "zzzz")
        server, line = self.serve()
        try:
            server.administer("study", "create", "Large")
            for name, step in (("ana", "first push"), ("luis", "first pull")):
                told = server.administer(
                    "invite", "create", "Large", "--for", name.title(), "--role", "owner", "--url",
                    f"http://127.0.0.1:{line.port}", "--json")
                self.cuaderno(name, "join", json.loads(told)["invite"])
                figures[step] = self.cuaderno(name, "sync")
                figures[step + ", server"] = {"cpu": server.cpu(), "mb": server.memory()}
                server.reset_peak()
        finally:
            server.stop()
            line.close()
        self.cuaderno("luis", "search", "zzzz")
        self.cuaderno("ana", "news", "--seen")
        with open(f"{self.folder}/made", "w") as file:
            json.dump({k: {"cpu": v["cpu"], "mb": v["mb"]} for k, v in figures.items()}, file)

    def commands(self):
        """Each with its words; what changes the study comes last."""
        rare = sorted(self.interview["body"].split(), key=len)[-1].strip("¿?.,:")
        interview, theme = self.interview["id"].replace("-", ""), self.theme["id"]
        return {
            "status": ["status"],
            "interview show": ["interview", "show", interview],
            "note list of one": ["note", "list", interview],
            "coding list of one": ["coding", "list", interview],
            "coding list --review": ["coding", "list", "--review"],
            "log": ["log"],
            "log of one": ["log", interview],
            "search": ["search", rare],
            "news": ["news"],
            "conflicts": ["conflicts"],
            "trash": ["trash"],
            "theme tree": ["theme", "tree"],
            "theme list": ["theme", "list"],
            "theme show": ["theme", "show", theme],
            "place list": ["place", "list"],
            "show study": ["show", "study"],
            "sync, nothing to do": ["sync"],
            "interview list": ["interview", "list"],
            "coding list": ["coding", "list"],
            "interview add": ["interview", "add", "--title", "x", "--text", "hola"],
            "interview edit": ["interview", "edit", interview, "--summary", "{n}"],
            "interview edit text": ["interview", "edit", interview, "--text",
                                    self.interview["body"] + " {n}"],
            "note add": ["note", "add", "--about", interview, "--text", "hola"],
            "code": ["code", interview, theme, "--span", "3:30"],
            "interview delete": ["interview", "delete", interview],
            "undelete": ["undelete", interview],
            "sync, after that": ["sync"],
        }


def instructions(study, words):
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out",
             f"{study.programs}/cuaderno", *words, "--notebook", f"{study.folder}/ana"],
            env=study.environment, capture_output=True, text=True)
        return int(re.search(r"Collected : (\d+)", result.stderr).group(1))


def measure(study, arguments):
    rows = {}
    server, line = study.serve()
    serial = iter(range(os.getpid() * 1000, 1 << 60))
    try:
        for name, words in study.commands().items():
            if arguments.only and arguments.only not in name:
                continue
            # What can be done once is done once.
            runs = 1 if name in LISTING or "delete" in name else arguments.runs
            results = [study.cuaderno("ana", *(w.format(n=next(serial)) for w in words))
                       for _ in range(runs)]
            rows[name] = {"cpu": min(r["cpu"] for r in results), "mb": max(r["mb"] for r in results)}
            if arguments.instructions and name not in LISTING and "delete" not in name:
                rows[name]["instructions"] = instructions(
                    study, [w.format(n=next(serial)) for w in words])
    finally:
        server.stop()
        line.close()
    return rows


def greeting(study):
    """The bytes that pass when another device wrote ten notes: the greeting alone, and all of it."""
    server, line = study.serve(keeps=True)
    try:
        study.cuaderno("ana", "sync")
        for number in range(10):
            study.cuaderno("luis", "note", "add", "--about", "study", "--text", f"nota {number}")
        study.cuaderno("luis", "sync")
        before, cpu = len(list(line.exchanges())), server.cpu()
        study.cuaderno("ana", "sync")
        exchanges = list(line.exchanges())[before:]
        for route, up, down, whole in exchanges:
            print(f"  {route:8} {up:8} bytes up, {down:8} down, {whole:8} with heads")
        print(f"  in all {sum(e[3] for e in exchanges)} bytes, {server.cpu() - cpu:.2f} s of the server's CPU")
    finally:
        server.stop()
        line.close()


def show(sizes, tables, key, unit, scale):
    first, last = tables[0], tables[-1]
    print(f"\n{unit:24}" + "".join(f"{size:>18}" for size in sizes) + f"{'ratio':>8}")
    for name in first:
        if key in first[name]:
            values = [table[name][key] for table in tables]
            grows = "  prints more" if name in LISTING else ""
            print(f"{name:24}" + "".join(f"{value * scale:18.1f}" for value in values)
                  + f"{values[-1] / values[0]:8.2f}{grows}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs")
    parser.add_argument("--scratch", required=True)
    parser.add_argument("--sizes", default="10000:50000,100000:1000000")
    parser.add_argument("--devices", type=int, default=990)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--instructions", action="store_true")
    parser.add_argument("--only", help="only commands with this in their name")
    arguments = parser.parse_args()
    sizes = arguments.sizes.split(",")
    studies = [Study(arguments, *map(int, size.split(":"))) for size in sizes]
    tables = [measure(study, arguments) for study in studies]
    for key, unit, scale in (("cpu", "CPU ms", 1e3), ("instructions", "million instructions", 1e-6),
                             ("mb", "peak MB", 1)):
        show(sizes, tables, key, unit, scale)
    if not arguments.only:
        made = [json.load(open(f"{study.folder}/made")) for study in studies]
        show(sizes, made, "cpu", "making: CPU s", 1)
        show(sizes, made, "mb", "making: peak MB", 1)
        for study, size in zip(studies, sizes):
            print(f"\na sync after another device wrote ten notes, {size}:")
            greeting(study)


if __name__ == "__main__":
    main()
