#!/usr/bin/env python3
"""Makes libFuzzer's first inputs out of what the project holds: the reader's number, then the bytes.

    Tests/Fuzz/seeds.py wire|foreign FOLDER-OF-THE-PROJECT FOLDER

Those of the wire are the golden vectors, in the order of `Decoder.all` in Wire.swift.
"""
import os, sys

sys.dont_write_bytecode = True

from foreign_seeds import foreign

MESSAGES = ["hello", "hello-reply", "push-request", "push-reply", "pull-request", "pull-reply",
            "summary", "join-request", "join-reply", "problem"]
OTHERS = ["clock", "envelope", "state", "bundle-header", "zstd", "packed", "typed", "payload"]
# One of each kind of value: text, number, date, lists, and what is absent.
PAYLOADS = ["020a020a000a050a03616263", "010a0a2a08323031372d3035", "010a00", "020a0412026162" "0a02"
            "0801"]


def wire(root):
    vectors = os.path.join(root, "Schema", "vectors")
    seeds = []
    for name in sorted(os.listdir(vectors)):
        path = os.path.join(vectors, name)
        stem, kind = name.split(".", 1)
        with open(path) as file:
            text = file.read()
        if name == "canonical.txt":
            for line in text.splitlines():
                word, digits = line.split()
                if word.split("-")[0] in OTHERS:
                    seeds.append((len(MESSAGES) * 2 + OTHERS.index(word.split("-")[0]),
                                  bytes.fromhex(digits)))
        elif name.startswith("bundle"):
            raw = bytes.fromhex("".join(text.split()))
            header = int.from_bytes(raw[17:21], "big")
            seeds.append((len(MESSAGES) * 2 + OTHERS.index("bundle-header"), raw[21:header]))
        elif name.endswith(".zst.hex"):
            seeds.append((len(MESSAGES) * 2 + OTHERS.index("zstd"),
                          bytes.fromhex("".join(text.split()))))
        else:
            message = max((m for m in MESSAGES if stem.startswith(m)), key=len)
            number = MESSAGES.index(message) + (len(MESSAGES) if kind == "json" else 0)
            seeds.append((number, text.strip().encode() if kind == "json"
                          else bytes.fromhex("".join(text.split()))))
    secret = "0123-4567-89ab-cdef-ghjk-mnpq-rstv-wxyz-0123-4567-89ab-cdef-ghjk"
    seeds.append((len(MESSAGES) * 2 + OTHERS.index("typed"), secret.encode()))
    # The frame ends the message.
    with open(os.path.join(vectors, "push-request-packed.hex")) as file:
        packed = bytes.fromhex(file.read().strip())
    seeds.append((len(MESSAGES) * 2 + OTHERS.index("packed"),
                  packed[packed.index(bytes.fromhex("28b52ffd")):]))
    for digits in PAYLOADS:
        seeds.append((len(MESSAGES) * 2 + OTHERS.index("payload"), bytes.fromhex(digits)))
    return seeds


def main(half, root, folder):
    seeds = wire(root) if half == "wire" else foreign(root)
    for number, (selector, content) in enumerate(seeds):
        with open(os.path.join(folder, f"{number:03d}"), "wb") as file:
            file.write(bytes([selector]) + content)


main(*sys.argv[1:])
