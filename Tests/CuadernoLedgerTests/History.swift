import CuadernoSync
import CuadernoTestSupport

/// What a team writes in some weeks, from a seed: devices that edit and delete the same few records
/// and meet now and then, so that there are writes in parallel, conflicts and revivals.
struct History {
  let stores: [MemoryStore]

  init(seed: UInt64, devices: Int = 4, steps: Int = 120) async throws {
    var random = SplitMix64(seed: seed)
    stores = (0..<devices).map { MemoryStore(seed: seed &* 31 &+ UInt64($0)) }
    for step in 0..<steps {
      let index = Int.random(in: 0..<devices, using: &random)
      let store = stores[index]
      let device = DeviceID(rawValue: UInt128(index + 1))
      let record = RecordID(rawValue: UInt128.random(in: 1...12, using: &random))
      switch UInt32.random(in: 0..<10, using: &random) {
      case 0:
        try await store.delete(by: device, record, milliseconds: Int64(step / 8))
      case 1...3:
        let other = stores[Int.random(in: 0..<devices, using: &random)]
        try await Self.bring(from: other, to: store)
      default:
        let fields = (1...3 as ClosedRange<UInt32>).filter { _ in Bool.random(using: &random) }
        try await store.write(
          by: device, record, fields: fields, kind: UInt32(record.rawValue % 3 + 2),
          payload: random.bytes(Int.random(in: 0..<40, using: &random)),
          milliseconds: Int64(step / 8))
      }
    }
    // Everybody ends with everything, each in an order of arrival of their own.
    for _ in 0..<2 {
      for one in stores { for other in stores { try await Self.bring(from: other, to: one) } }
    }
  }

  static func bring(from source: some ChangeStore, to target: some ChangeStore) async throws {
    while true {
      let page = try await source.page(beyond: target.frontier(), bytesMax: 4_000)
      guard !page.changes.isEmpty else { return }
      try await target.apply(page)
    }
  }
}
