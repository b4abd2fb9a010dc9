package import CuadernoSchema
package import CuadernoSync

/// A bundle of which every page has been read and every chain recomputed: a store that can be read,
/// and so, with `StoreHub`, a hub.
package struct BundleStore: ChangeStore {
  package let header: BundleHeader
  private let file: BundleFile
  private let pages: [Page]

  /// The links where a reader's chains end within the bundle, or at its start.
  private let links: [Dot: Digest]

  private struct Page: Sendable {
    let section: BundleFile.Section
    /// What was read when the bundle was checked; somebody may write to the disk meanwhile.
    let frame: Digest
    let heads: [ChainHead]
    /// What was read then, of as many pages as fit into `keptBytesMax`.
    let kept: ChangePage?
  }

  /// Most bundles are small, and what was checked need not be read and taken apart again.
  package static let keptBytesMax = 16 << 20

  /// - Parameters:
  ///   - frontier: what the reader holds; the links there are kept for ``link(at:)``.
  ///   - keptBytesMax: how much of what is checked stays in memory, in bytes of changes.
  /// - Throws: ``BundleFault``.
  package init(
    _ file: BundleFile, readBy frontier: VectorClock, keptBytesMax: Int = Self.keptBytesMax
  ) throws(BundleFault) {
    self.file = file
    header = file.header
    var links = [Dot: Digest]()
    for head in header.start { links[head.dot] = head.link }
    var admission = Admission(
      frontier: header.startClock,
      links: Dictionary(uniqueKeysWithValues: header.start.map { ($0.dot.device, $0.link) }))
    var pages = [Page]()
    var covered = header.startClock
    var keptBytes = 0
    for (index, section) in try file.sections().enumerated() {
      let (page, frame) = try file.page(section, number: index + 1)
      for change in try Self.admit(page, index + 1, &admission)
      where frontier[change.change.dot.device] == change.change.dot.sequence {
        links[change.change.dot] = change.link
      }
      for head in page.heads {
        covered.include(head.dot)
        links[head.dot] = head.link
      }
      keptBytes += page.changes.reduce(0) { $0 + $1.byteCount }
      pages.append(
        Page(
          section: section, frame: frame, heads: page.heads,
          kept: keptBytes <= keptBytesMax ? page : nil))
    }
    guard covered == header.frontier else { throw .incomplete }
    self.pages = pages
    self.links = links
  }

  /// Recomputes the chains of a page, which must go on where the pages before it ended.
  private static func admit(
    _ page: ChangePage, _ number: Int, _ admission: inout Admission
  ) throws(BundleFault) -> [AdmittedChange] {
    do {
      // Asked only of a device whose changes in the page have all come before.
      let admitted = try admission.admit(page) { _ in
        throw BundleFault.repeatedChange(page: number)
      }
      guard !admitted.isEmpty, admitted.count == page.changes.count else {
        throw BundleFault.repeatedChange(page: number)
      }
      return admitted
    } catch let fault as PageFault {
      throw .faultyPage(number, fault)
    } catch {
      throw .repeatedChange(page: number)
    }
  }

  package var study: StudyID { header.study }

  package var changeCount: UInt64 { header.frontier.changesMissing(from: header.startClock) }

  package func frontier() -> VectorClock { header.frontier }

  /// Known where a page ends, where the bundle starts, and where the reader stands.
  package func link(at dot: Dot) -> Digest? { links[dot] }

  package func page(beyond clock: VectorClock, bytesMax: Int) throws -> ChangePage {
    for (index, place) in pages.enumerated()
    where !place.heads.allSatisfy({ clock.covers($0.dot) }) {
      let page = try place.kept ?? read(place, number: index)
      if page.isWhole(beyond: clock, bytesMax: bytesMax) { return page }
      return part(of: page, number: index, beyond: clock, bytesMax: bytesMax)
    }
    return ChangePage()
  }

  private func read(_ place: Page, number index: Int) throws -> ChangePage {
    let page: ChangePage
    let frame: Digest
    do {
      (page, frame) = try file.page(place.section, number: index + 1)
    } catch {
      throw Self.changedMeanwhile
    }
    guard frame == place.frame else { throw Self.changedMeanwhile }
    return page
  }

  /// Every change in its order, with its link.
  func forEachLink(_ body: (Dot, Digest) throws -> Void) throws {
    var links = [DeviceID: Digest]()
    for head in header.start { links[head.dot.device] = head.link }
    for (index, place) in pages.enumerated() {
      for change in try file.page(place.section, number: index + 1).page.changes {
        let device = change.dot.device
        let link = AdmittedChange(own: change, after: links[device] ?? .zero).link
        links[device] = link
        try body(change.dot, link)
      }
    }
  }

  /// As a problem, which `StoreHub` hands on: asking again would not help.
  private static let changedMeanwhile = Problem(
    .failed, BundleFault.changedMeanwhile.description)

  /// What a clock does not cover of a page, up to a size, with its heads.
  private func part(
    of page: ChangePage, number: Int, beyond clock: VectorClock, bytesMax: Int
  ) -> ChangePage {
    var part = ChangePage()
    var heads = [DeviceID: ChainHead]()
    var links = [DeviceID: Digest]()
    var bytes = 0
    for change in page.changes {
      let device = change.dot.device
      let admitted = AdmittedChange(
        own: change, after: links[device] ?? linkBefore(page: number, of: device))
      links[device] = admitted.link
      guard !clock.covers(change.dot) else { continue }
      guard part.changes.isEmpty || bytes + change.byteCount <= bytesMax else { break }
      bytes += change.byteCount
      part.changes.append(change)
      heads[device] = ChainHead(dot: change.dot, link: admitted.link)
    }
    part.heads = heads.values.sorted { $0.dot < $1.dot }
    return part
  }

  private func linkBefore(page number: Int, of device: DeviceID) -> Digest {
    for page in pages[..<number].reversed() {
      if let head = page.heads.first(where: { $0.dot.device == device }) { return head.link }
    }
    return header.start.first { $0.dot.device == device }?.link ?? .zero
  }

  package func apply(_ page: ChangePage) throws -> Int {
    throw Problem(
      .forbidden, "a bundle takes nothing; write another one with `cuaderno bundle write`")
  }

  package func summary() -> StoreSummary {
    StoreSummary(frontier: header.frontier, registers: header.registers)
  }
}

extension ChangePage {
  /// Whether a clock covers none of it and it is not too large.
  fileprivate func isWhole(beyond clock: VectorClock, bytesMax: Int) -> Bool {
    var bytes = 0
    for change in changes {
      bytes += change.byteCount
      guard bytes <= bytesMax, !clock.covers(change.dot) else { return false }
    }
    return true
  }
}
