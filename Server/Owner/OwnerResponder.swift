import CuadernoLedger
import CuadernoSync
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Answers on the owner's listener: the figures for a collector, and the status page.
///
/// It listens on this machine alone. Figures are for whoever is on it; the page is for whoever has come in
/// by a link that the data folder's owner made.
struct OwnerResponder: HTTPResponder {
  typealias Context = HubContext

  let ledger: Ledger
  let entries = OwnerEntries()
  let link: OwnerLink
  let random: @Sendable (_ count: Int) -> [UInt8]
  let figures: ServerFigures
  let gauges: @Sendable () -> MetricsText.Gauges
  let now: @Sendable () -> Int64

  private static let cookie = "cuaderno-owner"

  func respond(to request: Request, context: HubContext) async throws -> Response {
    var response: Response
    do {
      response = try await answer(request)
    } catch {
      StoreFailures(logger: context.logger).report(error)
      response = Self.plain(.internalServerError, "The ledger cannot be read; the log says why.")
    }
    for (name, value) in Self.headers {
      if let name = HTTPField.Name(name) { response.headers[name] = value }
    }
    if request.method == .head { response = response.createHeadResponse() }
    return response
  }

  private func answer(_ request: Request) async throws -> Response {
    // A page elsewhere that has its name lead here would otherwise be this page's neighbour.
    guard isAnswered(to: request.head.authority ?? "") else {
      return Self.plain(.misdirectedRequest, "Ask at http://127.0.0.1 or http://localhost.")
    }
    guard let route = OwnerRoute(target: request.head.path ?? "") else {
      return Self.plain(.notFound, "There is nothing at this address.")
    }
    guard route.methods.contains(request.method) else {
      var response = Self.plain(.methodNotAllowed, "This address does not take that.")
      response.headers[.allow] = route.methods.map(\.rawValue).joined(separator: ", ")
      return response
    }
    let shown = Self.shown(request)
    guard !route.needsEntry || shown.map({ entries.has($0, at: now()) }) == true else {
      return Self.plain(
        .forbidden, "Make a link with `cuaderno-server status link` on this machine, and open it.")
    }
    switch route {
    case .metrics:
      return Self.text(MetricsText.text(figures.counts, gauges()), MetricsText.contentType)
    case .style: return Self.text(Page.style, "text/css; charset=utf-8")
    case .enter: return enter(request)
    case .status: return Self.text(try await page(), "text/html; charset=utf-8")
    case .leave:
      // What SameSite keeps from other sites, as long as browsers know it.
      guard Self.isOwnOrigin(request) else {
        return Self.plain(.forbidden, "This comes from another page.")
      }
      if let shown { entries.remove(shown) }
      var response = Self.plain(.ok, "You have left. A new link brings you back.")
      response.headers[.setCookie] = Self.cookie + "=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
      return response
    }
  }

  private func enter(_ request: Request) -> Response {
    let secret = (request.head.path ?? "").split(separator: "?", maxSplits: 1).dropFirst().first
    guard request.method == .get, let secret, link.take(String(secret), at: now()) else {
      return Self.plain(
        .forbidden,
        "This link was used, or is older than five minutes. `cuaderno-server status link` makes a new "
          + "one.")
    }
    let entry = entries.add(random(32), at: now())
    return Response(
      status: .seeOther,
      headers: [
        .location: "/status",
        .setCookie:
          "\(Self.cookie)=\(entry); Path=/; HttpOnly; SameSite=Strict; "
          + "Max-Age=\(OwnerEntries.milliseconds / 1_000)",
      ])
  }

  private func page() async throws -> String {
    let now = now()
    var studies = [StatusPage.StudyStatus]()
    for study in try await ledger.studies() {
      studies.append(
        StatusPage.StudyStatus(
          study: study, contents: try await ledger.contents(of: study),
          bytes: try await ledger.payloadBytes(of: study),
          voidChanges: try await ledger.voidChanges(of: study),
          refusals: try await ledger.refusals(of: study, since: now - 30 * 86_400_000)))
    }
    return StatusPage(
      studies: studies, ledgerBytes: ledger.fileBytes, freeBytes: ledger.freeBytes,
      milliseconds: now
    ).html
  }

  // MARK: - HTTP

  private static func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
    var response = Self.text(text + "\n", "text/plain; charset=utf-8")
    response.status = status
    return response
  }

  private static func text(_ text: String, _ type: String) -> Response {
    Response(
      status: .ok, headers: [.contentType: type],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  /// Nothing runs, nothing is loaded from elsewhere, nothing is kept, and no page shows this in a frame.
  private static let headers = [
    (
      "Content-Security-Policy",
      "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'"
    ),
    ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
  ]

  /// Whether a `Host` is a name of this machine.
  func isAnswered(to authority: String) -> Bool {
    let host =
      authority.hasPrefix("[")
      ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
    return isLoopback(String(host))
  }

  private static func isOwnOrigin(_ request: Request) -> Bool {
    guard let origin = request.headers[.origin] else { return true }
    return origin == "http://\(request.head.authority ?? "")"
  }

  private static func shown(_ request: Request) -> String? {
    for field in request.headers[values: .cookie] {
      for pair in field.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1)
        if parts.count == 2, parts[0].drop(while: { $0 == " " }) == cookie {
          return String(parts[1])
        }
      }
    }
    return nil
  }
}
