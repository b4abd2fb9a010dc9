import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Finds the records that a file names by label, pseudonym, name or path.
///
/// People type the first digits of an id at a prompt; in a file a word that happens to begin an id is
/// a word, so here an id counts only when it is whole.
struct References {
  private struct Name: Hashable {
    var kind: Kind
    var text: String
  }

  /// Tables name the same few themes and interviews thousands of times.
  private var found: [Name: RecordID] = [:]

  init() {}

  /// To be called when a record was made or renamed: a name may be two records' now.
  mutating func forget() {
    found = [:]
  }

  /// The one record that a name fits.
  ///
  /// - Throws: ``ExchangeError`` when there is none, or more than one.
  func one(
    _ text: String, _ kind: Kind, at place: ExchangeError.Place, _ reader: Reader
  ) throws -> RecordID {
    let matches = try matches(text, kind, reader)
    guard let match = matches.first else { throw ExchangeError(place, .notFound(kind)) }
    guard matches.count == 1 else {
      throw ExchangeError(place, .ambiguous(kind, matches: matches.count))
    }
    return match
  }

  /// The same, remembering what was found.
  mutating func known(
    _ text: String, _ kind: Kind, at place: ExchangeError.Place, _ reader: Reader
  ) throws -> RecordID {
    let name = Name(kind: kind, text: text)
    if let id = found[name] { return id }
    let id = try one(text, kind, at: place, reader)
    found[name] = id
    return id
  }

  /// The records whose own name, or whole path, is this: the one that a row of a table is about.
  func own(_ text: String, _ kind: Kind, _ reader: Reader) throws -> [RecordID] {
    guard kind == .place || kind == .theme else { return try reader.ids(named: text, kind) }
    let steps = Self.steps(text)
    return try reader.find(text, among: [kind]).filter { Self.steps($0.name) == steps }.map(\.id)
  }

  private func matches(_ text: String, _ kind: Kind, _ reader: Reader) throws -> [RecordID] {
    guard kind == .place || kind == .theme else {
      let named = try reader.ids(named: text, kind)
      return named.isEmpty ? try whole(text, kind, reader) : named
    }
    guard let last = Self.steps(text).last else { return [] }
    let found = try reader.find(text, among: [kind]).map(\.id)
    let named = Set(try reader.ids(named: last, kind))
    let matches = found.filter(named.contains)
    return matches.isEmpty ? try whole(text, kind, reader) : matches
  }

  private func whole(_ text: String, _ kind: Kind, _ reader: Reader) throws -> [RecordID] {
    guard let id = RecordID(text), let state = try reader.state(of: id),
      state.isAlive, state.kind == kind.rawValue
    else { return [] }
    return [id]
  }

  /// The folded names of a path, from the root down.
  static func steps(_ path: String) -> [String] {
    path.unicodeScalars.split(separator: ">").map { Folding.folded(String($0)) }
  }
}
