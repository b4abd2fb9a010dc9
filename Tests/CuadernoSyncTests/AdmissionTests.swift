import CuadernoSync
import CuadernoTestSupport
import Testing

@Suite struct AdmissionTests {
  private let device = PageMaker.device
  private let other = PageMaker.other

  private func dot(_ sequence: UInt64) -> Dot { Dot(device: device, sequence: sequence) }

  @Test func `a page of a device's first changes is applied`() async throws {
    let store = MemoryStore()

    let count = try await store.apply(PageMaker.page(PageMaker.changes(3)))

    #expect(count == 3)
    #expect(await store.frontier() == VectorClock([dot(3)]))
  }

  @Test func `the same page again, whole or in part, changes nothing`() async throws {
    let store = MemoryStore()
    let changes = PageMaker.changes(5)
    try await store.apply(PageMaker.page(changes))
    let before = await store.summary()

    for count in 1...5 {
      #expect(try await store.apply(PageMaker.page(Array(changes.prefix(count)))) == 0)
    }
    #expect(await store.summary() == before)
  }

  @Test func `of a page that overlaps only what is new is applied`() async throws {
    let store = MemoryStore()
    let changes = PageMaker.changes(5)
    let first = PageMaker.page(Array(changes.prefix(3)))
    try await store.apply(first)

    #expect(try await store.apply(PageMaker.page(changes)) == 2)
  }

  @Test func `a page that begins beyond what is held is refused`() async throws {
    let page = PageMaker.page(PageMaker.changes(2, from: 2))

    let fault = try await PageMaker.fault(of: page)

    #expect(fault == .gap(dot(2), expected: 1))
    #expect(
      fault?.description
        == "change \(dot(2)) came where number 1 of that device is next; sync again")
  }

  @Test func `a page with a number left out, or out of order, is refused`() async throws {
    let changes = PageMaker.changes(4)

    let gap = try await PageMaker.fault(of: PageMaker.page([changes[0], changes[2]]))
    let swapped = try await PageMaker.fault(of: PageMaker.page([changes[1], changes[0]]))
    let twice = try await PageMaker.fault(of: PageMaker.page([changes[0], changes[0]]))

    #expect(gap == .gap(dot(3), expected: 2))
    #expect(swapped == .gap(dot(2), expected: 1))
    #expect(twice == .gap(dot(1), expected: 2))
  }

  @Test func `a change whose author had seen more than the store is refused`() async throws {
    var changes = PageMaker.changes(1)
    changes[0].envelope.context = VectorClock([Dot(device: other, sequence: 3)])
    let store = MemoryStore()
    try await store.apply(PageMaker.page(PageMaker.changes(2, by: other)))

    let fault = try await PageMaker.fault(of: PageMaker.page(changes), in: store)
    #expect(fault == .contextAhead(dot(1)))
    #expect(
      fault?.description
        == "change \(dot(1)) builds on changes that have not arrived; sync again")

    let whole = PageMaker.changes(3, by: other) + changes
    #expect(try await PageMaker.fault(of: PageMaker.page(whole), in: store) == nil)
  }

  @Test func `what a change builds on must stand before it in the page`() async throws {
    var changes = PageMaker.changes(1)
    changes[0].envelope.context = VectorClock([Dot(device: other, sequence: 1)])
    let page = PageMaker.page(changes + PageMaker.changes(1, by: other))

    #expect(try await PageMaker.fault(of: page) == .contextAhead(dot(1)))
  }

  @Test func `other changes under the numbers held are a fork`() async throws {
    let store = MemoryStore()
    try await store.apply(PageMaker.page(PageMaker.changes(5)))

    for count in 1...5 {
      let twin = PageMaker.page(PageMaker.changes(count, payload: 8))
      let fault = try await PageMaker.fault(of: twin, in: store)
      #expect(fault == .forked(dot(UInt64(count))))
      #expect(
        fault?.description == "change \(dot(UInt64(count))) is not the one stored under that "
          + "number; two notebooks write as one device")
    }
  }

  @Test func `a fork that went on further than the store is refused too`() async throws {
    let store = MemoryStore()
    try await store.apply(PageMaker.page(PageMaker.changes(2)))
    let twin = PageMaker.page(PageMaker.changes(4, payload: 8))

    // From the new changes alone a fork cannot be told from a bit that was flipped on the way.
    #expect(try await PageMaker.fault(of: twin, in: store) == .damaged(dot(4)))
  }

  @Test func `a page names one head for each device in it, and no other`() async throws {
    let page = PageMaker.page(PageMaker.changes(2) + PageMaker.changes(1, by: other))
    var missing = page
    missing.heads.removeLast()
    var twice = page
    twice.heads.append(page.heads[0])
    var stranger = page
    stranger.heads.append(
      ChainHead(dot: Dot(device: DeviceID(rawValue: 99), sequence: 1), link: .zero))
    var short = page
    short.heads[0].dot.sequence = 1

    #expect(try await PageMaker.fault(of: page) == nil)
    #expect(try await PageMaker.fault(of: missing) == .headsDoNotMatch(other))
    #expect(try await PageMaker.fault(of: twice) == .headsDoNotMatch(device))
    #expect(
      try await PageMaker.fault(of: stranger) == .headsDoNotMatch(DeviceID(rawValue: 99)))
    let fault = try await PageMaker.fault(of: short)
    #expect(fault == .headsDoNotMatch(device))
    #expect(
      fault?.description == "page does not name exactly one chain head for device \(device)")
  }

  @Test func `an empty page is applied and changes nothing`() async throws {
    #expect(try await PageMaker.fault(of: ChangePage()) == nil)
  }

  @Test func `an erased change keeps its place in the chain`() async throws {
    let whole = PageMaker.changes(3)
    var erased = whole
    erased[1].content = .erased(whole[1].payloadDigest)
    let page = ChangePage(changes: erased, heads: PageMaker.page(whole).heads)

    #expect(try await PageMaker.fault(of: page) == nil)
  }
}
