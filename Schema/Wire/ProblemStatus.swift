package import CuadernoSync

extension Problem.Code {
  /// The status of an HTTP answer that carries this problem.
  ///
  /// Programs decide by the code; the status is for proxies, logs and people with curl. WIRE.md
  /// says the same in its table, and a test compares the two. A version that is not spoken is 422
  /// and not 426, which RFC 9110 §15.5.22 keeps for answers that name a protocol to upgrade to.
  package var httpStatus: Int {
    switch self {
    case .badMessage, .badRequest: 400
    case .unauthenticated: 401
    case .forbidden, .inviteRefused: 403
    case .unknownStudy, .unknownRoute: 404
    case .otherStudy, .deviceTaken, .gap, .contextAhead, .forkedChain, .baseMissing: 409
    case .tooSlow: 408
    case .tooLarge: 413
    case .unsupportedMedia: 415
    case .unsupportedVersion, .invalidChange, .damagedPage, .clockAhead, .limitReached: 422
    case .tooManyRequests: 429
    case .failed: 500
    case .busy: 503
    case .storageFull: 507
    }
  }
}
