import ArgumentParser
import CuadernoLedger
import CuadernoPostgreSQLTestSupport
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoServer

/// The commands on a ledger in PostgreSQL, and its way there and back.
@Suite struct DatabaseCommandTests {
  private func run(_ arguments: [String]) async throws -> Output {
    let command = try ServerCommand.parseAsRoot(arguments)
    return try await (try #require(command as? any LedgerCommand)).output()
  }

  private func failure(_ arguments: [String]) async throws -> String {
    let error = await #expect(throws: CommandFailure.self) { _ = try await run(arguments) }
    return error?.description ?? ""
  }

  @Test func `the ledger is in the database named, or the environment's, or else in the folder`()
    throws
  {
    var options = try FolderOption.parse([])
    #expect(options.database([:]) == nil)
    #expect(options.database(["CUADERNO_SERVER_DATABASE": ""]) == nil)
    #expect(
      options.database(["CUADERNO_SERVER_DATABASE": "postgres://a/b"]) == "postgres://a/b")
    options = try FolderOption.parse(["--database", "postgres://here/b"])
    #expect(
      options.database(["CUADERNO_SERVER_DATABASE": "postgres://a/b"]) == "postgres://here/b")
  }

  @Test func `an address that is none, or that nobody answers at, is told without being repeated`()
    async throws
  {
    for address in ["postgres://zz:zzsecret@127.0.0.1:1/zz", "postgres://h/d?zzsecret=1"] {
      let words = try await failure(["study", "list", "--database", address])
      #expect(words.hasPrefix("database "), "\(words)")
      #expect(!words.contains("zz"), "\(words)")
    }
    let words = try await failure(["study", "list", "--database", "zzsecret"])
    #expect(words == "database is named by an address such as postgres://name@host/database")
  }

  @Test(.enabled(if: TestPostgreSQL.isInstalled, "\(TestPostgreSQL.isMissing)"))
  func `every command works on a database, and migrate goes there and back`() async throws {
    let scratch = try ScratchFolder()
    let address = try await TestPostgreSQL.shared().emptyDatabase()
    let database = ["--database", address]
    let folder = ["--data", scratch.file("data")]

    #expect(
      try await failure(["study", "list"] + database)
        == "there is no ledger in the database; `cuaderno-server study create TITLE` makes one, and "
        + "`cuaderno-server migrate` brings one there")
    for arguments in [
      ["study", "create", "Monzón"], ["member", "add", "Monzón", "Rosa"],
      ["invite", "create", "Monzón", "--for", "Ana", "--url", "https://10.0.0.1"],
    ] {
      _ = try await run(arguments + folder)
    }
    let copied = try await run(["migrate", "--to", address] + folder).text
    #expect(copied.hasPrefix("Copied 1 study with 0 changes, and compared them: the same on both"))
    #expect(
      try await run(["migrate", "--compare", "--to", address] + folder).text.hasPrefix(
        "Both hold the same: 1 study with 0 changes."))
    #expect(
      try await failure(["migrate", "--to", address] + folder)
        == "there is a ledger already where the copy should go; name an empty folder or database")

    for arguments in [
      ["study", "show", "Monzón"], ["member", "role", "Monzón", "Rosa", "coder"],
      ["member", "list", "Monzón"], ["invite", "list", "Monzón"],
      ["invite", "revoke", "Monzón", "1"],
      ["device", "list", "Monzón"], ["member", "revoke", "Monzón", "Ana"], ["audit", "list"],
      ["audit", "verify"], ["check"], ["check", "--rebuild"],
      ["backup", scratch.file("backup.sqlite")],
    ] {
      let output = try await run(arguments + database)
      #expect(!output.isFailure, "\(arguments): \(output.text)")
    }
    let differs = try await run(["migrate", "--compare", "--to", address] + folder)
    #expect(differs.isFailure && differs.text.hasPrefix("They do not hold the same:"))

    _ = try await run(["migrate", "--to", scratch.file("back")] + database)
    #expect(
      try await run(["member", "list", "Monzón", "--data", scratch.file("back")]).text
        == run(["member", "list", "Monzón"] + database).text)
  }
}
