import ArgumentParser

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "report", abstract: "x")
  func run() throws {}
}
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "export", abstract: "x")
  func run() throws {}
}
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "import", abstract: "x")
  func run() throws {}
}
struct InterviewImport: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "import", abstract: "x")
  func run() throws {}
}
