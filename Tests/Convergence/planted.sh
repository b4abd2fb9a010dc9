#!/usr/bin/env bash
# Breaks one rule of the merge or the sync after the other, and says which promise it breaks in the
# simulator and after how many schedules:
#
#     Tests/Convergence/planted.sh [NAME ...]
#
# Each fault is a patch of the product in `planted`. It is applied to this tree, built, played and taken
# back, so nothing else may be changed here meanwhile. Stores in memory are played first, since they are
# so much faster; what they cannot see is looked for with notebooks on disks.
set -euo pipefail
cd "$(dirname "$0")/../.."

planted=Tests/Convergence/planted
stores=${CUADERNO_STORES:-400}
disks=${CUADERNO_DISKS:-200}

# On one core tasks that wake each other take a third of the time.
pinned=$(taskset -c 0 true 2> /dev/null && echo taskset -c 0 || true)

names=("$@")
if [ ${#names[@]} = 0 ]; then
  for file in "$planted"/*.patch; do names+=("$(basename "$file" .patch)"); done
fi

applied=
take_back() {
  [ -z "$applied" ] || git apply --reverse "$planted/$applied.patch"
  applied=
}
trap take_back EXIT

missed=0
for name in "${names[@]}"; do
  if ! git apply --check "$planted/$name.patch" 2> /dev/null; then
    echo "$name: the code has moved on; make $planted/$name.patch again"
    missed=$((missed + 1))
    continue
  fi
  git apply "$planted/$name.patch"
  applied=$name
  swift build --product cuaderno-soak > /tmp/planted-build.log 2>&1 || {
    echo "$name: does not build"; tail -20 /tmp/planted-build.log; missed=$((missed + 1))
    take_back
    continue
  }
  soak="$(swift build --show-bin-path)/cuaderno-soak"
  found=
  for level in store whole; do
    count=$stores
    [ "$level" = store ] || count=$disks
    if ! out=$($pinned "$soak" "$level" "$count" --first 2>&1); then
      found="$level: $(grep -m 1 -E 'broken in schedule|Fatal|precondition' <<< "$out" | cut -c 1-200)"
      found+="; shrunk to $(grep -m 1 -oE '^[0-9]+ of 200' <<< "$out" || echo all) steps"
      break
    fi
  done
  if [ -n "$found" ]; then
    echo "$name | $found"
  else
    echo "$name | NOT FOUND in $stores schedules of stores and $disks of disks"
    missed=$((missed + 1))
  fi
  take_back
done
exit $((missed > 0))
