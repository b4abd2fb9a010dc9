#!/usr/bin/env bash
# Fuzzes what reads bytes from outside with libFuzzer and the address sanitiser.
#
#   Tests/Fuzz/fuzz.sh FOLDER-OF-THE-RELEASE-BUILD [SECONDS] [FOLDER-FOR-THE-INPUTS]
#
# Compiles the rooms that read bytes once more, with the sanitisers in them, and links them to the
# dependencies as the release build left them. Not a target of the package: nothing else is built so.
set -euo pipefail
build=$(cd "${1:?say where the release build is, such as .build/release}" && pwd)
seconds=${2:-60}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=${3:-$build/fuzz}
mkdir -p "$out/modules" "$out/corpus" "$out/seeds"

flags=(-swift-version 6 -O -g -parse-as-library -package-name cuaderno
  -sanitize=fuzzer,address -module-cache-path "$out/cache" -I "$out/modules" -I "$build/Modules")
for upcoming in ExistentialAny ImmutableWeakCaptures InferIsolatedConformances \
  InternalImportsByDefault MemberImportVisibility NonisolatedNonsendingByDefault; do
  flags+=(-enable-upcoming-feature "$upcoming")
done
flags+=(-Xcc "-fmodule-map-file=$root/Sources/CZstd/module.modulemap")
for module in CXKCPShims CXKCP CCryptoBoringSSLShims CCryptoBoringSSL; do
  include=$root/.build/checkouts/swift-crypto/Sources/$module/include
  flags+=(-Xcc "-fmodule-map-file=$include/module.modulemap" -Xcc -I -Xcc "$include")
done

compile() {
  local module=$1
  shift
  swiftc "${flags[@]}" -wmo -module-name "$module" -emit-module -c "$@" \
    -emit-module-path "$out/modules/$module.swiftmodule" -o "$out/$module.o"
}
compile CuadernoModel "$root"/Sources/CuadernoModel/*.swift
compile CuadernoSync "$root"/Sources/CuadernoSync/*.swift
# All but the SQL, which the package embeds when it is built.
compile CuadernoSchema $(find "$root/Schema" -name '*.swift' ! -name SQL.swift)
compile CuadernoFuzz "$here/Fuzz.swift" \
  "$root"/Sources/CuadernoNotebook/{Payload/*,FieldKey,TextEntry}.swift
objects=()
for module in SwiftProtobuf Crypto CryptoBoringWrapper CCryptoBoringSSL CCryptoBoringSSLShims CXKCP \
  CXKCPShims; do
  while IFS= read -r object; do objects+=("$object"); done \
    < <(find "$build/$module.build" -name '*.o' 2>/dev/null)
done
swiftc -sanitize=fuzzer,address "$out"/Cuaderno*.o "${objects[@]}" -lzstd -lstdc++ \
  -o "$out/cuaderno-fuzz"

python3 "$here/seeds.py" "$root/Schema/vectors" "$out/seeds"
# The leak check is off: Swift's caches of metadata live as long as the process.
cd "$out"
ASAN_OPTIONS=detect_leaks=0 ./cuaderno-fuzz corpus seeds -max_total_time="$seconds" -max_len=8192 \
  -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 -artifact_prefix="$out/found-" \
  ${FUZZ_JOBS:+-jobs=$FUZZ_JOBS -workers=$FUZZ_JOBS}
