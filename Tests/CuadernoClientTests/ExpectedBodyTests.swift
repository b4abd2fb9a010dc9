import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoClient

/// The page that is written for the line before it is its turn.
@Suite struct ExpectedBodyTests {
  private func pages() async throws -> [SentPage] {
    let store = MemoryStore()
    var pages = [SentPage]()
    var clock = VectorClock()
    for number in 1...2 {
      try await store.write(
        by: DeviceID(rawValue: 1), RecordID(rawValue: UInt128(number)), fields: [1])
      pages.append(.page(await store.page(beyond: clock, bytesMax: 1 << 20)))
      clock = await store.frontier()
    }
    return pages
  }

  @Test func `it is what would have been written then, and is given out once`() async throws {
    let page = try await pages()[0]
    let expected = ExpectedBody()
    #expect(expected.take(page) == nil)
    expected.keep(page)
    #expect(expected.take(page) == WireBody(page, .protobuf))
    #expect(expected.take(page) == nil)
  }

  @Test func `another page, or the same with other words about its stamps, is written anew`()
    async throws
  {
    let pages = try await pages()
    let expected = ExpectedBody()
    expected.keep(pages[1])
    #expect(expected.take(pages[0]) == nil)
    for case .page(var settled) in pages {
      settled.areStampsSettled = true
      #expect(expected.take(.page(settled)) == nil)
    }
    // The one that it was kept for may still come.
    #expect(expected.take(pages[1]) == WireBody(pages[1], .protobuf))
  }
}
