import CuadernoModel
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import CuadernoText
import Testing

@testable import CuadernoNotebook

/// What writes made at once are shown as: a function of the writes and the log alone.
@Suite struct FieldTextsTests {
  private var ana = TextReplica(1)
  private var luis = TextReplica(2)

  /// Both hold a text of Ana's.
  private mutating func begin(_ text: String) throws {
    try ana.write(text, stamp: 1)
    luis.take(from: ana)
  }

  private mutating func meet() {
    ana.take(from: luis)
    luis.take(from: ana)
  }

  @Test mutating func `changes to different words are both in the text and need nobody`() throws {
    try begin("La ronda vino de noche.\nEl Estado no vino.")
    try ana.write("La ronda vino de día.\nEl Estado no vino.", stamp: 10)
    try luis.write("La ronda vino de noche.\nEl Estado vino tarde.", stamp: 11)
    meet()

    for replica in [ana, luis] {
      let shown = try replica.shown()
      #expect(shown.text == "La ronda vino de día.\nEl Estado vino tarde.")
      #expect(!shown.isContested)
      #expect(shown.version?.writes == replica.register.sorted())
    }
  }

  @Test mutating func `changes to the same words are both kept, in the order of their stamps`()
    throws
  {
    try begin("La ronda vino.")
    try ana.write("La patrulla vino.", stamp: 11)
    try luis.write("La policía vino.", stamp: 10)
    meet()

    for replica in [ana, luis] {
      let shown = try replica.shown()
      #expect(shown.text == "La policía patrulla vino.")
      #expect(shown.conflicts.map(\.base) == ["ronda"])
      #expect(shown.conflicts.first?.alternatives.map(\.text) == ["policía", "patrulla"])
      #expect(shown.merged.map(\.device.rawValue) == [2, 1])
    }
  }

  @Test mutating func `two who go on from one merge are merged on that merge`() throws {
    try begin("uno dos tres cuatro")
    try ana.write("UNO dos tres cuatro", stamp: 10)
    try luis.write("uno dos tres CUATRO", stamp: 11)
    meet()
    try ana.write("UNO dos tres CUATRO cinco", stamp: 20)
    try luis.write("cero UNO dos tres CUATRO", stamp: 21)
    meet()

    let shown = try ana.shown()
    #expect(shown.text == "cero UNO dos tres CUATRO cinco")
    #expect(shown.conflicts == [])
  }

  @Test mutating func `one of two who go on from a conflict settles it for both`() throws {
    try begin("La ronda vino.")
    try ana.write("La patrulla vino.", stamp: 11)
    try luis.write("La policía vino.", stamp: 10)
    meet()
    try ana.write("La patrulla vino.", stamp: 20)
    try luis.write("La policía patrulla vino. Y se fue.", stamp: 21)
    meet()

    let shown = try luis.shown()
    #expect(shown.text == "La patrulla vino. Y se fue.")
    #expect(!shown.isContested)
  }

  @Test mutating func `texts written at once where there was none have nothing in common`() throws {
    try begin("")
    ana = TextReplica(1)
    luis = TextReplica(2)
    try ana.write("Habló de la coca.", stamp: 10)
    try luis.write("Habló del cacao.", stamp: 11)
    meet()

    let shown = try ana.shown()
    #expect(shown.conflicts.count == 1)
    #expect(shown.text?.contains("Habló de la coca.") == true)
    #expect(shown.text?.contains("Habló del cacao.") == true)
  }

  @Test mutating func `a text that one cleared while another wrote keeps what was written`() throws
  {
    try begin("La ronda vino.")
    try ana.write(nil, stamp: 10)
    try luis.write("La ronda vino. El Estado no.", stamp: 11)
    meet()

    #expect(try ana.shown().text?.contains("El Estado no.") == true)

    try ana.write(nil, stamp: 20)
    meet()
    #expect(try ana.shown().text == nil)
  }

  @Test mutating func `a text that both cleared is no text`() throws {
    try begin("La ronda vino.")
    try ana.write(nil, stamp: 10)
    try luis.write(nil, stamp: 11)
    meet()

    #expect(try ana.shown().text == nil)
    #expect(try !ana.shown().isContested)
  }

  @Test mutating func `a side that was erased is left out, and one of a newer notebook is told`()
    throws
  {
    try begin("La ronda vino.")
    try ana.write("La ronda vino. Secreto.", stamp: 10)
    let secret = try #require(ana.register.first)
    try luis.write("Ayer la ronda vino.", stamp: 11)
    meet()
    var erased = ana
    erased.erase(secret)
    ana.veil(secret)

    #expect(try erased.shown().text == "Ayer la ronda vino.")
    #expect(try !erased.shown().isContested)
    #expect(try ana.shown().text == "Ayer la ronda vino.")
    #expect(try ana.shown().isContested)
  }

  @Test mutating func `a base that was erased gives way to the one before it`() throws {
    try begin("uno dos")
    try ana.write("uno dos tres", stamp: 5)
    luis.take(from: ana)
    let base = try #require(ana.register.first)
    try ana.write("uno dos tres A", stamp: 10)
    try luis.write("B uno dos tres", stamp: 11)
    meet()
    let before = try ana.shown().text
    ana.erase(base)

    #expect(before == "B uno dos tres A")
    #expect(try ana.shown().text?.contains("secreto") == false)
    #expect(try ana.shown().merged.count == 2)
  }

  @Test mutating func `what came while somebody wrote is not replaced by what they save`() throws {
    try begin("La ronda vino.\nEl Estado no.")
    let seen = luis.state.clock
    try ana.write("Ayer la ronda vino.\nEl Estado no.", stamp: 10)
    luis.take(from: ana)
    try luis.write("La ronda vino.\nEl Estado tampoco.", stamp: 11, seen: seen)

    #expect(try luis.shown().text == "Ayer la ronda vino.\nEl Estado tampoco.")
  }

  // MARK: - Laws

  /// Several devices that write and meet at random.
  private func team(_ seed: UInt64) throws -> [TextReplica] {
    var random = SplitMix64(seed: seed)
    var team = (1...UInt128.random(in: 2...4, using: &random)).map(TextReplica.init)
    var stamp: UInt64 = 0
    let words = ["coca", "cacao", "año", "ronda", "Estado", "paz"]
    for _ in 0..<Int.random(in: 4...25, using: &random) {
      let index = Int.random(in: team.indices, using: &random)
      if Bool.random(using: &random) {
        var text = try team[index].shown().text?.split(separator: " ").map(String.init) ?? []
        let word = words.randomElement(using: &random) ?? ""
        text.insert(word, at: Int.random(in: 0...text.count, using: &random))
        if Bool.random(using: &random) {
          text.remove(at: Int.random(in: text.indices, using: &random))
        }
        stamp += 1
        let isCleared = Int.random(in: 0..<12, using: &random) == 0
        try team[index].write(isCleared ? nil : text.joined(separator: " "), stamp: stamp)
      } else {
        let other = team[Int.random(in: team.indices, using: &random)]
        if other.device != team[index].device { team[index].take(from: other) }
      }
    }
    return team
  }

  @Test func `whatever order the changes came in, everybody shows the same`() throws {
    for seed in Seeds.upTo(80) {
      var team = try team(seed)
      for _ in 0..<2 {
        for index in team.indices {
          for other in team where other.device != team[index].device {
            team[index].take(from: other)
          }
        }
      }
      let shown = try team.map { try $0.shown() }
      #expect(Set(shown.map(\.text)).count == 1, "\(Seeds.replay(seed))")
      #expect(Set(shown.map(\.merged)).count == 1, "\(Seeds.replay(seed))")
      #expect(Set(shown.map(\.conflicts)).count == 1, "\(Seeds.replay(seed))")
    }
  }

  @Test func `no word of a current write that its author added is missing from the text`() throws {
    for seed in Seeds.upTo(40) {
      let team = try team(seed)
      for replica in team {
        var texts = try replica.texts()
        let shown = try texts.shown(replica.register)
        let words = Self.words(shown.text)
        let base = try TextVersion(texts.lineage.base(of: shown.merged)).flatMap {
          try texts.text(of: $0)?.string
        }
        for dot in shown.merged {
          let own = try texts.text(of: TextVersion(dot))?.string
          let added = Self.words(own).subtracting(Self.words(base))
          #expect(added.isSubset(of: words), "\(Seeds.replay(seed))")
        }
      }
    }
  }

  private static func words(_ text: String?) -> Set<String> {
    Set(WordEditor.words(of: text ?? "").map(\.word))
  }

  @Test func `what writes have in common is what the obvious search finds`() throws {
    for seed in Seeds.upTo(40) {
      for replica in try team(seed) {
        let lineage = try replica.texts().lineage
        let contexts = Dictionary(
          uniqueKeysWithValues: replica.changes.map { ($0.dot, $0.envelope.context) })
        func greatest(_ dots: [Dot]) -> Set<Dot> {
          Set(dots.filter { dot in !dots.contains { contexts[$0]?.covers(dot) == true } })
        }
        let dots = Array(contexts.keys)
        let common = dots.filter { dot in
          replica.register.allSatisfy { contexts[$0]?.covers(dot) == true }
        }
        #expect(Set(lineage.base(of: replica.register)) == greatest(common))
        for dot in dots {
          let seen = dots.filter { contexts[dot]?.covers($0) == true }
          #expect(Set(lineage.seen(by: dot)) == greatest(seen), "\(Seeds.replay(seed))")
        }
      }
    }
  }
}
