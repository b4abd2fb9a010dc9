import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Testing

@testable import CuadernoExchange

/// Submissions as the backends of ODK Central and Kobo write them.
@Suite struct SubmissionTests {
  private let book: TestNotebook

  init() throws {
    book = try TestNotebook()
  }

  @discardableResult
  private func take(
    _ files: [(name: String, text: String)], _ map: [String] = [], skip: [String] = [],
    rest: ColumnMapping.Rest = .attributes, create: Bool = false
  ) throws -> IntakeReport {
    let mapping = try ColumnMapping(map, skipping: skip, rest: rest, makesNames: create)
    let read = try files.map {
      try SubmissionFile(Array($0.text.utf8), fileName: $0.name)
    }
    try SubmissionImport.check(read, mapping)
    return try book.write { writer in
      var report = SubmissionImport.rest(read)
      for file in read where file.isMain {
        report.add(try SubmissionImport.write(file, among: read, mapping, into: &writer))
      }
      return report
    }
  }

  private static let id = "aaaa1111-0000-4000-8000-000000000001"
  private static let odk = """
    SubmissionDate,start,codigo,grupo-relato,punto-Latitude,punto-Longitude,punto-Altitude,\
    punto-Accuracy,cultivos,cultivos/coca,foto,meta-instanceID,KEY,SubmitterName,\
    AttachmentsPresent,Status
    2017-05-13T10:00:00.000Z,2017-05-12T09:30:11.123-05:00,TOC-1,"Vinieron, nadie salió.",-8.18,\
    -76.51,500,5.5,coca cacao,1,1494.jpg,uuid:\(id),uuid:\(id),Ana,1,
    2017-05-13T10:00:00.000Z,,,,,,,,,,,,uuid:aaaa1111-0000-4000-8000-000000000003,Ana,0,not decrypted

    """
  private static let repeats = """
    nombre,edad,PARENT_KEY,KEY
    Luz,7,uuid:\(id),uuid:\(id)/grupo/hijos[1]
    Juan,9,uuid:\(id)/grupo/hijos[1],uuid:\(id)/grupo/hijos[1]/nietos[2]
    Otro,9,uuid:ffff,uuid:ffff/grupo/hijos[1]

    """
  private static let odata = """
    {"@odata.context":"x","value":[{"__id":"uuid:\(id)","__system":{"submissionDate":"2017",\
    "status":null,"attachmentsPresent":1,"submitterName":"Ana"},\
    "start":"2017-05-12T09:30:11.123-05:00","codigo":"TOC-1","grupo":{"relato":\
    "Vinieron, nadie salió.","hijos@odata.navigationLink":"x","hijos":[{"nombre":"Luz","edad":7,\
    "__id":"b","nietos":[{"edad":1},{"nombre":"Juan","edad":9}]}]},"punto":{"type":"Point",\
    "coordinates":[-76.51,-8.18,500],"properties":{"accuracy":5.5}},"cultivos":"coca cacao",\
    "foto":"1494.jpg","vacio":null}]}
    """

  private func shown() throws -> (Interview, [String: String], [String]) {
    try book.notebook.read { reader -> (Interview, [String: String], [String]) in
      let interview = try #require(try reader.fetchAll(Interview.self).first)
      var attributes = [String: String]()
      for attribute in try reader.attributes(of: interview.id) {
        attributes[attribute.name] = attribute.value
      }
      let notes = try reader.fetchAll(Note.self).compactMap(\.text).sorted()
      return (interview, attributes, notes)
    }
  }

  @Test func `a submission of ODK becomes an interview, its answers fields and attributes`() throws
  {
    let report = try take(
      [("censo.csv", Self.odk), ("censo-hijos.csv", Self.repeats)],
      ["label=codigo", "text=grupo-relato"], skip: ["nombre"])

    let (interview, attributes, notes) = try shown()
    #expect(interview.label == "TOC-1")
    #expect(interview.text == "Vinieron, nadie salió.")
    #expect(interview.date?.description == "2017-05-12T09:30:11-05:00")
    #expect(interview.kind == .interview)
    #expect(
      attributes == [
        "cultivos": "coca cacao", "foto": "1494.jpg", "punto": "-8.18 -76.51 (±5.5 m)",
      ])
    #expect(notes == ["grupo-hijos 1\nedad: 7", "grupo-hijos/nietos 1.2\nedad: 9"])
    #expect(
      report.counts == [
        .choiceColumns: 1, .encrypted: 1, .repeats: 2, .orphanRepeats: 1, .attachments: 1,
      ])
  }

  @Test func `the same submission as CSV and as OData is the same interview`() throws {
    let map = ["label=codigo", "text=grupo-relato"]
    try take([("a.csv", Self.odk), ("b.csv", Self.repeats)], map, skip: ["nombre"])
    let changes = try book.changes

    try take([("a.csv", Self.odk), ("b.csv", Self.repeats)], map, skip: ["nombre"])
    #expect(try book.changes == changes)
    let report = try take([("a.json", Self.odata)], map, skip: ["nombre"])

    // The one entry of which the CSV above had no row.
    #expect(report.tally.new == [.note: 1])
    #expect(report.tally.unchanged == [.interview: 1, .note: 2])
  }

  private static func kobo(_ uuid: String, _ age: String, next: String = "null") -> String {
    """
    {"count":1,"next":\(next),"previous":null,"results":[{"_id":12,"formhub/uuid":"f",\
    "grupo/relato":"Hola","grupo/edad":"\(age)","punto":"-8.180000 -76.510000 500 0",\
    "codigos":"1 2 3 4","hijos":[{"hijos/edad":"7"}],"_uuid":"\(uuid)",\
    "meta/instanceID":"uuid:\(uuid)","meta/rootUuid":"uuid:\(id)",\
    "_attachments":[{"filename":"a.jpg"},{"filename":"b.jpg"}],"_geolocation":[-8.18,-76.51],\
    "_tags":[],"_notes":[],"_validation_status":{"uid":"x","label":"Approved"}}]}
    """
  }

  @Test func `a submission of Kobo that was edited there is still the same interview`() throws {
    let first = try take(
      [("k.json", Self.kobo("bbbb1111-0000-4000-8000-000000000001", "45", next: "\"http://x\""))],
      ["text=grupo/relato"])
    let edited = try take(
      [("k.json", Self.kobo("cccc1111-0000-4000-8000-000000000002", "46"))], ["text=grupo/relato"])

    #expect(first.counts == [.repeats: 1, .attachments: 2, .morePages: 1])
    #expect(edited.tally.changed == [.interview: 1])
    let (interview, attributes, notes) = try shown()
    #expect(interview.label == "aaaa1111")
    #expect(
      attributes == [
        "grupo/edad": "46", "punto": "-8.18 -76.51", "codigos": "1 2 3 4",
      ])
    #expect(notes == ["hijos 1\nedad: 7"])
  }

  @Test func `Kobo's CSV has semicolons and points in five columns`() throws {
    let text = """
      "grupo/relato";"punto";"_punto_latitude";"_punto_longitude";"_punto_altitude";\
      "_punto_precision";"foto";"foto_URL";"_uuid";"_index"
      "Hola";"-8.18 -76.51 500 5";"-8.18";"-76.51";"500";"5";"b.jpg";"https://x/b.jpg";"\(Self.id)";"1"

      """

    let report = try take([("k.csv", text)])

    let (_, attributes, _) = try shown()
    #expect(
      attributes == ["grupo/relato": "Hola", "punto": "-8.18 -76.51 (±5 m)", "foto": "b.jpg"])
    #expect(report.counts == [.attachments: 1])
  }

  @Test func `a point becomes the location of the place that is named, and never another's`() throws
  {
    let map = ["place=lugar", "location=punto"]
    func form(_ number: Int, _ latitude: String) -> String {
      "lugar,punto-Latitude,punto-Longitude,KEY\nTocache,\(latitude),-76.5,uuid:\(number)\n"
    }
    #expect(
      words { try take([("a.csv", form(1, "-8.1"))], ["location=punto"]) }.hasPrefix(
        "a location is that of a place"))

    let first = try take([("a.csv", form(1, "-8.1"))], map, create: true)
    let second = try take([("a.csv", form(2, "-8.9"))], map, create: true)

    #expect(first.counts == [.newPlaces: 1, .placedPoints: 1])
    #expect(second.counts == [.unplacedPoints: 1])
    let places = try book.notebook.read { try $0.fetchAll(Place.self) }
    #expect(places.map(\.location) == [Location(latitude: -8.1, longitude: -76.5)])
  }

  @Test(arguments: [
    (
      "a.csv", "lugar,punto,KEY\nTocache,por el río,uuid:1\n",
      "line 2, column punto: answer is no point"
    ),
    (
      "a.json", #"[{"_uuid":"x","lugar":"Tocache","punto":"por el río"}]"#,
      "submission 1, question punto: answer is no point"
    ),
  ])
  func `a location that is to come from an answer without a point is refused`(
    name: String, text: String, message: String
  ) throws {
    let changes = try book.changes

    let told = words {
      try take([(name, text)], ["place=lugar", "location=punto"], create: true)
    }

    #expect(told.hasPrefix(message), "\(told)")
    #expect(try book.changes == changes)
  }

  @Test func `a label that somebody changed here stays, and two submissions get two labels`() throws
  {
    func form(_ number: Int) -> String { "codigo,KEY\nTOC-1,uuid:\(number)\n" }
    try take([("a.csv", form(1))], ["label=codigo"])
    let record = try #require(try book.notebook.read { try $0.fetchAll(Interview.self).first?.id })
    try take([("a.csv", form(2))], ["label=codigo"])
    _ = try book.write { try $0.update(record, [FieldEdit(.Interview.label, "Mía")]) }

    try take([("a.csv", form(1)), ("b.csv", form(2))], ["label=codigo"])

    let labels = try book.notebook.read { try $0.fetchAll(Interview.self).compactMap(\.label) }
    #expect(labels.sorted() == ["Mía", "TOC-1 (2)"])
  }

  @Test func `what is mapped is all that comes when the rest is to be skipped`() throws {
    try take([("a.csv", Self.odk)], ["text=grupo-relato"], rest: .skip)

    #expect(try shown().1.isEmpty)
  }

  @Test(arguments: [
    ("a,b\n1,2\n", "line 1: table has neither a column KEY nor one _uuid"),
    ("a,KEY\n1,\n", "line 2, column KEY: submission has no id"),
    (
      "a,KEY\n1,x\n2,UUID:X\n", "line 3, column KEY: another submission of the file has the same id"
    ),
    ("a,KEY\n1\n", "line 2: row has 1 cells and the header has 2"),
    ("", "file is empty"),
    ("{\"a\":1}", "JSON is neither a list of submissions"),
    ("[1]", "submission 1: entry is no object with answers"),
    ("[{\"a\":1}]", "submission 1: submission has no id"),
    ("[{\"_uuid\":\"x\"},{\"_uuid\":\"x\"}]", "submission 2: another submission of the file"),
    ("[{\"_uuid\":\"x\",", "line 1, byte 15: JSON ends in the middle of a value"),
    ("[{\"__Submissions-a-id\":\"x\"}]", "submission 1: entries are of a repeated group inside"),
    (
      "[\n" + String(repeating: "[", count: 40) + "]",
      "line 2, byte 16: nested more than 16 levels deep"
    ),
    ("a,PARENT_KEY\n1,x\n", "no file holds submissions"),
  ])
  func `what is no export of a form is told with its place, and nothing is taken`(
    text: String, message: String
  ) throws {
    let changes = try book.changes

    let told = words { try take([("x", text)]) }

    #expect(told.hasPrefix(message), "\(told)")
    #expect(try book.changes == changes)
  }

  @Test func `what Kobo's server made of a submission is no answer`() throws {
    try take([("k.csv", "_uuid,a,_validation_status\nx,1,Approved\n")])

    #expect(try shown().1 == ["a": "1"])
  }

  @Test func `a question that there is not is told with those that there are`() throws {
    #expect(
      words { try take([("a.csv", Self.odk)], ["text=relatos"]) }
        == "no file has the question relatos; there are: grupo-relato, foto, punto, cultivos, codigo"
    )
    let many = (1...30).map { "grupo/pregunta_\($0)" }.joined(separator: ",")
    let told = words {
      try take([("a.csv", "KEY,\(many),grupo/Relató\n")], ["text=relato", "date=fecha"])
    }
    #expect(
      told.hasPrefix(
        "no file has the question relato or fecha; the nearest are: grupo/Relató, grupo/pregunta_"),
      "\(told)")
    #expect(told.split(separator: ",").count == 12)
  }

  @Test(arguments: [["attribute:E=q", "attribute:E=r"], ["attribute:r=q"]])
  func `two questions never become one attribute`(map: [String]) throws {
    let changes = try book.changes
    let told = words { try take([("k.json", #"[{"_uuid":"a","q":"1","r":"2"}]"#)], map) }
    #expect(told.contains("q and r"), "\(told)")
    #expect(told.contains("one attribute"), "\(told)")
    #expect(try book.changes == changes)
  }

  @Test func `a text that is too long is told with its question, and nothing is taken`() throws {
    let long = String(repeating: "a", count: 4 << 20 + 1)
    let text = #"[{"_uuid":"y","b":"x"},{"_uuid":"x","relato":"\#(long)"}]"#

    #expect(
      words { try take([("x", text)]) }.hasPrefix("submission 2: attribute is 4194305 bytes"))
    #expect(try book.counts()[.interview] ?? 0 == 0)
  }
}
