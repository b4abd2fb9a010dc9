import CuadernoSchema
import CuadernoSync

/// The values behind the golden vectors: two devices, two records, four changes.
enum Samples {
  static let ana = DeviceID(rawValue: 0xa0a1_a2a3_a4a5_a6a7_a8a9_aaab_acad_aeaf)
  static let luis = DeviceID(rawValue: 0xb0b1_b2b3_b4b5_b6b7_b8b9_babb_bcbd_bebf)
  static let interview = RecordID(rawValue: 0xc0c1_c2c3_c4c5_c6c7_c8c9_cacb_cccd_cecf)
  static let place = RecordID(rawValue: 0xd0d1_d2d3_d4d5_d6d7_d8d9_dadb_dcdd_dedf)
  static let study = StudyID(rawValue: 0xe0e1_e2e3_e4e5_e6e7_e8e9_eaeb_eced_eeef)

  /// 1,700,000,000,000 ms is 14 November 2023, 22:13:20 UTC.
  static let milliseconds: Int64 = 1_700_000_000_000
  static let stamp = Stamp(milliseconds: milliseconds)

  /// Ana writes two fields of an interview.
  static let first = Change(
    envelope: Envelope(
      dot: Dot(device: ana, sequence: 1), stamp: stamp, record: interview, kind: 1,
      context: VectorClock(), fields: [FieldID(1), FieldID(2)]),
    content: .payload(salt: salt(0x10), bytes: Array("payload 1".utf8)))

  /// Luis, having seen it, replaces one field and sets another under a key.
  static let second = Change(
    envelope: Envelope(
      dot: Dot(device: luis, sequence: 1), stamp: Stamp(rawValue: stamp.rawValue + 1),
      record: interview, kind: 1, context: VectorClock([Dot(device: ana, sequence: 1)]),
      fields: [FieldID(2), FieldID(300, key: [0xde, 0xad, 0xbe, 0xef])]),
    content: .payload(salt: salt(0x20), bytes: Array("payload 2".utf8)))

  /// Ana, not having seen Luis's, wrote the same field; what she wrote has been erased since.
  static let third = Change(
    envelope: Envelope(
      dot: Dot(device: ana, sequence: 2), stamp: Stamp(rawValue: stamp.rawValue + 2),
      record: interview, kind: 1, context: VectorClock([Dot(device: ana, sequence: 1)]),
      fields: [FieldID(2)]),
    content: .erased(Digest(hashing: salt(0x30) + Array("payload 3".utf8))))

  /// Luis deletes a place, a second later.
  static let fourth = Change(
    envelope: Envelope(
      dot: Dot(device: luis, sequence: 2), stamp: Stamp(milliseconds: milliseconds + 1_000),
      record: place, kind: 3, action: .delete,
      context: VectorClock([Dot(device: ana, sequence: 2), Dot(device: luis, sequence: 1)]),
      fields: []),
    content: .payload(salt: salt(0x40), bytes: []))

  static let changes = [first, second, third, fourth]
  static let frontier = VectorClock([Dot(device: ana, sequence: 2), Dot(device: luis, sequence: 2)])

  /// What both held before Luis wrote.
  static let known = VectorClock([Dot(device: ana, sequence: 2)])

  /// The link of each change, in the order of ``changes``.
  static let links: [Digest] = {
    var last = [DeviceID: Digest]()
    return changes.map { change in
      let link = ChainHead.link(
        after: last[change.dot.device] ?? .zero, payloadDigest: change.payloadDigest,
        envelopeBytes: change.envelope.canonicalBytes)
      last[change.dot.device] = link
      return link
    }
  }()

  static let page = ChangePage(
    changes: changes,
    heads: [ChainHead(dot: third.dot, link: links[2]), ChainHead(dot: fourth.dot, link: links[3])])

  /// The same, of whose stamps nobody can change any more.
  static let settledPage: ChangePage = {
    var page = Samples.page
    page.areStampsSettled = true
    return page
  }()

  /// Ana, who has seen all of it, adds to what Luis wrote.
  static let fifth = Change(
    envelope: Envelope(
      dot: Dot(device: ana, sequence: 3), stamp: Stamp(rawValue: stamp.rawValue + 3),
      record: interview, kind: 1,
      context: VectorClock([Dot(device: ana, sequence: 2), Dot(device: luis, sequence: 1)]),
      fields: [FieldID(2)]),
    content: .payload(salt: salt(0x50), bytes: Array("payload 2, and a sentence more".utf8)))

  static let nextPage = ChangePage(
    changes: [fifth],
    heads: [
      ChainHead(
        dot: fifth.dot,
        link: ChainHead.link(
          after: links[2], payloadDigest: fifth.payloadDigest,
          envelopeBytes: fifth.envelope.canonicalBytes))
    ])

  static let bases = [first, second].compactMap { EarlierPayload($0) }

  /// That page, packed with the first two changes.
  static let packedPage = PackedPage(
    bases: bases.map(\.dot),
    // Another release of zstd may make another frame of the same.
    frame: hexadecimalBytes(
      """
      28b52ffd24a8d50400f4080a10a0a1a2a3a4a5a6a7a8a9aaabacadaeaf0a10b0b1b2b3b4b5b6b7b8b9babbbcbdbebf
      125c10031903000068e5cf8b01221028013a020001420202014a01025a10505152535455565758595a5b5c5d5e5f62
      1e2c20616e6420612073656e74656e6365206d6f72651a2410031a201cbd01e0d9cfc8533853dfadb347d4876da098
      bc02586d1a08a9553e855abed3020081a378f320010a362b9df5
      """))

  static let settledPackedPage: PackedPage = {
    var page = packedPage
    page.areStampsSettled = true
    return page
  }()

  private static func hexadecimalBytes(_ text: String) -> [UInt8] { Golden.bytes(text) ?? [] }

  static func state(of record: RecordID) -> RecordState {
    let envelopes = changes.map(\.envelope).filter { $0.record == record }
    var state = RecordState(kind: envelopes[0].kind)
    for envelope in envelopes { state.apply(envelope) }
    return state
  }

  static let registers: Digest = {
    var sum = state(of: interview).digest(of: interview)
    sum.add(state(of: place).digest(of: place))
    return sum
  }()

  static let digests = StoreDigests(frontier: frontier.digest, registers: registers)

  private static func salt(_ first: UInt8) -> [UInt8] { (first..<first + 16).map { $0 } }
}
