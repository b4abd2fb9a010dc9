package import CuadernoSync

/// Why a bundle was not read or not written. Nothing of it was applied, and no file was changed.
package enum BundleFault: Error, Equatable, Sendable {
  case notABundle
  case newerVersion(Int)
  case tooLong(bytes: Int)
  case cutShort(bytes: Int, length: UInt64)
  case bytesAfterEnd(Int)
  /// The bytes do not hash to what stands at their end.
  case damaged

  // What only a program with a fault, or somebody who means harm, writes: the hash is right.
  case malformedHeader
  /// A section is of no known kind, or longer than what is left or than a page may be.
  case malformedSection(atByte: Int)
  case unreadablePage(Int, WireError)
  case faultyPage(Int, PageFault)
  /// A change comes twice, or is one that the reader is said to hold.
  case repeatedChange(page: Int)
  /// The pages do not lead to the frontier that the header names.
  case incomplete

  case otherStudy
  /// The reader lacks what the bundle builds on.
  case missing(changes: UInt64, devices: Int)
  /// The chains part from those of the reader before the bundle begins.
  case partsBefore
  case changedMeanwhile

  case noFile
  case isFolder
  case exists
  case readOnly
  case diskFull
  /// The system's number of the error.
  case inputOutput(code: Int32)
}

extension BundleFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notABundle: "file is no bundle; a bundle is made with `cuaderno bundle write`"
    case .newerVersion(let version):
      "bundle was written by a newer cuaderno (bundle version \(version); this one knows "
        + "\(BundleLayout.version)); update before reading it; nothing was changed"
    case .tooLong(let bytes):
      "bundle is \(bytes) bytes; the limit is \(BundleLayout.fileBytesMax); nothing was changed"
    case .cutShort(let bytes, let length):
      "bundle is cut short or damaged: \(bytes) bytes are here of \(length); copy it again from "
        + "where it came from; nothing was changed"
    case .bytesAfterEnd(let count):
      "bundle has \(count) bytes after its end; copy it again from where it came from; nothing was "
        + "changed"
    case .damaged:
      "bundle is damaged: its bytes do not match the hash at its end; copy it again from where it "
        + "came from; nothing was changed"
    case .malformedHeader:
      "bundle's header is not well-formed; ask for another one; nothing was changed"
    case .malformedSection(let offset):
      "bundle is not well-formed at byte \(offset); ask for another one; nothing was changed"
    case .unreadablePage(let number, let error):
      "bundle's page \(number) cannot be read: \(error); nothing was changed"
    case .faultyPage(let number, let fault):
      "bundle's page \(number) may not be applied: \(fault); nothing was changed"
    case .repeatedChange(let number):
      "bundle's page \(number) repeats a change; ask for another bundle; nothing was changed"
    case .incomplete:
      "bundle's pages do not end where its header says; ask for another one; nothing was changed"
    case .otherStudy:
      "bundle is of another study than this notebook; nothing was mixed; name the notebook of that "
        + "study with --notebook, or a new folder with --notebook and --as"
    case .missing(let changes, let devices):
      "bundle builds on \(changes) change\(changes == 1 ? "" : "s") of "
        + "\(devices) device\(devices == 1 ? "" : "s") that this notebook lacks; read the bundles "
        + "that came before it, or ask for one of everything (`cuaderno bundle write FILE` without "
        + "--for); nothing was changed"
    case .partsBefore:
      "bundle and this notebook hold different changes under the same numbers of a device that was "
        + "copied, from before the bundle begins; ask for one of everything (`cuaderno bundle write "
        + "FILE` without --for); nothing was changed"
    case .changedMeanwhile:
      "bundle changed or went away while it was read; what was applied until then is kept; read it "
        + "again"
    case .noFile: "there is no file of that name"
    case .isFolder: "that is a folder; name the bundle in it"
    case .exists:
      "there is a file of that name already; choose another name, or overwrite it with --replace"
    case .readOnly: "nothing can be written there; choose a folder or disk that can be written"
    case .diskFull: "disk is full; no bundle was written; free some space there and try again"
    case .inputOutput(let code):
      "file cannot be read or written (system error \(code)); nothing was changed"
    }
  }
}
