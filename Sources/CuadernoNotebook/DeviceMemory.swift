import CuadernoSync
import Foundation

/// What a device remembers of itself outside the notebook, so that a copy or an old backup of the
/// notebook is not taken for the device that wrote it.
///
/// A notebook that goes on as the same device after it was restored gives numbers away a second
/// time, and every store that has seen the first ones passes the new changes over: most of the later
/// edits are lost without a word. So when this memory and the notebook disagree, the notebook becomes
/// a new device before it writes.
struct DeviceMemory: Sendable {
  let file: URL
  let machine: String

  init(surroundings: Surroundings, log: [UInt8]) {
    file = surroundings.stateFolder.appendingPathComponent("devices")
      .appendingPathComponent(hexadecimal(log))
    machine = surroundings.machine
  }

  private struct Contents: Codable {
    var device: String
    var sequence: UInt64
    var machine: String
    /// The folder's own number, which a copy beside it does not have.
    var folder: UInt64
  }

  /// Whether the notebook in a folder is the one this machine last wrote to, or a later state of it.
  func isSame(device: DeviceID, sequence: UInt64, folder: URL) -> Bool {
    guard let contents else { return false }
    return contents.device == device.description && contents.machine == machine
      && contents.sequence <= sequence && contents.folder == Self.number(of: folder)
  }

  /// The highest number that this machine knows to have been given away by a device; zero when it
  /// knows nothing of it.
  func highestNumber(of device: DeviceID) -> UInt64 {
    guard let contents, contents.device == device.description else { return 0 }
    return contents.sequence
  }

  private var contents: Contents? { Self.contents(of: file) }

  private static func contents(of file: URL) -> Contents? {
    guard let data = try? Data(contentsOf: file) else { return nil }
    return try? JSONDecoder().decode(Contents.self, from: data)
  }

  /// What this machine remembers of the notebooks that have lain in a folder.
  static func all(
    of folder: URL, _ surroundings: Surroundings
  ) -> [(log: [UInt8], device: DeviceID)] {
    let files =
      (try? FileManager.default.contentsOfDirectory(
        at: surroundings.stateFolder.appendingPathComponent("devices"),
        includingPropertiesForKeys: nil)) ?? []
    return files.compactMap { file in
      guard let contents = contents(of: file), contents.machine == surroundings.machine,
        contents.folder == number(of: folder), let device = DeviceID(contents.device),
        // The file is named after the log, whose id has as many bytes as a device's.
        let log = DeviceID(file.lastPathComponent)
      else { return nil }
      return (log.bytes, device)
    }
  }

  /// Writes what is to be remembered of a write before the log has it, so that nothing is written that
  /// this machine would not remember: each write after it would be another device's.
  ///
  /// - Returns: what is to be called when the log has it.
  /// - Throws: ``NotebookError/forgetful(_:)``.
  func prepare(device: DeviceID, sequence: UInt64, folder: URL) throws -> Draft {
    let contents = Contents(
      device: device.description, sequence: sequence, machine: machine,
      folder: Self.number(of: folder))
    let devices = file.deletingLastPathComponent()
    let new = file.appendingPathExtension("new")
    do {
      try FileManager.default.createDirectory(
        at: devices, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try JSONEncoder().encode(contents).write(to: new)
    } catch {
      throw NotebookError.forgetful(devices.path)
    }
    return Draft(new: new.path, file: file.path)
  }

  /// What is remembered once it has its name.
  struct Draft {
    fileprivate let new: String
    fileprivate let file: String

    /// Renamed into place and not waited for: after a power cut an older memory is as good.
    func keep() {
      _ = unsafe rename(new, file)
    }
  }

  /// The device as which this machine wrote in a folder last, where a log has exactly what it wrote:
  /// others have written in the notebook since, on another machine, and nobody under this name.
  func deviceBefore(in folder: URL, head: (DeviceID) throws -> UInt64) rethrows -> DeviceID? {
    guard let contents, contents.machine == machine, contents.folder == Self.number(of: folder),
      contents.sequence > 0, let device = DeviceID(contents.device),
      try head(device) == contents.sequence
    else { return nil }
    return device
  }

  private static func number(of folder: URL) -> UInt64 {
    let attributes = try? FileManager.default.attributesOfItem(atPath: folder.path)
    return attributes?[.systemFileNumber] as? UInt64
      ?? (attributes?[.systemFileNumber] as? Int).map(UInt64.init) ?? 0
  }
}
