import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// What a text that is coded is called: an interview by its label, a note by what it is about in the end.
struct TextName {
  let interview: String?
  let note: RecordID?

  /// For people, who tell notes apart by the beginnings of their ids.
  var shown: String {
    [interview, note.map { "note \($0.short)" }].compactMap(\.self).joined(separator: ", ")
  }
}

extension Reader {
  func textName(of text: RecordID) throws -> TextName {
    var passed: Set<RecordID> = []
    var next: RecordID? = text
    while let id = next, passed.insert(id).inserted, let note = try fetch(Note.self, id) {
      next = note.about
    }
    let about = try next.flatMap { passed.contains($0) ? nil : try match($0)?.name }
    return TextName(interview: about, note: passed.isEmpty ? nil : text)
  }
}
