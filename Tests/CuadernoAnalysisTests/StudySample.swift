import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Synchronization

enum StudySample {
  /// An empty notebook, the same each time.
  static func notebook(in folder: ScratchFolder) throws -> Notebook {
    let chance = Mutex(SplitMix64(seed: 3))
    return try Notebook.create(
      in: NotebookFolder(URL(fileURLWithPath: folder.file("notebook"))), study: nil,
      title: "Huallaga", member: "Ana", deviceName: "laptop",
      surroundings: Surroundings(
        now: { 1_700_000_000_000 },
        randomBytes: { count in chance.withLock { $0.bytes(count) } }, machine: "m",
        stateFolder: URL(fileURLWithPath: folder.file("state"))))
  }
}
