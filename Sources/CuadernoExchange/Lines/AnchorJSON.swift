import CuadernoModel
import CuadernoNotebook
import CuadernoText

/// An anchor in JSON: the span and the quote, and on which text they are when it is not the present
/// one.
enum AnchorJSON {
  static let version = "version"

  static func json(_ anchor: CarriedAnchor, _ earlierTexts: [String]) -> JSONValue {
    var members = [JSONValue.Member]()
    switch anchor.version {
    case .present: break
    case .unknown: members.append(JSONValue.Member(version, .null))
    case .earlier(let text):
      let index = earlierTexts.firstIndex(of: text)
      members.append(JSONValue.Member(version, index.map { .integer(Int64($0 + 1)) } ?? .null))
    }
    members += [
      JSONValue.Member("start", .integer(Int64(anchor.span.start))),
      JSONValue.Member("end", .integer(Int64(anchor.span.end))),
      JSONValue.Member("quote", .string(anchor.span.quote)),
      JSONValue.Member("prefix", .string(anchor.span.prefix)),
      JSONValue.Member("suffix", .string(anchor.span.suffix)),
    ]
    return .object(members)
  }

  /// What a line says of an anchor. Positions may be left out where the quote is there once, and the
  /// quote where the positions are given.
  struct Parts {
    enum Version: Equatable {
      case present
      case earlier(Int64)
      case unknown
    }

    var version = Version.present
    var start: Int?
    var end: Int?
    var quote: String?
    var prefix: String?
    var suffix: String?

    init(_ object: inout LineObject) throws {
      if let member = object.take(AnchorJSON.version) {
        switch member.value {
        case .null: version = .unknown
        case .integer(let number): version = .earlier(number)
        default: throw object.wrongShape(member, "a whole number or null")
        }
      }
      start = try object.integer("start")
      end = try object.integer("end")
      quote = try object.string("quote").map { TextEntry.normalised($0) }
      prefix = try Self.context(&object, "prefix")
      suffix = try Self.context(&object, "suffix")
      try object.refuseOthers(
        known: [AnchorJSON.version, "start", "end", "quote", "prefix", "suffix"])
      guard (start == nil) == (end == nil), start != nil || quote != nil else {
        throw ExchangeError(object.place, .lines(.missingField("start and end, or quote")))
      }
    }

    private static func context(_ object: inout LineObject, _ name: String) throws -> String? {
      guard let text = try object.string(name) else { return nil }
      guard text.unicodeScalars.count <= QuotedSpan.contextScalars else {
        throw ExchangeError(
          object.place,
          .lines(
            .wrongShape(
              field: name, expected: "at most \(QuotedSpan.contextScalars) characters long")))
      }
      return text
    }

    /// The span on a text.
    ///
    /// - Throws: `Fault` when the text does not bear it out.
    func span(on text: ScalarText) throws -> QuotedSpan {
      let range = try range(on: text)
      guard var span = QuotedSpan(range, of: text) else {
        throw range.isEmpty
          ? Fault.emptySpan
          : .spanOutsideText(
            start: range.lowerBound, end: range.upperBound, length: text.scalarCount)
      }
      if let quote, !quote.utf8.elementsEqual(span.quote.utf8) {
        throw Fault.quoteDiffers(start: range.lowerBound, end: range.upperBound)
      }
      if let prefix { span.prefix = prefix }
      if let suffix { span.suffix = suffix }
      return span
    }

    private func range(on text: ScalarText) throws -> Range<Int> {
      if let start, let end {
        guard start < end else { throw Fault.emptySpan }
        guard start >= 0 else {
          throw Fault.spanOutsideText(start: start, end: end, length: text.scalarCount)
        }
        return start..<end
      }
      return try Self.place(of: quote ?? "", in: text)
    }

    private static func place(of quote: String, in text: ScalarText) throws -> Range<Int> {
      let places = text.occurrences(of: quote, limit: 1_000)
      guard let place = places.first else { throw Fault.quoteNotFound }
      guard places.count == 1 else {
        throw Fault.quoteAmbiguous(
          positions: places.prefix(10).map(\.lowerBound), total: places.count)
      }
      return place
    }

    /// The span of an anchor on a text that nobody holds: all its parts, as they were made.
    func unboundSpan() throws -> QuotedSpan? {
      guard let start, let end, let quote, let prefix, let suffix else { return nil }
      guard start >= 0, start < end else { throw Fault.emptySpan }
      return QuotedSpan(start: start, end: end, quote: quote, prefix: prefix, suffix: suffix)
    }
  }
}
