import CuadernoModel

/// What one person sent with ODK or Kobo.
struct Submission {
  static let entriesMax = 10_000

  struct Answer {
    let question: String
    let value: String
    let place: ExchangeError.Place
  }

  struct Point {
    let question: String
    let location: Location
    let place: ExchangeError.Place
  }

  /// One entry of a repeated group.
  struct Entry {
    /// The group's name, and which of its entries it is, counted from 1.
    let group: String
    let number: String
    var answers: [Answer]
  }

  /// The id that stays when it is edited.
  let key: String
  /// Other ids by which repeated groups name it.
  var otherKeys: [String] = []
  let place: ExchangeError.Place
  var answers: [Answer] = []
  var points: [Point] = []
  var entries: [Entry] = []
  var attachments = 0
  /// What the form itself says that the submission is called.
  var name: String?
  /// When it was begun.
  var day: String?
  /// It came encrypted, and nobody opened it.
  var isClosed = false

  /// An id as it is compared: with or without the prefix that OpenRosa gives it, in any case.
  static func key(_ text: String) -> String {
    let trimmed = text.trimmed.lowercased()
    return trimmed.hasPrefix("uuid:") ? String(trimmed.dropFirst(5)) : trimmed
  }
}

/// The columns that servers add, and what they mean here. The names are those of ODK Central
/// (briefcase.js and odata.js of its backend), ODK Briefcase, and Kobo (its data API and formpack).
enum FormColumn {
  /// Ids that stay when a submission is edited come first: Kobo gives a new `_uuid` with each edit and
  /// keeps the first one in `meta/rootUuid`; ODK Central's KEY is the first one.
  static let keys = [
    "meta/rootuuid", "meta-rootuuid", "key", "_uuid", "meta/instanceid", "meta-instanceid",
    "instanceid",
  ]
  static let parents = ["parent_key", "_submission__uuid"]
  static let names = ["meta/instancename", "meta-instancename", "instancename"]
  static let days = ["today", "start"]

  private static let system: Set = Set(
    keys + parents + names + days + [
      "end", "submissiondate", "submitterid", "submittername", "attachmentspresent",
      "attachmentsexpected", "status", "deviceid", "edits", "formversion", "isvalidated",
      "formdef_version", "meta-audit", "meta/audit", "meta-deprecatedid", "meta/deprecatedid",
      "_id", "_submission_time", "_notes", "_status", "_submitted_by", "__version__", "_version_",
      "_tags", "_index", "_parent_table_name", "_parent_index", "_attachments", "_geolocation",
      "_xform_id_string", "_xform_id", "_bamboo_dataset_id", "formhub/uuid", "username",
      "simserial", "_validation_status", "subscriberid", "phonenumber", "_supplementaldetails",
      "__id", "__system",
    ])

  static func isSystem(_ column: String) -> Bool {
    let name = column.lowercased()
    return system.contains(name) || name.hasPrefix("_submission__") || name.hasPrefix("set-of-")
      || name.contains("@odata.")
  }

  /// What ODK Central says in place of answers.
  static func isClosed(_ status: String) -> Bool {
    ["not decrypted", "missing encrypted form data", "notdecrypted", "missingencryptedformdata"]
      .contains(status.lowercased())
  }
}

/// Points as forms write them.
enum FormPoint {
  /// `latitude longitude altitude accuracy`, in degrees and metres (the OpenRosa form of a geopoint).
  ///
  /// Numbers that are choices look alike, so there must be four and the first two must have decimals.
  static func openRosa(_ text: String) -> Location? {
    let parts = text.split(separator: " ")
    guard parts.count == 4, parts[0].contains("."), parts[1].contains("."),
      let numbers = numbers(parts)
    else { return nil }
    return location(numbers[0], numbers[1], numbers[3])
  }

  /// `POINT (longitude latitude altitude)`, as ODK Central writes it with $wkt.
  static func wellKnownText(_ text: String) -> Location? {
    guard text.hasPrefix("POINT ("), text.hasSuffix(")"),
      let numbers = numbers(text.dropFirst(7).dropLast().split(separator: " ")), numbers.count >= 2
    else { return nil }
    return location(numbers[1], numbers[0], nil)
  }

  private static func numbers(_ parts: [Substring]) -> [Double]? {
    let numbers = parts.compactMap { Double($0) }
    return numbers.count == parts.count && numbers.allSatisfy(\.isFinite) ? numbers : nil
  }

  /// Nil outside the globe. An accuracy of zero is that of a point set by hand: nobody knows it.
  static func location(
    _ latitude: Double, _ longitude: Double, _ accuracy: Double?
  ) -> Location? {
    guard abs(latitude) <= 90, abs(longitude) <= 180 else { return nil }
    let known = accuracy.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    return Location(latitude: latitude, longitude: longitude, accuracy: known)
  }
}
