import ArgumentParser

@testable import CuadernoClient

/// What a person is told of a command line; nothing where it is taken.
func refusal(_ arguments: [String]) -> String {
  do {
    _ = try CuadernoCommand.parseAsRoot(arguments)
    return ""
  } catch {
    return CuadernoCommand.message(for: error)
  }
}
