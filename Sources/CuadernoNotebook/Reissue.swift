import CuadernoLog
import CuadernoModel
import CuadernoSync
import GRDB

/// Writes changes anew in the name of other devices, when nobody could take them under their own.
///
/// What they say stays: record, kind, action, fields and values. Each gets the device's next number and,
/// unless others may write them anew too, a new stamp. Its context names what this log holds: a change
/// that was written anew is named as such, and what is not here is left out. Whatever the changes replaced
/// without its being here is then concurrent with them, so it can come back as a conflict and never as a
/// loss.
struct Reissue {
  /// In whose name a change is written unless ``devices`` says otherwise.
  let device: DeviceID
  /// Old devices and the new ones that take their place.
  var devices: [DeviceID: DeviceID] = [:]
  /// Whether stamps and salts stay as they are, so that whoever else writes the same changes anew under
  /// the same devices writes the same bytes.
  var isRepeatable = false
  let log: ChangeLog
  let surroundings: Surroundings

  /// Appends changes as a device's own.
  ///
  /// - Parameters:
  ///   - changes: those of a device in the order of their numbers, and each after what it builds on.
  ///   - stamp: the greatest one seen.
  /// - Returns: the greatest stamp written, and the new name of each change.
  func append(
    _ changes: [Change], after stamp: Stamp, _ db: Database
  ) throws -> (lastStamp: Stamp, names: [Dot: Dot]) {
    var stamp = stamp
    var names = [Dot: Dot]()
    var written = [DeviceID: [(old: Dot, new: Dot)]]()
    var frontier = try log.frontier(db)
    var heads = [DeviceID: ChainHead]()
    var appender = try log.appender(db)
    for change in changes {
      var envelope = change.envelope
      stamp = isRepeatable ? max(stamp, envelope.stamp) : try next(after: stamp, db)
      envelope.context = context(envelope.context, frontier, written)
      let device = devices[change.dot.device] ?? device
      let head =
        try heads[device] ?? (isRepeatable ? nil : log.provenHead(of: device, db))
        ?? ChainHead(dot: Dot(device: device, sequence: 0), link: .zero)
      envelope.dot = Dot(device: device, sequence: head.dot.sequence + 1)
      if !isRepeatable { envelope.stamp = stamp }
      let new = Change(envelope: envelope, content: try content(of: change, names))
      let admitted = AdmittedChange(own: new, after: head.link)
      // Somebody else may have written it anew before, and sent it here.
      if !frontier.covers(new.dot) { try appender.append(admitted, db) }
      names[change.dot] = new.dot
      written[change.dot.device, default: []].append((change.dot, new.dot))
      heads[device] = ChainHead(dot: new.dot, link: admitted.link)
      frontier.include(new.dot)
    }
    try appender.finish(db)
    return (stamp, names)
  }

  private func next(after stamp: Stamp, _ db: Database) throws -> Stamp {
    do {
      return try stamp.next(milliseconds: Notebook.milliseconds(surroundings, db))
    } catch is StampsExhausted {
      throw NotebookError.clockExhausted
    }
  }

  private func context(
    _ old: VectorClock, _ frontier: VectorClock, _ written: [DeviceID: [(old: Dot, new: Dot)]]
  ) -> VectorClock {
    var context = VectorClock()
    for entry in old.entries {
      context.include(
        Dot(device: entry.device, sequence: min(entry.sequence, frontier[entry.device])))
      // The numbers of an old device and the new ones rise together.
      if let last = written[entry.device]?.last(where: { $0.old.sequence <= entry.sequence }) {
        context.include(last.new)
      }
    }
    return context
  }

  /// An anchor names the changes that wrote its text, and an undo the change that it takes back: those
  /// names are changed too. Every other value is copied as it lies there.
  private func content(of change: Change, _ names: [Dot: Dot]) throws -> Change.Content {
    guard case .payload(let oldSalt, let bytes) = change.content else { return change.content }
    let salt = isRepeatable ? oldSalt : surroundings.randomBytes(WireLimits.saltBytes)
    guard !names.isEmpty,
      let stored = try? PayloadCodec.stored(bytes, count: change.envelope.fields.count)
    else { return .payload(salt: salt, bytes: bytes) }
    var note = PayloadCodec.note(bytes)
    note.undoes = note.undoes.map { names[$0] ?? $0 }
    let values = stored.map { stored -> StoredValue in
      guard case .anchor(var anchor) = stored.value else { return stored }
      anchor.version = anchor.version.map { renamed($0, names) }
      return StoredValue(.anchor(anchor))
    }
    let isSame = values == stored && note == PayloadCodec.note(bytes)
    return .payload(
      salt: salt, bytes: isSame ? bytes : try PayloadCodec.encode(values.map(\.proto), note))
  }

  private func renamed(_ write: TextWrite, _ names: [Dot: Dot]) -> TextWrite {
    let dot = Dot(device: DeviceID(rawValue: write.device), sequence: write.sequence)
    guard let new = names[dot] else { return write }
    return TextWrite(device: new.device.rawValue, sequence: new.sequence)
  }
}
