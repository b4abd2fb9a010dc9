import ArgumentParser
import CuadernoClient
import Testing

@Suite struct LeafCommandTests {
  @Test(arguments: [
    ["status"], ["status", "--json", "--notebook", "n"],
    ["search", "coca", "cacao", "--limit", "3"],
    ["search", "--", "-x"], ["interview", "show", "TOC-001"], ["interview", "list", "--json"],
    ["interview", "add", "--label", "TOC-001", "--text", "hola"], ["theme", "list"],
    ["note", "add", "--about", "TOC-001", "--text=hola"], ["void", "list"],
    ["code", "TOC-001", "Coca", "--span", "3:30"], ["sync"], ["bundle", "read", "f"],
    ["export", "codings", "--output", "f"], ["report", "themes"],
  ])
  func `a command alone is read as in the tree of all of them`(words: [String]) throws {
    let alone = try #require(CuadernoCommand.parseLeaf(words))
    let inTree = try CuadernoCommand.parseAsRoot(words)

    #expect(type(of: alone) == type(of: inTree))
    #expect(Self.fields(alone) == Self.fields(inTree))
  }

  @Test(arguments: [
    [], ["--help"], ["--version"], ["help"], ["help", "search"], ["search"], ["search", "--help"],
    ["search", "-h", "coca"], ["status", "--version"], ["interview"], ["interview", "--help"],
    ["interview", "show"], ["interview", "show", "--help"], ["nothing"], ["interview", "nothing"],
    ["status", "extra"], ["status", "--nothing"], ["search", "coca", "--limit", "0"], ["void"],
    ["--generate-completion-script", "bash"], ["status", "--generate-completion-script", "bash"],
    ["status", "--experimental-dump-help"],
  ])
  func `whatever needs words about the commands is left to the tree`(words: [String]) {
    #expect(CuadernoCommand.parseLeaf(words) == nil)
  }

  @Test func `every command has one name, by which it is found`() {
    func check(_ command: any ParsableCommand.Type) {
      #expect(command.configuration.commandName != nil, "\(command)")
      #expect(command.configuration.aliases.isEmpty, "\(command)")
      for subcommand in command.configuration.subcommands { check(subcommand) }
    }
    check(CuadernoCommand.self)
  }

  /// What a command was read into, without the names of the places in the command line.
  private static func fields(_ command: any ParsableCommand) -> String {
    func text(_ value: Any) -> String {
      let mirror = Mirror(reflecting: value)
      if mirror.displayStyle == .optional || mirror.displayStyle == .enum {
        return "\(value)"
      }
      guard !mirror.children.isEmpty else { return "\(value)" }
      return mirror.children.map { "\($0.label ?? ""): \(text($0.value))" }.joined(separator: ", ")
    }
    return text(command)
  }
}
