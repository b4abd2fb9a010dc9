import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Foundation

/// What the commands that write one record have in common.
extension NotebookOptions {
  /// Says what was written to which record.
  func showWritten(_ verb: String, _ id: RecordID, _ kind: Kind, _ name: String) {
    let called = name.isEmpty ? "" : " \(Terminal.harmless(name))"
    show(
      .message(
        "\(verb) \(kind.name)\(called) (\(id.short)).",
        .object([
          ("id", .string(id.description)), ("kind", .string(kind.name)), ("name", .string(name)),
        ])))
  }

  /// Makes a record of the fields collected and says so.
  func add(_ kind: Kind, _ collect: (inout FieldCollector) throws -> Void) throws {
    let (id, name) = try write { writer in
      var collector = FieldCollector(writer.reader)
      try collect(&collector)
      guard !collector.edits.isEmpty else {
        throw ValidationError("give at least one field; see --help")
      }
      try writer.reader.refuseSecond(kind, collector.edits)
      let id = try writer.create(kind, collector.edits)
      return (id, try writer.reader.name(of: id, kind))
    }
    showWritten("Added", id, kind, name)
  }

  /// The same with a text, which may come from an editor.
  ///
  /// What the other options name is looked up before an editor opens: while it is open a sync may give a
  /// label to another record, and nobody writes for an hour into a notebook that is not there.
  func add(
    _ kind: Kind, _ text: TextOptions, into field: Field,
    _ collect: (inout FieldCollector) throws -> Void
  ) throws {
    var collected: [FieldEdit]?
    if text.editor {
      try open(for: .writing).close()
      collected = try read { reader in
        var collector = FieldCollector(reader)
        try collect(&collector)
        try reader.refuseSecond(kind, collector.edits)
        return collector.edits
      }
    }
    let written = try text.read(current: nil, named: kind.name, in: folder)
    try Editor.saving(written?.draft) {
      try add(kind) { collector in
        if let collected { collector.append(collected) } else { try collect(&collector) }
        collector.set(field, written?.text)
      }
    }
  }

  /// Changes a record that was named and says what came of it.
  func edit(
    _ text: String, _ kind: Kind, _ collect: (inout FieldCollector, RecordID) throws -> Void
  ) throws {
    try edit(kind, seen: nil) { reader in
      let match = try reader.resolve(text, kind)
      var collector = FieldCollector(reader)
      try collect(&collector, match.id)
      return (match, collector.edits)
    }
  }

  /// The same with a text, which may come from an editor.
  ///
  /// Then the record and what the other options name are looked up before it opens, and it is that record
  /// to which the text goes, whatever a sync has called it meanwhile. What the sync brought to it was not
  /// on the screen and is not replaced.
  func edit(
    _ text: String, _ kind: Kind, _ source: TextOptions, into field: Field,
    _ collect: (inout FieldCollector, RecordID) throws -> Void
  ) throws {
    guard source.editor else {
      let written = try source.read(current: nil, named: kind.name, in: folder)
      return try edit(text, kind) { collector, id in
        try collect(&collector, id)
        collector.set(field, written?.text)
      }
    }
    let (match, edits, shown, clock) = try read { reader in
      let match = try reader.resolve(text, kind)
      var collector = FieldCollector(reader)
      try collect(&collector, match.id)
      try reader.refuseSecond(kind, collector.edits, of: match.id)
      return (
        match, collector.edits, try reader.codedText(of: match.id)?.text,
        try reader.state(of: match.id)?.clock
      )
    }
    let written = try source.read(current: shown, named: kind.name, in: folder)
    try Editor.saving(written?.draft) {
      try edit(kind, seen: clock) { _ in (match, edits + [FieldEdit(field, written?.text)]) }
    }
  }

  /// - Parameter seen: the record's clock when the person was shown what they changed, where that
  ///   was in an editor.
  private func edit(
    _ kind: Kind, seen: VectorClock?, _ choose: (Reader) throws -> (Match, [FieldEdit])
  ) throws {
    let (match, isChanged) = try write { writer in
      let (match, edits) = try choose(writer.reader)
      guard !edits.isEmpty else {
        throw ValidationError("give at least one field to change; see --help")
      }
      try writer.reader.refuseSecond(kind, edits, of: match.id)
      return (match, try writer.update(match.id, edits, seen: seen))
    }
    showWritten(isChanged ? "Changed" : "Nothing new in", match.id, kind, match.name)
  }

  /// Deletes a record. The codings and notes on it go out of sight with it, and come back with it.
  func delete(_ text: String, _ kind: Kind) throws {
    let (match, children) = try write { writer in
      let match = try writer.reader.resolve(text, kind)
      let uses: [Use] = try writer.reader.uses(of: match.id, kind)
      guard uses.isEmpty else { throw DeleteFault.inUse(kind, uses) }
      let children = try writer.reader.dependants(of: match.id)
      try writer.delete(match.id)
      return (match, children.count)
    }
    let also = children > 0 ? " with \(children) codings and notes on it" : ""
    show(
      .message(
        "Deleted \(kind.name) \(Terminal.harmless(match.name))\(also). `cuaderno undelete "
          + "\(match.id.short)` brings it back.",
        .object([
          ("id", .string(match.id.description)), ("kind", .string(kind.name)),
          ("children", .integer(children)),
        ])))
  }
}

enum DeleteFault: Error, Equatable, CustomStringConvertible {
  case inUse(Kind, [Use])

  var description: String {
    switch self {
    case .inUse(let kind, let uses):
      let list = uses.map { use in use.count.map { "\($0) \(use.what)" } ?? use.what }
        .joined(separator: ", ")
      let advice = kind == .theme ? "merge it into another theme instead, or" : "change"
      return "\(kind.name) is used by \(list); \(advice) take it out of them first"
    }
  }
}

/// Records that would point to nothing if one were deleted.
struct Use: Equatable {
  var what: String
  /// Nil where it is not told.
  var count: Int?
}

extension Reader {
  func uses(of record: RecordID, _ kind: Kind) throws -> [Use] {
    var uses: [Use] = []
    func add(_ what: String, _ count: Int) {
      if count > 0 { uses.append(Use(what: what, count: count)) }
    }
    switch kind {
    case .theme:
      add("codings", try count(of: .Coding.theme, naming: record))
      if try hasWithheldCodings(with: record) {
        uses.append(Use(what: "codings that are not shown while coding is blind", count: nil))
      }
      add("themes merged into it", try count(of: .Theme.mergedInto, naming: record))
      add("themes below it", try count(of: .Theme.parent, naming: record))
    case .place:
      add("interviews", try count(of: .Interview.place, naming: record))
      add("places below it", try count(of: .Place.parent, naming: record))
      let within = try references(.Place.within)
      add("places within it", within.values.filter { $0.contains(record) }.count)
    case .participant:
      let interviews = try references(.Interview.participants)
      add("interviews", interviews.values.filter { $0.contains(record) }.count)
    case .study, .interview, .note, .coding:
      break
    }
    return uses
  }
}
