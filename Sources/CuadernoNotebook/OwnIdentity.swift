import CuadernoLog
package import CuadernoSync
import Foundation
import GRDB

// Under which device's name this machine writes in the notebook.
extension Notebook {
  /// The identity under which this machine may write: a new device when the notebook is a copy.
  func ownIdentity(_ log: Database) throws -> Identity {
    var identity = try Self.identity(log)
    let sequence = try Self.changes.head(of: identity.device, log)?.dot.sequence ?? 0
    let memory = DeviceMemory(surroundings: surroundings, log: identity.log)
    let isSame = memory.isSame(
      device: identity.device, sequence: sequence, folder: folder.url)
    // A device that has written nothing has no number that could be given away twice; one whose
    // changes are all gone with a WAL has.
    guard !isSame, sequence > 0 || memory.highestNumber(of: identity.device) > 0 else {
      return identity
    }
    let lost = LostChanges(folder: folder)
    if memory.highestNumber(of: identity.device) > sequence,
      lost.areInWAL(of: identity.device, after: sequence)
    {
      try lost.keepWAL()
    }
    let before = try memory.deviceBefore(in: folder.url) {
      try Self.changes.head(of: $0, log)?.dot.sequence ?? 0
    }
    if let before, before != identity.device {
      try takeDevice(before, leaving: memory.highestNumber(of: before), log)
      identity.device = before
      identity.leftSequence = memory.highestNumber(of: before)
    } else {
      identity.device = try takeNewDevice(log)
    }
    return identity
  }

  /// Goes on as another device: what was written until now keeps its names, and what comes is written
  /// under new ones.
  ///
  /// - Returns: the new id.
  package func becomeNewDevice() throws -> DeviceID {
    try holdingLock {
      try translatingErrors { try log.write { try takeNewDevice($0) } }
    }
  }

  private func takeNewDevice(_ log: Database) throws -> DeviceID {
    var generator = surroundings.generator
    let device = DeviceID(using: &generator)
    try takeDevice(device, leaving: 0, log)
    return device
  }

  /// - Parameter sequence: up to which number its changes may be on another machine.
  private func takeDevice(_ device: DeviceID, leaving sequence: UInt64, _ log: Database) throws {
    try Self.markOwnSeen(log)
    let left = Int64(bitPattern: sequence)
    try log.execute(
      sql: "UPDATE notebook SET device = ?, leftSequence = ?, offeredSequence = ?",
      arguments: [device, left, left])
  }

  /// Writes what this machine is to remember of a write, before the log has it.
  func prepareMemory(of identity: Identity, upTo sequence: UInt64) throws -> DeviceMemory.Draft {
    try DeviceMemory(surroundings: surroundings, log: identity.log)
      .prepare(device: identity.device, sequence: sequence, folder: folder.url)
  }
}
