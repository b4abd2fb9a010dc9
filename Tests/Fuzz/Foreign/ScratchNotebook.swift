import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoText
import Foundation

/// The notebook into which every file is taken, and out of which it goes again before the next.
enum ScratchNotebook {
  private struct TakenBack: Error {}

  private static let notebook: Notebook = {
    let path = Scratch.folder + "/notebook"
    let surroundings = Surroundings(
      now: { 1_500_000_000_000 },
      // Chance that is none: an input does the same again. No two ids of one import are the same.
      randomBytes: { count in Chance.bytes(count) },
      machine: "machine", stateFolder: URL(fileURLWithPath: Scratch.folder + "/state"))
    do {
      let notebook = try Notebook.create(
        in: NotebookFolder(URL(fileURLWithPath: path)), study: StudyID(rawValue: 7),
        title: "Coca y Estado", member: "Ana", deviceName: "laptop", surroundings: surroundings)
      try notebook.write { writer in
        let place = try writer.create(.place, [FieldEdit(.Place.name, "Tocache")])
        let theme = try writer.create(.theme, [FieldEdit(.Theme.name, "Estado")])
        _ = try writer.create(
          .theme,
          [
            FieldEdit(.Theme.name, "Confianza"),
            FieldEdit(.Theme.parent, value: .reference(theme.rawValue)),
          ])
        _ = try writer.create(.participant, [FieldEdit(.Participant.pseudonym, "Rosa")])
        _ = try writer.create(
          .interview,
          [
            FieldEdit(.Interview.label, "TOC-1"),
            FieldEdit(.Interview.text, "Señor año niño: «Lloré» mañana.\nNadie vino."),
            FieldEdit(.Interview.place, value: .reference(place.rawValue)),
          ])
      }
      return notebook
    } catch {
      fatalError("no notebook: \(error)")
    }
  }()

  /// Takes a file in, looks at what came of it, takes it in once more where that must change nothing, and
  /// takes everything back.
  static func take(
    twice: Bool = false, _ body: (inout Writer) throws -> Void
  ) throws {
    Chance.begin()
    do {
      try notebook.write { writer in
        try body(&writer)
        try look(writer.reader)
        if twice {
          let before = writer.lastDot
          try body(&writer)
          hold(writer.lastDot == before, "a file taken in again changes something")
        }
        throw TakenBack()
      }
    } catch is TakenBack {
      return
    }
  }

  /// Every coding lies in its text, on the words that it quotes.
  private static func look(_ reader: Reader) throws {
    for placed in try reader.allPlacedCodings() {
      guard let target = placed.coding.target, let anchor = placed.coding.anchor else { continue }
      hold(anchor.start < anchor.end, "a coding has no words")
      guard placed.status == .exact, let span = placed.span else { continue }
      guard let text = try reader.codedText(of: target)?.text else {
        return hold(false, "a coding lies on no text")
      }
      hold(
        ScalarText(text).substring(span)?.hasBytes(of: anchor.quote) == true,
        "a coding lies on other words")
    }
  }
}

/// Bytes that look random and are the same for the same input.
private enum Chance {
  private nonisolated(unsafe) static var state: UInt64 = 0

  static func begin() { unsafe state = 0x9E37_79B9_7F4A_7C15 }

  static func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in
      unsafe state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return unsafe UInt8(truncatingIfNeeded: state >> 33)
    }
  }
}
