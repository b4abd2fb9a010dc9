"""Makes a study of 10,000 interviews of 2 KB and 50,000 codings as JSON Lines: generate.py FILE [INTERVIEWS CODINGS]

The same bytes on every machine. Words are drawn from a few thousand made-up Spanish-looking ones
with the frequencies of Zipf's law, so that an index over them is about as large as over speech.
"""
import json, os, random, sys, uuid

PLACES, THEMES = 300, 120
SYLLABLES = [a + b for a in "b c d f g j l m n ñ p qu r s t v z br tr cl".split()
             for b in "a e i o u á ía ón ue".split()]


def main(path, interview_count=10_000, coding_count=50_000):
    chance = random.Random(20260611)
    words = sorted({"".join(chance.choice(SYLLABLES) for _ in range(2 + i % 3)) for i in range(30_000)})
    chance.shuffle(words)
    weights = [1 / (rank + 8) for rank in range(len(words))]
    ident = lambda: str(uuid.UUID(int=chance.getrandbits(128), version=4))
    pool, used = [], 0

    def take(count):
        nonlocal pool, used
        taken = pool[used:used + count]
        used += count
        while len(taken) < count:
            pool = chance.choices(words, weights, k=100_000)
            used = count - len(taken)
            taken += pool[:used]
        return taken

    def body():
        paragraphs, size, asks = [], 0, True
        wanted = int(2000 * (0.5 + chance.random()))
        while size < wanted:
            text = " ".join(take(12 if asks else 70))
            paragraphs.append(("E: ¿" + text + "?") if asks else ("R: " + text.capitalize() + "."))
            size += len(paragraphs[-1].encode()) + 1
            asks = not asks
        return "\n".join(paragraphs)

    places = [{"kind": "place", "id": ident(), "name": " ".join(take(2)).title(),
               "region": f"Región {i % 12}", "lat": round(chance.uniform(-18, 0), 5),
               "lon": round(chance.uniform(-81, -69), 5)} for i in range(PLACES)]
    themes = [{"kind": "theme", "id": ident(), "name": " ".join(take(2)) + f" {i}",
               "color": f"#{chance.getrandbits(24):06x}"} for i in range(THEMES)]
    interviews = [{"kind": "interview", "id": ident(), "title": " ".join(take(6)),
                   "date": f"20{15 + i % 10}-{1 + i % 12:02}-{1 + i % 28:02}",
                   "place": chance.choice(places)["id"], "language": "es", "body": body()}
                  for i in range(interview_count)]
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        def write(record):
            out.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
        for record in places + themes + interviews:
            write(record)
        for _ in range(coding_count):
            interview = chance.choice(interviews)
            start = chance.randrange(max(1, len(interview["body"]) - 200))
            end = min(len(interview["body"]), start + 20 + chance.randrange(180))
            write({"kind": "coding", "id": ident(), "interview": interview["id"],
                   "theme": chance.choice(themes)["id"], "start": start, "end": end})


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:4]))
