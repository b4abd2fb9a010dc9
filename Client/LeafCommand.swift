package import ArgumentParser

extension CuadernoCommand {
  /// The command that the first words name, parsed by itself: the library takes several times longer, since
  /// it makes the tree of all commands and reads the options of each on the way down.
  ///
  /// - Returns: nil for whatever is no command line of a command as it should be, such as one with a
  ///   mistake in it or with `--help`. The whole tree has the words for it.
  package static func parseLeaf(_ arguments: [String]) -> (any ParsableCommand)? {
    var leaf: any ParsableCommand.Type = self
    var rest = arguments[...]
    while true {
      let subcommands = leaf.configuration.subcommands
      guard !subcommands.isEmpty else { break }
      let name = rest.popFirst()
      guard let next = subcommands.first(where: { $0.configuration.commandName == name }) else {
        return nil
      }
      leaf = next
    }
    return parse(leaf, Array(rest))
  }

  private static func parse<Leaf: ParsableCommand>(
    _ leaf: Leaf.Type, _ arguments: [String]
  ) -> (any ParsableCommand)? {
    let name = leaf.configuration.commandName ?? ""
    return try? Alone<Leaf>.parseAsRoot([name] + arguments) as? Leaf
  }
}

/// A tree of one command.
private struct Alone<Leaf: ParsableCommand>: ParsableCommand {
  static var configuration: CommandConfiguration {
    var configuration = CommandConfiguration(subcommands: [Leaf.self])
    // What is below another command is not asked for the script that completes command lines. To look for
    // that takes longer than all the rest.
    configuration._superCommandName = CuadernoCommand.configuration.commandName
    return configuration
  }
}
