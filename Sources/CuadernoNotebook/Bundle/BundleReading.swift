import CuadernoSchema
package import CuadernoSync
package import Foundation

extension Notebook {
  /// Opens a bundle and checks it whole, by itself and against what this notebook holds, before
  /// anything of it is applied. Nothing of what it then gives can be refused.
  ///
  /// - Parameter keptBytesMax: how much of it stays in memory, in bytes of changes.
  /// - Throws: ``BundleFault``, or ``PageFault/forked(_:)`` when the writer knows other changes under
  ///   numbers that are used here too.
  package func bundle(
    at url: URL, keptBytesMax: Int = BundleStore.keptBytesMax
  ) throws -> BundleStore {
    let file = try BundleFile(url)
    guard file.header.study == study else { throw BundleFault.otherStudy }
    let frontier = try frontier()
    let bundle = try BundleStore(file, readBy: frontier, keptBytesMax: keptBytesMax)
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

  /// Where the chains in a bundle part from those here; nil when they do not.
  ///
  /// - Throws: ``BundleFault``; ``BundleFault/partsBefore`` when they do before the bundle begins.
  package func parting(fromBundleAt url: URL) throws -> Parting? {
    let bundle = try BundleStore(BundleFile(url), readBy: try frontier())
    var ends = [DeviceID: Dot]()
    for head in bundle.header.start {
      if let own = try link(at: head.dot), own != head.link { throw BundleFault.partsBefore }
      ends[head.dot.device] = head.dot
    }
    var linksThere = [DeviceID: Digest]()
    try bundle.forEachLink { dot, link in
      guard linksThere[dot.device] == nil, let own = try self.link(at: dot) else { return }
      if own == link { ends[dot.device] = dot } else { linksThere[dot.device] = link }
    }
    guard !linksThere.isEmpty else { return nil }
    return Parting(
      lastCommon: linksThere.keys.sorted().map { ends[$0] ?? Dot(device: $0, sequence: 0) },
      held: bundle.frontier(), linksThere: linksThere)
  }

  /// Whether this notebook is the one to be mended when chains part.
  ///
  /// Always for its own device, of which there is another, and before a server, which cannot be mended.
  /// Of two notebooks that got a third one's changes, the one that a server agrees with keeps them;
  /// where no server has decided, both choose the same branch.
  package func yields(to parting: Parting) throws -> Bool {
    let own = try identity().device
    let hubs = try hubs()
    return try parting.lastCommon.allSatisfy { common in
      let next = Dot(device: common.device, sequence: common.sequence + 1)
      guard common.device != own, let there = parting.linksThere[common.device],
        let here = try link(at: next)
      else { return true }
      guard !hubs.contains(where: { $0.syncedFrontier?.covers(next) == true }) else { return false }
      return there.bytes.lexicographicallyPrecedes(here.bytes)
    }
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
