import CuadernoSchema
import CuadernoSync
package import Foundation

extension Notebook {
  /// Opens a bundle and checks it whole, by itself and against what this notebook holds, before
  /// anything of it is applied. Nothing of what it then gives can be refused.
  ///
  /// - Throws: ``BundleFault``, or ``PageFault/forked(_:)`` when the writer knows other changes under
  ///   numbers that are used here too.
  package func bundle(at url: URL) throws -> BundleStore {
    let file = try BundleFile(url)
    guard file.header.study == study else { throw BundleFault.otherStudy }
    let frontier = try frontier()
    let bundle = try BundleStore(file, readBy: frontier)
    try Self.requireStart(of: file.header, in: frontier)
    for end in bundle.frontier().entries {
      let last = Dot(device: end.device, sequence: min(end.sequence, frontier[end.device]))
      guard last.sequence > 0 else { continue }
      guard try link(at: last) == bundle.link(at: last) else { throw PageFault.forked(last) }
    }
    let devices = frontier.joined(with: bundle.frontier()).entries.count
    guard devices <= WireLimits.clockDevices else { throw PageFault.tooManyDevices(devices) }
    return bundle
  }

  /// Makes a notebook of a bundle's study, in a folder that has none. The bundle is still to be read.
  package static func create(
    in folder: NotebookFolder, fromBundleAt url: URL, member: String, deviceName: String,
    surroundings: Surroundings
  ) throws -> Notebook {
    guard !folder.exists else { throw NotebookError.exists }
    let file = try BundleFile(url)
    try requireStart(of: file.header, in: VectorClock())
    _ = try BundleStore(file, readBy: VectorClock())
    return try create(
      in: folder, study: file.header.study, title: nil, member: member, deviceName: deviceName,
      surroundings: surroundings)
  }

  private static func requireStart(
    of header: BundleHeader, in frontier: VectorClock
  ) throws(BundleFault) {
    let start = header.startClock
    let lacking = start.entries.filter { !frontier.covers($0) }
    guard lacking.isEmpty else {
      throw .missing(
        changes: start.changesMissing(from: frontier), devices: lacking.count)
    }
  }
}
