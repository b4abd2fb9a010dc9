/// What an element may hold: the schema's own words for it.
///
/// A class, since one rule is held by every element that is open.
///
/// The schema knows nothing of ids that are there twice, of references that lead nowhere and of files
/// that are missing; ``QDAWriter`` checks these too.
final class QDARule: Sendable {
  struct Attribute: Sendable {
    let name: QDAAttribute
    let type: QDAType
    let isRequired: Bool

    static func required(_ name: QDAAttribute, _ type: QDAType) -> Attribute {
      Attribute(name: name, type: type, isRequired: true)
    }

    static func optional(_ name: QDAAttribute, _ type: QDAType) -> Attribute {
      Attribute(name: name, type: type, isRequired: false)
    }
  }

  /// A step of a sequence: this element, so many times.
  struct Step: Sendable {
    let element: QDAElement
    let least: Int
    let most: Int

    static func maybe(_ element: QDAElement) -> Step { Step(element: element, least: 0, most: 1) }
    static func one(_ element: QDAElement) -> Step { Step(element: element, least: 1, most: 1) }
    static func any(_ element: QDAElement) -> Step { Step(element: element, least: 0, most: .max) }
    static func some(_ element: QDAElement) -> Step { Step(element: element, least: 1, most: .max) }
  }

  enum Content: Sendable {
    case text(QDAType)
    /// Children in this order and no other; none where it is empty.
    case sequence([Step])
  }

  let attributes: [Attribute]
  let content: Content
  /// A bit for each attribute that must be there, in their order.
  let required: UInt32

  init(_ attributes: [Attribute], _ content: Content) {
    self.attributes = attributes
    self.content = content
    required = attributes.enumerated().reduce(0) { bits, attribute in
      attribute.element.isRequired ? bits | 1 << UInt32(attribute.offset) : bits
    }
  }

  static func of(_ element: QDAElement) -> QDARule { byPlace[element.place] }

  /// An element is looked up for each of a million in a file.
  private static let byPlace: [QDARule] = QDAElement.allCases.map {
    rules[$0] ?? QDARule([], .sequence([]))
  }

  private static let rules: [QDAElement: QDARule] = {
    let guid = Attribute.required(.guid, .guid)
    let reference = QDARule([.required(.targetGUID, .guid)], .sequence([]))
    let text: [Attribute] = [
      guid, .optional(.name, .string), .optional(.plainTextPath, .string),
      .optional(.creatingUser, .guid), .optional(.creationDateTime, .dateTime),
    ]
    let values: [Step] = [
      .one(.variableRef), .maybe(.textValue), .maybe(.booleanValue), .maybe(.integerValue),
      .maybe(.floatValue), .maybe(.dateValue),
    ]
    return [
      .project: QDARule(
        [
          .required(.name, .string), .required(.origin, .string),
          .optional(.creationDateTime, .dateTime),
        ],
        .sequence([
          .maybe(.users), .maybe(.codeBook), .maybe(.variables), .maybe(.cases), .maybe(.sources),
          .maybe(.notes), .maybe(.links), .maybe(.sets), .maybe(.description), .any(.noteRef),
        ])),
      .users: QDARule([], .sequence([.some(.user)])),
      .user: QDARule([guid, .optional(.name, .string)], .sequence([])),
      .codeBook: QDARule([], .sequence([.one(.codes)])),
      .codeBookFile: QDARule([.required(.origin, .string)], .sequence([.one(.codes)])),
      .codes: QDARule([], .sequence([.some(.code)])),
      .code: QDARule(
        [
          guid, .required(.name, .string), .required(.isCodable, .boolean),
          .optional(.color, .colour),
        ],
        .sequence([.maybe(.description), .any(.noteRef), .any(.code)])),
      .variables: QDARule([], .sequence([.some(.variable)])),
      .variable: QDARule(
        [guid, .required(.name, .string), .required(.typeOfVariable, .variableType)],
        .sequence([.maybe(.description)])),
      .cases: QDARule([], .sequence([.some(.oneCase)])),
      .oneCase: QDARule(
        [guid, .optional(.name, .string)],
        .sequence([
          .maybe(.description), .any(.codeRef), .any(.variableValue), .any(.sourceRef),
        ])),
      .sources: QDARule([], .sequence([.some(.textSource)])),
      .textSource: QDARule(
        text,
        .sequence([
          .maybe(.description), .any(.plainTextSelection), .any(.coding), .any(.noteRef),
          .any(.variableValue),
        ])),
      .plainTextSelection: QDARule(
        [
          guid, .optional(.name, .string), .required(.startPosition, .integer),
          .required(.endPosition, .integer), .optional(.creatingUser, .guid),
        ],
        .sequence([.maybe(.description), .any(.coding), .any(.noteRef)])),
      .coding: QDARule(
        [guid, .optional(.creatingUser, .guid)], .sequence([.one(.codeRef), .any(.noteRef)])),
      .variableValue: QDARule([], .sequence(values)),
      .notes: QDARule([], .sequence([.some(.note)])),
      .note: QDARule(
        text,
        .sequence([
          .maybe(.description), .any(.plainTextSelection), .any(.coding), .any(.noteRef),
          .any(.variableValue),
        ])),
      .links: QDARule([], .sequence([.some(.link)])),
      .link: QDARule(
        [
          guid, .optional(.name, .string), .optional(.direction, .direction),
          .optional(.originGUID, .guid), .optional(.targetGUID, .guid),
        ],
        .sequence([.any(.noteRef)])),
      .sets: QDARule([], .sequence([.some(.set)])),
      .set: QDARule(
        [guid, .required(.name, .string)],
        .sequence([.maybe(.description), .any(.memberSource)])),
      .description: QDARule([], .text(.string)),
      .codeRef: reference, .noteRef: reference, .sourceRef: reference, .variableRef: reference,
      .memberSource: reference,
      .textValue: QDARule([], .text(.string)), .booleanValue: QDARule([], .text(.boolean)),
      .integerValue: QDARule([], .text(.integer)), .floatValue: QDARule([], .text(.decimal)),
      .dateValue: QDARule([], .text(.date)),
    ]
  }()
}
