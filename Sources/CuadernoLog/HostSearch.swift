import CuadernoSync

/// Finds for the changes of a page the records that they are on or about, to pack it with those.
///
/// A coding carries the words that it is on, and some before and after them: what an interview's payload says
/// that the reader holds already. Envelopes name the interview, and nobody has to know what it says.
struct HostSearch {
  /// How many bytes of payloads name each record.
  private var bytes: [RecordID: Int] = [:]

  init(_ page: ChangePage) {
    guard page.changes.reduce(0, { $0 + $1.byteCount }) <= WireLimits.hostedPageBytes else {
      return
    }
    for change in page.changes {
      guard let about = change.envelope.about, change.payloadBytes > 0 else { continue }
      for record in about { bytes[record, default: 0] += change.payloadBytes }
    }
    guard !bytes.isEmpty else { return }
    // What stands in the page itself is repeated anyway.
    for change in page.changes where change.payloadBytes >= WireLimits.packedPayloadBytesMin {
      bytes[change.envelope.record] = nil
    }
    bytes = bytes.filter { $0.value >= WireLimits.hostedBytesMin }
  }

  /// Those that are worth a look-up, what most is on before the others.
  var wanted: [RecordID] {
    bytes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }

  /// Of the changes that a record is made of, the one with the most bytes: its text, or a version of it. Nil
  /// where that is small, or much larger than what it is for.
  ///
  /// - Parameter candidates: those that the reader holds.
  func choose(
    _ record: RecordID, of candidates: [BaseCandidate]
  ) -> (candidate: BaseCandidate, bytes: Int)? {
    let most = candidates.max {
      ($0.payloadBytes ?? 0, $0.envelope.dot) < ($1.payloadBytes ?? 0, $1.envelope.dot)
    }
    guard let most, let size = most.payloadBytes, size >= WireLimits.packedPayloadBytesMin,
      size <= WireLimits.hostBytesMax * bytes[record, default: 0]
    else { return nil }
    return (most, size)
  }
}
