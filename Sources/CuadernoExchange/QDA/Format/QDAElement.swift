/// The elements of REFI-QDA that are written, by their names.
///
/// Project.xsd, version 1.0 of 18 March 2019, and Codebook.xsd.
enum QDAElement: String, CaseIterable, Sendable {
  case project = "Project"
  case users = "Users"
  case user = "User"
  /// Within a project; alone, as a file, it is ``codeBookFile``.
  case codeBook = "CodeBook"
  case codes = "Codes"
  case code = "Code"
  case variables = "Variables"
  case variable = "Variable"
  case cases = "Cases"
  /// One of the cases.
  case oneCase = "Case"
  case sources = "Sources"
  case textSource = "TextSource"
  case plainTextSelection = "PlainTextSelection"
  case coding = "Coding"
  case variableValue = "VariableValue"
  case notes = "Notes"
  case note = "Note"
  case links = "Links"
  case link = "Link"
  case sets = "Sets"
  case set = "Set"
  case description = "Description"
  case codeRef = "CodeRef"
  case noteRef = "NoteRef"
  case sourceRef = "SourceRef"
  case variableRef = "VariableRef"
  case memberSource = "MemberSource"
  case textValue = "TextValue"
  case booleanValue = "BooleanValue"
  case integerValue = "IntegerValue"
  case floatValue = "FloatValue"
  case dateValue = "DateValue"
  /// The root of a code book alone, which has its own namespace.
  case codeBookFile = "CodeBook "

  /// As it stands in the file.
  var name: String { self == .codeBookFile ? Self.codeBook.rawValue : rawValue }

  /// Among all cases.
  var place: Int { Self.places[self] ?? 0 }

  private static let places = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}

enum QDAAttribute: String, Sendable {
  case guid, name, origin, creationDateTime, isCodable, color, typeOfVariable, plainTextPath
  case startPosition, endPosition, creatingUser, direction, originGUID, targetGUID
}
