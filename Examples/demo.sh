#!/usr/bin/env bash
# The main job on real input, told as it runs: a server, two researchers offline, edits on both
# laptops, a sync, a parallel update, a conflict seen and settled, and coded themes taken away.
# Ends with an error as soon as a step does not come out as it must.
#
#   Examples/demo.sh FOLDER-OF-THE-PROGRAMS
set -euo pipefail

programs=$(cd "${1:?say where the programs are, such as .build/debug}" && pwd)
examples=$(cd "$(dirname "$0")" && pwd)
study=$examples/alto-huallaga
corpus=$examples/../../shared/corpus
scratch=$(mktemp -d)
server=

stop_server() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
  fi
}
trap 'stop_server; rm -rf "$scratch"' EXIT

# What belongs to each person lies in a folder of their own, as on their own laptop.
export CUADERNO_SERVER_DATA=$scratch/server
ana() { XDG_STATE_HOME=$scratch/ana/state CUADERNO_NOTEBOOK=$scratch/ana/notebook "$programs/cuaderno" "$@"; }
luis() { XDG_STATE_HOME=$scratch/luis/state CUADERNO_NOTEBOOK=$scratch/luis/notebook "$programs/cuaderno" "$@"; }
hub() { "$programs/cuaderno-server" "$@"; }

chapter() { printf '\n\033[1m%s\033[0m\n' "$*"; }
fail() { printf '\nThe demo failed: %s\n' "$*" >&2; exit 1; }

# Prints a command and runs it; its output goes to the terminal and to $output.
tell() {
  local wanted=0
  if [ "$1" = --exit ]; then wanted=$2; shift 2; fi
  local word shown=
  for word in "${@:2}"; do
    word=${word//"$scratch/"/}
    word=${word//"$study/"/}
    word=${word//"$corpus/"/}
    case $word in *[[:space:]\"\>]*) shown+=" '$word'" ;; *) shown+=" $word" ;; esac
  done
  [ "${#shown}" -le 150 ] || shown="${shown:0:147}…"
  printf '  %s $%s\n' "$1" "$shown"
  local status=0
  output=$("$@" 2>&1) || status=$?
  printf '%s\n' "$output" | head -n "${lines:-24}" | cut -c1-150 | sed 's/^/      /'
  [ "$status" = "$wanted" ] || fail "\`$2\` ended with $status and not with $wanted"
}

# Asks whether what was printed holds some words.
expect() {
  case $output in *"$1"*) ;; *) fail "expected to read: $1" ;; esac
}

start_server() {
  "$programs/cuaderno-server" serve --port "${1:-0}" >"$scratch/server.out" 2>"$scratch/server.log" &
  server=$!
  local tries=0
  until grep -qs '^listening on ' "$scratch/server.out"; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || fail "the server did not start"
    sleep 0.1
  done
  # It listens on every address; these two laptops are on the same machine.
  address=$(sed -n 's/^listening on //p' "$scratch/server.out" | sed 's/0\.0\.0\.0/127.0.0.1/')
}

registers() { "$1" status --json | grep -o '"registers":"[0-9a-f]*"' || true; }

chapter '1. A team server, on a machine of the institute'
start_server
tell hub study create 'Alto Huallaga'
expect 'Alto Huallaga'
invite_ana=$(hub invite create 'Alto Huallaga' --for Ana --role owner --url "$address" --json | grep -o "$address#[0-9A-Za-z.-]*")
invite_luis=$(hub invite create 'Alto Huallaga' --for Luis --url "$address" --json | grep -o "$address#[0-9A-Za-z.-]*")
case $address in https://*) ;; *) fail 'the server speaks no TLS' ;; esac
echo "      two invites made, for Ana and for Luis; each names the server's key"
stop_server
echo "      and the link is down: the server is off"

chapter '2. Ana, offline, in Tocache: her notebook, places, informants, code book, interviews'
tell ana init 'Coca, desarrollo alternativo y confianza en el Estado' --as Ana --device 'portátil de Ana'
tell ana import periods "$study/periods.csv"
tell ana import attributes "$study/attributes.csv"
tell ana import places "$study/places.csv"
tell ana import participants "$study/participants.csv"
tell ana import codebook "$study/themes.csv"
tell ana interview import "$study"/interviews/*.md
tell ana import codings "$study/codings-ana.csv" --coder Ana
tell ana import notes "$study/notes.csv"
lines=12 tell ana theme tree
lines=8 tell ana interview list
tell ana search erradicacion 'cacao*' --limit 3
expect '[erradicación]'

chapter '3. The server is back: Ana connects her notebook and sends it all'
start_server "${address##*:}"
tell ana join "$invite_ana"
expect 'Joined as Ana'
tell ana sync
expect 'the same notes on both sides'

chapter '4. Luis, in Juanjuí, joins and receives the study'
tell luis join "$invite_luis"
tell luis sync
expect 'new: 15 interviews'
tell ana sync
[ "$(registers ana)" = "$(registers luis)" ] || fail 'the notebooks differ'
echo "      equal digests: $(registers luis)"

chapter '5. Both are offline again, and work on the same interviews'
stop_server
tell ana interview edit TOC-001 --attribute 'grabada=false'
tell ana interview edit TOC-002 --summary 'El alcalde cuenta cómo negoció el calendario de erradicación.'
tell luis interview edit TOC-001 --interviewer Luis --interviewer Ana
tell luis interview edit TOC-002 --summary 'El alcalde explica por qué firmó el acta sin consultar.'
tell luis import codings "$study/codings-luis.csv" --coder Luis
tell luis note add --about TOC-001 --at '2017-05-12T19:10 America/Lima' --text 'Volver a preguntar por el precio del cacao.'

chapter '6. A link: both sync, nothing is lost, and one conflict needs a person'
start_server "${address##*:}"
tell ana sync
tell --exit 2 luis sync
expect 'parallel: 1'
expect 'conflicts: 1 field'
tell --exit 2 luis conflicts
expect 'negoció el calendario'
expect 'firmó el acta'
tell luis resolve TOC-002 summary --keep Ana
tell luis sync
tell ana sync
expect 'the same notes on both sides'
tell ana conflicts
expect 'No conflicts'
tell ana show TOC-002
expect 'negoció el calendario'
lines=8 tell ana log TOC-002
[ "$(registers ana)" = "$(registers luis)" ] || fail 'the notebooks differ'
echo "      equal digests: $(registers ana)"
tell hub check
tell ana doctor --rebuild
expect 'view made anew'

chapter '7. No link at all: Luis hands Ana a bundle on a USB stick'
stop_server
mkdir "$scratch/usb"
tell luis note add --about TOC-001 --text 'El puente está cortado; seguimos por el río.'
tell luis bundle write "$scratch/usb/for-ana.bundle" --for Ana
expect 'so it holds everything'
tell ana bundle read "$scratch/usb/for-ana.bundle"
expect 'new: 1 note'
expect 'the same notes on both sides'
tell ana interview edit TOC-001 --attribute 'grabada=true'
tell ana bundle write "$scratch/usb/for-luis.bundle" --for Luis
expect '1 change,'
head -c 200 "$scratch/usb/for-luis.bundle" >"$scratch/usb/cut.bundle"
tell --exit 1 luis bundle read "$scratch/usb/cut.bundle"
expect 'nothing was changed'
tell luis bundle read "$scratch/usb/for-luis.bundle"
[ "$(registers ana)" = "$(registers luis)" ] || fail 'the notebooks differ'
echo "      equal digests: $(registers ana)"
start_server "${address##*:}"
tell ana sync

chapter '8. The coded themes, to take to R, Excel or NVivo'
tell ana export codings "$scratch/codings.csv"
lines=3 tell head -n 3 "$scratch/codings.csv"
rows=$(ana coding list --json | grep -o '"shortID"' | wc -l)
[ "$rows" -gt 120 ] || fail "only $rows codings came through"
tell ana export codebook "$scratch/codebook.csv"
tell ana export jsonl "$scratch/study.jsonl"
lines=40 tell ana report themes --by place --level province
tell ana export geojson "$scratch/places.geojson"
tell ana export graphml "$scratch/themes.graphml"
tell ana report docx "$scratch/report.docx" --language es

if [ -d "$corpus" ]; then
  chapter '9. Real documents beside the interviews'
  tell ana interview import --kind document "$corpus"/*.txt
  tell ana search 'desarrollo sostenible' --limit 3
  expect 'usaid-desarrollo-sostenible'
  tell ana sync
else
  printf '\n(../shared/corpus is not here, so no real documents were imported.)\n'
fi

printf '\nThe demo came out as it must.\n'
