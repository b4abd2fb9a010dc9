#!/usr/bin/env python3
"""Kills a server at random while notebooks push to it, and looks for what was acknowledged and is gone.

    Benchmarks/soak.py FOLDER-OF-THE-PROGRAMS [--seconds 3600] [--rate 100] [--devices 40] [--kill 30]

`cuaderno-load` writes down each push that was acknowledged before it asks anything else. The server is
killed with SIGKILL, on average every `--kill` seconds, and started again at once; in the end a device that
has just joined asks for the frontier, which must cover all that was written down, and `cuaderno-server
check` and `audit verify` read everything that is kept. The server's memory is read every second.
"""
import argparse, base64, json, os, random, shutil, signal, tempfile, time, urllib.request

from load import Server, driver


def ask(server, path, body=None, token=None):
    headers = {"Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}",
        b"" if body is None else json.dumps(body).encode(), headers, method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def frontier(server, secret):
    """What the server holds, as any notebook is told: the highest number of each device."""
    device = base64.b64encode(os.urandom(16)).decode()
    reply = ask(server, "/v1/join", {"secret": secret, "device": device})
    study = base64.b64decode(reply["study"]).hex()
    clock = ask(server, f"/v1/studies/{study}/verify", token=reply["token"])["frontier"]
    return {base64.b64decode(name).hex(): int(number)
            for name, number in zip(clock.get("devices", []), clock.get("sequences", []))}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs")
    parser.add_argument("--seconds", type=int, default=3600)
    parser.add_argument("--rate", type=int, default=100, help="changes a second, of all devices")
    parser.add_argument("--devices", type=int, default=40)
    parser.add_argument("--studies", type=int, default=4)
    parser.add_argument("--kill", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database")
    arguments = parser.parse_args()
    dice = random.Random(arguments.seed)
    folder = tempfile.mkdtemp(prefix="cuaderno-soak-")
    journal = os.path.join(folder, "journal")
    server = Server(arguments.programs, os.path.join(folder, "server"), database=arguments.database)
    devices, studies = arguments.devices, arguments.studies
    secrets = server.invites(devices + studies, studies)
    process = driver(
        arguments.programs, server, secrets[:devices], "--seconds", str(arguments.seconds),
        "--pace", str(10_000 * devices // arguments.rate), "--outlives", "--journal", journal)
    kills = 0
    memory = []
    next_kill = time.monotonic() + dice.expovariate(1 / arguments.kill)
    while process.poll() is None:
        time.sleep(1)
        memory.append(server.memory("VmRSS"))
        if time.monotonic() >= next_kill and not os.path.getsize(journal) == 0:
            server.stop(signal.SIGKILL)
            kills += 1
            server.start()
            next_kill = time.monotonic() + dice.expovariate(1 / arguments.kill)
    if process.returncode:
        server.stop()
        raise SystemExit("cuaderno-load failed")
    figures = json.loads(process.stdout.read())
    # One more, so that what is compared was read by a server that had to recover.
    server.stop(signal.SIGKILL)
    server.start()
    held = {}
    for secret in secrets[devices:]:
        held.update(frontier(server, secret))
    acknowledged = {}
    with open(journal) as file:
        for line in file:
            device, number = line.split()
            acknowledged[device] = max(acknowledged.get(device, 0), int(number))
    lost = {device: number for device, number in acknowledged.items()
            if held.get(device, 0) < number}
    server.administer("check")
    server.administer("audit", "verify")
    server.stop()
    quarter = max(1, len(memory) // 4)
    print(json.dumps({
        "seconds": figures["seconds"], "kills": kills, "devices": devices, "studies": studies,
        "acknowledgedChanges": sum(acknowledged.values()), "heldChanges": sum(held.values()),
        "devicesThatLost": len(lost), "lostLinks": figures["lostLinks"],
        "requests": figures["requests"], "sessions": figures["sessions"],
        "refusals": figures["refusals"], "memoryMB": {
            "firstQuarter": round(max(memory[:quarter])), "lastQuarter": round(max(memory[-quarter:])),
            "peak": round(max(memory))}}, indent=1))
    shutil.rmtree(folder)
    if lost:
        raise SystemExit("acknowledged changes are gone")
    print("Nothing that was acknowledged is lost.")


if __name__ == "__main__":
    main()
