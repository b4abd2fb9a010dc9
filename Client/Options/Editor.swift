import ArgumentParser
import CuadernoNotebook
import Foundation

/// Lets a person write a text in their own editor, and loses nothing of it.
///
/// The draft lies in the notebook's folder until its text is in the log. An editor that exits badly,
/// a machine that goes down, or a text that is refused leave the draft there, and the message says
/// where.
struct Editor {
  enum Failure: Error, CustomStringConvertible {
    case none
    case notATerminal
    case exit(status: Int32, draft: String)
    case notText(draft: String)
    case noDraft
    case draftGone
    /// Closed without a change, or with everything taken out.
    case unchanged
    case emptied

    var description: String {
      switch self {
      case .none: "no editor is set; set $EDITOR, or give the text with --text or --file"
      case .notATerminal:
        "no text was given; use --text, --file FILE, or --file - for standard input"
      case .exit(let status, let draft):
        "editor ended with status \(status), so nothing was saved; what was written is in \(draft)"
      case .notText(let draft): "what was written is not UTF-8; it is in \(draft)"
      case .noDraft:
        "no draft can be written in the notebook's folder, so no editor was opened; check its permissions "
          + "and the space left"
      case .draftGone:
        "editor left no file behind, so nothing was saved; let it save under the name that it is given"
      case .unchanged: "editor was closed without a change, so nothing was written"
      case .emptied:
        "the text came back from the editor empty, so nothing was written; --text '' empties a text on "
          + "purpose"
      }
    }
  }

  let drafts: URL
  let environment: [String: String]

  /// Opens the editor on a text and answers what it was changed to, with the draft's file, which the
  /// caller removes once the text is in the log.
  func edit(_ text: String, named name: String) throws -> (text: String, draft: URL) {
    guard isatty(STDIN_FILENO) == 1 || environment["CUADERNO_EDITOR_WITHOUT_TERMINAL"] == "1" else {
      throw Failure.notATerminal
    }
    guard let command = environment["VISUAL"] ?? environment["EDITOR"], !command.isEmpty else {
      throw Failure.none
    }
    let draft = try beginDraft(text, named: name)
    let status = try Self.run(command, draft.path)
    guard status == 0 else { throw Failure.exit(status: status, draft: draft.path) }
    guard let bytes = FileManager.default.contents(atPath: draft.path) else {
      throw Failure.draftGone
    }
    guard let written = String(data: bytes, encoding: .utf8) else {
      throw Failure.notText(draft: draft.path)
    }
    try Self.check(written, against: text, draft)
    return (written.hasSuffix("\n") ? String(written.dropLast()) : written, draft)
  }

  private func beginDraft(_ text: String, named name: String) throws -> URL {
    let stamp = Int(Date().timeIntervalSince1970 * 1000)
    let draft = drafts.appendingPathComponent("\(name)-\(stamp).md")
    do {
      try FileManager.default.createDirectory(
        at: drafts, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try Data(text.utf8).write(to: draft)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: draft.path)
    } catch {
      throw Failure.noDraft
    }
    return draft
  }

  /// Whoever leaves an editor without saving, or by mistake with nothing in it, has written nothing; the
  /// draft holds nothing then that is not in the notebook.
  private static func check(_ written: String, against begun: String, _ draft: URL) throws {
    // Many editors end the last line.
    let isUnchanged =
      written.utf8.elementsEqual(begun.utf8) || written.utf8.elementsEqual((begun + "\n").utf8)
    let isEmpty = written.allSatisfy(\.isWhitespace)
    guard isUnchanged || isEmpty else { return }
    try? FileManager.default.removeItem(at: draft)
    throw isUnchanged || begun.allSatisfy(\.isWhitespace) ? Failure.unchanged : Failure.emptied
  }

  /// Saves a text and removes its draft; says where the draft is when the text cannot be saved.
  static func saving<Result>(_ draft: URL?, _ save: () throws -> Result) throws -> Result {
    guard let draft else { return try save() }
    let result: Result
    do {
      result = try save()
    } catch {
      tell("nothing was saved; what was written is in \(draft.path)")
      throw error
    }
    // A draft that stays behind is no loss.
    try? FileManager.default.removeItem(at: draft)
    return result
  }

  /// Through the shell, because $EDITOR may be a command with options; the file's name is an
  /// argument and never part of the command.
  private static func run(_ command: String, _ file: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "\(command) \"$1\"", "sh", file]
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
