import CuadernoLog
import CuadernoModel
package import CuadernoSync
import GRDB

// The notebook as a store of changes: what sync reads from it and writes into it.
extension Notebook: ChangeStore {
  package func frontier() throws -> VectorClock {
    try translatingErrors { try log.reading { try Self.changes.frontier($0) } }
  }

  package func link(at dot: Dot) throws -> Digest? {
    try translatingErrors { try log.reading { try Self.changes.link(at: dot, $0) } }
  }

  package func page(beyond clock: VectorClock, bytesMax: Int) throws -> ChangePage {
    let page = try pageHeld(beyond: clock, bytesMax: bytesMax)
    try noteLeaving(page)
    return page
  }

  func pageHeld(beyond clock: VectorClock, bytesMax: Int) throws -> ChangePage {
    try translatingErrors {
      try log.reading { try Self.changes.page(beyond: clock, bytesMax: bytesMax, $0) }
    }
  }

  package func bases(of page: ChangePage, heldBy clock: VectorClock) throws -> [EarlierPayload] {
    try translatingErrors {
      // In this order, as wherever both are read.
      try view.read { view in
        try log.reading { log in
          try Self.changes.bases(of: page, heldBy: clock, log) { records in
            let row = RecordRow(view: view)
            return try records.reduce(into: [:]) { made, record in
              made[record] = try row.find(record)?.state.writes.map(\.dot)
            }
          }
        }
      }
    }
  }

  package func bases(at dots: [Dot]) throws -> [EarlierPayload]? {
    try translatingErrors { try log.reading { try Self.changes.bases(at: dots, $0) } }
  }

  package func apply(_ page: ChangePage) throws -> Int {
    try receive(page).count
  }

  /// Applies a page and answers what it brought.
  ///
  /// - Parameters:
  ///   - brake: stops a page that deletes too much; nil lets everything through.
  ///   - indexedAtOnce: of how many changes the words go into the full-text index now; of more they are
  ///     left for the first search.
  @discardableResult
  package func receive(
    _ page: ChangePage, brake: RemovalBrake? = nil, indexedAtOnce: Int = Self.changesIndexedAtOnce
  ) throws -> (count: Int, arrivals: Arrivals) {
    try healing {
      try holdingLock {
        try translatingErrors {
          if page.changes.count > indexedAtOnce {
            try loadIfWorth(page.changes.count)
          }
          var received = try view.write { view, commit in
            try receive(page, brake, indexedAtOnce, view, commit)
          }
          while let strays = try nextStrays() {
            let more = try view.write { view, commit in
              try receive(strays, nil, indexedAtOnce, view, commit)
            }
            received.count += more.count
            received.arrivals.add(more.arrivals)
            received.hasErased = received.hasErased || more.hasErased
          }
          if received.hasErased { try? clean() }
          return (received.count, received.arrivals)
        }
      }
    }
  }

  /// Runs a write that brings many changes, and has the view that is loaded with them in its place at the
  /// end. The caller holds the lock.
  func loadingIfWorth<Result>(_ count: Int, _ write: () throws -> Result) throws -> Result {
    guard count > Self.changesIndexedAtOnce else { return try write() }
    try translatingErrors { try loadIfWorth(count) }
    do {
      let result = try write()
      // It is written. What cannot be finished now is when the notebook is closed, or made anew.
      if view.isLoading { try? checkpoint() }
      return result
    } catch {
      try? view.abandonLoading()
      throw error
    }
  }

  /// A view to which more comes than it holds is made anew, which is quicker than to add to it.
  private func loadIfWorth(_ count: Int) throws {
    guard try log.reading({ try Self.changes.end($0) }) < Int64(count) else { return }
    // On a full disk it goes on as it is.
    try? view.beginLoading(log)
  }

  /// What waited for the changes that have just come, if there is any of it.
  private func nextStrays() throws -> ChangePage? {
    guard try log.reading({ try Strays(log: $0).count() }) > 0 else { return nil }
    let page = try log.write { log in
      let strays = Strays(log: log)
      try strays.removeAdmitted()
      return try strays.nextPage()
    }
    return page.changes.isEmpty ? nil : page
  }

  private func receive(
    _ page: ChangePage, _ brake: RemovalBrake?, _ indexedAtOnce: Int, _ view: Database,
    _ commit: () throws -> Void
  ) throws -> (count: Int, arrivals: Arrivals, hasErased: Bool) {
    let (admitted, end, lastStamp, erases, arriving) = try log.reading { log in
      try ViewFile.catchUp(view, log)
      var admission = try Self.changes.admission(of: page, log)
      let admitted = try admission.admit(page) { try Self.changes.link(at: $0, log) }
      let erasures = try Erasures(log: Self.changes, log)
      let arriving = try ArrivingVoids(admitted, log)
      return (
        admitted, try Self.changes.end(log), try Self.identity(log).lastStamp,
        admitted.contains { erasures.concern($0.change) }, arriving
      )
    }
    guard let last = admitted.last else {
      try commit()
      return (0, Arrivals(), false)
    }
    try brake?.check(admitted.filter { !arriving.voids.contains($0.change.dot) }, view) {
      _ = try project(admitted, from: end, view, leavesWords: true)
    }
    let sight = admitted.removed.isEmpty ? nil : try Sight(view)
    // Payloads go from the log with these changes, and so from every other file.
    let takesAway = erases || !arriving.overtaken.isEmpty
    let wasErasing = folder.isErasing
    if takesAway { try folder.beginErasing() }
    let stamp = admitted.reduce(lastStamp) { max($0, $1.change.envelope.stamp) }
    let untaken = try arriving.overtaken(by: ownDevices(view))
    let appended = append(admitted, lastStamp: stamp, keeping: untaken)
    if takesAway {
      // What the log keeps of these changes is known once it has taken them.
      do {
        try appended.wait()
      } catch {
        if !wasErasing { folder.endErasing() }
        throw error
      }
      var arrivals = try log.reading { log in
        try ViewFile.catchUp(view, log, isRebuiltNext: true)
      }
      arrivals.untaken = Set(untaken.map(\.dot))
      arrivals.hidden = try sight?.gone(view) ?? 0
      try commit()
      return (admitted.count, arrivals, true)
    }
    // The log is appended on its own thread while this one projects: each takes as long as the other.
    // The log commits first all the same. When the view cannot follow it is set back, and catches up
    // from the log; what the log holds is not taken back for that.
    let projected = Result {
      try project(admitted, from: end, view, leavesWords: admitted.count > indexedAtOnce)
    }
    try appended.wait()
    var projection = try projected.get()
    try projection.finish(position: end + Int64(admitted.count), link: last.link)
    projection.arrivals.hidden = try sight?.gone(view) ?? 0
    try commit()
    return (admitted.count, projection.arrivals, false)
  }

  /// A page with more than this is part of a first sync, or of one after months; the words of fewer
  /// are indexed in a moment.
  package static let changesIndexedAtOnce = 256

  /// Indexes what a large sync has left; every search needs it.
  package func completeIndex() throws {
    try healing {
      try translatingErrors {
        guard try !view.read(WordIndex.isComplete) else { return }
        try holdingLock {
          try view.finishLoading()
          // This notebook may be open for reading alone.
          let view = try ViewFile(folder, log)
          try view.completeIndex()
          try view.close()
        }
      }
    }
  }

  private func append(
    _ admitted: [AdmittedChange], lastStamp: Stamp, keeping untaken: [Change]
  ) -> Outcome {
    let outcome = Outcome()
    log.asyncWrite(
      { log in
        try Untaken.keep(untaken, log)
        try Self.changes.append(admitted, log)
        try log.execute(
          sql: "UPDATE notebook SET lastStamp = ?",
          arguments: [Int64(bitPattern: lastStamp.rawValue)])
      },
      completion: { _, result in outcome.set(result) })
    return outcome
  }

  /// Reads what else it needs of the log through a connection of its own.
  private func project(
    _ admitted: [AdmittedChange], from end: Int64, _ view: Database, leavesWords: Bool
  ) throws -> Projection {
    let arriving = Dictionary(admitted.map { ($0.change.dot, $0.change) }) { first, _ in first }
    let reader = try NotebookFolder.logFile.openReadOnly(at: folder.log)
    return try reader.reading { log in
      var projection = try Projection(
        view: view, log: log, changes: Self.changes, arriving: arriving,
        leavesWords: leavesWords)
      try projection.apply(admitted, after: end)
      return projection
    }
  }

  package func summary() throws -> StoreSummary {
    try read { reader in
      StoreSummary(
        frontier: try Self.changes.frontier(reader.log), registers: try reader.registersDigest())
    }
  }
}
