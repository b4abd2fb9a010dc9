import CuadernoTestSupport
import Foundation
import Testing

/// A team codes blindly: an owner, two coders and a server.
@Suite struct BlindStoryTests {
  private struct Team {
    let server: TeamServer
    let ana: Laptop
    let luis: Laptop
    let marta: Laptop

    func sync() throws {
      for _ in 0..<2 {
        for laptop in [ana, luis, marta] {
          let result = try laptop.run("sync")
          #expect([0, 2].contains(result.status), "\(result.errors)")
        }
      }
    }
  }

  private static let text =
    "Nadie nos avisó.\n\nArrancaron todo en un día.\n\nQuién sabe por qué.\n"
  /// Words that stand in what Luis wrote about his codings and nowhere else.
  private static let secret = "palabrasecreta"

  /// Ana is the owner, Luis and Marta are coders; all hold one interview and three themes, and coding is
  /// blind.
  private func team(in scratch: ScratchFolder) throws -> Team {
    let server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    let team = Team(
      server: server, ana: try Laptop(in: scratch, named: "ana"),
      luis: try Laptop(in: scratch, named: "luis"), marta: try Laptop(in: scratch, named: "marta"))
    let ana = team.ana
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    try ana.succeed("place", "add", "Tocache", "--kind", "province")
    try ana.succeed(
      "interview", "add", "--label", "TOC-001", "--file", "-", "--place", "Tocache", "--date",
      "2017-05-12", "--consent", "oral", "--consent-level", "may quote", input: Self.text)
    for theme in ["Erradicación", "Aviso", "Duda"] { try ana.succeed("theme", "add", theme) }
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga", as: "owner"))
    try ana.succeed("sync")
    try team.luis.succeed("join", try server.invite("Luis", to: "Huallaga", as: "coder"))
    try team.marta.succeed("join", try server.invite("Marta", to: "Huallaga", as: "coder"))
    let on = try ana.succeed("study", "blind", "--on")
    #expect(
      on == """
        blind: each coder sees their own codings alone; Ana sees all. `cuaderno study blind --release` \
        shows them to everybody

        """)
    try team.sync()
    return team
  }

  private func codings(_ laptop: Laptop) throws -> [[String: Any]] {
    try rows(laptop.succeed("coding", "list", "--json"))
  }

  private func rows(_ json: String) throws -> [[String: Any]] {
    try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
  }

  @Test func `two code blindly, the owner compares them, and after the release all see all`() throws
  {
    let scratch = try ScratchFolder()
    let team = try team(in: scratch)
    let (ana, luis, marta) = (team.ana, team.luis, team.marta)
    try luis.succeed("code", "TOC-001", "Erradicación", "--quote", "Arrancaron todo")
    try luis.succeed("code", "TOC-001", "Aviso", "--quote", "Nadie nos avisó")
    try marta.succeed("code", "TOC-001", "Erradicación", "--quote", "Arrancaron todo en un día")
    try marta.succeed("code", "TOC-001", "Duda", "--quote", "Quién sabe")
    try team.sync()

    #expect(try codings(luis).compactMap { $0["coder"] as? String } == ["Luis", "Luis"])
    #expect(try codings(marta).compactMap { $0["coder"] as? String } == ["Marta", "Marta"])
    #expect(try codings(ana).count == 4)
    let agreement = try ana.run("report", "agreement")
    #expect(agreement.output.contains("Erradicación     1      1  1.000"), "\(agreement.output)")
    #expect(!agreement.errors.contains("Coding is blind"))
    let alone = try luis.run("report", "agreement")
    #expect(alone.output.contains("takes two coders or more"))
    #expect(alone.errors.contains("Coding is blind: of the codings these are yours alone."))
    #expect(
      try luis.succeed("status").contains(
        "blind: you see your own codings alone, until they are released; Ana sees all"))

    // Neither coder lets themselves in, and neither does a notebook that nobody has told its role.
    for command in [["--release"], ["--on"]] {
      let refused = try luis.run("study", "blind", command[0])
      #expect(refused.status == 1)
      #expect(
        refused.errors.contains(
          "only who sees all codings, or an owner of the study, releases them"))
    }

    // Work goes on meanwhile: a theme is merged, a coding deleted, the text corrected.
    try ana.succeed("theme", "merge", "Duda", "Aviso")
    let own = try #require(try codings(luis).first { $0["theme"] as? String == "Aviso" })
    try luis.succeed("coding", "delete", try #require(own["shortID"] as? String))
    try ana.succeed(
      "interview", "edit", "TOC-001", "--file", "-",
      input: Self.text.replacing("Arrancaron todo", with: "Arrancaron casi todo"))
    try team.sync()
    #expect(try codings(marta).compactMap { $0["theme"] as? String } == ["Erradicación", "Aviso"])
    #expect(try !marta.succeed("trash").contains("coding"))
    #expect(try luis.succeed("trash").contains("coding"))
    let registers = try [ana, luis, marta].map { try $0.registers() }
    #expect(Set(registers).count == 1)

    #expect(try ana.succeed("study", "blind", "--release") == "Everybody sees all codings.\n")
    try team.sync()
    for laptop in [ana, luis, marta] {
      let shown = try codings(laptop)
      #expect(shown.compactMap { $0["coder"] as? String }.sorted() == ["Luis", "Marta", "Marta"])
      #expect(
        Set(shown.compactMap { $0["quote"] as? String }) == [
          "Arrancaron casi todo", "Arrancaron casi todo en un día", "Quién sabe",
        ])
      #expect(try laptop.succeed("trash").contains("coding"))
      #expect(try !laptop.succeed("status").contains("blind"))
      #expect(try laptop.succeed("report", "agreement").contains("Erradicación"))
    }
  }

  @Test func `a researcher does not say who sees whose codings`() throws {
    let scratch = try ScratchFolder()
    let team = try team(in: scratch)
    try team.ana.succeed("study", "blind", "--release")
    try team.server.administer("member", "role", "Huallaga", "Luis", "researcher")
    try team.sync()

    let refused = try team.luis.run("study", "blind", "--on")

    #expect(refused.status == 1)
    #expect(
      refused.errors.contains(
        "the role researcher does not erase, nor delete the study, nor say who sees whose codings; nothing was "
          + "written; ask an owner of the study for another role, and sync when you have it"))
  }

  /// What everybody may run while coding is blind, with what it takes; nil for a command that answers with
  /// nothing but what one gives it, or that moves whole files.
  private static let commands: [String: [[String]]?] = [
    "status": [[]], "doctor": [[]], "news": [[]], "trash": [[]], "conflicts": [[]],
    "log": [[], ["TOC-001"], ["Erradicación"], ["study"], ["CODING"], ["NOTE"]],
    "diff": [["TOC-001"], ["CODING"], ["NOTE"]],
    "show": [["TOC-001"], ["Erradicación"], ["study"], ["CODING"], ["NOTE"], ["CODING@1"]],
    "search": [["palabrasecreta"], ["Luis"], ["secreto*"]],
    "study show": [[]], "study blind": [[]],
    "interview show": [["TOC-001"]], "interview list": [[]],
    "note list": [[], ["CODING"]], "place list": [[]], "place tree": [[]],
    "place show": [["Tocache"]], "participant list": [[]], "participant show": [["P-01"]],
    "theme list": [[]], "theme tree": [[]], "theme show": [["Erradicación"]],
    "coding list": [[], ["TOC-001"], ["--theme", "Erradicación"], ["--review"]],
    "coding edit": [["CODING", "--memo", "x"]], "coding move": [["CODING", "--span", "0:3"]],
    "coding delete": [["CODING"]], "undelete": [["CODING"], ["DELETED"]],
    "erase": [["CODING", "--for-good"]], "revert": [["CODING@1"]],
    "note edit": [["NOTE", "--text", "x"]], "note delete": [["NOTE"]],
    "note add": [["--about", "CODING", "--text", "x"]], "undo": [[]], "redo": [[]],
    "resolve": [["CODING", "memo", "--keep", "shown"]],
    "void forget": nil, "void list": [[]], "void show": [["CODING"]], "void write": [["--all"]],
    "report themes": [[], ["--by", "coder"], ["--by", "place"], ["--by", "period"]],
    "report cooccurrence": [[], ["Erradicación", "Aviso"]],
    "report quotes": [["Erradicación"], ["Erradicación", "--and", "Aviso"]],
    "report table": [["Erradicación"], ["Erradicación", "Aviso"]],
    "report agreement": [[], ["--texts", "any"], ["--coder", "Luis", "--coder", "Marta"]],
    "report coverage": [[], ["--by", "coder"], ["--each-text"]],
    "report html": [[]], "report markdown": [[]], "report docx": [["FILE"]],
    "export xlsx": [["FILE"]], "export matrix": [["--by", "coder"], ["--by", "interview"]],
    "export sqlite": [["FILE"]], "export archive": [["FILE"]], "export geojson": [[]],
    "export annotations": [[]], "export graphml": [[]], "export codings": [[]],
    "export codebook": [["--counts"]],
    "export jsonl": [[]], "export qdc": [["FILE"]], "export qdpx": [["FILE"]],
    "sync": [[]],
    "init": nil, "join": nil, "study edit": nil, "study period": nil, "study attribute": nil,
    "backup": nil, "restore": nil, "bundle write": nil, "bundle read": nil, "import": nil,
    "interview add": nil, "interview edit": nil, "interview delete": nil, "interview import": nil,
    "place add": nil, "place edit": nil, "place delete": nil, "participant add": nil,
    "participant edit": nil, "participant delete": nil, "theme add": nil, "theme edit": nil,
    "theme move": nil, "theme merge": nil, "theme unmerge": nil, "theme delete": nil, "code": nil,
    "help": nil,
  ]

  private static let lines: Set = [
    "status", "news", "log", "diff", "show", "conflicts", "sync", "study show", "study blind",
    "undo", "search", "report agreement",
  ]

  @Test func `no command shows a coder anything of another's coding`() throws {
    let scratch = try ScratchFolder()
    let team = try team(in: scratch)
    let (ana, luis, marta) = (team.ana, team.luis, team.marta)
    try luis.succeed(
      "code", "TOC-001", "Erradicación", "--quote", "Arrancaron todo", "--memo", Self.secret)
    try luis.succeed("code", "TOC-001", "Aviso", "--quote", "todo en un")
    try luis.succeed("code", "TOC-001", "Duda", "--quote", "Quién sabe", "--memo", Self.secret)
    let ofLuis = try codings(luis)
    let ids = ofLuis.compactMap { $0["id"] as? String }
    try #require(ids.count == 3)
    try luis.succeed("note", "add", "--about", ids[0], "--text", "\(Self.secret) otra vez")
    let note = try #require(
      try rows(luis.succeed("note", "list", "--json")).first?["id"] as? String)
    try luis.succeed("coding", "delete", ids[2])
    try team.sync()
    // Two writes at once, so that there is a conflict.
    try ana.succeed("coding", "edit", ids[0], "--memo", "\(Self.secret) de Ana")
    try luis.succeed("coding", "edit", ids[0], "--memo", "\(Self.secret) de Luis")
    try team.sync()
    #expect(try ana.succeed("coding", "list").contains(Self.secret))
    #expect(try ana.run("conflicts").output.contains("de Luis"))

    let words = [
      "CODING": ids[0], "DELETED": ids[2], "NOTE": note, "FILE": scratch.file("out"),
      "CODING@1": ids[0] + "@1",
    ]
    let hidden = (ids + [note]).flatMap { [$0, String($0.prefix(8))] } + [Self.secret]
    for (command, calls) in Self.commands.sorted(by: { $0.key < $1.key }) {
      for call in calls ?? [] {
        // Programs are told more than people, except where lines are put together for people.
        for extra in Self.lines.contains(command) ? [[], ["--json"]] : [["--json"]] {
          let given = call.map { words[$0] ?? $0 }
          let result = try Program.run(
            "cuaderno", command.split(separator: " ").map(String.init) + given + extra,
            environment: marta.environment)
          // What one types may be said again; nothing else of it is known.
          let said = given.reduce(result.output + result.errors) { $0.replacing($1, with: "") }
          for word in hidden where !given.contains(where: { $0.contains(word) }) {
            #expect(!said.contains(word), "\(command) \(call) says \(word)")
          }
          // Of the text only what shows the text may say what was coded.
          if ["report", "coding", "news", "trash", "conflicts"].contains(where: command.hasPrefix)
            || ["export codings", "export matrix", "export annotations"].contains(command)
          {
            #expect(!said.contains("Arrancaron"), "\(command) \(call): \(said)")
            #expect(!said.contains("Luis") || command == "news", "\(command) \(call): \(said)")
          }
          let answers = ["coding edit", "coding move", "coding delete", "note edit", "note delete"]
          if answers.contains(command) {
            #expect(result.status != 0, "\(command) \(call) found what is not shown")
          }
        }
      }
    }
    // What lies in a database as it was written.
    let tables = scratch.file("of-marta.sqlite")
    try marta.succeed("export", "sqlite", tables)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: tables))
    for word in hidden { #expect(bytes.range(of: Data(word.utf8)) == nil, "\(word) in the tables") }
    // What was packed is read by somebody who has nothing else.
    for format in ["jsonl", "qdpx"] {
      let eva = try Laptop(in: scratch, named: "eva-\(format)")
      try eva.succeed("init", "Otra", "--as", "Eva")
      let file = scratch.file("of-marta")
      let exported = try Program.run(
        "cuaderno", ["export", format, file], environment: marta.environment)
      #expect(exported.status == 0 && exported.errors.contains("these are yours alone"))
      try eva.succeed("import", format, file)
      #expect(try eva.succeed("status", "--json").contains("\"codings\":0"))
      try FileManager.default.removeItem(atPath: file)
    }
    // None of this has done anything to what Luis did.
    #expect(try codings(luis).compactMap { $0["id"] as? String } == Array(ids.prefix(2)))
    try ana.succeed("study", "blind", "--release")
    try team.sync()
    #expect(try Set(codings(marta).compactMap { $0["id"] as? String }) == Set(ids.prefix(2)))
    #expect(try marta.succeed("search", Self.secret).contains(Self.secret))
  }

  @Test func `every command there is stands in the list of what was tried`() throws {
    let dump = try Program.run(
      "cuaderno", ["--experimental-dump-help"], environment: ["PATH": "/usr/bin:/bin"])
    let tool = try #require(
      try JSONSerialization.jsonObject(with: Data(dump.output.utf8)) as? [String: Any])
    var leaves = Set<String>()
    func visit(_ command: [String: Any], _ path: [String]) {
      let below = command["subcommands"] as? [[String: Any]] ?? []
      guard !below.isEmpty else {
        leaves.insert(path.joined(separator: " "))
        return
      }
      for command in below {
        guard let name = command["commandName"] as? String else { continue }
        visit(command, path + [name])
      }
    }
    visit(try #require(tool["command"] as? [String: Any]), [])

    #expect(leaves.filter { !$0.hasSuffix("help") }.subtracting(Self.commands.keys) == [])
  }
}
