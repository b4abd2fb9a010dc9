"""Times the exports to maps, graphs and annotations and the report in Word, beside the formats' own libraries,
and has other programs' readers count what is in them.

    exports.py --bin FOLDER --scratch FOLDER [--runs 3] NOTEBOOK

Each command runs as a whole process: it opens the notebook, reads, counts, checks and writes. The floors
(`xml_floor.c`, `json_floor.swift`, built here when a compiler is there) begin when all that is to be written lies in memory.
The checks need geopandas, fiona, networkx, igraph, pyld and python-docx; those that are missing are left out.
"""
import argparse, json, os, re, shutil, statistics, subprocess

from measure import run

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--bin", required=True)
parser.add_argument("--scratch", required=True)
parser.add_argument("--runs", type=int, default=3)
parser.add_argument("notebook")
arguments = parser.parse_args()
here = os.path.dirname(os.path.abspath(__file__))
os.makedirs(arguments.scratch, exist_ok=True)
environment = os.environ | {"CUADERNO_NOTEBOOK": os.path.abspath(arguments.notebook)}
file = lambda name: os.path.join(arguments.scratch, name)
cuaderno = os.path.join(arguments.bin, "cuaderno")

exports = [
    ("geojson", "export geojson --level other --round 5", "places.geojson", "json_floor"),
    ("annotations", "export annotations", "annotations.json", "json_floor"),
    ("graphml", "export graphml", "themes.graphml", "xml_floor"),
    ("docx", "report docx --language es", "report.docx", None),
    ("html", "report html --language es", "report.html", None),
    ("codings as CSV", "export codings", "codings.csv", None),
]


def floors():
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libxml-2.0"], capture_output=True, text=True)
    for name, command in [
        ("xml_floor", ["clang", "-O2", f"{here}/xml_floor.c", "-o", file("xml_floor"), *flags.stdout.split()]),
        ("json_floor", ["swiftc", "-O", f"{here}/json_floor.swift", "-o", file("json_floor")]),
    ]:
        if not os.path.exists(file(name)) and shutil.which(command[0]):
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def cpu(output):
    return float(re.search(r"([\d.]+) s CPU", output).group(1))


floors()
print(f"{'':16} {'bytes':>10} {'CPU s':>8} {'wall s':>8} {'peak MB':>8} {'floor s':>8} {'ratio':>6}")
for name, command, target, floor in exports:
    rows, bottoms = [], []
    for _ in range(arguments.runs + 1):
        rows.append(run([cuaderno, *command.split(), "--output", file(target)], environment))
        if floor and os.path.exists(file(floor)):
            bottoms.append(cpu(run([file(floor), file(target), file("floor.out")])["output"]))
    middle = lambda key: statistics.median(row[key] for row in rows[1:])
    bottom = statistics.median(bottoms[1:]) if bottoms else None
    print(f"{name:16} {os.path.getsize(file(target)):10} {middle('cpu'):8.3f} {middle('wall'):8.3f} {middle('mb'):8.1f} "
          + (f"{bottom:8.3f} {middle('cpu') / bottom:6.1f}" if bottom else ""))

# The value that Rust's quickest writer makes of the same, for comparison.
try:
    import orjson, time
    for target in ("places.geojson", "annotations.json"):
        value = json.load(open(file(target)))
        begun = time.process_time()
        orjson.dumps(value)
        print(f"orjson writes {target} in {time.process_time() - begun:.4f} s of CPU")
except ImportError:
    pass


def check(name, body):
    try:
        print(f"{name}: {body()}")
    except ImportError as error:
        print(f"{name}: left out, {error}")


def places():
    import fiona, geopandas
    table = geopandas.read_file(file("places.geojson"))
    with fiona.open(file("places.geojson")) as layer:
        assert len(layer) == len(table) and str(layer.crs) == "EPSG:4326"
    themes = [column for column in table.columns if column.startswith("own_") and column not in ("own_texts", "own_codings")]
    assert table[themes].to_numpy().sum() == table["own_codings"].sum()
    return f"{len(table)} places, {len(themes)} themes, {table['own_codings'].sum()} codings, {table.geometry.isna().sum()} without a point"


def graphs():
    import igraph, networkx
    graph = networkx.read_graphml(file("themes.graphml"))
    other = igraph.Graph.Read_GraphML(file("themes.graphml"))
    assert (other.vcount(), other.ecount()) == (graph.number_of_nodes(), graph.number_of_edges())
    weight = sum(data["weight"] for _, _, data in graph.edges(data=True))
    assert weight == sum(other.es["weight"])
    return f"{graph.number_of_nodes()} nodes, {graph.number_of_edges()} edges, weight {weight}"


def annotations():
    texts, codings = {}, 0
    subprocess.run([cuaderno, "export", "jsonl", "--output", file("study.jsonl")], check=True, env=environment,
                   stdout=subprocess.DEVNULL)
    for line in open(file("study.jsonl"), encoding="utf-8"):
        record = json.loads(line)
        if record.get("record") in ("interview", "note"):
            texts["urn:uuid:" + record["id"]] = record.get("text", "")
        codings += record.get("record") == "coding"
    collection = json.load(open(file("annotations.json"), encoding="utf-8"))
    items = collection["first"]["items"]
    assert len(items) == collection["total"]
    for item in items:
        text = texts["urn:uuid:" + item["target"]["source"][9:].replace("-", "")]
        position, quote = item["target"]["selector"]
        start, end = position["start"], position["end"]
        assert text[start:end] == quote["exact"] and text[max(0, start - 32):start] == quote["prefix"]
        assert text[end:end + 32] == quote["suffix"]
    return f"{len(items)} annotations of {codings} codings, each selector on its words"


def word():
    import docx
    document = docx.Document(file("report.docx"))
    styles = {}
    for paragraph in document.paragraphs:
        styles[paragraph.style.name] = styles.get(paragraph.style.name, 0) + 1
    plain = subprocess.run(["pandoc", file("report.docx"), "-t", "plain"], capture_output=True, text=True)
    return f"{len(document.tables)} tables, {styles}; pandoc: {len(plain.stdout.split())} words"


for name, body in [("places", places), ("graphs", graphs), ("annotations", annotations), ("word", word)]:
    check(name, body)
