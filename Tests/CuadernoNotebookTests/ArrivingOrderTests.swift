import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Testing

/// The changes of a page go into the view in the order of their records, and the view is the one that
/// the log's own order makes.
@Suite struct ArrivingOrderTests {
  /// Edits of what is there and new records, in no order of the records.
  private func edit(
    _ notebook: Notebook, _ records: inout [RecordID], _ generator: inout SplitMix64
  ) throws {
    var known = records
    var chance = generator
    defer { (records, generator) = (known, chance) }
    try notebook.write { writer in
      for _ in 0..<Int.random(in: 1...30, using: &chance) {
        let number = Int.random(in: 0..<1_000, using: &chance)
        guard let record = known.randomElement(using: &chance),
          Int.random(in: 0..<5, using: &chance) > 0
        else {
          known.append(
            try writer.create(
              .interview,
              [.init(.Interview.label, "TOC-\(number)"), .init(.Interview.text, "uno\ndos\ntres")]))
          continue
        }
        switch number % 4 {
        case 0: _ = try writer.update(record, [.init(.Interview.text, "uno\ndos \(number)\ntres")])
        case 1: _ = try writer.update(record, [.init(.Interview.text, "uno\ndos\ntres \(number)")])
        case 2: _ = try writer.update(record, [.init(.Interview.title, "Título \(number)")])
        default:
          _ = try writer.create(
            .note,
            [
              .init(.Note.about, value: .reference(record.rawValue)),
              .init(.Note.text, "nota \(number)"),
            ])
        }
      }
    }
  }

  /// A record that is kept has changed too when what keeps it came first, and one that came and went
  /// within a page was never in sight.
  private func told(_ arrivals: Arrivals) -> Arrivals {
    var arrivals = arrivals
    arrivals.hidden = 0
    arrivals.changed = arrivals.changed.mapValues { $0.subtracting(arrivals.kept) }
      .filter { !$0.value.isEmpty }
    return arrivals
  }

  @Test
  func `a page of edits to many records makes the view that one change at a time makes`() throws {
    for seed in Seeds.upTo(8) {
      var generator = SplitMix64(seed: seed)
      let pair = try Pair()
      let laptops = try [Laptop("Rosa", seed: 3), Laptop("Julia", seed: 4)]
      let many = try laptops[0].create(title: nil, joining: pair.ana.study)
      let one = try laptops[1].create(title: nil, joining: pair.ana.study)
      var records = [RecordID]()
      var seen = [RecordID]()
      for round in 0..<6 {
        // Something out of sight, on which other records are, and pages that delete nothing.
        if round == 2, seed % 2 == 0, let record = seen.first {
          try pair.luis.write { try $0.delete(record) }
        }
        for _ in 0..<3 {
          try edit(pair.ana, &records, &generator)
          pair.anaLaptop.clock.advance(by: .random(in: 0...2, using: &generator))
        }
        try edit(pair.luis, &seen, &generator)
        try pair.luis.take(from: pair.ana, indexedAtOnce: 0)
        try pair.ana.take(from: pair.luis, indexedAtOnce: .random(in: 0...300, using: &generator))
        records += seen.filter { !records.contains($0) }
        seen = records

        let arrivals = try told(many.take(from: pair.luis, indexedAtOnce: 0))
        let oneByOne = try told(one.take(from: pair.luis, bytesMax: 1))
        #expect(arrivals == oneByOne, "\(Seeds.replay(seed))")
      }

      for notebook in [pair.ana, pair.luis, many, one] {
        let grown = try notebook.viewDump()
        #expect(try notebook.examine(rebuild: true).viewAgrees == true, "\(Seeds.replay(seed))")
        if try notebook.viewDump() != grown {
          Issue.record("\(Seeds.replay(seed)): the view differs")
        }
      }
    }
  }
}
