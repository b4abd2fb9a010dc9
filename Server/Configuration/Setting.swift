/// One thing that can be set about a running server: by a flag, by an environment variable, or by a line
/// of a file, of which the first that sets it counts.
enum Setting: String, CaseIterable {
  case data
  case database
  case host
  case port
  case certificate
  case key
  case plainHTTP = "plain-http"
  case logLevel = "log-level"
  case logFormat = "log-format"
  case ownerPort = "owner-port"
  case connections
  case connectionsPerAddress = "connections-per-address"
  case connectionsPerDevice = "connections-per-device"
  case requestsPerSecond = "requests-per-second"
  case requestsAtOnce = "requests-at-once"
  case failuresPerMinute = "failures-per-minute"
  case patience

  var variable: String {
    Self.variablePrefix + rawValue.uppercased().replacing("-", with: "_")
  }

  static let variablePrefix = "CUADERNO_SERVER_"

  /// What names the file itself, and so cannot stand in it.
  static let fileVariable = variablePrefix + "CONFIG"
}

/// What was set, and where, so that a person finds it again.
struct Settings: Equatable {
  enum Origin: Equatable {
    case flag
    case environment
    case line(Int)
  }

  private var values: [Setting: (text: String, origin: Origin)] = [:]

  static func == (left: Settings, right: Settings) -> Bool {
    Setting.allCases.allSatisfy { setting in
      left.values[setting]?.text == right.values[setting]?.text
        && left.values[setting]?.origin == right.values[setting]?.origin
    }
  }

  subscript(_ setting: Setting) -> String? { values[setting]?.text }

  /// Sets what nobody has set before.
  mutating func add(_ text: String?, to setting: Setting, from origin: Origin) {
    guard let text, values[setting] == nil else { return }
    values[setting] = (text, origin)
  }

  /// Takes what stands in the environment.
  mutating func add(environment: [String: String]) throws(SettingFault) {
    for (name, text) in environment.sorted(by: { $0.key < $1.key })
    where name.hasPrefix(Setting.variablePrefix) && name != Setting.fileVariable {
      guard let setting = Setting.allCases.first(where: { $0.variable == name }) else {
        throw .unknownVariable(name)
      }
      // An empty variable is one that was taken back, as `VAR= command` does.
      add(text.isEmpty ? nil : text, to: setting, from: .environment)
    }
  }

  func isSet(_ setting: Setting) -> Bool { values[setting] != nil }

  func number(_ setting: Setting, in range: ClosedRange<Int>) throws(SettingFault) -> Int? {
    guard let (text, origin) = values[setting] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw .badValue(
        setting, origin, takes: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func switched(_ setting: Setting) throws(SettingFault) -> Bool {
    guard let (text, origin) = values[setting] else { return false }
    switch text.lowercased() {
    case "yes", "true", "on": return true
    case "no", "false", "off": return false
    default: throw .badValue(setting, origin, takes: "yes or no")
    }
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ setting: Setting, of: Choice.Type
  ) throws(SettingFault) -> Choice? where Choice.RawValue == String {
    guard let (text, origin) = values[setting] else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let names = Choice.allCases.map(\.rawValue)
      throw .badValue(
        setting, origin,
        takes: names.dropLast().joined(separator: ", ") + " or " + (names.last ?? ""))
    }
    return choice
  }
}

/// What is wrong with a setting. Its value is in none of them: it may be a password.
enum SettingFault: Error, Equatable {
  case badValue(Setting, Settings.Origin, takes: String)
  case unknownVariable(String)
  case fileUnreadable(code: Int32)
  case fileTooLong(bytesMax: Int)
  case badLine(Int)
  /// Nil for a name that is none, and may be anything.
  case unknownName(String?, line: Int)
  case repeated(Setting, line: Int, first: Int)
}

extension SettingFault: CustomStringConvertible {
  var description: String {
    switch self {
    case .badValue(let setting, .flag, let takes):
      "--\(setting.rawValue) takes \(takes)"
    case .badValue(let setting, .environment, let takes):
      "\(setting.variable) in the environment takes \(takes)"
    case .badValue(let setting, .line(let number), let takes):
      "line \(number) of the configuration file: \(setting.rawValue) takes \(takes)"
    case .unknownVariable(let name):
      "there is no setting for \(name) in the environment; see `cuaderno-server serve --help`"
    case .fileUnreadable(let code):
      "the file of --config cannot be read (error \(code)); check that it exists and that this user "
        + "may read it"
    case .fileTooLong(let bytesMax):
      "the file of --config is longer than \(bytesMax) bytes; name the configuration file"
    case .badLine(let number):
      "line \(number) of the configuration file is not \"name = value\"; begin a comment with #"
    case .unknownName(let name, let line):
      "line \(line) of the configuration file: there is no such setting"
        + (name.map { " as \($0)" } ?? "") + "; see `cuaderno-server serve --help`"
    case .repeated(let setting, let line, let first):
      "line \(line) of the configuration file: \(setting.rawValue) is set in line \(first) already"
    }
  }
}
