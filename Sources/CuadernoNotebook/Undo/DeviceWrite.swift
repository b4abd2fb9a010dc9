import CuadernoLog
import CuadernoModel
package import CuadernoSync
import GRDB

/// What one device wrote in one go: its changes follow each other without a gap.
package struct DeviceWrite: Hashable, Sendable {
  package var device: DeviceID
  package var sequences: ClosedRange<UInt64>

  /// The change by which people name it.
  package var dot: Dot { Dot(device: device, sequence: sequences.upperBound) }

  func holds(_ dot: Dot) -> Bool {
    dot.device == device && sequences.contains(dot.sequence)
  }
}

/// Which way one goes along what this device wrote.
package enum UndoDirection: Sendable {
  /// Back: the last write that has not been taken back.
  case undo
  /// Forth again: the last that was taken back, as long as nothing new was written since.
  case redo
}

extension Reader {
  /// The write that is next to be taken back, or to be done again; nil when there is none.
  ///
  /// It is read from the log alone, backwards: each change that takes another back says which one. A
  /// write that takes back one that took back is a write like any other.
  package func nextWrite(_ direction: UndoDirection) throws -> DeviceWrite? {
    let device = identity.device
    var sequence = try Notebook.changes.head(of: device, log)?.dot.sequence ?? 0
    var undone = [Dot]()
    let voids = try Voids(log: Notebook.changes, log)
    while sequence > 0 {
      let last = try ownChange(Dot(device: device, sequence: sequence))
      let write = Self.write(endingWith: last)
      sequence = write.sequences.lowerBound - 1
      // Of what a hub did not take nothing is there to be undone.
      if voids.contains(last.dot) { continue }
      let isUndone = undone.contains(where: write.holds)
      let target = last.note.undoes
      if let target { undone.append(target) }
      if try isUndone || isBeginning(write) { continue }
      switch (direction, try takesBack(last)) {
      case (.undo, false), (.redo, true): return write
      case (.undo, true): continue
      case (.redo, false): if target == nil { return nil }
      }
    }
    return nil
  }

  /// The write that a change belongs to; nil when the log does not hold it.
  package func write(of dot: Dot) throws -> DeviceWrite? {
    guard var last = try Notebook.changes.entry(at: dot, log)?.change else { return nil }
    while let next = try Notebook.changes.entry(
      at: Dot(device: dot.device, sequence: last.dot.sequence + 1), log)?.change,
      next.note.step > 0, next.note.step == last.note.step + 1
    { last = next }
    return Self.write(endingWith: last)
  }

  /// The write that comes before one on the same device; nil when there is none that could be undone.
  package func write(before write: DeviceWrite) throws -> DeviceWrite? {
    guard write.sequences.lowerBound > 1 else { return nil }
    let dot = Dot(device: write.device, sequence: write.sequences.lowerBound - 1)
    let earlier = Self.write(endingWith: try ownChange(dot))
    return try isBeginning(earlier) ? nil : earlier
  }

  private func ownChange(_ dot: Dot) throws -> Change {
    guard let entry = try Notebook.changes.entry(at: dot, log) else {
      throw StoreError.damagedChange(dot)
    }
    return entry.change
  }

  /// A step that reaches beyond the device's first change is no step of a working notebook.
  private static func write(endingWith last: Change) -> DeviceWrite {
    let step = last.note.step
    let sequence = last.dot.sequence
    let first = step < sequence ? sequence - step : sequence
    return DeviceWrite(device: last.dot.device, sequences: first...sequence)
  }

  /// Whether a device introduced itself with it, which nobody means to undo.
  private func isBeginning(_ write: DeviceWrite) throws -> Bool {
    let first = Dot(device: write.device, sequence: write.sequences.lowerBound)
    return try ownChange(first).introducesDevice
  }

  /// Whether a change takes one back; taking back what took back is doing again.
  private func takesBack(_ change: Change) throws -> Bool {
    var takesBack = false
    var target = change.note.undoes
    // Only a broken peer makes a circle of changes that take each other back.
    var visited = Set<Dot>()
    while let dot = target, visited.insert(dot).inserted {
      takesBack.toggle()
      target = try Notebook.changes.entry(at: dot, log)?.change.note.undoes
    }
    return takesBack
  }
}

extension Change {
  /// Whether it only says whose a device is.
  var introducesDevice: Bool {
    envelope.kind == Kind.study.rawValue && !envelope.fields.isEmpty
      && envelope.fields.allSatisfy { $0.number == Field.Study.members.number }
  }
}
