"""Turns the interviews of `cuaderno export jsonl` into the shape of the generator's, for comparing."""
import json, sys

for line in sys.stdin:
    record = json.loads(line)
    if record.get("kind") == "interview":
        i = record["id"]
        print(json.dumps({"kind": "interview",
                          "id": f"{i[:8]}-{i[8:12]}-{i[12:16]}-{i[16:20]}-{i[20:]}",
                          "title": record.get("title"), "body": record.get("text")},
                         ensure_ascii=False))
