#!/usr/bin/env python3
"""A sync over a bad line: how much of it is payload, and what a cut costs.

    Benchmarks/line.py FOLDER-OF-THE-PROGRAMS [--interviews 300] [--codings 1500] [--rate 5000]
                       [--round-trip 0.8] [--loss 0.02] [--cut-every 0] [--text BYTES]

A proxy between `cuaderno sync` and the server is the line: so many bytes a second each way, half of the round
trip on the way, and of the segments of 1,400 bytes, each with 40 bytes of headers, so many are lost. What is
lost goes over the line once more and arrives a round trip later, and what comes after it waits, as with TCP.
`--cut-every` cuts all connections every so many seconds; what is under way is lost, and the sync repeats by
itself. `--text` adds one interview of so many bytes, which must travel in one piece. A first push and a first
pull on another notebook are measured. Payload are the bodies of the pages that were taken, as they are sent
(compressed); its share is of all that the line could have carried in the time.
"""
import argparse, json, os, queue, random, shutil, socket, tempfile, threading, time

from generate import main as generate
from load import Server
from measure import run

SEGMENT, HEADERS = 1400, 40


class Direction:
    """One way of the line, which all connections share."""

    def __init__(self, line, rate, delay, loss, seed):
        self.line, self.rate, self.delay, self.loss = line, rate, delay, loss
        self.chance = random.Random(seed)
        self.lock = threading.Lock()
        self.free_at = 0.0
        self.bytes = self.data = 0

    def carry(self, count):
        """Waits until the line has taken a segment; answers when it arrives."""
        with self.lock:
            times = 1
            while self.chance.random() < self.loss:
                times += 1
            self.bytes += times * (count + HEADERS)
            self.data += count
            if self.rate:
                begin = max(time.monotonic(), self.free_at)
                self.free_at = begin + times * (count + HEADERS) / self.rate
            else:
                self.free_at = time.monotonic()
            free_at = self.free_at
        time.sleep(max(0, free_at - time.monotonic()))
        return free_at + self.delay + (times - 1) * 2 * self.delay


class Connection:
    """A client's connection and the one to the server; what arrived of each way is kept."""

    def __init__(self, line, client):
        self.line, self.client = line, client
        self.server = socket.create_connection(("127.0.0.1", line.server_port))
        self.arrived = {"up": bytearray(), "down": bytearray()}
        for name, source, target in (("up", client, self.server), ("down", self.server, client)):
            waiting = queue.Queue()
            for work in (self.send, self.deliver):
                threading.Thread(target=work, args=(name, source, target, waiting), daemon=True).start()

    def send(self, name, source, target, waiting):
        last = 0.0
        try:
            while data := source.recv(self.line.segment):
                last = max(last, self.line.ways[name].carry(len(data)))
                waiting.put((last, data))
        except OSError:
            pass
        waiting.put((last, b""))

    def deliver(self, name, source, target, waiting):
        try:
            while True:
                at, data = waiting.get()
                time.sleep(max(0, at - time.monotonic()))
                if not data:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(data)
                if self.line.keeps:
                    self.arrived[name] += data
        except OSError:
            self.cut()

    def cut(self):
        for end in (self.client, self.server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Line:
    """Listens on a port of its own and passes everything on to the server's, at once without a rate."""

    def __init__(self, server_port, rate=0, round_trip=0.0, loss=0.0, cut_every=0.0, port=0, keeps=True,
                 seed=1):
        self.server_port, self.keeps = server_port, keeps
        self.segment = SEGMENT if rate else 1 << 16
        self.ways = {name: Direction(self, rate, round_trip / 2, loss, f"{seed} {name}")
                     for name in ("up", "down")}
        self.connections, self.cuts = [], 0
        self.listener = socket.socket()
        # What the proxy has not taken yet waits with its sender, as it would on a line.
        if rate:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        self.is_over = False
        threading.Thread(target=self.accept, args=(round_trip,), daemon=True).start()
        if cut_every:
            threading.Thread(target=self.cut, args=(cut_every,), daemon=True).start()

    def accept(self, round_trip):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            time.sleep(round_trip)  # the handshake
            self.connections.append(Connection(self, client))

    def cut(self, seconds):
        while not self.is_over:
            time.sleep(seconds)
            for connection in self.connections:
                connection.cut()
            self.cuts += 1

    @property
    def bytes(self):
        """What went over the line, with the segments' headers and what was sent once more."""
        return sum(way.bytes for way in self.ways.values())

    @property
    def data(self):
        """What was sent, each byte once: what a cut lost is in it."""
        return sum(way.data for way in self.ways.values())

    def close(self):
        self.is_over = True
        self.listener.shutdown(socket.SHUT_RDWR)  # else the thread that accepts keeps the port
        self.listener.close()

    def exchanges(self):
        """Of each request that was answered: its route, the bytes of both bodies, and all bytes."""
        for connection in self.connections:
            requests = bodies(bytes(connection.arrived["up"]))
            answers = bodies(bytes(connection.arrived["down"]))
            for (head, size, whole), (_, answer, answered) in zip(requests, answers):
                route = head.split(b" ", 2)[1].decode().rsplit("/", 1)[1]
                yield route, size, answer, whole + answered


def bodies(stream):
    """The heads of HTTP messages, the sizes of their bodies, and of all; what is not whole is left out."""
    found = []
    while b"\r\n\r\n" in stream:
        before = len(stream)
        head, rest = stream.split(b"\r\n\r\n", 1)
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if fields.get(b"transfer-encoding") == b"chunked":
            size, left = 0, rest
            while b"\r\n" in left:
                count = int(left.split(b"\r\n", 1)[0], 16)
                left = left.split(b"\r\n", 1)[1][count + 2:]
                size += count
                if not count:
                    break
            else:
                return found
            rest = left
        else:
            size = int(fields.get(b"content-length", b"0"))
            if len(rest) < size:
                return found
            rest = rest[size:]
        found.append((head, size, before - len(rest)))
        stream = rest
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs")
    for name, default in (("--interviews", 300), ("--codings", 1500), ("--rate", 5000), ("--text", 0)):
        parser.add_argument(name, type=int, default=default)
    for name, default in (("--round-trip", 0.8), ("--loss", 0.02), ("--cut-every", 0.0)):
        parser.add_argument(name, type=float, default=default)
    arguments = parser.parse_args()
    scratch = tempfile.mkdtemp(prefix="cuaderno-line-")
    try:
        compare(arguments, scratch)
    finally:
        shutil.rmtree(scratch)


def compare(arguments, scratch):
    environment = dict(os.environ, XDG_STATE_HOME=f"{scratch}/state")

    def cuaderno(notebook, *words):
        return run([f"{arguments.programs}/cuaderno", *words, "--notebook", f"{scratch}/{notebook}"],
                   environment)

    generate(f"{scratch}/data.jsonl", arguments.interviews, arguments.codings)
    generate(f"{scratch}/texts.jsonl", arguments.text // 1000, 0)
    cuaderno("ana", "init", "Line", "--as", "Ana")
    cuaderno("ana", "import", "jsonl", f"{scratch}/data.jsonl")
    if arguments.text:
        with open(f"{scratch}/long.txt", "w", encoding="utf-8") as file, \
                open(f"{scratch}/texts.jsonl", encoding="utf-8") as lines:
            texts = (r["body"] for r in map(json.loads, lines) if r["kind"] == "interview")
            left = arguments.text
            while left > 0:
                left -= file.write(next(texts)[:left] + "\n")
        cuaderno("ana", "interview", "add", "--title", "long", "--file", f"{scratch}/long.txt")
    server = Server(arguments.programs, f"{scratch}/server")
    server.administer("study", "create", "Line")
    print(f"{'':12} {'pages':>6} {'payload kB':>10} {'line kB':>8} {'seconds':>8} {'payload':>8} {'cuts':>5} "
          f"{'lost kB':>8} {'page kB':>8} {'requests':>9}")
    try:
        for name, notebook, route in (("first push", "ana", "push"), ("first pull", "luis", "pull")):
            line = Line(server.port, arguments.rate, arguments.round_trip, arguments.loss,
                        arguments.cut_every)
            told = server.administer(
                "invite", "create", "Line", "--for", notebook.title(), "--role", "owner", "--url",
                f"http://127.0.0.1:{line.port}", "--json")
            cuaderno(notebook, "join", json.loads(told)["invite"])
            begun, tries = time.monotonic(), 0
            while True:
                tries += 1
                try:
                    cuaderno(notebook, "sync")
                    break
                except SystemExit as error:
                    if tries == 20:
                        raise
                    print(f"  sync {tries}: {str(error).strip()[-160:]}")
            seconds = time.monotonic() - begun
            exchanges = list(line.exchanges())
            pages = [up if route == "push" else down for r, up, down, _ in exchanges if r == route]
            payload, lost = sum(pages), line.data - sum(whole for *_, whole in exchanges)
            print(f"{name:12} {len(pages):6} {payload / 1e3:10.1f} {line.bytes / 1e3:8.1f} {seconds:8.1f} "
                  f"{payload / seconds / arguments.rate:8.1%} {line.cuts:5} {lost / 1e3:8.1f} "
                  f"{max(pages, default=0) / 1e3:8.1f} {len(exchanges):9}", flush=True)
            line.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
