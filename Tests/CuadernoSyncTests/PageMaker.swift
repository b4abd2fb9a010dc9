import CuadernoSync
import CuadernoTestSupport

/// Makes pages by hand, whole or with one thing wrong.
enum PageMaker {
  static let device = DeviceID(rawValue: 0xA)
  static let other = DeviceID(rawValue: 0xB)

  /// So many changes of one device, each knowing the ones before it.
  static func changes(
    _ count: Int, by device: DeviceID = device, from first: UInt64 = 1, payload: UInt8 = 7
  ) -> [Change] {
    (0..<count).map { index in
      let sequence = first + UInt64(index)
      let context = sequence > 1 ? [Dot(device: device, sequence: sequence - 1)] : []
      let envelope = Envelope(
        dot: Dot(device: device, sequence: sequence), stamp: Stamp(rawValue: sequence),
        record: RecordID(rawValue: 1), kind: 3, context: VectorClock(context),
        fields: [FieldID(1), FieldID(2, key: [9])])
      return Change(
        envelope: envelope,
        content: .payload(
          salt: [UInt8](repeating: 5, count: WireLimits.saltBytes), bytes: [payload, 1, 2]))
    }
  }

  /// A page with the right heads.
  static func page(_ changes: [Change], after links: [DeviceID: Digest] = [:]) -> ChangePage {
    var heads = [DeviceID: ChainHead]()
    for change in changes {
      let previous = heads[change.dot.device]?.link ?? links[change.dot.device] ?? .zero
      heads[change.dot.device] = ChainHead(
        dot: change.dot, link: AdmittedChange(own: change, after: previous).link)
    }
    return ChangePage(changes: changes, heads: heads.values.sorted { $0.dot < $1.dot })
  }

  /// The fault for which a store that holds nothing refuses a page; nil when it takes it.
  static func fault(of page: ChangePage, in store: MemoryStore = MemoryStore()) async throws
    -> PageFault?
  {
    let before = await store.summary()
    do {
      _ = try await store.apply(page)
      return nil
    } catch let fault as PageFault {
      // Whatever was refused left nothing behind.
      return await store.summary() == before ? fault : .tooManyChanges(-1)
    }
  }
}
