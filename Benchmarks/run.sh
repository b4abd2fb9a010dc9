#!/usr/bin/env bash
# Measures the programs in a folder and prints the ratios; see README.md beside this file.
#
#   Benchmarks/run.sh FOLDER-OF-THE-PROGRAMS
set -euo pipefail

programs=$(cd "${1:?say where the programs are, such as .build/release}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
shared=$here/../../shared/bench
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if [ ! -f "$here/data/dataset.jsonl" ]; then
  python3 "$here/generate.py" "$here/data/dataset.jsonl"
fi
python3 "$here/compare.py" --bin "$programs" --data "$here/data/dataset.jsonl" --scratch "$scratch" \
  --runs "${RUNS:-5}"
python3 "$here/concurrent_changes.py" --bin "$programs" --data "$here/data/dataset.jsonl" \
  --runs "${RUNS:-5}"

if [ -d "$shared" ] && [ -n "${PEERS:-}" ]; then
  # A Python with the peers in it: python3 -m venv venv && venv/bin/pip install anki
  mkdir -p "$scratch/data"
  "$PEERS" "$shared/gen.py" --out "$scratch/data" >/dev/null
  sed -e "s#{bin}#$programs#g; s#{here}#$here#g; s#{state}#$scratch/state#g" "$here/peers.json" \
    >"$scratch/cuaderno.json"
  cd "$scratch"
  BENCH_ROOT=$scratch PYTHONPATH=$shared "$PEERS" "$shared/run_all.py" --rounds "${ROUNDS:-3}" \
    --peers anki --config "$scratch/cuaderno.json"
else
  echo "Peers were left out: set PEERS to a python with anki in it, and have ../shared/bench here."
fi
