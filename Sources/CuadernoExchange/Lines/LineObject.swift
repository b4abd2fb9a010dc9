import CuadernoModel

/// The members of one line, each taken once by its name, so that what nobody took is noticed.
struct LineObject {
  let line: Int
  /// Where the line begins in the file.
  private let start: Int
  private let members: [JSONValue.Member]
  /// A bit for each member; a line of more members than bits has names that nobody knows.
  private var taken: UInt64 = 0

  init(_ members: [JSONValue.Member], line: Int, start: Int) {
    self.members = members
    self.line = line
    self.start = start
  }

  var place: ExchangeError.Place { .line(line) }

  func place(of member: JSONValue.Member) -> ExchangeError.Place {
    .lineByte(line: line, byte: member.offset - start + 1)
  }

  func has(_ name: String) -> Bool {
    members.contains { $0.key == name }
  }

  mutating func take(_ name: String) -> JSONValue.Member? {
    guard let index = members.firstIndex(where: { $0.key == name }) else { return nil }
    if index < UInt64.bitWidth { taken |= 1 << UInt64(index) }
    return members[index]
  }

  /// Refuses what is left: a field that is passed over in silence is a field lost.
  func refuseOthers(known: [String]) throws {
    for (index, member) in members.enumerated()
    where index >= UInt64.bitWidth || taken & 1 << UInt64(index) == 0 {
      throw ExchangeError(place(of: member), .lines(.unknownField(known: known)))
    }
  }

  /// The object that a member holds.
  func object(_ member: JSONValue.Member, _ expected: String) throws -> LineObject {
    guard case .object(let members) = member.value else {
      throw wrongShape(member, expected)
    }
    return LineObject(members, line: line, start: start)
  }

  func wrongShape(_ member: JSONValue.Member, _ expected: String) -> ExchangeError {
    ExchangeError(
      place(of: member), .lines(.wrongShape(field: member.key, expected: expected)))
  }

  // MARK: - Plain values

  mutating func string(_ name: String) throws -> String? {
    guard let member = take(name), member.value != .null else { return nil }
    guard case .string(let text) = member.value else { throw wrongShape(member, "a string") }
    return text
  }

  mutating func requiredString(_ name: String) throws -> String {
    guard let text = try string(name) else {
      throw ExchangeError(place, .lines(.missingField(name)))
    }
    return text
  }

  mutating func integer(_ name: String) throws -> Int? {
    guard let member = take(name), member.value != .null else { return nil }
    guard case .integer(let integer) = member.value, let number = Int(exactly: integer) else {
      throw wrongShape(member, "a whole number")
    }
    return number
  }

  mutating func requiredInteger(_ name: String) throws -> Int {
    guard let number = try integer(name) else {
      throw ExchangeError(place, .lines(.missingField(name)))
    }
    return number
  }

  mutating func number(_ name: String) throws -> Double? {
    guard let member = take(name) else { return nil }
    switch member.value {
    case .null: return nil
    case .integer(let integer): return Double(integer)
    case .number(let number): return number
    default: throw wrongShape(member, "a number")
    }
  }

  mutating func strings(_ name: String) throws -> [String]? {
    guard let member = take(name), member.value != .null else { return nil }
    let expected = "a list of strings"
    guard case .array(let elements) = member.value else { throw wrongShape(member, expected) }
    return try elements.map { element in
      guard case .string(let text) = element else { throw wrongShape(member, expected) }
      return text
    }
  }

  mutating func date(_ name: String) throws -> PartialDate? {
    guard let member = take(name), member.value != .null else { return nil }
    guard case .string(let text) = member.value else { throw wrongShape(member, "a date") }
    return try Self.date(text, name, at: place(of: member))
  }

  static func date(
    _ text: String, _ name: String, at place: ExchangeError.Place
  ) throws -> PartialDate {
    do {
      return try PartialDate(text, isKnownZone: isZoneName)
    } catch {
      throw ExchangeError(place, .fault(.date(field: name, error)))
    }
  }

  /// Whether a text is written as a name of the time zone database is. Where a study was written a
  /// zone may be known that is not known here.
  private static func isZoneName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 64
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"),
          UInt8(ascii: "-"), UInt8(ascii: "+"):
          true
        default: false
        }
      }
  }
}
