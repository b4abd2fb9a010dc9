#!/usr/bin/env python3
"""Counts what ten small edits, thirty codings and a sync with nothing to do send over plain HTTP.

    wire.py --bin FOLDER --scratch FOLDER [--data DATA.jsonl] [--rounds 5] [--show]

A notebook with the whole data set syncs with a server through a proxy that counts the bytes of each
direction, headers and all. Then, round by round, ten interviews get a sentence each, this notebook
syncs, another one syncs, and this one syncs once more with nothing to do; and one interview is coded in thirty
places of a hundred characters, which goes and comes by itself. Bytes are TCP payload. With --show the heads of
the last exchanges are printed.
"""
import argparse, json, os, random, shutil, socket, statistics, subprocess, sys, threading, time, uuid

from measure import run

HERE = os.path.dirname(os.path.abspath(__file__))
EDITS, CODINGS = 10, 30
# What people may have added: none of these words is in the data.
WORDS = ("mañana volvieron los promotores y preguntaron otra vez cuántas hectáreas quedaban en la ladera "
         "nadie quiso firmar porque el año pasado tampoco llegaron los plantones de cacao que ofrecieron "
         "entonces el presidente de la comunidad dijo que primero arreglen la carretera hasta el puente").split()


class CountingProxy:
    """Passes bytes on between clients and a server, and counts them."""

    def __init__(self, target):
        self.target = target
        self.reset()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def reset(self):
        self.up, self.down, self.trips = bytearray(), bytearray(), 0
        self.is_asking = False

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.target))
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, sink, is_up in ((client, server, True), (server, client, False)):
                threading.Thread(target=self.pump, args=(source, sink, is_up), daemon=True).start()

    def pump(self, source, sink, is_up):
        try:
            while piece := source.recv(1 << 18):
                if is_up and not self.is_asking:
                    self.trips += 1
                self.is_asking = is_up
                (self.up if is_up else self.down).extend(piece)
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as socket_:
        return socket_.getsockname()[1]


def edited(records, number):
    """Ten of the interviews, each with a sentence put into its text."""
    chance = random.Random(number)
    for record in records[number * EDITS:(number + 1) * EDITS]:
        sentences = record["body"].split(". ")
        sentence = " ".join(chance.sample(WORDS, 12)).capitalize()
        sentences.insert(chance.randrange(len(sentences)), sentence)
        yield dict(record, body=". ".join(sentences))


def coded(records, themes, number):
    """Codings of one interview, which begin at whole characters all over its text."""
    record = records[-1 - number]
    step = (len(record["body"]) - 100) // CODINGS
    for place in range(CODINGS):
        yield {"kind": "coding", "id": str(uuid.UUID(int=number << 64 | place + 1)), "interview": record["id"],
               "theme": themes[(number + place) % len(themes)], "start": place * step,
               "end": place * step + 100}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--bin", "--scratch"):
        parser.add_argument(name, required=True)
    parser.add_argument("--data", help="JSON Lines of generate.py; made when it is left out")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    scratch = os.path.join(arguments.scratch, "wire")
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    data = arguments.data
    if data is None:
        data = f"{scratch}/dataset.jsonl"
        subprocess.run([sys.executable, f"{HERE}/generate.py", data], check=True)
    with open(data, encoding="utf-8") as lines:
        records = [r for r in map(json.loads, lines) if r["kind"] in ("interview", "theme")]
    environment = dict(os.environ, XDG_STATE_HOME=f"{scratch}/state")
    client = lambda *words: run([f"{arguments.bin}/cuaderno", *words], environment)
    server = lambda *words: run([f"{arguments.bin}/cuaderno-server", *words, "--data", f"{scratch}/hub"],
                                environment)["output"]
    server("study", "create", "Bench")
    port = free_port()
    process = subprocess.Popen(
        [f"{arguments.bin}/cuaderno-server", "serve", "--data", f"{scratch}/hub", "--host", "127.0.0.1",
         "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        measure(arguments, scratch, data, records, client, server, CountingProxy(port))
    finally:
        process.terminate()
        process.wait()


def measure(arguments, scratch, data, records, client, server, proxy):
    interviews = [r for r in records if r["kind"] == "interview"]
    themes = [r["id"] for r in records if r["kind"] == "theme"]
    notebooks = [f"{scratch}/{name}" for name in ("ana", "luis")]
    time.sleep(0.5)
    for notebook in notebooks:
        invite = json.loads(server("invite", "create", "Bench", "--for", os.path.basename(notebook), "--url",
                                   f"http://127.0.0.1:{proxy.port}", "--json"))
        client("join", invite["invite"], "--notebook", notebook)
    rows = {}

    def sync(name, notebook):
        proxy.reset()
        wall = client("sync", "--notebook", notebook)["wall"]
        time.sleep(0.05)
        rows.setdefault(name, []).append((len(proxy.up), len(proxy.down), proxy.trips, wall * 1e3))
        return bytes(proxy.up), bytes(proxy.down)

    client("import", "jsonl", data, "--notebook", notebooks[0])
    sync("first push", notebooks[0])
    sync("first pull", notebooks[1])
    exchanges = []
    for number in range(arguments.rounds):
        path = f"{scratch}/changes.jsonl"
        exchanges = []
        for name, changes in (("ten edits", edited(interviews, number)),
                              ("thirty codings", coded(interviews, themes, number))):
            with open(path, "w", encoding="utf-8") as file:
                for record in changes:
                    file.write(json.dumps(record, ensure_ascii=False) + "\n")
            client("import", "jsonl", path, "--notebook", notebooks[0])
            exchanges.append(sync(f"push of {name}", notebooks[0]))
            exchanges.append(sync(f"pull of {name}", notebooks[1]))
        exchanges.append(sync("nothing to do", notebooks[0]))
    print(f"{'':22} {'bytes up':>10} {'bytes down':>10} {'both':>10} {'trips':>5} {'wall ms':>8}")
    for name, measured in rows.items():
        up, down, trips, wall = (statistics.median(column) for column in zip(*measured))
        print(f"{name:22} {up:10.0f} {down:10.0f} {up + down:10.0f} {trips:5.0f} {wall:8.1f}")
    print(f"(at most 2,500 for ten edits, 450 for nothing, in one trip; medians of {arguments.rounds})")
    if arguments.show:
        for exchange in exchanges:
            for side in exchange:
                for line in side.split(b"\r\n"):
                    if line and all(32 <= byte < 127 for byte in line):
                        print(line.decode())
            print()


if __name__ == "__main__":
    main()
