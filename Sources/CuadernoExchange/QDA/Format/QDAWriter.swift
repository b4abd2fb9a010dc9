import CXML2
import CuadernoSync
import Glibc

/// Writes a file of REFI-QDA and checks it while it does: the order and number of elements, their
/// attributes and types, that no id is there twice, and that every reference leads to one.
///
/// A schema validator would read the whole file once more, which takes longer than to write it, and
/// would not see the half of it. The rules are ``QDARule``'s; tests hold them against the XSD.
@safe final class QDAWriter {
  private struct Frame {
    let element: QDAElement
    let rule: QDARule
    var step = 0
    var countInStep = 0
    /// A bit for each attribute that was written, in the order of the rule.
    var attributes: UInt32 = 0
    var hasContent = false
  }

  private let writer: xmlTextWriterPtr
  private var isOpen = true
  private var frames: [Frame] = []
  private var declared: Set<RecordID> = []
  private var referred: Set<RecordID> = []

  /// - Parameters:
  ///   - file: stays the caller's, open.
  ///   - root: gets the namespace.
  init(_ file: UnsafeMutablePointer<FILE>, root: QDAElement, namespace: String) throws {
    guard let buffer = unsafe xmlOutputBufferCreateFile(file, nil),
      let writer = unsafe xmlNewTextWriter(buffer)
    else { throw QDAFault.cannotWrite }
    unsafe self.writer = writer
    unsafe try Self.check(xmlTextWriterStartDocument(writer, "1.0", "UTF-8", nil))
    frames.append(Frame(element: root, rule: .of(root)))
    unsafe try Self.check(xmlTextWriterStartElement(writer, root.name))
    unsafe try Self.check(xmlTextWriterWriteAttribute(writer, "xmlns", namespace))
  }

  deinit {
    if isOpen { unsafe xmlFreeTextWriter(writer) }
  }

  /// Makes room for so many ids, which otherwise are put into larger and larger sets.
  func expect(ids: Int) {
    declared.reserveCapacity(ids)
  }

  // MARK: - Writing

  func open(_ element: QDAElement) throws {
    try enter(element)
    frames.append(Frame(element: element, rule: .of(element)))
    unsafe try Self.check(xmlTextWriterStartElement(writer, element.name))
  }

  func attribute(_ name: QDAAttribute, _ text: String) throws {
    guard try take(name).accepts(text) else { throw fault }
    try write(name, text)
  }

  func attribute(_ name: QDAAttribute, _ number: Int) throws {
    guard case .integer = try take(name) else { throw fault }
    try write(name, String(number))
  }

  /// An id of the element's own, or the id of another.
  func attribute(_ name: QDAAttribute, _ id: RecordID) throws {
    guard case .guid = try take(name) else { throw fault }
    if name == .guid {
      guard declared.insert(id).inserted else { throw QDAFault.repeatedID }
    } else {
      referred.insert(id)
    }
    // Without a string: a project has half a million of them.
    try unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 37) { text in
      unsafe text.initialize(repeating: 0)
      unsafe Hexadecimal.writeGUID(of: id, to: text)
      unsafe try Self.check(
        xmlTextWriterWriteAttribute(writer, name.rawValue, text.baseAddress))
    }
  }

  /// Whether an element with an id was written.
  func has(_ id: RecordID) -> Bool { declared.contains(id) }

  /// Marks an attribute of the element that is open as written, and tells its type.
  private func take(_ name: QDAAttribute) throws -> QDAType {
    let last = frames.count - 1
    let rules = frames[last].rule.attributes
    guard !frames[last].hasContent, let index = rules.firstIndex(where: { $0.name == name }),
      frames[last].attributes & 1 << UInt32(index) == 0
    else { throw fault }
    frames[last].attributes |= 1 << UInt32(index)
    return rules[index].type
  }

  private var fault: QDAFault { .notInSchema(frames.last?.element.name ?? "") }

  private func write(_ name: QDAAttribute, _ text: String) throws {
    try Self.refuseForbidden(text)
    unsafe try Self.check(xmlTextWriterWriteAttribute(writer, name.rawValue, text))
  }

  func close() throws {
    guard let frame = frames.popLast() else { throw QDAFault.notInSchema("") }
    try finish(frame)
    unsafe try Self.check(xmlTextWriterEndElement(writer))
  }

  /// An element of text alone.
  func element(_ element: QDAElement, _ text: String) throws {
    try enter(element)
    guard case .text(let type) = QDARule.of(element).content, type.accepts(text) else {
      throw QDAFault.notInSchema(element.name)
    }
    try Self.refuseForbidden(text)
    unsafe try Self.check(xmlTextWriterWriteElement(writer, element.name, text))
  }

  /// An element that only names another.
  func reference(_ element: QDAElement, _ target: RecordID) throws {
    try open(element)
    try attribute(.targetGUID, target)
    try close()
  }

  /// Ends the file, once all that was referred to is there.
  func finish() throws {
    guard frames.count == 1 else { throw QDAFault.notInSchema("") }
    try close()
    guard referred.isSubset(of: declared) else { throw QDAFault.danglingReference }
    unsafe try Self.check(xmlTextWriterEndDocument(writer))
    unsafe try Self.check(xmlTextWriterFlush(writer))
    // The file may be closed before this goes away, and nothing may be written to it then.
    isOpen = false
    unsafe xmlFreeTextWriter(writer)
  }

  // MARK: - Checking

  private func enter(_ element: QDAElement) throws {
    let last = frames.count - 1
    if !frames[last].hasContent { try requireAttributes(frames[last]) }
    frames[last].hasContent = true
    guard case .sequence(let steps) = frames[last].rule.content else {
      throw QDAFault.notInSchema(element.name)
    }
    var (step, count) = (frames[last].step, frames[last].countInStep)
    while step < steps.count, steps[step].element != element {
      guard count >= steps[step].least else { throw QDAFault.notInSchema(element.name) }
      (step, count) = (step + 1, 0)
    }
    guard step < steps.count, count < steps[step].most else {
      throw QDAFault.notInSchema(element.name)
    }
    (frames[last].step, frames[last].countInStep) = (step, count + 1)
  }

  private func finish(_ frame: Frame) throws {
    if !frame.hasContent { try requireAttributes(frame) }
    guard case .sequence(let steps) = frame.rule.content else { return }
    for (index, step) in steps.enumerated().dropFirst(frame.step) {
      let count = index == frame.step ? frame.countInStep : 0
      guard count >= step.least else { throw QDAFault.notInSchema(frame.element.name) }
    }
  }

  private func requireAttributes(_ frame: Frame) throws {
    guard frame.rule.required & ~frame.attributes == 0 else {
      throw QDAFault.notInSchema(frame.element.name)
    }
  }

  /// What XML 1.0 cannot carry (section 2.2, production Char), even escaped. Such characters are
  /// refused when they are entered, but another program may have written the change.
  static func refuseForbidden(_ text: String) throws {
    var previous: (UInt8, UInt8) = (0, 0)
    for unit in text.utf8 {
      let isControl = unit < 0x20 && unit != 0x09 && unit != 0x0A && unit != 0x0D
      // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
      let isNoCharacter = unit >= 0xBE && previous == (0xEF, 0xBF)
      guard !isControl, !isNoCharacter else { throw QDAFault.forbiddenCharacter }
      previous = (previous.1, unit)
    }
  }

  private static func check(_ result: Int32) throws {
    guard result >= 0 else { throw QDAFault.cannotWrite }
  }
}
