import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// What a text that is coded is called: an interview by its label, a note by what it is about in the end.
struct TextName {
  let interview: String?
  let note: RecordID?

  /// For people, who tell notes apart by the beginnings of their ids.
  var shown: String {
    [interview, note.map { "note \($0.short)" }].compactMap(\.self).filter { !$0.isEmpty }
      .joined(separator: ", ")
  }
}

extension Reader {
  func textName(of text: RecordID) throws -> TextName {
    var notes: Set<RecordID> = []
    var subject: RecordID? = text
    while let id = subject {
      if let note = try fetch(Note.self, id) {
        // Two notes may be about each other.
        subject = notes.insert(id).inserted ? note.about : nil
      } else if !notes.isEmpty, let coding = try fetch(Coding.self, id) {
        subject = coding.target
      } else {
        break
      }
    }
    return TextName(
      interview: try subject.flatMap { try match($0)?.name }, note: notes.isEmpty ? nil : text)
  }
}
