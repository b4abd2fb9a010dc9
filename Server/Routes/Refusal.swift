import CuadernoSchema
import CuadernoSync
import HTTPTypes

/// A problem on its way out, with what HTTP wants beside it.
struct Refusal: Error {
  let problem: Problem
  let status: HTTPResponse.Status
  let headers: HTTPFields

  init(_ problem: Problem, status: HTTPResponse.Status? = nil, headers: HTTPFields = [:]) {
    self.problem = problem
    self.status = status ?? HTTPResponse.Status(code: problem.code.httpStatus)
    var headers = headers
    switch problem.code {
    // RFC 9110, section 11.6.1: a 401 says how to authenticate.
    case .unauthenticated: headers[.wwwAuthenticate] = "Bearer"
    // Soon, because a page takes milliseconds; later, because somebody has to make room.
    case .busy: headers[.retryAfter] = headers[.retryAfter] ?? "5"
    case .storageFull: headers[.retryAfter] = "600"
    default: break
    }
    self.headers = headers
  }

  /// The answer to what is nobody's fault but the hub's; the log has the rest.
  static let failed = Refusal(
    Problem(
      .failed,
      "hub failed and acknowledged nothing of this; sync again later, and tell whoever runs the hub"
    ))

  static func wrongMethod(allowed: [HTTPRequest.Method]) -> Refusal {
    let methods = allowed.map(\.rawValue).joined(separator: ", ")
    return Refusal(
      Problem(.unknownRoute, "this address takes \(methods) and nothing else"),
      status: .methodNotAllowed, headers: [.allow: methods])
  }
}

/// The body could not be read to its end, because the connection broke or was not HTTP.
struct ConnectionLost: Error {
  let cause: any Error
}
