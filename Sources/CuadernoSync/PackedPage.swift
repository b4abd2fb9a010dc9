/// A page written as what it differs in from payloads that its reader holds.
///
/// Only whoever sends chooses the bases, and names them, so the two sides share no rule about which to
/// take. Nobody who packs or unpacks knows what a payload means.
package struct PackedPage: Hashable, Sendable {
  /// The changes whose payloads it is packed with, ascending, each once.
  package var bases: [Dot]
  package var frame: [UInt8]

  /// As in ``ChangePage/areStampsSettled``.
  package var areStampsSettled = false

  package init(bases: [Dot], frame: [UInt8]) {
    self.bases = bases
    self.frame = frame
  }
}

/// A page as it travels.
package enum SentPage: Hashable, Sendable {
  case page(ChangePage)
  case packed(PackedPage)

  package var isPacked: Bool {
    if case .packed = self { true } else { false }
  }
}

/// A change that both sides hold, with what a page may be packed with of it.
package struct EarlierPayload: Hashable, Sendable {
  package var dot: Dot
  /// A later change to the record, or on it, repeats it, and its sixteen bytes cannot be made smaller otherwise.
  package var record: RecordID
  package var payload: [UInt8]

  package init(dot: Dot, record: RecordID, payload: [UInt8]) {
    self.dot = dot
    self.record = record
    self.payload = payload
  }

  /// Nil for a change whose payload is gone.
  package init?(_ change: Change) {
    guard case .payload(_, let bytes) = change.content else { return nil }
    self.init(dot: change.dot, record: change.envelope.record, payload: bytes)
  }
}

/// How pages are packed, which takes a library that this module does not know.
package protocol PagePacking: Sendable {
  /// - Parameter bases: ascending, each once, at least one.
  func pack(_ page: ChangePage, with bases: [EarlierPayload]) -> PackedPage

  /// - Parameter bases: those that the page names, in its order.
  /// - Throws: ``Problem/Code/baseMissing`` when it was not packed with these, and other problems when
  ///   what comes out is no page.
  func unpack(_ page: PackedPage, with bases: [EarlierPayload]) throws(Problem) -> ChangePage
}

extension Problem {
  /// The one answer to a packed page of which a base is not there as it was: the sender has a plain one.
  package static let baseMissing = Problem(
    .baseMissing,
    "the page is packed with a payload that is not here, or not as it was; send it unpacked")
}
