# `make demo` and `make test` each work by themselves on a fresh Debian machine that has Swift.

# Debian's packages that the build links.
PACKAGES := libpq-dev libsqlite3-dev libxlsxwriter-dev libxml2-dev libzip-dev libzstd-dev pkg-config
# Those that the tests run; without them they say what was left out.
TEST_PACKAGES := libxml2-utils postgresql
SWIFT_FOLDERS := Benchmarks Client Package.swift Schema Server Sources Tests
CONFIGURATION ?= debug

.PHONY: all build test demo soak fuzz tsan planted release standalone install deb format lint proto bench clean dependencies

all: build

# Installs what is missing, or says exactly what to install.
dependencies:
	@command -v swift >/dev/null || { \
	  echo "Swift 6.2 or newer is needed; see https://www.swift.org/install/linux/"; exit 1; }
	@missing=; for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'install ok' \
	    || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
	      --no-install-recommends $$missing; \
	  elif command -v sudo >/dev/null; then \
	    sudo apt-get update -qq && sudo apt-get install -y -qq --no-install-recommends $$missing; \
	  else \
	    echo "Install these first: apt-get install$$missing"; exit 1; \
	  fi; \
	fi

build: dependencies
	swift build -c $(CONFIGURATION) --product cuaderno
	swift build -c $(CONFIGURATION) --product cuaderno-server

# All tests in one bundle. `swift build --build-tests` would build the C++ compiler of Protocol
# Buffers too, which nothing here runs and which takes ten minutes.
TESTS := cuadernoPackageTests

# How many tests run at once. Without a bound all begin together, and hold a thousand files and servers
# open on two cores; Swift before 6.3 knows no bound, and passes over this.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 4

# Builds and runs every test.
test: PACKAGES += $(TEST_PACKAGES)
test: dependencies
	swift build --product $(TESTS)
	swift test --skip-build

# A server, two notebooks offline, edits on both, sync, a conflict settled, coded themes exported.
demo: build
	Examples/demo.sh "$$(swift build -c $(CONFIGURATION) --show-bin-path)"

# The long forms: whole worlds, those with PostgreSQL and worlds in memory, as many as CUADERNO_SEEDS,
# CUADERNO_SHARED and CUADERNO_STORES say (Tests/Convergence/README.md); seeds, flipped bits and cut WALs;
# every call of the disk that fails; kills; power cuts; servers stopped and slow clients; messages that were
# mutated, requests generated from the OpenAPI description, a server that is killed under load, and fuzzing.
# Each prints its figures, and the environment says how many (CONTRIBUTING.md).
# Power cuts and full disks need root and loop mounts, and say so when they are left out.
# Schedules are played one at a time by tasks that wake each other, on one core in a third of the time.
soak: PINNED := $(shell taskset -c 0 true 2>/dev/null && echo taskset -c 0)
soak: dependencies
	swift build -c release --product cuaderno-soak
	$(PINNED) "$$(swift build -c release --show-bin-path)/cuaderno-soak" store $${CUADERNO_STORES:-100000}
	$(PINNED) "$$(swift build -c release --show-bin-path)/cuaderno-soak" whole $${CUADERNO_SEEDS:-5000}
	$(PINNED) "$$(swift build -c release --show-bin-path)/cuaderno-soak" shared $${CUADERNO_SHARED:-1000}
	swift build --product $(TESTS)
	CUADERNO_SEEDS=$${CUADERNO_SEEDS:-5000} swift test --skip-build --filter 'Law'
	CUADERNO_SEEDS=$${CUADERNO_SEEDS:-1000} swift test --skip-build --filter 'Mending|WALDamage'
	CUADERNO_SEEDS=$${CUADERNO_SEEDS:-1000} swift test --skip-build --filter 'SharedLedger'
	CUADERNO_FAULTS=all swift test --skip-build --filter 'IOFault'
	CUADERNO_KILLS=$${CUADERNO_KILLS:-1000} swift test --skip-build --filter 'KillTests'
	CUADERNO_CUTS=$${CUADERNO_CUTS:-1000} swift test --skip-build --filter 'PowerCut|DiskFault'
	CUADERNO_TURNS=$${CUADERNO_TURNS:-2500} swift test --skip-build --filter 'TogetherTests'
	CUADERNO_STOPS=$${CUADERNO_STOPS:-50} CUADERNO_SLOW=$${CUADERNO_SLOW:-334} \
	  swift test --skip-build --filter 'StoppingTests|SlowClientTests'
	CUADERNO_SEEDS=$${CUADERNO_SEEDS:-300} swift test --skip-build \
	  --filter 'CutTests|ExactlyOnce|ByUSBStick|LostServer|BundleDamage|Keeping|Erasing'
	CUADERNO_MESSAGES=$${CUADERNO_MESSAGES:-100000} swift test --skip-build --filter 'MutatedMessage'
	swift build -c release --product cuaderno-server
	$(PYTHON) Tests/Generated/generated.py "$$(swift build -c release --show-bin-path)" \
	  --requests $${CUADERNO_REQUESTS:-5000}
	swift build -c release --product cuaderno-load
	$(PYTHON) Benchmarks/soak.py "$$(swift build -c release --show-bin-path)" \
	  --seconds $${CUADERNO_SOAK_SECONDS:-3600}
	$(MAKE) fuzz

# A Python that has schemathesis; without it the generated requests say that they were left out.
PYTHON ?= python3

# Fuzzes what reads bytes from outside, for so many seconds: the wire's decoders, and the readers of other
# programs' files.
fuzz: dependencies
	swift build -c release --product cuaderno-server
	Tests/Fuzz/fuzz.sh "$$(swift build -c release --show-bin-path)" $${CUADERNO_FUZZ_SECONDS:-300}

# The tests in which threads meet, under Thread Sanitizer, in a build of its own (half an hour of two cores).
# What any of the processes reports is printed at the end. Those that measure how soon something ends are
# left out: everything takes some ten times as long.
THREADS := CuadernoServerTests|WriteGroup|TransactionGroup|SharedLedger|LostDatabase|LedgerPage|SyncDriver
THREADS := $(THREADS)|SlowLine|HubContract|ExactlyOnce|KnownHub|PatientSync|AnotherServer|PinnedServer
THREADS := $(THREADS)|ErasedEverywhere|RolesThroughServer|Together
REPORTS := $(CURDIR)/.build/tsan/reports
tsan: PACKAGES += $(TEST_PACKAGES)
tsan: dependencies
	swift build --sanitize=thread --product $(TESTS) --scratch-path .build/tsan
	rm -rf $(REPORTS) && mkdir -p $(REPORTS)
	TSAN_OPTIONS="exitcode=0 log_path=$(REPORTS)/of suppressions=$(CURDIR)/Tests/thread-sanitizer.txt" \
	  swift test --sanitize=thread --skip-build --scratch-path .build/tsan --filter '$(THREADS)'
	@if grep -rqs "WARNING: ThreadSanitizer" $(REPORTS); then cat $(REPORTS)/*; exit 1; fi
	@echo "Thread Sanitizer has nothing to report."

# Breaks the rules of the merge and the sync one at a time, and says after how many schedules the
# simulator notices each. Changes the sources meanwhile and takes that back.
planted: dependencies
	Tests/Convergence/planted.sh

release:
	$(MAKE) build CONFIGURATION=release

# The programs with Swift's own libraries in them: they run where no Swift is, and a command begins
# a third sooner.
standalone: dependencies
	swift build -c release --static-swift-stdlib --product cuaderno
	swift build -c release --static-swift-stdlib --product cuaderno-server

# Puts the two programs into ~/.local/bin, or another PREFIX.
PREFIX ?= $(HOME)/.local
install: standalone
	install -d $(PREFIX)/bin
	install -s -m 755 "$$(swift build -c release --show-bin-path)/cuaderno" \
	  "$$(swift build -c release --show-bin-path)/cuaderno-server" $(PREFIX)/bin

# Two packages for the laptops and the server of a team, which need no Swift; they lie in .build/deb.
deb: standalone
	Packaging/debian.sh "$$(swift build -c release --show-bin-path)" .build/deb

format:
	swift format --in-place --recursive $(SWIFT_FOLDERS)

lint:
	swift format lint --strict --recursive $(SWIFT_FOLDERS)

# Makes the Swift of the messages and of the payload anew; needs Debian's protobuf-compiler.
proto:
	swift build --product protoc-gen-swift
	protoc --plugin=protoc-gen-swift="$$(swift build --show-bin-path)/protoc-gen-swift" \
	  --proto_path=Schema --swift_out=Schema \
	  --swift_opt=Visibility=Package --swift_opt=UseAccessLevelOnImports=true sync.proto
	protoc --plugin=protoc-gen-swift="$$(swift build --show-bin-path)/protoc-gen-swift" \
	  --proto_path=$(PAYLOAD) --swift_out=$(PAYLOAD) \
	  --swift_opt=Visibility=Internal --swift_opt=UseAccessLevelOnImports=true payload.proto
	printf '\n// sync.proto SHA-256: %s\n' "$$(sha256sum < Schema/sync.proto | cut -c 1-64)" \
	  >> Schema/sync.pb.swift
	printf '\n// payload.proto SHA-256: %s\n' \
	  "$$(sha256sum < $(PAYLOAD)/payload.proto | cut -c 1-64)" >> $(PAYLOAD)/payload.pb.swift

PAYLOAD := Sources/CuadernoNotebook/Payload

# What is measured, and beside what: Benchmarks/README.md.
bench: release
	swift build -c release --product cuaderno-empty
	Benchmarks/run.sh "$$(swift build -c release --show-bin-path)"

clean:
	swift package clean
