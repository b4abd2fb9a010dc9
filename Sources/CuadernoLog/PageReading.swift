package import CuadernoSync

extension ChangeLog {
  /// The next changes that a clock does not cover, in the order of arrival.
  package func page(
    beyond clock: VectorClock, bytesMax: Int, _ db: some SQLTransaction
  ) throws -> ChangePage {
    var reader = EntryReader(inOrderOf: self)
    guard let (start, covered) = try news(beyond: clock, &reader, db) else { return ChangePage() }
    var wanted = covered
    var page = ChangePage()
    var heads = [DeviceID: ChainHead]()
    var bytes = 0
    try db.scan(Self.inOrder, [.integer(study), .integer(start)]) { row in
      let device = try row.integer(1)
      if wanted[device] == nil { wanted[device] = clock[try reader.deviceID(device, db)] }
      guard try row.sequence(2) > wanted[device, default: 0] else { return true }
      let entry = try reader.entry(row, db)
      let size = entry.change.byteCount
      guard page.changes.isEmpty || bytes + size <= bytesMax else { return false }
      bytes += size
      page.changes.append(entry.change)
      heads[entry.change.dot.device] = ChainHead(dot: entry.change.dot, link: entry.link)
      return bytes < bytesMax && page.changes.count < WireLimits.pageChanges
    }
    page.heads = heads.values.sorted { $0.dot < $1.dot }
    return page
  }

  /// Where the first change lies that a clock does not cover, and up to which number each device with such
  /// changes is covered; nil when there is none.
  ///
  /// A device's changes arrive in the order of their numbers, so the first position is the least of one
  /// look-up a device. The reader learns the links before them, from which its hashes go on.
  private func news(
    beyond clock: VectorClock, _ reader: inout EntryReader, _ db: some SQLTransaction
  ) throws -> (start: Int64, covered: [Int64: UInt64])? {
    var covered = [Int64: UInt64]()
    var sought = [[Binding]]()
    for device in try askStanding(db).value().devices {
      let held = clock[device.head.dot.device]
      reader.learn(device.head.dot.device, number: device.number)
      guard device.head.dot.sequence > held else { continue }
      covered[device.number] = held
      for sequence in max(held, 1)...held + 1 {
        sought.append([.integer(study), .integer(device.number), .sequence(sequence)])
      }
    }
    guard !covered.isEmpty else { return nil }
    var (start, found) = (Int64.max, 0)
    let rows = try db.ask(Self.byDot, forEach: sought) { row in
      (
        number: try row.integer(0), sequence: try row.sequence(1), position: try row.integer(2),
        link: try row.digest(3)
      )
    }.value()
    for row in rows {
      if row.sequence == covered[row.number] {
        reader.learn(row.link, of: row.number, at: row.sequence)
      } else {
        start = min(start, row.position)
        found += 1
      }
    }
    guard found == covered.count else { throw StoreError.damaged }
    return (start, covered)
  }

  private static let byDot = RowStatement.select(
    ["device", "sequence", "position", "link"], from: "change",
    where: [.integer("study"), .integer("device"), .integer("sequence")])
}
