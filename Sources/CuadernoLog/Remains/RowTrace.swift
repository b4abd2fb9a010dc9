import CuadernoSync

/// Where the columns of a row of `change` lie, as its header says
/// (sqlite.org/fileformat2.html#record_format).
struct RowLayout {
  private(set) var envelope = 0..<0
  /// Empty when the payload was erased; the payload follows at once.
  private(set) var salt = 0..<0
  private(set) var payload = 0..<0
  /// Empty unless the payload was erased.
  private(set) var digest = 0..<0
  private(set) var link = 0..<0

  /// The bytes of the row.
  var count: Int { link.upperBound }

  /// Nil when what stands at an offset cannot be the header of such a row.
  init?(_ pages: DamagedPages, at start: Int) {
    let bytes = pages.bytes
    // The position is the row's own number, and so NULL here; the study is always 1.
    guard start + 10 < bytes.count, bytes[start + 1] == 0, bytes[start + 2] == 9 else { return nil }
    let headerBytes = Int(bytes[start])
    guard (10...30).contains(headerBytes), let device = Self.integerBytes(bytes[start + 3]),
      let sequence = Self.integerBytes(bytes[start + 4])
    else { return nil }
    var place = start + 5
    var end = headerBytes + device + sequence
    func next() -> Range<Int>? {
      guard let (type, after) = pages.number(at: place) else { return nil }
      place = after
      // Twelve and more, even: a blob; NULL is nothing.
      guard type == 0 || type >= 12 && type % 2 == 0 && type < 1 << 25 else { return nil }
      let start = end
      end += type == 0 ? 0 : Int(type - 12) / 2
      return start..<end
    }
    guard let envelope = next(), let salt = next(), let payload = next(), let digest = next(),
      let link = next(), place == start + headerBytes, link.count == Digest.byteCount,
      // A version, a device, a number, a stamp, a record, a kind, an action and two counts.
      envelope.count >= 46,
      salt.isEmpty
        ? payload.isEmpty && digest.count == Digest.byteCount
        : salt.count == WireLimits.saltBytes && digest.isEmpty
    else { return nil }
    (self.envelope, self.salt, self.payload) = (envelope, salt, payload)
    (self.digest, self.link) = (digest, link)
  }

  private static func integerBytes(_ type: UInt8) -> Int? {
    switch type {
    case 1...4: Int(type)
    case 5: 6
    case 6: 8
    case 9: 0
    default: nil
    }
  }

  /// How much of a row lies in its own page; the rest is in others
  /// (sqlite.org/fileformat2.html#b_tree_pages).
  var localBytes: Int {
    let usable = DamagedPages.pageBytes
    guard count > usable - 35 else { return count }
    let least = (usable - 12) * 32 / 255 - 23
    let some = least + (count - least) % (usable - 4)
    return some <= usable - 35 ? some : least
  }

  /// How many other pages the rest takes.
  var overflowPages: Int {
    (count - localBytes + DamagedPages.pageBytes - 5) / (DamagedPages.pageBytes - 4)
  }
}

/// A row of `change` as it may lie in a damaged file; nothing of it is proven.
struct RowTrace {
  let layout: RowLayout
  let body: [UInt8]
  /// Its place in the order of arrival; nil when that cannot be read.
  let position: Int64?

  /// Nil when no row can begin at an offset, or its other pages cannot be found.
  init?(_ pages: DamagedPages, at start: Int) {
    guard let layout = RowLayout(pages, at: start) else { return nil }
    self.init(pages, at: start, layout)
  }

  init?(_ pages: DamagedPages, at start: Int, _ layout: RowLayout) {
    let local = layout.localBytes
    let end = start + local
    let pageEnd = (start / DamagedPages.pageBytes + 1) * DamagedPages.pageBytes
    guard end + (local < layout.count ? 4 : 0) <= pageEnd else { return nil }
    var body = Array(pages.bytes[start..<end])
    if local < layout.count {
      let overflow = pages.overflow(from: end, count: layout.overflowPages)
      guard overflow.count == layout.overflowPages else { return nil }
      body.reserveCapacity(layout.count)
      for page in overflow {
        let rest = min(DamagedPages.pageBytes - 4, layout.count - body.count)
        body += pages.bytes[page + 4..<page + 4 + rest]
      }
    }
    self.layout = layout
    self.body = body
    position = Self.position(pages, before: start, count: layout.count)
  }

  var link: Digest { Digest(bytes: body[layout.link]) ?? .zero }

  /// What the link of the row would be after another one.
  func link(after previous: Digest, payloadDigest: Digest) -> Digest {
    ChainHead.link(
      after: previous, payloadDigest: payloadDigest, envelopeBytes: Array(body[layout.envelope]))
  }

  var payloadDigest: Digest {
    layout.salt.isEmpty
      ? Digest(bytes: body[layout.digest]) ?? .zero
      : Digest(hashing: Array(body[layout.salt.lowerBound..<layout.payload.upperBound]))
  }

  /// Nil when the envelope is none.
  var change: Change? {
    guard let envelope = try? Envelope(canonicalBytes: Array(body[layout.envelope])) else {
      return nil
    }
    return Change(
      envelope: envelope,
      content: layout.salt.isEmpty
        ? .erased(payloadDigest)
        : .payload(salt: Array(body[layout.salt]), bytes: Array(body[layout.payload])))
  }

  /// The row's number stands before it, and before that how many bytes the row has.
  private static func position(_ pages: DamagedPages, before start: Int, count: Int) -> Int64? {
    for bytes in 1...9 where start >= bytes {
      guard let number = pages.number(at: start - bytes), number.end == start else { continue }
      for sizeBytes in 1...4 where start >= bytes + sizeBytes {
        guard let size = pages.number(at: start - bytes - sizeBytes), size.end == start - bytes,
          size.value == UInt64(count)
        else { continue }
        return Int64(bitPattern: number.value)
      }
    }
    return nil
  }
}
