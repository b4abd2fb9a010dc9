import CuadernoLog
package import CuadernoSync
package import Foundation

// What `doctor` does: examine, mend what is damaged, and examine again.
extension Notebook {
  /// - Parameters:
  ///   - rebuild: whether to make the view anew in any case.
  ///   - backup: a backup to take from what is missing.
  /// - Throws: ``NotebookError``, when the log cannot be used and nothing of it can be saved.
  package static func heal(
    _ folder: NotebookFolder, rebuild: Bool, backup: URL?, surroundings: Surroundings
  ) throws -> Healing {
    var healing = Healing()
    func examine() throws -> Examination {
      let notebook = try open(folder, for: .writing, surroundings: surroundings)
      defer { try? notebook.close() }
      return try notebook.examine(rebuild: rebuild)
    }
    do {
      healing.examination = try examine()
    } catch let error where Self.mayBeDamage(error) {
      // So damaged that it cannot even be opened, or read to its end.
      do {
        healing.mending = try mend(folder, surroundings: surroundings)
      } catch let other where Self.mayBeDamage(other) {
        throw error
      }
      healing.examination = try examine()
    }
    if healing.mending == nil, !healing.examination.isLogSound || healing.examination.isWALCut {
      healing.mending = try mend(folder, surroundings: surroundings)
      healing.examination = try examine()
    }
    let notebook = try open(folder, for: .writing, surroundings: surroundings)
    defer { try? notebook.close() }
    if let backup {
      healing.taken = try notebook.take(fromBackup: backup)
      healing.examination = try notebook.examine(rebuild: false)
    }
    let frontier = try notebook.frontier()
    healing.missing = healing.mending?.missing.filter { !frontier.covers($0) } ?? []
    healing.registers = try notebook.read { try $0.registersDigest() }
    return healing
  }

  /// A flipped bit may also make a log out to be of a newer version; mending looks into that.
  private static func mayBeDamage(_ error: any Error) -> Bool {
    switch error {
    case NotebookError.log(.newerVersion): true
    case let error as StoreError: error.isDamage
    case NotebookError.log(let error): error.isDamage
    default: false
    }
  }
}

/// What was found and done.
package struct Healing: Sendable {
  package var examination = Examination()
  /// Nil when the log was sound.
  package var mending: Mending?
  /// Changes that were lost with the damage and have not come back.
  package var missing: [Dot] = []
  /// Changes taken from a backup; nil when none was named.
  package var taken: Int?
  package var registers = Digest.zero

  /// Whether something is left that a hub or a backup has to bring.
  package var isIncomplete: Bool {
    !missing.isEmpty || examination.waiting > 0 || examination.lost > 0
  }
}
