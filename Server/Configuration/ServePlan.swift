/// Everything that was decided about a server before it starts.
struct ServePlan {
  let folder: String
  /// The address of the database that keeps the ledger; nil for a file in the folder.
  let database: String?
  let host: String
  let port: Int
  /// Nil without a certificate of somebody's own.
  let certificate: (certificateFile: String, keyFile: String)?
  let isPlainHTTPAllowed: Bool
  let logLevel: LogLevel
  let logFormat: LogFormat
  /// Nil without a page for the owner.
  let ownerPort: Int?
  let limits: ServerLimits

  /// - Throws: ``SettingFault`` and ``PlanFault``.
  init(_ settings: Settings, environment: [String: String]) throws {
    folder = FolderOption.path(settings[.data], environment)
    database = settings[.database]
    host = settings[.host] ?? "0.0.0.0"
    port = try settings.number(.port, in: 0...65_535) ?? 8_787
    isPlainHTTPAllowed = try settings.switched(.plainHTTP)
    logLevel = try settings.choice(.logLevel, of: LogLevel.self) ?? .info
    logFormat = try settings.choice(.logFormat, of: LogFormat.self) ?? .text
    ownerPort = try settings.number(.ownerPort, in: 0...65_535)
    limits = try ServerLimits(settings)
    switch (settings[.certificate], settings[.key]) {
    case (let certificate?, let key?): self.certificate = (certificate, key)
    case (nil, nil): certificate = nil
    default: throw PlanFault.halfACertificate
    }
    guard certificate == nil || !isPlainHTTPAllowed else { throw PlanFault.unshownCertificate }
  }

  /// Plain HTTP only where it does not leave this machine, or where it was asked for.
  func transport() throws(CertificateFault) -> ServerConfiguration.Transport {
    if let certificate {
      return .renewed(
        try RenewedIdentity(
          certificateFile: certificate.certificateFile, keyFile: certificate.keyFile))
    }
    guard !isPlainHTTPAllowed, !isLoopback(host) else { return .plainHTTP }
    return .tls(try OwnCertificate(folder: folder).identity())
  }
}

/// Settings that do not go together.
enum PlanFault: Error, CustomStringConvertible {
  case halfACertificate
  case unshownCertificate

  var description: String {
    switch self {
    case .halfACertificate: "--certificate and --key go together; give both or neither"
    case .unshownCertificate: "--plain-http shows no certificate; leave one of the two out"
    }
  }
}

extension ServerLimits {
  init(_ settings: Settings) throws(SettingFault) {
    self.init()
    func set(
      _ limit: WritableKeyPath<Self, Int>, _ setting: Setting, _ range: ClosedRange<Int>
    ) throws(SettingFault) {
      if let number = try settings.number(setting, in: range) { self[keyPath: limit] = number }
    }
    try set(\.connections, .connections, 10...100_000)
    try set(\.connectionsPerAddress, .connectionsPerAddress, 1...100_000)
    try set(\.connectionsPerDevice, .connectionsPerDevice, 1...1_000)
    try set(\.requestsPerSecond, .requestsPerSecond, 0...100_000)
    try set(\.requestsAtOnce, .requestsAtOnce, 1...100_000)
    try set(\.failuresPerMinute, .failuresPerMinute, 0...100_000)
    if let seconds = try settings.number(.patience, in: 1...3_600) {
      patienceMilliseconds = Int64(seconds) * 1_000
    }
  }
}

/// Whether an address is this machine's own (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3).
func isLoopback(_ host: String) -> Bool {
  if host == "localhost" || host == "::1" { return true }
  let parts = host.split(separator: ".", omittingEmptySubsequences: false)
  return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
}
