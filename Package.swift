// swift-tools-version: 6.2

import PackageDescription

/// One list of settings for every target, so that no target is checked less strictly than another.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  // A mistyped feature name is otherwise ignored in silence.
  .treatWarning("StrictLanguageFeatures", as: .error),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(
  name: "HummingbirdTesting", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypes1 = Target.Dependency.product(
  name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioFoundation = Target.Dependency.product(name: "NIOFoundationCompat", package: "swift-nio")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let unixSignals = Target.Dependency.product(
  name: "UnixSignals", package: "swift-service-lifecycle")
let serviceLifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")

/// What several test targets share: seeds, scratch folders, a store in memory.
let support = Target.target(
  name: "CuadernoTestSupport",
  dependencies: ["CuadernoSync", "CChild"],
  path: "Tests/Support", swiftSettings: strict)

let tests: [Target] = [
  support,
  // A layer below SQLite in which one call of many fails.
  .target(
    name: "FaultVFS", path: "Tests/FaultVFS", linkerSettings: [.linkedLibrary("sqlite3")]),
  .target(
    name: "CuadernoFaultSupport", dependencies: ["FaultVFS", "CuadernoTestSupport"],
    path: "Tests/FaultSupport", swiftSettings: strict),
  // A PostgreSQL of the tests' own.
  .target(
    name: "CuadernoPostgreSQLTestSupport",
    dependencies: ["CuadernoLog", "CuadernoPostgreSQL", "CuadernoTestSupport"],
    path: "Tests/PostgreSQLSupport", swiftSettings: strict),
  .testTarget(
    name: "CuadernoModelTests", dependencies: ["CuadernoModel", "CuadernoTestSupport"],
    swiftSettings: strict),
  .testTarget(
    name: "CuadernoTextTests", dependencies: ["CuadernoText"], swiftSettings: strict),
  .testTarget(
    name: "CuadernoSyncTests", dependencies: ["CuadernoSync", "CuadernoTestSupport"],
    swiftSettings: strict),
  .testTarget(
    name: "CuadernoSchemaTests",
    dependencies: ["CuadernoSchema", "CuadernoSync", "CuadernoTestSupport", protobuf],
    swiftSettings: strict),
  .testTarget(
    name: "CuadernoLedgerTests",
    dependencies: [
      "CuadernoLedger", "CuadernoSync", "CuadernoLog", "CuadernoFaultSupport",
      "CuadernoPostgreSQL", "CuadernoPostgreSQLTestSupport", "CuadernoTestSupport", grdb,
    ],
    swiftSettings: strict),
  .testTarget(
    name: "CuadernoClientTests",
    dependencies: [
      "CuadernoClient", "CuadernoExchange", "CuadernoModel", "CuadernoNotebook",
      "CuadernoNotebookTestSupport", "CuadernoSchema", "CuadernoSync", argumentParser,
    ],
    swiftSettings: strict),
  .testTarget(
    name: "CuadernoLogTests",
    dependencies: ["CuadernoLog", "CuadernoSchema", "CuadernoTestSupport", grdb],
    swiftSettings: strict),
  .testTarget(
    name: "LayoutTests", dependencies: [crypto], path: "Tests/Layout", swiftSettings: strict),
  // Whole worlds from a seed, and the program that plays very many of them.
  .target(
    name: "CuadernoSimulator",
    dependencies: [
      "CuadernoLedger", "CuadernoModel", "CuadernoNotebook", "CuadernoSchema", "CuadernoSync",
      "CuadernoFaultSupport", "CuadernoNotebookTestSupport", "CuadernoPostgreSQLTestSupport",
      "CuadernoTestSupport", grdb,
    ],
    path: "Tests/Convergence/Simulator", swiftSettings: strict),
  .executableTarget(
    name: "cuaderno-soak", dependencies: ["CuadernoSimulator", "CuadernoTestSupport"],
    path: "Tests/Convergence/Soak", swiftSettings: strict),
  .testTarget(
    name: "CuadernoConvergenceTests",
    dependencies: [
      "CuadernoSimulator", "CuadernoPostgreSQLTestSupport", "CuadernoSync", "CuadernoTestSupport",
    ],
    path: "Tests/Convergence",
    exclude: ["Simulator", "Soak", "README.md", "planted", "planted.sh"], swiftSettings: strict),
  .testTarget(
    name: "EndToEndTests",
    dependencies: [
      "cuaderno", "cuaderno-server", "CuadernoPostgreSQLTestSupport", "CuadernoTestSupport",
    ],
    path: "Tests/EndToEnd", swiftSettings: strict),
  .target(
    name: "CuadernoNotebookTestSupport",
    dependencies: [
      "CuadernoNotebook", "CuadernoModel", "CuadernoLog", "CuadernoSync", "CuadernoTestSupport",
      grdb,
    ],
    path: "Tests/NotebookSupport", swiftSettings: strict),
  .testTarget(
    name: "CuadernoNotebookTests",
    dependencies: [
      "CuadernoNotebook", "CuadernoNotebookTestSupport", "CuadernoModel", "CuadernoLog",
      "CuadernoSync", "CuadernoSchema", "CuadernoFaultSupport", "CuadernoTestSupport", grdb,
    ],
    swiftSettings: strict),
  .testTarget(
    name: "CuadernoExchangeTests",
    dependencies: [
      "CuadernoExchange", "CuadernoModel", "CuadernoText", "CuadernoSync", "CuadernoNotebook",
      "CuadernoTestSupport", "CSQLite", grdb,
    ],
    swiftSettings: strict),
  .testTarget(
    name: "CuadernoAnalysisTests",
    dependencies: [
      "CuadernoAnalysis", "CuadernoExchange", "CuadernoModel", "CuadernoSync", "CuadernoNotebook",
      "CuadernoTestSupport",
    ],
    swiftSettings: strict),
  .testTarget(
    name: "CuadernoHubTests",
    dependencies: [
      "CuadernoClient", "CuadernoServer", "CuadernoLedger", "CuadernoModel", "CuadernoNotebook",
      "CuadernoNotebookTestSupport", "CuadernoPostgreSQLTestSupport", "CuadernoSchema",
      "CuadernoSync", "CuadernoTestSupport", crypto, httpClient, httpTypes, hummingbird,
      hummingbirdTesting, logging, nioCore, nioPosix,
      nioSSL,
    ],
    path: "Tests/Hubs", swiftSettings: strict),
  .testTarget(
    name: "CuadernoServerTests",
    dependencies: [
      "CuadernoServer", "CuadernoLedger", "CuadernoModel", "CuadernoSync", "CuadernoSchema",
      "CuadernoPostgreSQLTestSupport", "CuadernoTestSupport", argumentParser, grdb, httpTypes,
      hummingbird, hummingbirdTesting, logging, nioCore, nioEmbedded, nioHTTP1, nioHTTPTypes,
      nioSSL,
    ],
    swiftSettings: strict),
]

let package = Package(
  name: "cuaderno",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "cuaderno", targets: ["cuaderno"]),
    .executable(name: "cuaderno-server", targets: ["cuaderno-server"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CZstd", path: "Sources/CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]
    ),

    .systemLibrary(
      name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"])]),

    // What projects of other programs are made of: XML in a zip.
    .systemLibrary(
      name: "CXML2", path: "Sources/CXML2", pkgConfig: "libxml-2.0",
      providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(
      name: "CZip", path: "Sources/CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    // Children with bounds, by which documents are turned into text.
    .systemLibrary(name: "CChild", path: "Sources/CChild"),
    // The workbooks of Excel.
    .systemLibrary(
      name: "CXlsxWriter", path: "Sources/CXlsxWriter", pkgConfig: "xlsxwriter",
      providers: [.apt(["libxlsxwriter-dev"])]),
    .systemLibrary(
      name: "CPostgreSQL", path: "Sources/CPostgreSQL", pkgConfig: "libpq",
      providers: [.apt(["libpq-dev"])]),

    // What things mean, with nothing below them.
    .target(name: "CuadernoModel", swiftSettings: strict),
    .target(name: "CuadernoText", swiftSettings: strict),
    .target(name: "CuadernoSync", dependencies: [crypto], swiftSettings: strict),

    // What the bytes look like, on the wire and on disk.
    .target(
      name: "CuadernoSchema",
      dependencies: ["CuadernoSync", "CZstd", protobuf],
      path: "Schema",
      exclude: ["sync.proto", "WIRE.md", "openapi.json", "vectors"],
      resources: [.embedInCode("sql")],
      swiftSettings: strict),
    .target(
      name: "CuadernoLog",
      dependencies: ["CuadernoSync", "CuadernoSchema", "CSQLite", grdb, grdbSQLite],
      swiftSettings: strict),

    // The laptop.
    .target(
      name: "CuadernoNotebook",
      dependencies: [
        "CuadernoModel", "CuadernoText", "CuadernoSync", "CuadernoSchema", "CuadernoLog", grdb,
        crypto, protobuf,
      ],
      exclude: ["Payload/payload.proto"],
      swiftSettings: strict),
    .target(
      name: "CuadernoExchange",
      dependencies: [
        "CuadernoModel", "CuadernoText", "CuadernoSync", "CuadernoNotebook", "CChild", "CSQLite",
        "CXML2", "CXlsxWriter", "CZip", crypto,
      ],
      swiftSettings: strict),
    .target(
      name: "CuadernoAnalysis",
      dependencies: ["CuadernoModel", "CuadernoSync", "CuadernoNotebook"],
      swiftSettings: strict),
    .target(
      name: "CuadernoClient",
      dependencies: [
        "CuadernoModel", "CuadernoText", "CuadernoSync", "CuadernoSchema", "CuadernoNotebook",
        "CuadernoExchange", "CuadernoAnalysis", argumentParser, httpClient, nioCore,
        nioFoundation,
        nioHTTP1, nioPosix, nioSSL,
      ],
      path: "Client", exclude: ["Main"], swiftSettings: strict),
    .executableTarget(
      name: "cuaderno", dependencies: ["CuadernoClient"], path: "Client/Main",
      swiftSettings: strict),

    // What `Benchmarks` measures start-up against.
    .executableTarget(
      name: "cuaderno-empty", dependencies: ["CuadernoClient"], path: "Benchmarks/Empty",
      swiftSettings: strict),

    // What `Benchmarks/merge.py` sets beside git and diff3.
    .executableTarget(
      name: "cuaderno-merge", dependencies: ["CuadernoText"], path: "Benchmarks/Merge",
      swiftSettings: strict),

    // The notebooks with which `Benchmarks/load.py` loads a server.
    .executableTarget(
      name: "cuaderno-load",
      dependencies: [
        "CuadernoSync", "CuadernoSchema", argumentParser, nioCore, nioHTTP1, nioPosix, nioSSL,
      ],
      path: "Benchmarks/Load", swiftSettings: strict),

    // The hub.
    .target(
      name: "CuadernoPostgreSQL",
      dependencies: ["CPostgreSQL", "CuadernoSync", "CuadernoLog"], swiftSettings: strict),
    .target(
      name: "CuadernoLedger",
      dependencies: [
        "CuadernoSync", "CuadernoSchema", "CuadernoLog", "CuadernoPostgreSQL", grdb, crypto,
      ],
      swiftSettings: strict),
    .target(
      name: "CuadernoServer",
      dependencies: [
        "CuadernoModel", "CuadernoSync", "CuadernoSchema", "CuadernoLedger", argumentParser,
        asn1, crypto, hummingbird, hummingbirdTLS, httpTypes, logging, nioCore, nioHTTP1,
        nioHTTPTypes, nioHTTPTypes1, nioSSL, serviceLifecycle, unixSignals, x509,
      ],
      path: "Server", exclude: ["Main", "systemd"], swiftSettings: strict),
    .executableTarget(
      name: "cuaderno-server", dependencies: ["CuadernoServer"], path: "Server/Main",
      swiftSettings: strict),
  ] + tests,
  swiftLanguageModes: [.v6]
)
