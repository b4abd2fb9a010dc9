package import CuadernoSync

/// Packs pages as Zstandard frames, with the bases as what stands before their content.
package struct ZstdPacking: PagePacking {
  private let claim: @Sendable (_ bytes: Int) throws(Problem) -> Void

  /// - Parameter claim: told of memory before it is taken for unpacking; throws where there is none.
  package init(
    claiming claim: @escaping @Sendable (_ bytes: Int) throws(Problem) -> Void = {
      (_) throws(Problem) in
    }
  ) {
    self.claim = claim
  }

  package func pack(_ page: ChangePage, with bases: [EarlierPayload]) -> PackedPage {
    var packed = PackedPage(
      bases: bases.map(\.dot),
      frame: Compression.compress(page.pageBytes, after: Self.prefix(bases)))
    packed.areStampsSettled = page.areStampsSettled
    return packed
  }

  package func unpack(
    _ packed: PackedPage, with bases: [EarlierPayload]
  ) throws(Problem) -> ChangePage {
    let prefix = Self.prefix(bases)
    let limit = WireFormat.protobuf.messageBytes
    do {
      try claim(prefix.count)
      let content = try Compression.decompress(packed.frame, after: prefix, limit: limit)
      try claim(content.count)
      var page = try ChangePage(pageBytes: content)
      page.areStampsSettled = packed.areStampsSettled
      return page
    } catch let problem as Problem {
      throw problem
    } catch WireError.damagedCompression {
      // Whatever happened to it: it was packed with other bytes than these.
      throw .baseMissing
    } catch let error as WireError {
      throw Problem(error)
    } catch {
      preconditionFailure("nothing else is thrown here: \(error)")
    }
  }

  private static func prefix(_ bases: [EarlierPayload]) -> [UInt8] {
    var bytes = [UInt8]()
    bytes.reserveCapacity(
      bases.reduce(0) { $0 + RecordID.byteCount + $1.payload.count })
    for base in bases {
      base.record.append(to: &bytes)
      bytes += base.payload
    }
    return bytes
  }
}
