import CuadernoNotebook
import CuadernoSync

/// The anchors with which the codings that are here would be exported: what an import compares with.
///
/// To carry one coding over an edit, the whole of both texts is compared, so all codings on a record
/// are carried at once and remembered. Lines come record by record; a few are enough.
struct CarriedAnchors {
  private static let recordsMax = 64

  private var anchors: [RecordID: [RecordID: CarriedAnchor]] = [:]

  /// Whether a coding that is here would be exported with this anchor.
  mutating func shows(
    _ anchor: CarriedAnchor, _ coding: RecordID, on target: RecordID?, _ reader: Reader
  ) throws -> Bool {
    guard let target else { return false }
    if anchors[target] == nil {
      if anchors.count == Self.recordsMax { anchors = [:] }
      let entries = try CarriedCodings(on: target, nil, reader).entries
      anchors[target] = Dictionary(
        entries.compactMap { entry in entry.anchor.map { (entry.coding.id, $0) } },
        uniquingKeysWith: { first, _ in first })
    }
    return anchors[target]?[coding] == anchor
  }

  /// To be called when the text of a record, or a coding on it, may be written anew.
  mutating func forget(_ record: RecordID) {
    anchors[record] = nil
  }
}
