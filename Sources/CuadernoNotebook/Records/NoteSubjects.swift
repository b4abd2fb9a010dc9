import CuadernoLog
package import CuadernoModel
package import CuadernoSync

extension Reader {
  /// What each note is about, and its own date. For a note about a coding it is what the coding lies on.
  package func noteAbouts() throws -> [RecordID: (about: RecordID?, at: PartialDate?)] {
    var notes = [RecordID: (about: RecordID?, at: PartialDate?)]()
    try forEach(Note.self) { notes[$0.id] = ($0.about, $0.at) }
    for (id, note) in notes {
      guard let about = note.about, notes[about] == nil else { continue }
      if let coding = try fetch(Coding.self, about) { notes[id]?.about = coding.target }
    }
    return notes
  }

  /// What each note is about in the end, through as many notes as lie between; nothing for one that is about
  /// nothing, and for those that are about each other.
  package func noteSubjects() throws -> [RecordID: RecordID] {
    let notes = try noteAbouts()
    var subjects = [RecordID: RecordID?]()
    for note in notes.keys where subjects[note] == nil {
      var chain: Set = [note]
      var next = notes[note]?.about
      var subject: RecordID?
      while let id = next {
        if let known = subjects[id] {
          subject = known
        } else if let above = notes[id] {
          next = chain.insert(id).inserted ? above.about : nil
          continue
        } else {
          subject = id
        }
        break
      }
      for note in chain { subjects[note] = .some(subject) }
    }
    return subjects.compactMapValues(\.self)
  }
}
