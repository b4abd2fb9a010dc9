import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Synchronization

/// A team in the field, made from one seed: notebooks on real files, a hub in memory, a bad line,
/// crashes, clocks that are wrong, and everything that people do to records.
struct FieldTeam {
  static let study = StudyID(rawValue: 42)

  private let folder: ScratchFolder
  private var random: SplitMix64
  private let hub = MemoryStore(study: study)
  private(set) var laptops: [Laptop] = []
  /// Every text that a write acknowledged, with the record and field it went to.
  private(set) var acknowledged: [(record: RecordID, field: Field, text: String)] = []
  private var records: [(id: RecordID, kind: Kind)] = []
  private var texts = 0

  struct Laptop {
    var notebook: Notebook
    let folder: NotebookFolder
    let surroundings: Surroundings
  }

  init(seed: UInt64) throws {
    random = SplitMix64(seed: seed)
    folder = try ScratchFolder()
    for number in 0..<Int.random(in: 2...4, using: &random) {
      laptops.append(try Self.laptop(number, in: folder, &random))
    }
  }

  /// A clock that is years off, and chance of its own.
  private static func laptop(
    _ number: Int, in folder: ScratchFolder, _ random: inout SplitMix64
  ) throws -> Laptop {
    let years = Int64.random(in: -10...10, using: &random)
    let time = Mutex<Int64>(1_700_000_000_000 + years * 31_536_000_000)
    let chance = Mutex(SplitMix64(seed: random.next()))
    let surroundings = Surroundings(
      now: {
        time.withLock { now in
          now += 7
          return now
        }
      },
      randomBytes: { count in chance.withLock { $0.bytes(count) } },
      machine: "machine \(number)",
      stateFolder: URL(fileURLWithPath: folder.file("state-\(number)")))
    let home = NotebookFolder(URL(fileURLWithPath: folder.file("laptop-\(number)")))
    let notebook = try Notebook.create(
      in: home, study: study, title: number == 0 ? "Huallaga" : nil, member: "M\(number)",
      deviceName: "laptop", surroundings: surroundings)
    return Laptop(notebook: notebook, folder: home, surroundings: surroundings)
  }

  /// One thing that somebody does, or that happens to them.
  mutating func step() async throws {
    let index = Int.random(in: laptops.indices, using: &random)
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<30: try create(on: index)
    case 30..<65: try edit(on: index)
    case 65..<72: try delete(on: index)
    case 72..<92: await sync(index, odds: .init(lostRequest: 15, lostAnswer: 15, repeated: 15))
    case 92..<97: try crash(index)
    default: try loseView(index)
    }
  }

  private mutating func text() -> String {
    texts += 1
    return "texto \(texts) — año, ¿quién?"
  }

  private mutating func create(on index: Int) throws {
    let kind = [Kind.interview, .note, .theme, .place].randomElement(using: &random) ?? .note
    let field = Self.textField(of: kind)
    let text = text()
    let id = try laptops[index].notebook.write { writer in
      try writer.create(kind, [FieldEdit(field, text)])
    }
    records.append((id, kind))
    acknowledged.append((id, field, text))
  }

  private mutating func edit(on index: Int) throws {
    guard let (id, kind) = records.randomElement(using: &random) else { return }
    let field =
      [Self.textField(of: kind), Self.otherField(of: kind)]
      .randomElement(using: &random) ?? Self.textField(of: kind)
    let text = text()
    let isKnown = try laptops[index].notebook.write { writer -> Bool in
      guard try writer.reader.state(of: id) != nil else { return false }
      try writer.update(id, [FieldEdit(field, text)])
      return true
    }
    if isKnown { acknowledged.append((id, field, text)) }
  }

  private mutating func delete(on index: Int) throws {
    guard let (id, _) = records.randomElement(using: &random) else { return }
    try laptops[index].notebook.write { writer in
      if try writer.reader.state(of: id) != nil { try writer.delete(id) }
    }
  }

  static func textField(of kind: Kind) -> Field {
    switch kind {
    case .interview: .Interview.text
    case .theme: .Theme.definition
    case .place: .Place.name
    default: .Note.text
    }
  }

  private static func otherField(of kind: Kind) -> Field {
    switch kind {
    case .interview: .Interview.summary
    case .theme: .Theme.name
    case .place: .Place.code
    default: .Note.text
    }
  }

  /// A sync that may fail at any request; what had arrived until then stays.
  private mutating func sync(_ index: Int, odds: FaultyHub<StoreHub<MemoryStore>>.Odds) async {
    let notebook = laptops[index].notebook
    let line = FaultyHub(StoreHub(store: hub, now: { 0 }), odds: odds, seed: random.next())
    guard let device = try? notebook.identity().device else { return }
    _ = try? await SyncDriver(store: notebook, device: device, hub: line, wait: { _ in }).run()
  }

  /// The process dies and a new one opens the files.
  private mutating func crash(_ index: Int) throws {
    let laptop = laptops[index]
    laptops[index].notebook = try Notebook.open(
      laptop.folder, for: .writing, surroundings: laptop.surroundings)
  }

  private mutating func loseView(_ index: Int) throws {
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: laptops[index].folder.view + suffix)
    }
    try crash(index)
  }

  /// Everybody syncs on a good line until nobody has anything new.
  mutating func meet() async throws {
    for _ in 0..<3 {
      for index in laptops.indices { await sync(index, odds: .none) }
    }
  }

  func hubSummary() async -> StoreSummary { await hub.summary() }
}
