import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoAnalysis

/// In which order the values of an attribute stand in a table.
@Suite struct ColumnOrderTests {
  private func data(
    _ type: AttributeDefinition.ValueType?, choices: [String] = []
  ) throws -> StudyData {
    let folder = try ScratchFolder()
    let notebook = try StudySample.notebook(in: folder)
    return try notebook.write { writer in
      if let type {
        let definition = AttributeDefinition(
          name: "dato", record: .participant, type: type, choices: choices)
        try writer.put(
          writer.reader.studyRecord, .study,
          [
            FieldEdit(
              .Study.attributeDefinitions,
              key: writer.keys.key(definitionNamed: "dato", of: .participant),
              value: .attributeDefinition(definition))
          ])
      }
      return try StudyData(writer.reader)
    }
  }

  private func ordered(
    _ values: [String?], _ type: AttributeDefinition.ValueType?, choices: [String] = []
  ) throws -> [String?] {
    let data = try data(type, choices: choices)
    let ordered = data.ordered(values, .attribute(.participant, name: "dato"))
    // The definition is of another kind's attribute of that name, too.
    #expect(
      data.ordered(values, .attribute(.place, name: "dato"))
        == values.compactMap(\.self).sorted() + values.filter { $0 == nil })
    return ordered
  }

  @Test func `numbers stand by their value, what is no number after them, and none last`() throws {
    #expect(
      try ordered(["480", nil, "38", "muchos", "-5", "46", "49"], .integer)
        == ["-5", "38", "46", "49", "480", "muchos", nil])
    #expect(try ordered(["10.5", "9", "1e3", "9.25"], .number) == ["9", "9.25", "10.5", "1e3"])
  }

  @Test func `dates stand by their first day`() throws {
    #expect(
      try ordered(["2017-05-12", "2017", "1 de mayo", "0800-01", "2017-05-02"], .date)
        == ["0800-01", "2017", "2017-05-02", "2017-05-12", "1 de mayo"])
  }

  @Test func `choices stand as they were defined`() throws {
    #expect(
      try ordered(
        ["alta", "baja", "otra", "media", nil], .choice, choices: ["baja", "media", "alta"])
        == ["baja", "media", "alta", "otra", nil])
  }

  @Test(arguments: [nil, AttributeDefinition.ValueType.text])
  func `words stand by their letters`(type: AttributeDefinition.ValueType?) throws {
    #expect(try ordered(["b", "10", "9", nil, "a"], type) == ["10", "9", "a", "b", nil])
  }
}
