import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Collects what options say about the fields of a record.
struct FieldCollector {
  let reader: Reader
  let keys: FieldKeys
  private(set) var edits: [FieldEdit] = []

  init(_ reader: Reader) {
    self.reader = reader
    keys = FieldKeys(study: reader.identity.study)
  }

  mutating func set(_ field: Field, _ text: String?) {
    if let text { edits.append(FieldEdit(field, text)) }
  }

  mutating func setDate(_ field: Field, _ text: String?) throws {
    guard let text else { return }
    edits.append(FieldEdit(field, value: .date(try PartialDate(typed: text, field.name))))
  }

  mutating func setList(_ field: Field, _ entries: [String]) {
    if !entries.isEmpty { edits.append(FieldEdit(field, value: .list(entries))) }
  }

  mutating func setReference(_ field: Field, _ text: String?, _ kind: Kind) throws {
    guard let text else { return }
    let match = try reader.resolve(text, kind)
    edits.append(FieldEdit(field, value: .reference(match.id.rawValue)))
  }

  mutating func setMembers(
    _ field: Field, add: [String], remove: [String], _ kind: Kind
  ) throws {
    for (names, isMember) in [(add, true), (remove, false)] {
      for name in names {
        let member = try reader.resolve(name, kind).id.rawValue
        edits.append(
          FieldEdit(
            field, key: keys.key(member), value: .membership(member, isMember: isMember)))
      }
    }
  }

  /// Each `name=value`; an empty value takes the attribute away.
  mutating func setAttributes(_ field: Field, _ assignments: [String]) throws {
    for assignment in assignments {
      guard let separator = assignment.firstIndex(of: "=") else {
        throw ValidationError("an attribute is given as NAME=VALUE; leave VALUE out to remove it")
      }
      let name = String(assignment[..<separator])
      let value = String(assignment[assignment.index(after: separator)...])
      edits.append(
        FieldEdit(
          field, key: keys.key(named: name),
          value: .attribute(Attribute(name: name, value: value.isEmpty ? nil : value))))
    }
  }

  mutating func append(_ collected: [FieldEdit]) {
    edits += collected
  }

  mutating func append(_ field: Field, value: Value?) {
    edits.append(FieldEdit(field, value: value))
  }

  /// Empties fields by their names.
  mutating func clear(_ names: [String], of kind: Kind) throws {
    for name in names {
      guard let field = Field.find(kind, named: name), !field.shape.isKeyed else {
        let known = Field.fields(of: kind).filter { !$0.shape.isKeyed }.map(\.name)
        throw ValidationError("--clear takes one of: \(known.joined(separator: ", "))")
      }
      edits.append(FieldEdit(field, value: nil))
    }
  }
}

/// What the edit commands have beside the fields themselves.
struct ClearOption: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("A field to empty; may be given several times.", valueName: "field"))
  var clear: [String] = []
}

extension PartialDate {
  /// - Parameter field: what the person is told that it was typed for.
  init(typed text: String, _ field: String) throws {
    do {
      try self.init(text, isKnownZone: Surroundings.isKnownTimeZone)
    } catch {
      throw NotebookError.fault(.date(field: field, error))
    }
  }
}
