package import CuadernoLog
package import CuadernoModel
import CuadernoSync

/// Why a notebook could not do what it was asked; nothing was changed.
package enum NotebookError: Error, Equatable, Sendable {
  case missing
  case exists
  /// The doctor put a mended log in the place of the one that was opened, or somebody else another.
  case replaced
  /// What this machine remembers of its notebooks cannot be written, in a folder of this path.
  case forgetful(String)
  /// The view was damaged and has been made anew, when part of what was read was out already.
  case viewHealed
  /// The log's file cannot be used. The log is the truth, so nothing can be made again from it.
  case log(StoreError)
  case unknownRecord
  case wrongKind(expected: Kind)
  case fault(Fault)
  /// The record was written by a newer cuaderno and cannot be changed by this one.
  case newerKind
  case tooManyFields(Int)
  /// More than one change can carry, although no field of it is too long.
  case changeTooLong(bytes: Int)
  case clockExhausted
  case studyFull
  /// The role that the member has on the hub does not allow it, so the hub would not take it.
  case notAllowed(Role)
  /// Coding is blind, and the member is not among those who see everybody's codings.
  case notOpenHere
  /// Coding is blind, and one codes as oneself then.
  case otherCoder
  /// What is written to was erased on purpose.
  case erased
  case notErasable(Kind)
  /// A sync would take away more than a share that a slip of the hand explains.
  case wouldRemove(Int, of: Int)
  /// Some records' words are not in the full-text index yet.
  case indexIncomplete
}

extension NotebookError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing:
      "there is no notebook here; make one with `cuaderno init TITLE --as NAME`, join a study with "
        + "`cuaderno join INVITE`, or name another folder with --notebook"
    case .exists: "there is a notebook here already; name another folder with --notebook"
    case .replaced:
      "this notebook was mended or put back by another command meanwhile; nothing was written; run the "
        + "command again"
    case .forgetful(let folder):
      "this machine cannot remember which numbers the notebook has given away, since \(folder) cannot be "
        + "written; nothing was written; make that folder writable, or name another in XDG_STATE_HOME"
    case .viewHealed:
      "what was written out is not whole: a damaged part was found on the way, and has been made anew; run "
        + "the command again"
    case .log(let error): "notebook's log: \(error)"
    case .unknownRecord: "no such record"
    case .wrongKind(let kind): "record is not of the kind \(kind.name)"
    case .fault(let fault): fault.description
    case .newerKind: "record was written by a newer cuaderno; update before changing it"
    case .tooManyFields(let count):
      "what was written at once sets \(count) fields; the limit is \(WireLimits.changeFields); "
        + "write some of them later"
    case .changeTooLong(let bytes):
      "what was written at once is \(bytes) bytes; the limit is \(WireLimits.payloadBytes); "
        + "write the text and the other fields one after the other"
    case .clockExhausted: StampsExhausted().description
    case .notAllowed(let role):
      "the role \(role.rawValue) \(role.restriction ?? "does not allow this"); nothing was written; ask "
        + "an owner of the study for another role, and sync when you have it"
    case .notOpenHere:
      "coding is blind, and only who sees all codings, or an owner of the study, releases them; nothing "
        + "was written; `cuaderno study show` says whom to ask"
    case .otherCoder:
      "coding is blind, and codings of others are not shown here; nothing was written; leave the coder "
        + "out, so that it is you, or wait until the codings are released"
    case .erased: "record was erased on purpose; nothing can be written to it any more"
    case .notErasable(let kind):
      "a \(kind.name) cannot be erased, since codings would be erased with it; delete it instead"
    case .wouldRemove(let count, let total):
      "with what came, this command would have deleted \(count) of \(total) records here; nothing of what "
        + "came was applied; ask the team, and if it is meant, run the command once with --accept-deletes"
    case .indexIncomplete:
      "what came with the last sync is not indexed yet; search once more, or run `cuaderno doctor`"
    case .studyFull:
      "study has \(Limits.studyChanges) changes, which is the limit; begin a new study"
    }
  }
}

extension NotebookError {
  /// Whether the same is done by trying again, without anybody doing anything.
  package var passes: Bool {
    switch self {
    case .replaced, .viewHealed, .log(.busy): true
    default: false
    }
  }

  /// Whether it is what a disk that was pulled out gives.
  package var isOfDisk: Bool {
    switch self {
    case .log(.inputOutput), .log(.cannotOpen), .log(.missing): true
    default: false
    }
  }
}
