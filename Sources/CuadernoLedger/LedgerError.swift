/// Why the hub's owner did not get what was asked of the ledger. Nothing was changed.
package enum LedgerError: Error, Equatable, Sendable {
  case folderUnusable(code: Int32)
  /// The data folder has no ledger, and the command does not make one.
  case noLedger

  case badDatabaseAddress
  /// The database has no ledger, and the command does not make one.
  case noLedgerInDatabase
  case databaseUnreachable
  case databaseNotUTF8
  case databaseTooOld(version: Int)
  /// It has tables of something else under the names that a ledger's have.
  case databaseTaken
  case databaseFailed(state: String)
  /// A commit may have been carried out or not.
  case outcomeUnknown

  case badName(NameFault)
  case studyExists(title: String)
  case studyIDExists(title: String)
  case noStudy
  case severalStudies(count: Int)
  case memberExists(name: String)
  /// The member is in the study with another role than the one asked for.
  case otherRole(name: String, role: String)
  case noMember
  case noDevice
  case severalDevices(count: Int)
  case noInvite(Int64)
  case inviteUsed(Int64)

  case backupTargetUnusable(code: Int32)
  /// The file named is the ledger itself.
  case backupOntoLedger
  /// The copy did not pass its check, so it replaced nothing.
  case backupNotSound
  /// What was to be copied did not pass its check.
  case sourceNotSound
  /// The copy is not what was copied, so nothing of it was kept.
  case copyDiffers
  case targetNotEmpty
  /// A file to restore that cannot be read.
  case backupUnreadable(code: Int32)
  /// A ledger that was copied while it was in use, and is not whole without the file beside it.
  case notABackup
  /// A file to restore that did not pass its check.
  case backupDamaged
  /// There is a ledger, and nobody said that it gives way.
  case ledgerExists
  /// There is a ledger, and a process has it open.
  case ledgerInUse
  case restoreImpossible(code: Int32)
  /// The log has damaged changes, so what would be rebuilt from it would be wrong.
  case logDamaged
}

/// Why a title or a name cannot be taken.
package enum NameFault: Error, Equatable, Sendable {
  case empty
  case tooLong(bytes: Int)
  /// A control character, which could change what a terminal shows.
  case unprintable
}

extension NameFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "name is empty"
    case .tooLong(let bytes): "name is \(bytes) bytes; the limit is \(Name.bytesMax)"
    case .unprintable: "name has a control character or a line end in it; type it without"
    }
  }
}

extension LedgerError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .folderUnusable(let code):
      "data folder cannot be used (error \(code)); check that it exists and may be written"
    case .noLedger:
      "there is no ledger in the data folder; `cuaderno-server study create TITLE` makes one, and "
        + "--data names another folder"
    case .badDatabaseAddress:
      "database is named by an address such as postgres://name@host/database"
    case .noLedgerInDatabase:
      "there is no ledger in the database; `cuaderno-server study create TITLE` makes one, and "
        + "`cuaderno-server migrate` brings one there"
    case .databaseUnreachable:
      "database cannot be reached, or does not let this server in; check that it runs, the address, name "
        + "and password given for it, and that it speaks TLS if it is on another machine; what was "
        + "acknowledged before is kept"
    case .databaseNotUTF8: "database does not keep its texts in UTF-8; make one that does"
    case .databaseTooOld(let version):
      "database is PostgreSQL \(version); this cuaderno-server needs 12 or newer"
    case .databaseTaken:
      "database has tables of something else, with names that a ledger needs; name an empty database"
    case .databaseFailed(let state):
      "database refused the operation (SQLSTATE \(state)); its own log says why"
    case .outcomeUnknown:
      "connection to the database broke in the moment of storing, so it may be stored or not; look "
        + "before you repeat this"
    case .badName(let fault): fault.description
    case .studyExists(let title):
      "a study titled \"\(title)\" exists already; choose another title"
    case .studyIDExists(let title):
      "the study with that id is here already, under the title \"\(title)\""
    case .noStudy:
      "no study has this title or an id that begins so; `cuaderno-server study list` shows all"
    case .severalStudies(let count):
      "\(count) studies have an id that begins so; type more of it, or the title"
    case .memberExists(let name):
      "\"\(name)\" is a member of this study already"
    case .otherRole(let name, let role):
      "\"\(name)\" is in this study as \(role); leave --role out, or change it first with "
        + "`cuaderno-server member role`"
    case .noMember:
      "no member of this study has that name; `cuaderno-server member list` shows all"
    case .noDevice:
      "no device of this study has an id that begins so; `cuaderno-server device list` shows all"
    case .severalDevices(let count):
      "\(count) devices have an id that begins so; type more of it"
    case .noInvite(let number):
      "there is no invite \(number) in this study; `cuaderno-server invite list` shows all"
    case .inviteUsed(let number):
      "invite \(number) was used already; revoke the device that joined with it instead"
    case .backupTargetUnusable(let code):
      "backup cannot be written there (error \(code)); check the folder and its free space"
    case .backupOntoLedger:
      "that file is the ledger itself; name another one for the backup"
    case .backupNotSound:
      "copy did not pass its check, so no backup was written and an older one is untouched; "
        + "run `cuaderno-server check`"
    case .sourceNotSound:
      "ledger did not pass its check, so nothing was copied; run `cuaderno-server check`"
    case .copyDiffers:
      "copy is not the same as the ledger that was copied, so nothing of it was kept; try again, and "
        + "tell the makers of Cuaderno if it happens again"
    case .targetNotEmpty:
      "there is a ledger already where the copy should go; name an empty folder or database"
    case .backupUnreadable(let code):
      "backup cannot be read (error \(code)); check its name and that this user may read it"
    case .notABackup:
      "that file is a ledger in use or a copy of one, and part of it is in the -wal file beside it; name "
        + "a file that `cuaderno-server backup` has written"
    case .backupDamaged:
      "backup did not pass its check, so nothing was restored; use an older one"
    case .ledgerExists:
      "there is a ledger in the data folder; stop the server and say --replace to put the backup in its "
        + "place, and the ledger is kept beside it"
    case .ledgerInUse:
      "the ledger in the data folder is in use; stop the server first"
    case .restoreImpossible(let code):
      "backup cannot be put into the data folder (error \(code)); check the folder and its free space"
    case .logDamaged:
      "some changes are damaged, so nothing was rebuilt from them; restore a backup, and the "
        + "notebooks bring back what came after it"
    }
  }
}
