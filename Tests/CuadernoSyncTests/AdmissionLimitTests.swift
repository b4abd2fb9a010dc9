import CuadernoSync
import CuadernoTestSupport
import Testing

@Suite struct AdmissionLimitTests {
  private let first = Dot(device: PageMaker.device, sequence: 1)

  @Test func `a page holds at most 20,000 changes`() async throws {
    let changes = PageMaker.changes(20_001)
    let page = ChangePage(changes: changes, heads: [])
    var admission = Admission(frontier: VectorClock(), links: [:])

    let fault = PageFault.tooManyChanges(20_001)

    #expect(throws: fault) { try admission.admit(page) { _ in nil } }
    #expect(fault.description == "page holds 20001 changes; the limit is 20000")
  }

  @Test func `a study has at most a thousand devices`() async throws {
    let store = MemoryStore()
    let devices = (1...1_001).map { DeviceID(rawValue: UInt128($0)) }
    let full = devices.prefix(1_000).flatMap { PageMaker.changes(1, by: $0) }
    try await store.apply(PageMaker.page(full))

    let page = PageMaker.page(PageMaker.changes(1, by: devices[1_000]))
    let fault = try await PageMaker.fault(of: page, in: store)

    #expect(fault == .tooManyDevices(1_001))
    #expect(fault?.description == "study would have 1001 devices; the limit is 1000")
  }

  @Test func `a payload has at most 4 MiB and 64 KiB`() async throws {
    var change = PageMaker.changes(1)[0]
    let salt = [UInt8](repeating: 5, count: 16)
    change.content = .payload(salt: salt, bytes: [UInt8](repeating: 1, count: 4_259_840))
    let longest = PageMaker.page([change])
    change.content = .payload(salt: salt, bytes: [UInt8](repeating: 1, count: 4_259_841))

    let fault = try await PageMaker.fault(of: PageMaker.page([change]))

    #expect(try await PageMaker.fault(of: longest) == nil)
    #expect(fault == .payloadTooLong(bytes: 4_259_841, first))
    #expect(
      fault?.description == "change \(first): payload is 4259841 bytes; the limit is 4259840")
  }

  @Test(arguments: [0, 15, 17])
  func `a salt has sixteen bytes`(count: Int) async throws {
    var change = PageMaker.changes(1)[0]
    change.content = .payload(salt: [UInt8](repeating: 1, count: count), bytes: [])

    let fault = try await PageMaker.fault(of: PageMaker.page([change]))

    #expect(fault == .saltLength(bytes: count, first))
    #expect(fault?.description == "change \(first): salt is \(count) bytes; it must be 16")
  }

  @Test func `an envelope that no notebook writes is refused with its change`() async throws {
    var change = PageMaker.changes(1)[0]
    change.envelope.fields = [FieldID(2), FieldID(1)]

    let fault = try await PageMaker.fault(of: PageMaker.page([change]))

    #expect(fault == .invalid(.fieldsNotSorted, first))
    #expect(
      fault?.description
        == "change \(first): fields are not in ascending order, or one is named twice")
  }

  @Test func `a stamp of the year 2300 is admitted and no later one, by whatever store`()
    async throws
  {
    var change = PageMaker.changes(1)[0]
    change.envelope.stamp = .latest
    let last = PageMaker.page([change])
    change.envelope.stamp = Stamp(rawValue: Stamp.latest.rawValue + 1)

    let fault = try await PageMaker.fault(of: PageMaker.page([change]))

    #expect(Stamp.latest.milliseconds == 10_413_792_000_000)
    #expect(try await PageMaker.fault(of: last) == nil)
    #expect(fault == .invalid(.stampTooLate, first))
    #expect(
      fault?.description
        == "change \(first): time stamp is later than the year 2300, which no clock that is "
        + "believed leads to")
  }

  @Test func `a number at the very end is refused and does not overflow`() async throws {
    var change = PageMaker.changes(1)[0]
    change.envelope.dot.sequence = .max

    #expect(
      try await PageMaker.fault(of: PageMaker.page([change]))
        == .invalid(.sequenceOutOfRange, change.dot))
  }
}
