/// A refusal on the wire: a code for programs, a sentence for people.
package struct Problem: Error, Hashable, Sendable {
  /// Codes are never given another meaning; one that is no longer used stays listed.
  package enum Code: String, CaseIterable, Sendable {
    case badMessage = "bad-message"
    case unsupportedMedia = "unsupported-media"
    case tooLarge = "too-large"
    case unsupportedVersion = "unsupported-version"
    case unauthenticated = "unauthenticated"
    case forbidden = "forbidden"
    case unknownStudy = "unknown-study"
    case unknownRoute = "unknown-route"
    case otherStudy = "other-study"
    case inviteRefused = "invite-refused"
    case deviceTaken = "device-taken"
    case gap = "gap"
    case contextAhead = "context-ahead"
    case invalidChange = "invalid-change"
    case damagedPage = "damaged-page"
    case forkedChain = "forked-chain"
    case clockAhead = "clock-ahead"
    case baseMissing = "base-missing"
    case limitReached = "limit-reached"
    case badRequest = "bad-request"
    case tooSlow = "too-slow"
    case tooManyRequests = "too-many-requests"
    case storageFull = "storage-full"
    case busy = "busy"
    case failed = "failed"
  }

  package var code: Code
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension Problem {
  /// The code under which a page's fault goes over the wire.
  package init(_ fault: PageFault) {
    let code: Code =
      switch fault {
      case .invalid, .payloadTooLong, .saltLength, .headsDoNotMatch: .invalidChange
      case .tooManyChanges: .tooLarge
      case .gap: .gap
      case .contextAhead: .contextAhead
      case .tooManyDevices: .limitReached
      case .damaged: .damagedPage
      case .forked: .forkedChain
      }
    self.init(code, fault.description)
  }
}
