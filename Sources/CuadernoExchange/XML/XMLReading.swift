import CXML2

/// Reads XML with libxml2, refusing what is only there to do harm: every document type declaration,
/// and with it every entity; nesting without end; and text without end.
///
/// Nothing outside the bytes is ever opened.
enum XMLReading {
  /// No file that a program writes comes near it: a code in a code book is three deep at the least.
  static let depthMax = 64

  /// Some hundred thousand codings have a million; an element takes a quarter of a kilobyte here.
  static let elementsMax = 4_000_000

  /// Of one text or value: what a text of ours may be, with every letter escaped.
  static let textBytesMax = 16 << 20

  /// Takes the bytes of a file piece by piece; answers nil at the end.
  typealias Source = () throws -> [UInt8]?

  /// The root of a file's tree.
  ///
  /// - Throws: ``QDAFault`` in an ``ExchangeError`` with its line, or what the source throws.
  static func root(_ source: Source, in place: (_ line: Int) -> ExchangeError.Place) throws
    -> XMLNode
  {
    let tree = XMLTree()
    // The callbacks get this pointer back, and only while the parser below is alive.
    let pointer = unsafe Unmanaged.passUnretained(tree).toOpaque()
    var handler = unsafe handlers
    guard let parser = unsafe xmlCreatePushParserCtxt(&handler, pointer, nil, 0, nil) else {
      throw ExchangeError(place(1), .qda(.notXML(code: Int(XML_ERR_NO_MEMORY.rawValue))))
    }
    defer { unsafe xmlFreeParserCtxt(parser) }
    unsafe tree.parser = parser
    // Entities are replaced, or an ampersand in an attribute comes as a reference to itself. There are
    // no others than the five of XML itself where there is no document type.
    unsafe xmlCtxtUseOptions(
      parser, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue))
    var piece = try source()
    while let bytes = piece {
      let next = try source()
      let code = unsafe bytes.withUnsafeBytes { buffer in
        unsafe xmlParseChunk(
          parser, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count),
          next == nil ? 1 : 0)
      }
      unsafe try check(tree, code, parser, place)
      piece = next
    }
    guard let root = tree.root, tree.isComplete else {
      throw ExchangeError(place(tree.line), .qda(.notXML(code: Int(XML_ERR_DOCUMENT_END.rawValue))))
    }
    return root
  }

  private static func check(
    _ tree: XMLTree, _ code: Int32, _ parser: xmlParserCtxtPtr,
    _ place: (_ line: Int) -> ExchangeError.Place
  ) throws {
    if let fault = tree.fault { throw ExchangeError(place(tree.faultLine), .qda(fault)) }
    // A namespace that is no address is a warning to libxml2, and to us.
    let isFault = unsafe code != 0 && (parser.pointee.wellFormed == 0)
    if isFault {
      throw ExchangeError(place(tree.line), .qda(.notXML(code: Int(code))))
    }
  }

  private static var handlers: xmlSAXHandler {
    var handler = unsafe xmlSAXHandler()
    unsafe handler.initialized = XML_SAX2_MAGIC
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
