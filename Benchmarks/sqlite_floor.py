"""What SQLite itself takes for the rows of a generated study: sqlite_floor.py DATA.jsonl DATABASE

The rows are parsed before the clock starts. One process, WAL, synchronous FULL, a transaction per
1,000 rows, and a full-text index over title and text with the tokenizer that Cuaderno uses. Prints
the wall and CPU seconds of the inserts.
"""
import json, os, sqlite3, sys, time

TABLES = """
CREATE TABLE place(pk INTEGER PRIMARY KEY, id TEXT UNIQUE, name TEXT, region TEXT, lat REAL, lon REAL) STRICT;
CREATE TABLE theme(pk INTEGER PRIMARY KEY, id TEXT UNIQUE, name TEXT, color TEXT) STRICT;
CREATE TABLE interview(pk INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, date TEXT, place TEXT,
  language TEXT, body TEXT) STRICT;
CREATE TABLE coding(pk INTEGER PRIMARY KEY, id TEXT UNIQUE, interview TEXT, theme TEXT, start INTEGER,
  "end" INTEGER) STRICT;
CREATE VIRTUAL TABLE search USING fts5(title, text, content='interview_text',
  tokenize='unicode61 remove_diacritics 2');
CREATE VIEW interview_text AS SELECT pk AS rowid, title, body AS text FROM interview;
CREATE TRIGGER indexed AFTER INSERT ON interview BEGIN
  INSERT INTO search(rowid, title, text) VALUES (new.pk, new.title, new.body);
END;
"""
COLUMNS = {"place": ["id", "name", "region", "lat", "lon"], "theme": ["id", "name", "color"],
           "interview": ["id", "title", "date", "place", "language", "body"],
           "coding": ["id", "interview", "theme", "start", "end"]}


def main(data, path):
    rows = {kind: [] for kind in COLUMNS}
    with open(data, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            rows[record["kind"]].append([record[c] for c in COLUMNS[record["kind"]]])
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(path + suffix):
            os.remove(path + suffix)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.executescript(TABLES)
    wall, cpu = time.perf_counter(), time.process_time()
    for kind, columns in COLUMNS.items():
        names = ", ".join(f'"{c}"' for c in columns)
        marks = ", ".join("?" * len(columns))
        for first in range(0, len(rows[kind]), 1000):
            db.execute("BEGIN IMMEDIATE")
            db.executemany(f"INSERT INTO {kind}({names}) VALUES ({marks})",
                           rows[kind][first:first + 1000])
            db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    print(json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}))


main(*sys.argv[1:])
