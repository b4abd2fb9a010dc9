import CuadernoSync

/// The two spellings of a message: one for programs, one for a person with curl.
package enum WireFormat: Hashable, Sendable, CaseIterable {
  case protobuf
  case json

  /// The media type, in small letters and without parameters.
  package var contentType: String {
    switch self {
    case .protobuf: "application/protobuf"
    case .json: "application/json"
    }
  }

  /// The format that a `Content-Type` or `Accept` names; nil for one that nobody here speaks.
  ///
  /// Parameters such as `charset=utf-8` are passed over, as RFC 9110 §8.3.1 lets a reader do.
  package init?(contentType: String) {
    let name = String(contentType.prefix { $0 != ";" }).filter { $0 != " " }.lowercased()
    guard let format = Self.allCases.first(where: { $0.contentType == name }) else { return nil }
    self = format
  }

  /// The most bytes of a message in this format, decompressed.
  ///
  /// JSON spells three bytes in four letters and names every field of every change, so that the
  /// largest message of ``WireLimits/messageBytes`` needs up to twice as many.
  package var messageBytes: Int {
    switch self {
    case .protobuf: WireLimits.messageBytes
    case .json: 2 * WireLimits.messageBytes
    }
  }
}
