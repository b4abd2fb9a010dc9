import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport

/// A notebook's store with some changes in it, of two devices that know of each other.
func sampleNotebook(changes: Int = 6, seed: UInt64 = 1) async throws -> MemoryStore {
  let store = MemoryStore(seed: seed)
  for number in 0..<changes {
    try await store.write(
      by: DeviceID(number.isMultiple(of: 3) ? 0xb : 0xa),
      RecordID(rawValue: UInt128(number % 4 + 1)), fields: [1, UInt32(number % 3 + 2)],
      payload: Array("Nos avisaron de la erradicación \(number)".utf8))
  }
  return store
}

extension MemoryStore {
  var everything: ChangePage { page(beyond: VectorClock(), bytesMax: 1 << 20) }
}

/// One valid request for each step that has a message.
func sampleRequests(_ format: WireFormat) async throws -> [(step: String, body: [UInt8])] {
  let notebook = try await sampleNotebook()
  let frontier = await notebook.frontier()
  let head = await notebook.everything.heads[0]
  return [
    (
      "hello",
      Hello(device: head.dot.device, head: head, frontierDigest: frontier.digest).encode(format)
    ),
    ("push", await notebook.everything.encode(format)),
    ("pull", PullRequest(frontier: frontier, bytesMax: 65_536).encode(format)),
  ]
}
