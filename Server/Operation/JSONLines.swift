import Foundation
import Logging

/// The log as one JSON object a line, for programs that collect logs.
struct JSONLines: LogHandler {
  var logLevel = Logger.Level.info
  var metadata = Logger.Metadata()
  private let write: @Sendable (String) -> Void

  /// - Parameter write: takes a line with its line feed, and writes it in one piece.
  init(write: @escaping @Sendable (String) -> Void) {
    self.write = write
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    write(
      Self.line(
        at: Date(), event.level, "\(event.message)",
        metadata.merging(event.metadata ?? [:]) { $1 }))
  }

  static func line(
    at date: Date, _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata
  ) -> String {
    var members = [
      ("time", quoted(date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))),
      ("level", quoted(level.rawValue)), ("message", quoted(message)),
    ]
    for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
      members.append((name, json(value)))
    }
    return "{" + members.map { "\(quoted($0)):\($1)" }.joined(separator: ",") + "}\n"
  }

  /// Numbers as numbers; whatever else somebody logs, as the text that it is.
  private static func json(_ value: Logger.MetadataValue) -> String {
    if case .stringConvertible(let number) = value, number is any BinaryInteger {
      return number.description
    }
    return quoted(value.description)
  }

  private static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // A text is always JSON.
    return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}

/// How the log is written.
enum LogFormat: String, CaseIterable {
  case text, json

  func logger(_ level: LogLevel) -> Logger {
    var logger = Logger(label: "cuaderno-server") { label in
      switch self {
      case .text: StreamLogHandler.standardError(label: label)
      case .json: JSONLines { line in FileHandle.standardError.write(Data(line.utf8)) }
      }
    }
    logger.logLevel = level.level
    return logger
  }
}

/// How much a person wants to read: every request, those that change something, those that were
/// refused, or only what failed.
enum LogLevel: String, CaseIterable {
  case debug, info, notice, error

  var level: Logger.Level {
    switch self {
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .error: .error
    }
  }
}
