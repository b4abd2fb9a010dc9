import CuadernoSync
import Testing

@testable import CuadernoClient

/// What is printed of an error, whoever chose its words.
@Suite struct ErrorWordsTests {
  @Test func `a server's words cannot move the cursor, fill the clipboard or turn a line`() {
    let words = "no\u{1B}]52;c;cm0=\u{07}\u{1B}[31m rojo \u{202E}atrás\nmás"

    let told = CuadernoCommand.words(for: HubError.refused(Problem(.forbidden, words)))

    #expect(
      told == "Error: no<U+001B>]52;c;cm0=<U+0007><U+001B>[31m rojo <U+202E>atrás\nmás")
  }

  @Test func `an option before its command is told where it goes`() {
    let words = CuadernoCommand.misplacedOption(["--notebook", "x", "status"])

    #expect(
      words == "--notebook goes after the command, such as `cuaderno status --notebook FOLDER`")
    #expect(CuadernoCommand.misplacedOption(["--notebook=x", "status"]) == words)
    #expect(
      CuadernoCommand.misplacedOption(["--json", "status"])
        == "--json goes after the command, such as `cuaderno status --json`")
    for right in [[], ["--help"], ["--version"], ["status", "--notebook", "x"]] {
      #expect(CuadernoCommand.misplacedOption(right) == nil)
    }
  }
}
