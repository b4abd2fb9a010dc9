import CuadernoModel
import CuadernoNotebook
import CuadernoSync

@testable import CuadernoExchange

/// Values that stand as text in cells, attributes and keys.
extension ForeignReader {
  static let typed: [ForeignReader] = [
    ForeignReader(name: "date") { input in
      let text = input.asText
      for zones in [{ _ in true }, Surroundings.isKnownTimeZone] as [(String) -> Bool] {
        guard let date = try? PartialDate(text, isKnownZone: zones) else { continue }
        hold((try? PartialDate(date.description, isKnownZone: zones)) == date, "a date is another")
        hold(date.firstDay <= date.lastDay, "a date ends before it begins")
      }
      for order in ColumnMapping.DateOrder.allCases {
        let mapping = try ColumnMapping(dates: order)
        guard let date = try? mapping.date(text, at: .file) else { continue }
        hold(
          (try? mapping.date(date.description, at: .file)) == date, "a date is another in a table")
      }
    },
    ForeignReader(name: "words") { input in
      let text = input.asText
      for type in [
        QDAType.guid, .boolean, .integer, .decimal, .date, .dateTime, .colour, .direction,
        .variableType,
      ] { _ = type.accepts(text) }
      if let id = RecordID(guid: text) { hold(RecordID(guid: id.guid) == id, "a GUID is another") }
      hold(TaguetteTags.steps(text).joined(separator: ".").hasBytes(of: text), "a path lost a step")
      for entry in text.listEntries {
        hold(entry.trimmed.hasBytes(of: entry), "an entry has spaces")
      }
      if let point = FormPoint.openRosa(text) ?? FormPoint.wellKnownText(text) {
        hold(
          abs(point.latitude) <= 90 && abs(point.longitude) <= 180, "a point lies outside the globe"
        )
        _ = PointText.text(point)
      }
      _ = (AttributeKey.name(in: text), TextEncoding(name: text), KeptLine(text))
      _ = (VariableReading.boolean(text), Submission.key(text), FormColumn.isSystem(text))
      let line = KeptLine(text).text
      hold(KeptLine(line).text.hasBytes(of: line), "a line as kept is not kept so")
      hold(line.utf8.count <= Limits.lineBytes, "a line is too long")
      _ = try InterviewDraft.consent(text)
    },
    ForeignReader(name: "described") { input in
      let text = input.asText
      for heading in [DescribedLines.Heading.place, .period, .variable, .renamed] {
        guard let lines = DescribedLines(heading.rawValue + "\n" + text, heading) else {
          return hold(false, "a heading is not found")
        }
        _ = (lines.value("Name"), lines.named("Attribute"))
      }
      var lines = DescribedLines(.place)
      lines.add("Name", text)
      lines.add("Attribute", named: text, text)
      lines.text = text
      let again = DescribedLines(lines.written, .place)
      hold(again?.value("Name")?.hasBytes(of: text) == true, "a described name is another")
      hold(again?.text.hasBytes(of: text) == true, "a described text is another")
      guard let pair = again?.named("Attribute").first else { return hold(false, "a pair is lost") }
      hold(pair.name.hasBytes(of: text) && pair.value.hasBytes(of: text), "a pair is another")
    },
    ForeignReader(name: "mapping") { input in
      let parts = input.parts(3).map(\.asText)
      let mapping = try ColumnMapping(
        parts[0].split(separator: "\n").map(String.init),
        skipping: parts[1].split(separator: "\n").map(String.init))
      for column in parts[2].split(separator: "\n").map(String.init) {
        _ = (mapping.targets(of: column), mapping.submissionTargets(of: column))
      }
      hold(mapping.missing(from: mapping.names).isEmpty, "a column that is there is missing")
    },
  ]
}
