import CuadernoLog
import CuadernoModel
import CuadernoSync
import Foundation

/// Says whose a damaged log is.
///
/// The one row that says so has no hash, so it is compared with what has one; when it cannot be read,
/// what the changes and this machine remember says the same.
struct LogOwner {
  private let remains: LogRemains
  private let pages: DamagedPages
  private let memories: [(log: [UInt8], device: DeviceID)]
  private let surroundings: Surroundings

  init(
    remains: LogRemains, pages: DamagedPages, folder: NotebookFolder, _ surroundings: Surroundings
  ) {
    self.remains = remains
    self.pages = pages
    self.surroundings = surroundings
    memories = DeviceMemory.all(of: folder.url, surroundings)
  }

  func corrected(_ identity: Notebook.Identity) -> Notebook.Identity {
    var identity = identity
    identity.lastStamp = lastStamp
    let studies = studies
    if studies[RecordID(rawValue: identity.study.rawValue)] == nil, let study {
      identity.study = study
    }
    return identity
  }

  /// Nil when nothing says whose the changes are.
  func identity() -> Notebook.Identity? {
    guard let study, let (log, device) = names(study) else { return nil }
    let member =
      members[device] ?? (Set(members.values.map(\.name)).count == 1 ? members.first?.value : nil)
    guard let member else { return nil }
    // What of it has left nobody knows any more.
    let left = remains.found.lazy.filter { $0.change.dot.device == device }
      .map(\.change.dot.sequence).max()
    return Notebook.Identity(
      log: log, study: study, device: device, member: member.name, deviceName: member.device,
      lastStamp: lastStamp, leftSequence: left ?? 0)
  }

  private var lastStamp: Stamp { remains.found.map(\.change.envelope.stamp).max() ?? .zero }

  private var studies: [RecordID: Int] {
    var studies = [RecordID: Int]()
    for found in remains.found where found.change.envelope.kind == Kind.study.rawValue {
      studies[found.change.envelope.record, default: 0] += 1
    }
    return studies
  }

  private var study: StudyID? {
    studies.max { ($0.value, $0.key) < ($1.value, $1.key) }
      .map { StudyID(rawValue: $0.key.rawValue) }
  }

  /// The row is the study's id between those of the log and of the device; what this machine remembers
  /// of a notebook in this folder is as good.
  private func names(_ study: StudyID) -> (log: [UInt8], device: DeviceID)? {
    let devices = Set(remains.found.map(\.change.dot.device))
    for place in pages.places(of: study.bytes)
    where place >= 16 && place + 32 <= pages.bytes.count {
      let log = Array(pages.bytes[place - 16..<place])
      guard let device = DeviceID(bytes: pages.bytes[place + 16..<place + 32]) else { continue }
      if devices.contains(device) || memories.contains(where: { $0.log == log }) {
        return (log, device)
      }
    }
    return memories.first { devices.contains($0.device) }
  }

  /// The first name that each device gave its person and itself.
  var members: [DeviceID: Member] {
    var members = [DeviceID: Member]()
    for found in remains.found where found.change.envelope.kind == Kind.study.rawValue {
      guard case .payload(_, let bytes) = found.change.content,
        let values = try? PayloadCodec.decode(bytes, count: found.change.envelope.fields.count)
      else { continue }
      for (field, value) in zip(found.change.envelope.fields, values) {
        guard field.number == Field.Study.members.number, case .member(let member) = value,
          let device = DeviceID(bytes: field.key), members[device] == nil
        else { continue }
        members[device] = member
      }
    }
    return members
  }
}
