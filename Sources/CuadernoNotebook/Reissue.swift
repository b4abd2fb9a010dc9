import CuadernoLog
import CuadernoModel
import CuadernoSync
import GRDB

/// Writes changes anew in the name of another device, when nobody could take them under their own.
///
/// What they say stays: record, kind, action, fields and values. Each gets the device's next number
/// and a new stamp, and its context names what this log holds: a change that was written anew is
/// named as such, and what is not here is left out. Whatever the changes replaced without its being
/// here is then concurrent with them, so it can come back as a conflict and never as a loss.
struct Reissue {
  let device: DeviceID
  let log: ChangeLog
  let surroundings: Surroundings

  /// Appends changes as a device's own.
  ///
  /// - Parameters:
  ///   - changes: of one other device, in the order of their numbers.
  ///   - stamp: the greatest one seen.
  /// - Returns: the greatest stamp written, and the new name of each change.
  func append(
    _ changes: [Change], after stamp: Stamp, _ db: Database
  ) throws -> (lastStamp: Stamp, names: [Dot: Dot]) {
    var stamp = stamp
    var names = [Dot: Dot]()
    var written = [(old: Dot, new: Dot)]()
    var frontier = try log.frontier(db)
    var head =
      try log.provenHead(of: device, db)
      ?? ChainHead(dot: Dot(device: device, sequence: 0), link: .zero)
    var appender = try log.appender(db)
    for change in changes {
      var envelope = change.envelope
      stamp = try next(after: stamp)
      envelope.context = context(envelope.context, frontier, written)
      envelope.dot = Dot(device: device, sequence: head.dot.sequence + 1)
      envelope.stamp = stamp
      let new = Change(envelope: envelope, content: try content(of: change, names))
      let admitted = AdmittedChange(own: new, after: head.link)
      try appender.append(admitted, db)
      names[change.dot] = new.dot
      written.append((change.dot, new.dot))
      head = ChainHead(dot: new.dot, link: admitted.link)
      frontier.include(new.dot)
    }
    try appender.finish(db)
    return (stamp, names)
  }

  private func next(after stamp: Stamp) throws -> Stamp {
    do {
      return try stamp.next(milliseconds: surroundings.now())
    } catch {
      throw NotebookError.clockExhausted
    }
  }

  private func context(
    _ old: VectorClock, _ frontier: VectorClock, _ written: [(old: Dot, new: Dot)]
  ) -> VectorClock {
    var context = VectorClock()
    for entry in old.entries {
      context.include(
        Dot(device: entry.device, sequence: min(entry.sequence, frontier[entry.device])))
      // The numbers of the old device and the new ones rise together.
      if let (_, new) = written.last(where: { $0.old.sequence <= entry.sequence }),
        written.first?.old.device == entry.device
      {
        context.include(new)
      }
    }
    return context
  }

  /// An anchor names the change that wrote its text, so that name is changed too.
  private func content(of change: Change, _ names: [Dot: Dot]) throws -> Change.Content {
    guard case .payload(_, let bytes) = change.content else { return change.content }
    let salt = surroundings.randomBytes(WireLimits.saltBytes)
    guard !names.isEmpty, let values = Projection.values(of: change),
      values.contains(where: { if case .anchor = $0 { true } else { false } })
    else { return .payload(salt: salt, bytes: bytes) }
    let renamed = values.map { value -> Value? in
      guard case .anchor(var anchor) = value else { return value }
      let version = Dot(
        device: DeviceID(rawValue: anchor.versionDevice), sequence: anchor.versionSequence)
      guard let new = names[version] else { return value }
      anchor.versionDevice = new.device.rawValue
      anchor.versionSequence = new.sequence
      return .anchor(anchor)
    }
    return .payload(salt: salt, bytes: try PayloadCodec.encode(renamed))
  }
}
