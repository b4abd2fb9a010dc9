import CXML2
import CuadernoModel

/// Reads XML with libxml2, refusing what is only there to do harm: every document type declaration,
/// and with it every entity; nesting without end; and text without end.
///
/// Nothing outside the bytes is ever opened.
enum XMLReading {
  /// A tree of themes as deep as it may be, with what a code stands in and what stands in it.
  static let depthMax = Limits.treeDepth + 8

  /// Some hundred thousand codings have a million.
  static let elementsMax = 4_000_000

  /// Of one text or value: what a text of ours may be, with every letter escaped.
  static let textBytesMax = 16 << 20

  /// Of the tree in memory, as near as it can be told; some 300,000 codings take so much.
  static let heldBytesMax = 512 << 20

  /// Takes the bytes of a file piece by piece; answers nil at the end.
  typealias Source = () throws -> [UInt8]?

  /// What is kept of an element.
  enum Kept {
    case all
    /// That it is there.
    case itself
    case nothing
  }

  /// The root of a file's tree.
  ///
  /// - Throws: ``QDAFault`` in an ``ExchangeError`` with its line, or what the source throws.
  static func root(_ source: Source, in place: (_ line: Int) -> ExchangeError.Place) throws
    -> XMLNode
  {
    try root(source) { line, _ in place(line) }
  }

  /// The same for files of one line only, which some programs write.
  ///
  /// - Parameters:
  ///   - kept: what is kept of the elements of a name in lower case; the root is kept always.
  ///   - place: of a line and a column of it in characters, both counted from 1.
  static func root(
    _ source: Source, keeping kept: @escaping (_ name: String) -> Kept = { _ in .all },
    heldBytesMax: Int = heldBytesMax,
    at place: (_ line: Int, _ column: Int) -> ExchangeError.Place
  ) throws -> XMLNode {
    let tree = XMLTree(keeping: kept, heldBytesMax: heldBytesMax)
    // The callbacks get this pointer back, and only while the parser below is alive.
    let pointer = unsafe Unmanaged.passUnretained(tree).toOpaque()
    var handler = unsafe handlers
    var piece = try firstPiece(source)
    // libxml2 tells UTF-16 from the first four bytes, and reads declarations of more than a hundred right
    // only when it gets them at once.
    let first = (piece?.count ?? 0) >= 4 ? piece.map { Array($0.prefix(4)) } ?? [] : []
    let made = unsafe first.withUnsafeBytes { buffer in
      unsafe xmlCreatePushParserCtxt(
        &handler, pointer, buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
        Int32(buffer.count), nil)
    }
    guard let parser = unsafe made else {
      throw ExchangeError(place(1, 1), .qda(.notXML(code: Int(XML_ERR_NO_MEMORY.rawValue))))
    }
    defer { unsafe xmlFreeParserCtxt(parser) }
    unsafe tree.parser = parser
    // Entities are replaced, or an ampersand in an attribute comes as a reference to itself. There are
    // no others than the five of XML itself where there is no document type.
    unsafe xmlCtxtUseOptions(
      parser, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue))
    piece = piece.map { Array($0.dropFirst(first.count)) }
    while let bytes = piece {
      let next = try source()
      let code = unsafe bytes.withUnsafeBytes { buffer in
        unsafe xmlParseChunk(
          parser, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count),
          next == nil ? 1 : 0)
      }
      unsafe try check(tree, code, parser, isLast: next == nil, place)
      piece = next
    }
    guard let root = tree.root, tree.isComplete else {
      throw ExchangeError(place(tree.line, tree.column), .qda(.cutShort))
    }
    return root
  }

  private static func firstPiece(_ source: Source) throws -> [UInt8]? {
    guard var piece = try source() else { return nil }
    while piece.count < 4, let more = try source() { piece += more }
    return piece
  }

  private static func check(
    _ tree: XMLTree, _ code: Int32, _ parser: xmlParserCtxtPtr, isLast: Bool,
    _ place: (_ line: Int, _ column: Int) -> ExchangeError.Place
  ) throws {
    if let (fault, line, column) = tree.fault {
      throw ExchangeError(place(line, column), .qda(fault))
    }
    // A namespace that is no address is a warning to libxml2, and to us.
    let isFault = unsafe code != 0 && (parser.pointee.wellFormed == 0)
    guard isFault else { return }
    let first = tree.firstError ?? tree.error(code)
    throw ExchangeError(
      place(first.line, first.column),
      .qda(isLast && first.isAtEnd ? .cutShort : Self.fault(first)))
  }

  /// The codes of `xmlerror.h` that a person can do something about.
  private static func fault(_ error: XMLTree.ParserError) -> QDAFault {
    switch UInt32(bitPattern: error.code) {
    case XML_ERR_INVALID_CHAR.rawValue: error.isAboutBytes ? .wrongEncoding : .notAllowed
    case XML_ERR_INVALID_ENCODING.rawValue, XML_I18N_CONV_FAILED.rawValue: .wrongEncoding
    case XML_ERR_UNKNOWN_ENCODING.rawValue, XML_ERR_UNSUPPORTED_ENCODING.rawValue:
      .unknownEncoding
    case XML_ERR_DOCUMENT_END.rawValue: .cutShort
    default: .notXML(code: Int(error.code))
    }
  }

  private static var handlers: xmlSAXHandler {
    var handler = unsafe xmlSAXHandler()
    unsafe handler.initialized = XML_SAX2_MAGIC
    unsafe handler.serror = { context, error in
      guard let error = unsafe error, unsafe error.pointee.level == XML_ERR_FATAL else { return }
      // It quotes bytes where they are no character at all.
      unsafe XMLTree.of(context).note(
        error.pointee.code, isAboutBytes: error.pointee.str1 != nil)
    }
    unsafe handler.internalSubset = { context, _, _, _ in
      unsafe XMLTree.of(context).refuse(.documentType)
    }
    unsafe handler.startElementNs = { context, name, _, _, _, _, count, _, attributes in
      unsafe XMLTree.of(context).open(name, attributes, count: Int(count))
    }
    unsafe handler.endElementNs = { context, _, _, _ in unsafe XMLTree.of(context).close() }
    unsafe handler.characters = { context, text, length in
      unsafe XMLTree.of(context).append(text, length: Int(length))
    }
    // Blanks alone are somebody's text too.
    unsafe handler.ignorableWhitespace = handler.characters
    unsafe handler.cdataBlock = { context, text, length in
      unsafe XMLTree.of(context).append(text, length: Int(length))
    }
    return unsafe handler
  }
}
