import CuadernoText
import Foundation

/// Merges texts as the notebook shows them, for the measurements of `merge.py`.
///
///     cuaderno-merge BASE ONE OTHER      prints the merged text; exit status 1 with conflicts
///     cuaderno-merge --cases FOLDER      merges FOLDER/0000.base, .one and .other into .ours, and so on
///     cuaderno-merge --bounds            how long a text of 4 MiB with 10,000 codings takes

func text(_ path: String) throws -> ScalarText {
  ScalarText(String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self))
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
  let duration = try ContinuousClock().measure(body)
  return Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}

func mergeCases(in folder: String) throws {
  let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    .filter { $0.hasSuffix(".base") }.map { $0.dropLast(5) }.sorted()
  var (total, conflicted) = (0.0, 0)
  for name in names {
    let base = try text("\(folder)/\(name).base")
    let writes = try ["one", "other"].map { try text("\(folder)/\(name).\($0)") }
    var merged: MergedText?
    total += seconds { merged = ThreeWayMerge.merge(base: base, writes: writes) }
    guard let merged else { continue }
    if !merged.conflicts.isEmpty { conflicted += 1 }
    try Data(merged.text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).ours"))
  }
  print("\(names.count) \(conflicted) \(total)")
}

/// Two people who each change a text of 4 MiB, so that nothing or everything in it looks alike.
func measureBounds() {
  let bytes = 4 << 20
  let line = "No, no, no: primero vino la ronda y después el Estado.\n"
  let lines = bytes / line.utf8.count
  let alike = [String](repeating: line, count: lines)
  func distinct(_ seed: Int) -> [String] {
    (0..<lines).map {
      "\(seed)a\($0 &* 7919 % 104_729) vino \(seed)b\($0) la ronda de \(seed)c\($0).\n"
    }
  }
  var edited = alike
  for index in stride(from: 0, to: lines, by: 3) { edited[index] = "Y sí.\n" + line }
  let shuffled = Array(alike.dropFirst(lines / 3))
  measure("all lines equal", alike, edited, shuffled)
  measure("all lines different", distinct(1), distinct(2), distinct(3))
}

func measure(_ name: String, _ base: [String], _ one: [String], _ other: [String]) {
  let texts = [base, one, other].map { ScalarText($0.joined()) }
  var merged: MergedText?
  let merging = seconds {
    merged = ThreeWayMerge.merge(base: texts[0], writes: [texts[1], texts[2]])
  }
  guard let merged else { return }
  let step = texts[0].scalarCount / 10_000
  let spans = (0..<10_000).compactMap { QuotedSpan($0 * step..<$0 * step + 60, of: texts[0]) }
  let versions = [merged.text, texts[1], texts[0]]
  var placements: [Placement] = []
  let carrying = seconds {
    placements = VersionTree(next: [0, 0, 1]).placements(of: spans.map { (2, $0) }) { versions[$0] }
  }
  let sure = placements.count {
    if case .uncertain = $0 { false } else { true }
  }
  print(
    "\(name): \(texts[0].utf8.count) bytes, merged in \(merging) s with \(merged.conflicts.count) "
      + "conflicts, \(spans.count) codings carried over two steps in \(carrying) s, \(sure) surely")
}

let arguments = CommandLine.arguments.dropFirst()
switch (arguments.first, arguments.count) {
case ("--cases", 2): try mergeCases(in: arguments[2])
case ("--bounds", 1): measureBounds()
case (_, 3):
  let merged = ThreeWayMerge.merge(
    base: try text(arguments[1]), writes: [try text(arguments[2]), try text(arguments[3])])
  FileHandle.standardOutput.write(Data(merged.text.utf8))
  exit(merged.conflicts.isEmpty ? 0 : 1)
default:
  print("usage: cuaderno-merge BASE ONE OTHER | --cases FOLDER | --bounds")
  exit(64)
}
