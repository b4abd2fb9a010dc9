import CuadernoClient

CuadernoCommand.run(Array(CommandLine.arguments.dropFirst()))
