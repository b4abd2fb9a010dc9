/// The server's figures in the text format of Prometheus, version 0.0.4.
struct MetricsText {
  private var lines: [String] = []

  /// What is so now.
  struct Gauges {
    var connections = 0
    var bodyBytes = 0
    /// Nil where the system does not say.
    var residentBytes: Int?
    var startMilliseconds: Int64 = 0
  }

  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  static func text(_ counts: ServerFigures.Counts, _ gauges: Gauges) -> String {
    var text = MetricsText()
    text.family(
      "cuaderno_requests_total", "counter", "Requests answered, by route and status.",
      counts.requests.map { exchange, count in
        (["route": exchange.route, "status": String(exchange.status)], String(count))
      })
    text.histogram(
      "cuaderno_request_duration_seconds", "Time from a request's head to its answer.",
      counts.durations.map { (["route": $0], $1) })
    text.histogram(
      "cuaderno_ledger_duration_seconds", "Time in which the ledger answered.",
      [([:], counts.ledger)])
    text.family(
      "cuaderno_refusals_total", "counter", "Refusals, by the code of the problem.",
      counts.refusals.map { (["code": $0], String($1)) })
    text.family(
      "cuaderno_connections_closed_total", "counter", "Connections closed without an answer.",
      counts.closings.map { (["reason": $0], String($1)) })
    text.one(
      "cuaderno_received_bytes_total", "counter", "Bytes of bodies that came.",
      String(counts.receivedBytes))
    text.one(
      "cuaderno_sent_bytes_total", "counter", "Bytes of bodies that were sent.",
      String(counts.sentBytes))
    text.one(
      "cuaderno_changes_taken_total", "counter", "Changes that were new here.",
      String(counts.changes))
    text.one(
      "cuaderno_connections", "gauge", "Connections that are open.", String(gauges.connections))
    text.one(
      "cuaderno_body_memory_bytes", "gauge", "Bytes of bodies that are held.",
      String(gauges.bodyBytes))
    if let bytes = gauges.residentBytes {
      text.one(
        "process_resident_memory_bytes", "gauge", "Memory of the process.", String(bytes))
    }
    text.one(
      "process_start_time_seconds", "gauge", "When the server started, since 1970.",
      Self.seconds(gauges.startMilliseconds))
    return text.lines.joined(separator: "\n") + "\n"
  }

  private mutating func one(_ name: String, _ type: String, _ help: String, _ value: String) {
    family(name, type, help, [([:], value)])
  }

  private mutating func family(
    _ name: String, _ type: String, _ help: String, _ samples: [([String: String], String)]
  ) {
    lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
    lines += samples.map { "\(name)\(Self.labels($0.0)) \($0.1)" }.sorted()
  }

  private mutating func histogram(
    _ name: String, _ help: String, _ series: [([String: String], ServerFigures.Durations)]
  ) {
    lines += ["# HELP \(name) \(help)", "# TYPE \(name) histogram"]
    for (labels, durations) in series.sorted(by: { Self.labels($0.0) < Self.labels($1.0) }) {
      var sum = 0
      let bounds = ServerFigures.Durations.bounds.map(Self.seconds) + ["+Inf"]
      for (bound, count) in zip(bounds, durations.counts) {
        sum += count
        lines.append("\(name)_bucket\(Self.labels(labels, last: ("le", bound))) \(sum)")
      }
      lines.append("\(name)_sum\(Self.labels(labels)) \(Self.seconds(durations.milliseconds))")
      lines.append("\(name)_count\(Self.labels(labels)) \(sum)")
    }
  }

  /// Every value is a word of this program's own, so there is nothing to escape.
  private static func labels(
    _ labels: [String: String], last: (String, String)? = nil
  ) -> String {
    let pairs =
      labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + (last.map { [$0] } ?? [])
    guard !pairs.isEmpty else { return "" }
    return "{" + pairs.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",") + "}"
  }

  private static func seconds(_ milliseconds: Int64) -> String {
    let fraction = String(milliseconds % 1_000 + 1_000).dropFirst()
    return "\(milliseconds / 1_000).\(fraction)"
  }
}
