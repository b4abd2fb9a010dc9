import Crypto

/// One device's write to one record: an envelope, and a payload that only notebooks can read.
package struct Change: Hashable, Sendable {
  /// What is left of the payload.
  package enum Content: Hashable, Sendable {
    /// The salt keeps an erased payload from being guessed by hashing guesses.
    case payload(salt: [UInt8], bytes: [UInt8])

    /// Erased on purpose; its hash stays, so that the chain can still be recomputed.
    case erased(Digest)
  }

  package var envelope: Envelope
  package var content: Content

  package init(envelope: Envelope, content: Content) {
    self.envelope = envelope
    self.content = content
  }

  package var dot: Dot { envelope.dot }

  /// The salted hash of the payload, which outlives it.
  package var payloadDigest: Digest {
    switch content {
    case .payload(let salt, let bytes):
      var hash = SHA256()
      hash.update(data: salt)
      hash.update(data: bytes)
      return Digest(hash.finalize())
    case .erased(let digest):
      return digest
    }
  }

  /// About how many bytes the change takes in a page.
  package var byteCount: Int {
    let keys = envelope.fields.reduce(0) { $0 + 8 + $1.key.count }
    let fixed = 64 + 24 * envelope.context.entries.count + keys
    switch content {
    case .payload(_, let bytes): return fixed + WireLimits.saltBytes + bytes.count
    case .erased: return fixed + Digest.byteCount
    }
  }
}

/// How far one device's chain has come: its last change's number, and the hash over everything up
/// to it.
///
/// Each link is SHA-256(previous link, payload digest, envelope), so two stores that agree on a
/// head agree on every change before it.
package struct ChainHead: Hashable, Sendable {
  package var dot: Dot
  package var link: Digest

  package init(dot: Dot, link: Digest) {
    self.dot = dot
    self.link = link
  }

  /// The link of a change whose predecessor on the same device has the link `previous`, which is
  /// ``Digest/zero`` for the first.
  package static func link(
    after previous: Digest, payloadDigest: Digest, envelopeBytes: [UInt8]
  ) -> Digest {
    var bytes = [UInt8]()
    bytes.reserveCapacity(2 * Digest.byteCount + envelopeBytes.count)
    previous.append(to: &bytes)
    payloadDigest.append(to: &bytes)
    bytes.append(contentsOf: envelopeBytes)
    return Digest(hashing: bytes)
  }
}

/// Changes in an order in which they can be applied, and where the chains stand after them.
///
/// The heads are all the checking a page needs: the reader recomputes the chain of each device in
/// it, and one flipped bit anywhere gives another head.
package struct ChangePage: Hashable, Sendable {
  package var changes: [Change]

  /// One for each device that has a change in the page, at its last change in the page.
  package var heads: [ChainHead]

  /// Whether whoever pushes the page knows the hub's clock and can give no change in it another stamp:
  /// somebody else holds each that is ahead. A hub takes it as it is then.
  package var areStampsSettled = false

  package init(changes: [Change] = [], heads: [ChainHead] = []) {
    self.changes = changes
    self.heads = heads
  }
}
