#!/usr/bin/env python3
"""What SQLite's session extension takes to apply the changes of another copy:

    session.py DATASET.jsonl OURS.jsonl THEIRS.jsonl [--index]

Two copies of the interviews are edited with sessions attached, and the changeset of the one is applied
to the other, where half of the rows have changed too: the later edit wins, which is what the extension
offers. Durable (WAL, synchronous FULL), in one transaction, by the system's libsqlite3 through ctypes;
the clock runs while `sqlite3changeset_apply` does. With --index the interviews have the full-text index
that Cuaderno keeps, by triggers. Prints changes, and wall and CPU seconds.
"""
import ctypes, json, os, shutil, sys, tempfile, time

lib = ctypes.CDLL("libsqlite3.so.0")
CONFLICT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
DATA, OMIT, REPLACE = 1, 0, 1

TABLE = """
CREATE TABLE interview(id TEXT PRIMARY KEY NOT NULL, title TEXT, date TEXT, place TEXT, language TEXT,
  body TEXT, revision INTEGER) STRICT;
"""
INDEX = """
CREATE VIRTUAL TABLE search USING fts5(title, body, content='interview',
  tokenize='unicode61 remove_diacritics 2');
INSERT INTO search(search) VALUES ('rebuild');
CREATE TRIGGER indexed AFTER UPDATE ON interview BEGIN
  INSERT INTO search(search, rowid, title, body) VALUES ('delete', old.rowid, old.title, old.body);
  INSERT INTO search(rowid, title, body) VALUES (new.rowid, new.title, new.body);
END;
"""


def check(code):
    if code not in (0, 100, 101):
        raise SystemExit(f"SQLite answered {code}")


def opened(path):
    db = ctypes.c_void_p()
    check(lib.sqlite3_open(path.encode(), ctypes.byref(db)))
    execute(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    return db


def execute(db, sql):
    check(lib.sqlite3_exec(db, sql.encode(), None, None, None))


def many(db, sql, rows):
    statement = ctypes.c_void_p()
    execute(db, "BEGIN")
    check(lib.sqlite3_prepare_v2(db, sql.encode(), -1, ctypes.byref(statement), None))
    for row in rows:
        for index, value in enumerate(row, 1):
            if isinstance(value, int):
                lib.sqlite3_bind_int64(statement, index, ctypes.c_int64(value))
            else:
                text = value.encode()
                lib.sqlite3_bind_text(statement, index, text, len(text), ctypes.c_void_p(-1))
        check(lib.sqlite3_step(statement))
        lib.sqlite3_reset(statement)
    lib.sqlite3_finalize(statement)
    execute(db, "COMMIT")


def interviews(path):
    with open(path, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [r for r in records if r["kind"] == "interview"]


def changeset(db, edits, revision):
    session = ctypes.c_void_p()
    check(lib.sqlite3session_create(db, b"main", ctypes.byref(session)))
    check(lib.sqlite3session_attach(session, b"interview"))
    many(db, "UPDATE interview SET title = ?, body = ?, revision = ? WHERE id = ?",
         [(e["title"], e["body"], revision, e["id"]) for e in edits])
    count, data = ctypes.c_int(), ctypes.c_void_p()
    check(lib.sqlite3session_changeset(session, ctypes.byref(count), ctypes.byref(data)))
    bytes = ctypes.string_at(data, count.value)
    lib.sqlite3_free(data)
    lib.sqlite3session_delete(session)
    return bytes


@CONFLICT
def later_wins(context, reason, changes):
    # The revision decides; theirs is made after ours here.
    return REPLACE if reason == DATA else OMIT


def main(data, ours, theirs, index):
    folder = tempfile.mkdtemp()
    try:
        base = os.path.join(folder, "base.db")
        db = opened(base)
        execute(db, TABLE)
        many(db, "INSERT INTO interview VALUES (?, ?, ?, ?, ?, ?, ?)",
             [[r[c] for c in ("id", "title", "date", "place", "language", "body")] + [1]
              for r in interviews(data)])
        if index:
            execute(db, INDEX)
        execute(db, "PRAGMA wal_checkpoint(TRUNCATE)")
        lib.sqlite3_close(db)
        one, other = (shutil.copy(base, os.path.join(folder, name)) for name in ("one.db", "other.db"))
        one, other = opened(one), opened(other)
        changeset(one, interviews(ours), 2)
        edits = interviews(theirs)
        changes = changeset(other, edits, 3)
        wall, cpu = time.perf_counter(), time.process_time()
        check(lib.sqlite3changeset_apply(one, len(changes), changes, None, later_wins, None))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(json.dumps({"changes": len(edits), "wall": wall, "cpu": cpu}))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if a != "--index"]
    main(*arguments, index="--index" in sys.argv)
