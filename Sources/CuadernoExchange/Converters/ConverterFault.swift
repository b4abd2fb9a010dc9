/// Why a document was not turned into text.
package enum ConverterFault: Error, Hashable, Sendable {
  case missing(program: String, package: String, format: String)
  case unreadable
  case cannotCopy
  case tooLarge(bytes: Int)
  case cannotRun(code: Int)
  case tooSlow(seconds: Int)
  case tooMuch(bytes: Int)
  case tooMuchMemory(bytes: Int)
  case died(signal: Int)
  case failed(code: Int)
  case noText
  case scan(pages: Int)
  case oldWord
  case notRTF
  case deepRTF
}

extension ConverterFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let program, let package, let format):
      "\(program) is not installed, which reads \(format); install it (on Debian and Ubuntu: "
        + "sudo apt install \(package)), or save the document as text"
    case .unreadable: "file cannot be read; check its name and its permissions"
    case .cannotCopy:
      "document cannot be copied to be read; check the space left in the folder for temporary files"
    case .tooLarge(let bytes):
      "file is \(bytes) bytes; the limit is \(DocumentConverter.bytesMax)"
    case .cannotRun(let code):
      "the program that reads such files cannot be run (error \(code) of the system)"
    case .tooSlow(let seconds):
      "the program that reads such files was not done after \(seconds) seconds and was stopped; save "
        + "the document as text"
    case .tooMuch(let bytes):
      "the program that reads such files answered more than \(bytes) bytes and was stopped; the file "
        + "is no document to read"
    case .tooMuchMemory(let bytes):
      "the program that reads such files took more than \(bytes) bytes of memory and was stopped; save "
        + "the document as text, or in parts"
    case .died(let signal):
      "the program that reads such files was ended by signal \(signal); save the document as "
        + "text"
    case .failed(let code):
      "the program that reads such files could not read this one (it ended with \(code)); the file is "
        + "damaged, locked with a password, or not what its name says"
    case .noText: "no text in the document"
    case .scan(let pages):
      "no text in the PDF, which has \(pages) \(pages == 1 ? "page" : "pages"): it is a scan; "
        + "recognise its words first (on Debian and Ubuntu: sudo apt install ocrmypdf; "
        + "ocrmypdf --language spa scan.pdf text.pdf)"
    case .oldWord:
      "a document of Word's old form; open it in Word or LibreOffice and save it as DOCX"
    case .notRTF:
      "not RTF, which begins with {\\rtf; the file is damaged, or not what its name says"
    case .deepRTF: "groups nested more than \(RichText.depthMax) deep"
    }
  }
}
