import CuadernoNotebook
import CuadernoSync
import Foundation

/// This notebook holds other changes under the same numbers than the one it met; it is closed.
struct ForkedNotebook: Error {
  let parting: Parting
  /// The server that was met, if it was one.
  var server: String?
}

extension ForkedNotebook {
  /// Writes anew what stands for something else elsewhere, and says so in one line.
  ///
  /// - Throws: ``KeepsBranch`` when the other one is to be mended and not this one.
  func mend(_ options: NotebookOptions) throws {
    let notebook = try options.open(for: .writing)
    let device = try notebook.identity().device
    let yields = try notebook.yields(to: parting)
    let isHeldElsewhere = try server.map { try notebook.hasHub(besides: $0, beyond: parting) }
    try notebook.close()
    guard yields else { throw KeepsBranch() }
    let mending = try Notebook.mend(
      options.folder, after: parting, surroundings: options.surroundings)
    tell(sentence(mending, isOwn: parting.lastCommon.contains { $0.device == device }))
    if isHeldElsewhere == true { tell(Self.twoServers) }
  }

  /// A server cannot be mended, so nothing that a notebook does makes the two agree.
  private static let twoServers =
    "Two servers of this study hold different changes under the same numbers; nothing is missing on "
    + "either, but each sync with the other one writes them anew once more. Let everybody sync with one "
    + "of them, and let whoever runs the other begin it anew, empty: the notebooks bring it everything."

  private func sentence(_ mending: Mending, isOwn: Bool) -> String {
    let kept =
      "nothing was lost. What it was before lies in \(Terminal.harmless(mending.damagedLog))."
    guard isOwn else {
      return
        "A device that was copied gave the same numbers to different changes, and this notebook "
        + "got others than were met now: \(counted(mending.writtenAnew, "change")) of them, and what "
        + "builds on them, stand under new names; " + kept
    }
    return
      "Another notebook has written as this device, as a copy does. This one is a new device now, "
      + "and \(counted(mending.writtenAnew, "change")) that it wrote since stand under new names; "
      + kept
  }
}

/// Two notebooks got different changes of a third that was copied, and this one's stay.
struct KeepsBranch: Error, Equatable, CustomStringConvertible {
  var description: String {
    "a device that was copied gave the same numbers to different changes, and the two hold different "
      + "ones; let the other one sync with the server, or else with this notebook (`cuaderno sync "
      + "--with FOLDER`, or a bundle of everything from here) first; nothing was changed"
  }
}
