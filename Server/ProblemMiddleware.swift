import CuadernoSchema
import CuadernoSync
import HTTPTypes
package import Hummingbird
import Logging

/// The one place that turns whatever went wrong into an answer.
///
/// A problem goes out with its code; anything else is a bare 500, of which the log gets the type and
/// nothing that a request or a note said.
package struct ProblemMiddleware: RouterMiddleware {
  package init() {}

  @concurrent package func handle(
    _ request: Request, context: StudyRequestContext,
    next: @concurrent (Request, StudyRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch {
      let problem = Self.problem(error)
      if problem.code == .failed {
        context.logger.error(
          "request failed", metadata: ["error": .string(String(describing: type(of: error)))])
      }
      return Self.response(problem, to: request)
    }
  }

  private static func problem(_ error: any Error) -> Problem {
    switch error {
    case let problem as Problem: problem
    case HubError.refused(let problem): problem
    case let fault as PageFault: Problem(fault)
    case let error as WireError: Problem(error)
    case let error as any HTTPResponseError:
      switch error.status {
      case .notFound, .methodNotAllowed:
        Problem(.unknownRoute, "there is nothing at this path for this method; see WIRE.md")
      case .contentTooLarge: Problem(.tooLarge, "request is larger than a message may be")
      case .badRequest: Problem(.badMessage, "request is not well-formed HTTP")
      default: failed
      }
    default: failed
    }
  }

  private static let failed = Problem(
    .failed, "hub failed; nothing of this request was stored; try again later")

  private static func response(_ problem: Problem, to request: Request) -> Response {
    let format =
      MessageExchange.accepted(request.headers[.accept])
      ?? WireFormat(contentType: request.headers[.contentType] ?? "") ?? .json
    var response = MessageExchange.response(
      HTTPResponse.Status(code: problem.code.httpStatus), problem.encode(format), format)
    // RFC 9110, section 11.6.1: a 401 says how to authenticate.
    if problem.code == .unauthenticated { response.headers[.wwwAuthenticate] = "Bearer" }
    return response
  }
}
