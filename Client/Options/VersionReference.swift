import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

extension Dot {
  /// As people name a version.
  var short: String { "\(device.description.prefix(8)):\(sequence)" }
}

extension Reader {
  /// A record by its name, or by its whole id when it was deleted.
  func resolveWithHistory(_ text: String) throws -> Match {
    if let id = RecordID(text), var match = try match(id) {
      match.name = try lastName(of: id, match.kind)
      return match
    }
    return try resolveAny(text)
  }

  /// `RECORD`, or `RECORD@VERSION`. A label may have an @ in it, so a record of the whole name comes
  /// first.
  func resolveVersion(_ text: String) throws -> (match: Match, dot: Dot?) {
    do {
      return (try resolveWithHistory(text), nil)
    } catch let fault as ReferenceFault {
      guard case .unknown = fault, let at = text.lastIndex(of: "@") else { throw fault }
      let match = try resolveWithHistory(String(text[..<at]))
      return (match, try resolveVersion(String(text[text.index(after: at)...]), of: match))
    }
  }

  func resolveVersion(_ text: String, of match: Match) throws -> Dot {
    guard let dot = try versionDot(text, of: match.id) else {
      throw ValidationError("no such version; `cuaderno log RECORD` names them")
    }
    return dot
  }

  /// Any change by its name, such as `3f2a81c0:17`.
  func resolveChange(_ text: String) throws -> Dot {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let sequence = UInt64(parts[1]), sequence > 0 else {
      throw ValidationError("a change is named such as 3f2a81c0:17; `cuaderno log` names them")
    }
    let devices = try frontier().entries.filter {
      $0.sequence >= sequence && $0.device.description.hasPrefix(parts[0].lowercased())
    }
    guard devices.count == 1 else {
      throw ValidationError("that names \(devices.count) changes; `cuaderno log` names them")
    }
    return Dot(device: devices[0].device, sequence: sequence)
  }
}
