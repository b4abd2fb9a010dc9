import CuadernoSync
import CuadernoTestSupport
import Testing

/// One flipped bit anywhere in a page gives another head.
@Suite struct PageDamageTests {
  private let changes = PageMaker.changes(3)

  private func fault(_ damage: (inout Change) -> Void) async throws -> PageFault? {
    var damaged = changes
    damage(&damaged[1])
    // The heads are those of the page as it was sent.
    return try await PageMaker.fault(
      of: ChangePage(changes: damaged, heads: PageMaker.page(changes).heads))
  }

  @Test func `a page as it was sent is applied`() async throws {
    #expect(try await fault { _ in } == nil)
  }

  @Test func `every flipped bit of salt and payload is refused`() async throws {
    let last = changes[2].dot
    for bit in 0..<8 {
      for index in 0..<16 {
        let salt = try await fault { change in
          guard case .payload(var salt, let bytes) = change.content else { return }
          salt[index] ^= 1 << bit
          change.content = .payload(salt: salt, bytes: bytes)
        }
        #expect(salt == .damaged(last))
      }
      for index in 0..<3 {
        let payload = try await fault { change in
          guard case .payload(let salt, var bytes) = change.content else { return }
          bytes[index] ^= 1 << bit
          change.content = .payload(salt: salt, bytes: bytes)
        }
        #expect(payload == .damaged(last))
      }
    }
    #expect(
      PageFault.damaged(last).description
        == "changes up to \(last) do not hash to the head sent with them; sync again")
  }

  @Test func `every flipped bit of an envelope that is still one is refused`() async throws {
    let bytes = changes[1].envelope.canonicalBytes
    for index in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[index] ^= 1 << bit
        guard let envelope = try? Envelope(canonicalBytes: flipped) else { continue }
        let fault = try await fault { $0.envelope = envelope }
        #expect(fault != nil, "bit \(bit) of byte \(index)")
      }
    }
  }

  @Test func `a payload that moves a byte into its salt is refused`() async throws {
    let moved = try await fault { change in
      change.content = .payload(salt: [UInt8](repeating: 5, count: 15) + [7], bytes: [5, 1, 2])
    }
    #expect(moved == .damaged(changes[2].dot))
  }

  @Test func `a head with a flipped bit is refused`() async throws {
    let page = PageMaker.page(changes)
    for index in 0..<Digest.byteCount {
      var link = page.heads[0].link.bytes
      link[index] ^= 1
      var damaged = page
      damaged.heads[0].link = try #require(Digest(bytes: link))
      #expect(try await PageMaker.fault(of: damaged) == .damaged(changes[2].dot))
    }
  }

  @Test func `a change with another's erased digest is refused`() async throws {
    let fault = try await fault { $0.content = .erased(.zero) }
    #expect(fault == .damaged(changes[2].dot))
  }
}
