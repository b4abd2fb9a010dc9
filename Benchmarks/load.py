#!/usr/bin/env python3
"""Loads a server with many notebooks at once, from another process on this machine.

    Benchmarks/load.py FOLDER-OF-THE-PROGRAMS [--devices 32,256] [--rounds 60] [--runs 3] [--tls]
    Benchmarks/load.py .build/release --peers venv/bin/python --shared ../shared/bench
    Benchmarks/load.py .build/release --database postgres://...     where the server takes one

Each device writes ten small changes and has a session: greets, pushes, pulls what others wrote and
compares. In `own` each device has a study to itself, in `one` all are in one study, so that each also
pulls what all the others wrote. The bounds on how often one device may ask are off, since these devices
never rest; each run has new ones. Fewer rounds are over in less than a second, and measure how a server
begins. `cuaderno-load` is the driver; its CPU is measured too, since it has the
same cores as the server. After each run `cuaderno-server check` reads all of the ledger.
"""
import argparse, json, os, shutil, signal, statistics, subprocess, tempfile, time

TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    def __init__(self, programs, folder, tls=False, database=None):
        self.program = os.path.join(programs, "cuaderno-server")
        self.folder = folder
        self.options = ["--data", folder] + (["--database", database] if database else [])
        self.command = [self.program, "serve", "--host", "0.0.0.0" if tls else "127.0.0.1",
                        "--log-level", "error", "--requests-per-second", "0",
                        "--failures-per-minute", "0", *self.options]
        self.tls = tls
        self.port = 0
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [*self.command, "--port", str(self.port)], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening on"), line
        self.port = int(line.rsplit(":", 1)[1])

    def administer(self, *arguments):
        result = subprocess.run(
            [self.program, *arguments, *self.options], capture_output=True, text=True)
        if result.returncode:
            raise SystemExit(f"{' '.join(arguments)}: {result.stdout} {result.stderr}")
        return result.stdout

    def invites(self, devices, studies):
        """The secrets of as many invites, spread over the studies."""
        for number in range(studies):
            self.administer("study", "create", f"study {number}")
        secrets = []
        for number in range(devices):
            told = self.administer(
                "invite", "create", f"study {number % studies}", "--for", f"member {number}",
                "--url", f"http://127.0.0.1:{self.port}", "--json")
            secrets.append(told.split("#", 1)[1].split('"', 1)[0].split(".", 1)[0])
        return secrets

    def changes(self, studies):
        return sum(json.loads(self.administer("study", "show", f"study {n}", "--json"))["changes"]
                   for n in range(studies))

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self, name="VmHWM"):
        """In MB."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(name)) / 1024

    def reset_peak(self):
        with open(f"/proc/{self.process.pid}/clear_refs", "w") as file:
            file.write("5")

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait()


def driver(programs, server, secrets, *options):
    command = [os.path.join(programs, "cuaderno-load"), "--port", str(server.port), *options]
    if server.tls:
        command.append("--tls")
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdin.write("\n".join(secrets))
    process.stdin.close()
    return process


def load(programs, devices, studies, rounds, tls, database):
    folder = tempfile.mkdtemp(prefix="cuaderno-load-")
    server = Server(programs, folder, tls, database)
    try:
        secrets = server.invites(devices, studies)
        server.reset_peak()
        before = server.cpu()
        process = driver(programs, server, secrets, "--rounds", str(rounds))
        figures = json.loads(process.stdout.read())
        if process.wait():
            raise SystemExit("cuaderno-load failed")
        # Joining and coming up to date are in it: a few requests of each device.
        figures["serverCPUSeconds"] = server.cpu() - before
        figures["serverPeakMB"] = server.memory()
        written = devices * rounds * 10
        assert figures["pushedChanges"] == written, figures
        assert server.changes(studies) == written
        server.administer("check")
        return figures
    finally:
        server.stop()
        shutil.rmtree(folder)


def idle(programs, devices, tls, database):
    folder = tempfile.mkdtemp(prefix="cuaderno-load-")
    server = Server(programs, folder, tls, database)
    try:
        secrets = server.invites(devices, 4)
        server.reset_peak()
        process = driver(programs, server, secrets, "--idle", "5")
        assert process.stdout.readline().startswith("connected")
        figures = {"devices": devices, "residentMB": server.memory("VmRSS"),
                   "peakMB": server.memory()}
        process.wait()
        return figures
    finally:
        server.stop()
        shutil.rmtree(folder)


def peer(python, shared):
    """Anki's server, 32 clients with accounts of their own; one edit a sync."""
    scratch = tempfile.mkdtemp(prefix="cuaderno-peer-")
    os.makedirs(os.path.join(scratch, "data"))
    environment = dict(os.environ, BENCH_ROOT=scratch, PYTHONPATH=shared)
    subprocess.run([python, os.path.join(shared, "gen.py"), "--out", os.path.join(scratch, "data")],
                   env=environment, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([python, os.path.join(shared, "bench_anki.py"), "--reps", "1", "--only", "w5"],
                   env=environment, check=True, stdout=subprocess.DEVNULL)
    found = {}
    for folder, _, files in os.walk(os.path.join(scratch, "results")):
        for name in files:
            if name.endswith(".json"):
                with open(os.path.join(folder, name)) as file:
                    found.update(json.load(file).get("results", {}))
    shutil.rmtree(scratch)
    return found


def middle(runs, *path):
    def value(run):
        for name in path:
            run = run[name]
        return run
    return statistics.median(value(run) for run in runs)


def row(name, runs):
    requests = sum(run["requests"]["count"] for run in runs)
    return (f"| {name} | {middle(runs, 'requests', 'perSecond'):.0f} "
            f"| {middle(runs, 'sessions', 'perSecond'):.0f} "
            f"| {middle(runs, 'requests', 'p50'):.1f} / {middle(runs, 'requests', 'p99'):.1f} "
            f"| {middle(runs, 'sessions', 'p50'):.1f} / {middle(runs, 'sessions', 'p99'):.1f} "
            f"| {1e6 * sum(run['serverCPUSeconds'] for run in runs) / requests:.0f} "
            f"| {1e6 * sum(run['driverCPUSeconds'] for run in runs) / requests:.0f} "
            f"| {max(run['serverPeakMB'] for run in runs):.0f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("programs")
    parser.add_argument("--devices", default="32,256")
    parser.add_argument("--studies", default="own,one", help="own, one or a number, with commas")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--database")
    parser.add_argument("--idle", type=int, default=0, help="so many devices that only stay connected")
    parser.add_argument("--peers", help="a python with anki in it")
    parser.add_argument("--shared", default="../shared/bench")
    parser.add_argument("--json", help="a file for all figures")
    arguments = parser.parse_args()
    cases = [(int(devices), studies) for devices in arguments.devices.split(",")
             for studies in arguments.studies.split(",")]
    kept = {f"{devices} devices, {studies}": [] for devices, studies in cases}
    peers = []
    # In turn, so that what else the machine does meets all of them.
    for _ in range(arguments.runs):
        for devices, studies in cases:
            count = {"own": devices, "one": 1}.get(studies) or int(studies)
            # What everybody pulls grows with the square of the devices in one study.
            rounds = arguments.rounds if count > 1 else max(
                1, arguments.rounds // (4 if devices <= 32 else 20))
            kept[f"{devices} devices, {studies}"].append(
                load(arguments.programs, devices, count, rounds, arguments.tls, arguments.database))
        if arguments.peers:
            peers.append(peer(arguments.peers, arguments.shared))
    print("| | requests/s | sessions/s | request p50 / p99 ms | session p50 / p99 ms "
          "| server CPU µs/request | driver CPU µs/request | server peak MB |")
    print("|---|---|---|---|---|---|---|---|")
    for name, runs in kept.items():
        print(row(name, runs))
    for found in peers:
        for name, figures in found.items():
            print(f"peer {name}: {json.dumps(figures)}")
    if arguments.idle:
        print(json.dumps(idle(arguments.programs, arguments.idle, arguments.tls, arguments.database)))
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"cuaderno": kept, "peers": peers}, file, indent=1)


if __name__ == "__main__":
    main()
