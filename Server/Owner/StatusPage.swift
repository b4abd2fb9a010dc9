import CuadernoLedger
import CuadernoModel
import CuadernoSync

/// What the server's owner sees: how much there is and who is behind, and nothing that anybody wrote.
struct StatusPage {
  struct StudyStatus {
    let study: Study
    let contents: StudyContents
    let bytes: Int64
    let voidChanges: Int64
    let refusals: [RefusalCount]
  }

  let studies: [StudyStatus]
  let ledgerBytes: Int64?
  let freeBytes: Int64?
  let milliseconds: Int64

  var html: String {
    var page = Page()
    page.heading(1, "Cuaderno server")
    page.paragraph("As of \(moment(milliseconds)). Reload the page for later figures.")
    page.table(
      ["", ""],
      [
        ["Studies", String(studies.count)],
        ["Ledger", ledgerBytes.map(Self.size) ?? "unknown"],
        ["Free on its disk", freeBytes.map(Self.size) ?? "unknown"],
      ])
    for status in studies { add(status, to: &page) }
    page.button("Leave", to: "/leave")
    return page.html(title: "Cuaderno server")
  }

  private func add(_ status: StudyStatus, to page: inout Page) {
    let contents = status.contents
    let records = contents.records.map { count in
      let kind = UInt32(exactly: count.kind).flatMap(Kind.init(rawValue:))
      return "\(count.alive) \(kind?.name ?? "kind \(count.kind)")"
    }
    let synced = contents.devices.compactMap { $0.device.seenMilliseconds }.max()
    page.heading(2, status.study.title)
    page.table(
      ["", ""],
      [
        ["Last sync", synced.map(moment) ?? "none yet"],
        ["Changes", "\(contents.changes), \(Self.size(status.bytes))"],
        ["Records", records.isEmpty ? "none" : records.joined(separator: ", ")],
        ["Conflicts to settle", counted(contents.contested, "field")],
        ["Not taken for a role", counted(status.voidChanges, "change")],
        ["Refused in 30 days", Self.words(status.refusals)],
      ])
    guard !contents.devices.isEmpty else { return page.paragraph("No laptop has joined yet.") }
    page.table(
      ["Member", "Role", "Laptop", "Device", "Last seen", "Standing"],
      contents.devices.map { standing in
        let device = standing.device
        return [
          device.member, device.role, device.name, String(device.id.description.prefix(8)),
          device.seenMilliseconds.map(moment) ?? "never", Self.words(standing),
        ]
      })
  }

  private static func words(_ standing: StudyContents.Standing) -> String {
    if let revoked = standing.device.revokedMilliseconds { return "revoked \(moment(revoked))" }
    return standing.missing == 0 ? "up to date" : "\(counted(standing.missing, "change")) behind"
  }

  private static func words(_ refusals: [RefusalCount]) -> String {
    guard !refusals.isEmpty else { return "nothing" }
    return refusals.map { "\($0.code) \($0.count) times, last \(moment($0.lastMilliseconds))" }
      .joined(separator: "; ")
  }

  static func size(_ bytes: Int64) -> String {
    var (amount, unit) = (Double(bytes), 0)
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    while amount >= 1_000, unit < units.count - 1 { (amount, unit) = (amount / 1_000, unit + 1) }
    guard unit > 0 else { return "\(bytes) bytes" }
    let tenths = Int64((amount * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }
}
