package import CuadernoNotebook
package import CuadernoSync

/// How long the texts are that codings lie on, and where their lines are; not what they say.
package struct CodedTexts: Sendable {
  package struct Shape: Hashable, Sendable {
    /// In scalars.
    package var length: Int
    /// The lines that hold more than blanks, without their ends.
    package var lines: [Range<Int>]

    package init(_ text: String) {
      lines = []
      length = 0
      var start = 0
      var isBlank = true
      for scalar in text.unicodeScalars {
        if scalar == "\n" {
          if !isBlank { lines.append(start..<length) }
          (start, isBlank) = (length + 1, true)
        } else if isBlank, scalar.value > 0x20, scalar.isASCII || !scalar.properties.isWhitespace {
          isBlank = false
        }
        length += 1
      }
      if !isBlank { lines.append(start..<length) }
    }
  }

  package var shapes: [RecordID: Shape]

  package init(shapes: [RecordID: Shape]) {
    self.shapes = shapes
  }

  /// Of no text where one coder alone would have nobody to be compared with.
  package init(of data: StudyData, _ reader: Reader) throws {
    shapes = [:]
    let sources = Set(data.passages.map(\.source))
    guard data.coders.count > 1 else { return }
    try reader.forEach(Interview.self) { interview in
      guard sources.contains(interview.id) else { return }
      shapes[interview.id] = interview.text.map(Shape.init)
    }
    try reader.forEach(Note.self) { note in
      guard sources.contains(note.id) else { return }
      shapes[note.id] = note.text.map(Shape.init)
    }
  }
}
