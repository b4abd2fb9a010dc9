import CuadernoPostgreSQLTestSupport
import CuadernoTestSupport
import Testing

/// Two servers on one PostgreSQL database, each with a laptop of its own.
@Suite(.enabled(if: TestPostgreSQL.isInstalled, "\(TestPostgreSQL.isMissing)"))
struct TwoServersTests {
  @Test func `what comes in through one server goes out through the other, whichever is killed`()
    async throws
  {
    let scratch = try ScratchFolder()
    let database = try await TestPostgreSQL.shared().emptyDatabase()
    let first = try TeamServer(data: scratch.file("first"), database: database)
    let second = try TeamServer(data: scratch.file("second"), database: database)
    try first.administer("study", "create", "Huallaga")
    let ana = try Laptop(in: scratch, named: "ana")
    let luis = try Laptop(in: scratch, named: "luis")
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    try ana.succeed("interview", "add", "--label", "TOC-001", "--text", "Nadie nos avisó.")
    try ana.succeed("join", try first.invite("Ana", to: "Huallaga"))
    try ana.succeed("sync")
    try luis.succeed("join", try second.invite("Luis", to: "Huallaga"))
    #expect(try luis.succeed("sync").contains("new: 1 interview"))

    try luis.succeed("interview", "edit", "TOC-001", "--summary", "De Luis.")
    try luis.succeed("sync")
    second.killNow()
    try ana.succeed("interview", "edit", "TOC-001", "--title", "Rosa")
    try ana.succeed("sync")
    first.killNow()
    let again = try TeamServer(
      data: scratch.file("second"), port: second.port, database: database)
    try luis.succeed("sync")

    let shown = try luis.succeed("show", "TOC-001")
    #expect(shown.contains("Rosa") && shown.contains("De Luis."))
    #expect(try ana.registers() == luis.registers())
    #expect(try again.changes(of: "Huallaga") == luis.changes())
    #expect(try again.administer("check").contains("Everything is sound."))
    #expect(try again.administer("audit", "verify").contains("follow from each other"))
  }
}
