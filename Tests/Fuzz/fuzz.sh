#!/usr/bin/env bash
# Fuzzes what reads bytes from outside with libFuzzer and the address sanitiser: the decoders of the wire,
# and the readers of other programs' files.
#
#   Tests/Fuzz/fuzz.sh FOLDER-OF-THE-RELEASE-BUILD [SECONDS] [FOLDER-FOR-THE-INPUTS]
#
# FUZZ_HALF=wire and FUZZ_HALF=foreign run one of the two for the whole time; FUZZ_JOBS says how many
# processes. Compiles the rooms that read bytes once more, with the sanitisers in them, and links them to
# the dependencies as the release build left them. Not a target of the package: nothing else is built so.
set -euo pipefail
build=$(cd "${1:?say where the release build is, such as .build/release}" && pwd)
seconds=${2:-60}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=${3:-$build/fuzz}
halves=${FUZZ_HALF:-wire foreign}
mkdir -p "$out/modules"
out=$(cd "$out" && pwd)

flags=(-swift-version 6 -O -g -parse-as-library -package-name cuaderno
  -module-cache-path "$out/cache" -I "$out/modules" -I "$build/Modules")
for upcoming in ExistentialAny ImmutableWeakCaptures InferIsolatedConformances \
  InternalImportsByDefault MemberImportVisibility NonisolatedNonsendingByDefault; do
  flags+=(-enable-upcoming-feature "$upcoming")
done
checkouts=$root/.build/checkouts
maps=("$checkouts/GRDB.swift/Sources/GRDBSQLite/module.modulemap")
for module in CZstd CSQLite CXML2 CZip CXlsxWriter CChild; do
  maps+=("$root/Sources/$module/module.modulemap")
done
for module in CXKCPShims CXKCP CCryptoBoringSSLShims CCryptoBoringSSL; do
  include=$checkouts/swift-crypto/Sources/$module/include
  maps+=("$include/module.modulemap")
  flags+=(-Xcc -I -Xcc "$include")
done
for map in "${maps[@]}"; do flags+=(-Xcc "-fmodule-map-file=$map"); done
for flag in $(pkg-config --cflags libxml-2.0 libzip sqlite3); do flags+=(-Xcc "$flag"); done

# Compiles a module, unless it is newer than its sources and than all modules before it, also those that another
# run compiled anew.
#   compile SANITISERS MODULE FILE...
before=()
compile() {
  local sanitisers=$1 module=$2
  shift 2
  local inputs=("$0" "$@" "${before[@]}")
  before+=("$out/$module.o")
  if [ -e "$out/$module.o" ] &&
    [ -z "$(find "${inputs[@]}" -newer "$out/$module.o" -print -quit)" ]; then
    return
  fi
  swiftc "${flags[@]}" -sanitize="$sanitisers" -wmo -module-name "$module" -enable-testing \
    -emit-module -c "$@" -emit-module-path "$out/modules/$module.swiftmodule" -o "$out/$module.o"
}
sources() { find "$root/$1" -name '*.swift'; }

compile fuzzer,address CuadernoModel $(sources Sources/CuadernoModel)
compile fuzzer,address CuadernoText $(sources Sources/CuadernoText)
compile fuzzer,address CuadernoSync $(sources Sources/CuadernoSync)
# With the SQL as the package embeds it when it is built.
compile fuzzer,address CuadernoSchema $(sources Schema) \
  "$build/CuadernoSchema.build/DerivedSources/embedded_resources.swift"
wire=(Model Text Sync Schema WireFuzz)
foreign=(Model Text Sync Schema Log Notebook Exchange ForeignFuzz)
case " $halves " in *" foreign "*)
  # What is below the readers is watched and does not steer: an input that makes SQLite do something new is
  # none that a reader has not seen.
  compile address CuadernoLog $(sources Sources/CuadernoLog)
  compile address CuadernoNotebook $(sources Sources/CuadernoNotebook)
  compile fuzzer,address CuadernoExchange $(sources Sources/CuadernoExchange)
  compile fuzzer,address CuadernoForeignFuzz "$here"/Foreign/*.swift \
    "$root"/Tests/CuadernoExchangeTests/RawZip.swift
  ;;
esac
case " $halves " in *" wire "*)
  compile fuzzer,address CuadernoWireFuzz "$here/Wire.swift" \
    "$root"/Sources/CuadernoNotebook/{Payload/*,FieldKey,TextEntry}.swift
  ;;
esac

objects=()
for module in GRDB SwiftProtobuf Crypto CryptoBoringWrapper CCryptoBoringSSL CCryptoBoringSSLShims \
  CXKCP CXKCPShims; do
  while IFS= read -r object; do objects+=("$object"); done \
    < <(find "$build/$module.build" -name '*.o' 2>/dev/null)
done
link() {
  local half=$1
  shift
  swiftc -sanitize=fuzzer,address "${@/#/$out/Cuaderno}" "${objects[@]}" \
    -lzstd -lsqlite3 -lxml2 -lzip -lz -lxlsxwriter -lstdc++ -o "$out/cuaderno-fuzz-$half"
}

# What a reader wants to have on a disk lies in memory where there is a disk that does.
scratch=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$scratch"' EXIT

# Stops at the first input that breaks something, keeps it, and fails.
run() {
  local half=$1 share=$2
  shift 2
  mkdir -p "$out/$half/corpus" "$out/$half/seeds"
  python3 "$here/seeds.py" "$half" "$root" "$out/$half/seeds"
  echo "fuzzing $half for $share s"
  # The leak check is off: Swift's caches of metadata live as long as the process.
  (cd "$out/$half" && CUADERNO_FUZZ_SCRATCH=$scratch TMPDIR=$scratch \
    SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=64 "../cuaderno-fuzz-$half" \
    corpus seeds -max_total_time="$share" -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$out/$half/found-" "$@" \
    ${FUZZ_JOBS:+-jobs=$FUZZ_JOBS -workers=$FUZZ_JOBS})
}

share=$((seconds / $(wc -w <<< "$halves")))
for half in $halves; do
  case $half in
    wire)
      link wire "${wire[@]/%/.o}"
      run wire "$share" -max_len=8192 -timeout=10
      ;;
    foreign)
      link foreign "${foreign[@]/%/.o}"
      # The first of them makes a notebook, and where the machine is busy that takes its time by the clock.
      run foreign "$share" -timeout=120 -max_len=16384 -malloc_limit_mb=512 -dict="$here/Foreign/tokens.dict"
      ;;
    *) echo "FUZZ_HALF is wire or foreign" >&2 && exit 2 ;;
  esac
done
echo "fuzzed: $halves; ${share} s each; nothing found"
