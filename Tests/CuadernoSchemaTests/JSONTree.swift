import Foundation

/// JSON as it stands in a file, with whole numbers exact.
enum JSONTree: Hashable, Decodable {
  case null
  case bool(Bool)
  case integer(Int128)
  case number(Double)
  case text(String)
  case list([JSONTree])
  case object([String: JSONTree])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let integer = try? value.decode(UInt64.self) {
      self = .integer(Int128(integer))
    } else if let integer = try? value.decode(Int64.self) {
      self = .integer(Int128(integer))
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([JSONTree].self) {
      self = .list(list)
    } else {
      self = .object(try value.decode([String: JSONTree].self))
    }
  }

  init(_ bytes: some Sequence<UInt8>) throws {
    self = try JSONDecoder().decode(JSONTree.self, from: Data(bytes))
  }

  subscript(name: String) -> JSONTree? {
    guard case .object(let members) = self else { return nil }
    return members[name]
  }

  /// The value at a path of names, as in `#/components/schemas/Clock`.
  subscript(path path: String) -> JSONTree? {
    path.split(separator: "/").drop { $0 == "#" }
      .reduce(self) { value, name in value?[String(name)] }
  }

  var members: [String: JSONTree] {
    guard case .object(let members) = self else { return [:] }
    return members
  }

  var items: [JSONTree] {
    guard case .list(let items) = self else { return [] }
    return items
  }

  var text: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  var integer: Int128? {
    guard case .integer(let integer) = self else { return nil }
    return integer
  }

  /// As bytes that JSON readers take.
  var bytes: [UInt8] {
    switch self {
    case .null: Array("null".utf8)
    case .bool(let bool): Array("\(bool)".utf8)
    case .integer(let integer): Array("\(integer)".utf8)
    case .number(let number): Array("\(number)".utf8)
    case .text(let text): Array("\"\(text)\"".utf8)
    case .list(let items):
      Array("[".utf8) + Array(items.map(\.bytes).joined(separator: Array(",".utf8)))
        + Array("]".utf8)
    case .object(let members):
      Array("{".utf8)
        + Array(
          members.sorted { $0.key < $1.key }.map { Array("\"\($0.key)\":".utf8) + $0.value.bytes }
            .joined(separator: Array(",".utf8))) + Array("}".utf8)
    }
  }
}
