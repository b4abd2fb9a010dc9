#!/usr/bin/env python3
"""Agreement of coders by Cuaderno beside the same by other people's libraries:

    agreement.py --bin FOLDER NOTEBOOK

Takes the codings and texts of a notebook as it exports them, makes of them what the libraries ask for, and
compares every coefficient, for lines, characters and texts, with and without the themes below. Needs
`krippendorff`, `scikit-learn` and `statsmodels` from PyPI. Exits with 1 when two differ by more than 1e-9.
"""
import argparse, csv, io, json, subprocess, sys, warnings

import krippendorff, numpy
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

warnings.filterwarnings("ignore")
SEPARATOR = " > "


def units(text, unit):
    """Spans of what is counted."""
    if unit == "text":
        return [(0, len(text))]
    if unit == "character":
        return [(i, i + 1) for i in range(len(text))]
    spans, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def table(codings, texts, coders, theme, unit, below):
    """One row a coder, one column a unit: 1 where the theme is."""
    columns = []
    for label, text in texts.items():
        own = [c for c in codings if c["interview"] == label and
               (c["theme"] == theme or below and c["theme"].startswith(theme + SEPARATOR))]
        for start, end in units(text, unit):
            columns.append([int(any(c["coder"] == who and int(c["start"]) < end and int(c["end"]) > start
                                    for c in own)) for who in coders])
    return numpy.array(columns).T


def expected(rows):
    varies = rows.min() != rows.max()
    if len(rows) == 2:
        kappa = cohen_kappa_score(rows[0], rows[1]) if varies else None
    else:
        kappa = fleiss_kappa(aggregate_raters(rows.T)[0]) if varies else None
    alpha = krippendorff.alpha(rows, level_of_measurement="nominal") if varies else None
    return {"kappa": kappa, "alpha": alpha}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("notebook")
    arguments = parser.parse_args()

    def cuaderno(*words):
        command = [f"{arguments.bin}/cuaderno", *words, "--notebook", arguments.notebook]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    codings = [c for c in csv.DictReader(io.StringIO(cuaderno("export", "codings").lstrip("\ufeff")))
               if c["start"]]
    records = map(json.loads, cuaderno("export", "jsonl").splitlines())
    texts = {r["label"]: r["text"] for r in records if r.get("record") == "interview" and r.get("text")}
    coders = sorted({c["coder"] for c in codings})
    texts = {label: text for label, text in texts.items()
             if {c["coder"] for c in codings if c["interview"] == label} >= set(coders)}
    worst = compared = 0
    for unit in ("line", "character", "text"):
        for below in (False, True):
            flags = ["--with-below"] if below else []
            for row in json.loads(cuaderno("report", "agreement", "--unit", unit, "--json", *flags)):
                if row["theme"] is None:
                    continue
                rows = table(codings, texts, coders, row["theme"], unit, below)
                for name, value in expected(rows).items():
                    if (value is None) != (row[name] is None):
                        sys.exit(f"{name} of {unit}: {row[name]} and not {value}")
                    if value is not None:
                        worst, compared = max(worst, abs(value - row[name])), compared + 1
    print(f"{compared} coefficients of {len(coders)} coders over {len(texts)} texts compared; the greatest "
          f"difference is {worst:.1e}")
    sys.exit(worst > 1e-9 or not compared)


main()
