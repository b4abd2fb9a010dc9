import Crypto
package import CuadernoModel
package import CuadernoSync
import Foundation

extension Reference {
  var data: Data { Data(RecordID(rawValue: self).bytes) }

  init?(data: Data) {
    guard data.count == 16 else { return nil }
    let (high, low) = unsafe data.withUnsafeBytes { bytes in
      unsafe (
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
    self = UInt128(high) << 64 | UInt128(low)
  }
}

/// Makes the keys of keyed fields.
///
/// A key stands in the envelope, which hubs read, so a name never does: its key is a hash, and the
/// name itself is in the payload. The study's id in the hash keeps two studies from being compared.
package struct FieldKeys: Sendable {
  private let study: StudyID

  package init(study: StudyID) {
    self.study = study
  }

  package func key(_ record: Reference) -> [UInt8] {
    RecordID(rawValue: record).bytes
  }

  /// For an attribute, a period or a definition: by its name.
  package func key(named name: String) -> [UInt8] {
    let text = study.bytes + Array(TextEntry.normalised(name).utf8)
    return Array(SHA256.hash(data: text).prefix(16))
  }

  /// For an attribute's definition: by its name and the kind of record that has it.
  package func key(definitionNamed name: String, of kind: Kind) -> [UInt8] {
    key(named: "\(kind.rawValue) \(name)")
  }
}
