/// Why a file of REFI-QDA was not written, or not taken in.
package enum QDAFault: Error, Hashable, Sendable {
  // What would be wrong with the file that was being written.
  case notInSchema(String)
  case repeatedID
  case danglingReference
  case missingFile
  case forbiddenCharacter
  case quoteDiffers
  case noThemes
  case cannotWrite

  // What is wrong with a file from outside.
  case notXML(code: Int)
  case wrongEncoding
  case unknownEncoding
  case notAllowed
  case cutShort
  case tooMuch
  case documentType
  case tooDeep
  case tooManyElements
  case tooLong(bytes: Int)
  case otherRoot(expected: String)
  case noProject
  case severalProjects
}

extension QDAFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notInSchema(let element):
      "the file would not keep to the schema at the element \(element); nothing was written. "
        + "This is a fault of Cuaderno: please report it"
    case .repeatedID:
      "two things in the file would have the same id; nothing was written. "
        + "This is a fault of Cuaderno: please report it"
    case .danglingReference:
      "something in the file would refer to what is not there; nothing was written. "
        + "This is a fault of Cuaderno: please report it"
    case .missingFile:
      "a text named in the project would be missing in the file; nothing was written. "
        + "This is a fault of Cuaderno: please report it"
    case .quoteDiffers:
      "a selection would not hold the words that were coded; nothing was written. "
        + "This is a fault of Cuaderno: please report it"
    case .forbiddenCharacter:
      "a text has a character that XML cannot carry; nothing was written. `cuaderno doctor` says more"
    case .noThemes: "the study has no themes, and a code book must have at least one"
    case .cannotWrite:
      "file cannot be written there; check the folder, its permissions and the space left"
    case .notXML(let code):
      "not XML as this program reads it (libxml2's error \(code)); the file is damaged, or was not "
        + "written by a program for qualitative analysis"
    case .wrongEncoding:
      "bytes that are not in the encoding that its first line names, or not UTF-8 where it names none; "
        + "export it anew, or open it in an editor, save it as UTF-8 and let its first line say so"
    case .unknownEncoding:
      "its first line names an encoding that is not known here; save it as UTF-8 and let its first line "
        + "say so"
    case .notAllowed:
      "a character that XML does not allow, such as a control character; take it out in an editor, or "
        + "export the file anew"
    case .cutShort:
      "file ends before its elements are closed; it was cut off, so copy or export it anew"
    case .tooMuch:
      "what is in it would take more than \(XMLReading.heldBytesMax >> 20) MiB of memory; export it in "
        + "several parts"
    case .documentType:
      "a document type declaration, which no such file needs and which can be an attack"
    case .tooDeep: "elements nested more than \(XMLReading.depthMax) deep"
    case .tooManyElements: "more than \(XMLReading.elementsMax) elements"
    case .tooLong(let bytes):
      "text or value of \(bytes) bytes; the limit is \(XMLReading.textBytesMax)"
    case .otherRoot(let expected):
      "not a \(expected) of REFI-QDA; export the project or the code book anew as REFI-QDA"
    case .noProject:
      "no project file (.qde) at the top of the archive, or in its only folder; it is no REFI-QDA project"
    case .severalProjects: "several project files (.qde) at the top of the archive; keep one"
    }
  }
}
