#!/usr/bin/env python3
"""Merges concurrent edits of interviews with git merge-file, diff3 and Cuaderno, and compares.

    merge.py FOLDER-OF-THE-PROGRAMS [--cases 3000]

Every word that an edit adds is new, so a word of a side that the merge does not hold was dropped.
The cases are made from a seed and are the same everywhere. Times are of whole processes, in turn.
"""
import argparse, os, random, re, shutil, subprocess, tempfile, time

WORDS = ("la ronda vino de noche y el Estado no vino antes de la erradicación había más coca que "
         "cacao pero nadie nos avisó señor porque el alcalde firmó sin consultar a la comunidad que "
         "confiaba un poco en el comité de autodefensa del año noventa y dos allá en Tocache").split()
MARKERS = re.compile(r"^(<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)", re.M)


class Interview:
    def __init__(self, rng):
        self.rng, self.new = rng, 0

    def sentence(self):
        words = [self.rng.choice(WORDS) for _ in range(self.rng.randint(4, 22))]
        return " ".join(words).capitalize() + self.rng.choice([".", ".", "?", ", sí."])

    def text(self):
        turns = []
        for turn in range(self.rng.randint(4, 30)):
            said = " ".join(self.sentence() for _ in range(self.rng.randint(1, 6)))
            turns.append(("E: " if turn % 2 == 0 else "R: ") + said)
        return "\n\n".join(turns) + "\n"

    def added(self, side):
        self.new += 1
        return f"{self.rng.choice(WORDS)}{side}{self.new}"

    def edit(self, text, side):
        """One to six corrections of a transcript: words put in, taken out or replaced, turns added."""
        turns = text.split("\n\n")
        for _ in range(self.rng.randint(1, 6)):
            index = self.rng.randrange(len(turns))
            words = turns[index].split(" ")
            at = self.rng.randrange(len(words))
            kind = self.rng.randrange(8)
            if kind < 3:
                words[at] = self.added(side)
            elif kind < 5:
                words[at:at] = [self.added(side) for _ in range(self.rng.randint(1, 4))]
            elif kind < 7:
                del words[at:at + self.rng.randint(1, 3)]
            else:
                turns.insert(index, "R: " + " ".join(self.added(side) for _ in range(5)))
                continue
            turns[index] = " ".join(words)
        return "\n\n".join(turns)


def words(text):
    return set(re.findall(r"\w+", text))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs")
    parser.add_argument("--cases", type=int, default=3000)
    options = parser.parse_args()
    ours = os.path.join(os.path.abspath(options.programs), "cuaderno-merge")
    folder = tempfile.mkdtemp(prefix="merge-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    peers = {
        "git merge-file": lambda b, o, t: ["git", "merge-file", "-p", o, b, t],
        "git merge-file --union": lambda b, o, t: ["git", "merge-file", "-p", "--union", o, b, t],
        "git merge-file --theirs": lambda b, o, t: ["git", "merge-file", "-p", "--theirs", o, b, t],
        "diff3 -m": lambda b, o, t: ["diff3", "-m", o, b, t],
        "cuaderno-merge": lambda b, o, t: [ours, b, o, t],
    }
    found = {name: [0, 0, 0, 0.0] for name in peers}
    try:
        for case in range(options.cases):
            interview = Interview(random.Random(case))
            base = interview.text()
            sides = [interview.edit(base, "x"), interview.edit(base, "z")]
            paths = [os.path.join(folder, f"{case:05}.{name}") for name in ("base", "one", "other")]
            for path, text in zip(paths, [base] + sides):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
            added = (words(sides[0]) | words(sides[1])) - words(base)
            for name, command in peers.items():
                start = time.perf_counter()
                done = subprocess.run(command(*paths), capture_output=True)
                row = found[name]
                row[3] += time.perf_counter() - start
                merged = done.stdout.decode("utf-8")
                row[0] += done.returncode == 0
                row[1] += MARKERS.search(merged) is not None
                row[2] += not added <= words(merged)
        print(f"{options.cases} cases\n")
        print("| merge | clean | markers in the text | words of a side dropped | ms a merge |")
        print("|---|---|---|---|---|")
        for name, (clean, markers, dropped, spent) in found.items():
            print(f"| `{name}` | {clean} | {markers} | {dropped} | {spent / options.cases * 1000:.2f} |")
        count, conflicted, spent = subprocess.run(
            [ours, "--cases", folder], capture_output=True, text=True, check=True).stdout.split()
        print(f"\nin one process: {count} merges, {conflicted} with conflicts, "
              f"{float(spent) / int(count) * 1e6:.0f} µs each")
        print(subprocess.run([ours, "--bounds"], capture_output=True, text=True, check=True).stdout)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
