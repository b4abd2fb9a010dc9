package import ArgumentParser

extension CuadernoCommand {
  /// The command that the first words name, parsed by itself: the library would make the tree of all
  /// commands first, and parse each level of it on the way down.
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
    guard let command = try? leaf.parseAsRoot(Array(rest)), type(of: command) == leaf else {
      return nil
    }
    return command
  }
}
