import ArgumentParser
import CuadernoTestSupport
import Testing

@testable import CuadernoServer

/// Where settings come from, which of them counts, and what is said of a wrong one.
@Suite struct SettingTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
  }

  private func plan(
    _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
  ) throws -> ServePlan {
    var arguments = ["serve"] + arguments
    if let file {
      try folder.write(Array(file.utf8), to: "server.conf")
      arguments += ["--config", folder.file("server.conf")]
    }
    let command = try ServerCommand.parseAsRoot(arguments)
    return try #require(command as? ServeCommand).plan(environment)
  }

  private func fault(
    _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
  ) -> String? {
    do {
      _ = try plan(arguments, environment: environment, file: file)
      return nil
    } catch {
      return CommandFailure(error)?.description ?? ServerCommand.message(for: error)
    }
  }

  @Test func `without settings everything is as the help says`() throws {
    let plan = try plan(environment: ["HOME": "/home/ana"])
    #expect(plan.host == "0.0.0.0")
    #expect(plan.port == 8_787)
    #expect(plan.folder == "/home/ana/.local/share/cuaderno-server")
    #expect(plan.logLevel == .info)
    #expect(plan.logFormat == .text)
    #expect(plan.ownerPort == nil)
    #expect(plan.limits == ServerLimits())
  }

  @Test func `a flag counts before the environment, and the environment before the file`() throws {
    let file = "port = 1\nhost = 10.0.0.1\nlog-level = error\n"
    let environment = ["CUADERNO_SERVER_PORT": "2", "CUADERNO_SERVER_HOST": "10.0.0.2"]
    let plan = try plan(["--port", "3"], environment: environment, file: file)
    #expect(plan.port == 3)
    #expect(plan.host == "10.0.0.2")
    #expect(plan.logLevel == .error)
  }

  @Test func `every setting can stand in the file and in the environment`() throws {
    let values: [Setting: String] = [
      .data: "/srv/hub", .database: "postgres://hub@localhost/hub", .host: "::1", .port: "443",
      .certificate: "/a", .key: "/b",
      .plainHTTP: "no", .logLevel: "debug", .logFormat: "json", .ownerPort: "8788",
      .connections: "100", .connectionsPerAddress: "50", .connectionsPerDevice: "4",
      .requestsPerSecond: "0", .requestsAtOnce: "7", .failuresPerMinute: "3", .patience: "5",
    ]
    #expect(Set(values.keys) == Set(Setting.allCases))
    let lines = values.map { "\($0.rawValue)=\($1)" }.joined(separator: "\r\n")
    let environment = Dictionary(uniqueKeysWithValues: values.map { ($0.variable, $1) })
    for plan in [
      try plan(file: "# all of them\r\n\r\n" + lines), try plan(environment: environment),
    ] {
      #expect(plan.folder == "/srv/hub")
      #expect(plan.host == "::1")
      #expect(plan.port == 443)
      #expect(plan.certificate?.certificateFile == "/a")
      #expect(plan.certificate?.keyFile == "/b")
      #expect(!plan.isPlainHTTPAllowed)
      #expect(plan.logLevel == .debug)
      #expect(plan.logFormat == .json)
      #expect(plan.ownerPort == 8_788)
      var limits = ServerLimits()
      limits.connections = 100
      limits.connectionsPerAddress = 50
      limits.connectionsPerDevice = 4
      limits.requestsPerSecond = 0
      limits.requestsAtOnce = 7
      limits.failuresPerMinute = 3
      limits.patienceMilliseconds = 5_000
      #expect(plan.limits == limits)
    }
  }

  @Test(arguments: [
    (
      "prot = 1",
      "line 1 of the configuration file: there is no such setting as prot; see `cuaderno-server serve --help`"
    ),
    (
      "\n# x\nhunter2 secret = 1",
      "line 3 of the configuration file: there is no such setting; see `cuaderno-server serve --help`"
    ),
    ("port", "line 1 of the configuration file is not \"name = value\"; begin a comment with #"),
    ("port = hunter2", "line 1 of the configuration file: port takes a number from 0 to 65535"),
    ("port = 70000", "line 1 of the configuration file: port takes a number from 0 to 65535"),
    ("port = 1\nport = 2", "line 2 of the configuration file: port is set in line 1 already"),
    ("plain-http = hunter2", "line 1 of the configuration file: plain-http takes yes or no"),
    (
      "log-level = hunter2",
      "line 1 of the configuration file: log-level takes debug, info, notice or error"
    ),
    ("log-format = hunter2", "line 1 of the configuration file: log-format takes text or json"),
    ("certificate = hunter2", "--certificate and --key go together; give both or neither"),
  ])
  func `what is wrong in the file is named with its line, and never its value`(
    file: String, words: String
  ) throws {
    let found = try #require(fault(file: file))
    #expect(found == words || found.hasPrefix("Error: \(words)"), "\(found)")
    #expect(!found.contains("hunter2"))
  }

  @Test func `what is wrong elsewhere is named too, without its value`() throws {
    #expect(
      fault(environment: ["CUADERNO_SERVER_PROT": "hunter2"])
        == "there is no setting for CUADERNO_SERVER_PROT in the environment; see `cuaderno-server serve --help`"
    )
    #expect(
      fault(environment: ["CUADERNO_SERVER_LOG_LEVEL": "hunter2"])
        == "CUADERNO_SERVER_LOG_LEVEL in the environment takes debug, info, notice or error")
    #expect(
      fault(["--port", "hunter2"])?.contains("--port takes a number from 0 to 65535") == true)
    #expect(
      fault(environment: ["CUADERNO_SERVER_CONFIG": folder.file("none")])
        == "the file of --config cannot be read (error 2); check that it exists and that this user may read it"
    )
    #expect(fault(environment: ["CUADERNO_SERVER_PORT": ""]) == nil, "taken back")
  }
}
