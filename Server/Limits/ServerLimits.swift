import CuadernoSync

/// Every bound on what those who ask may take, in one place.
///
/// WIRE.md, section 11, has the same table with the answers; a test compares the two.
package struct ServerLimits: Equatable, Sendable {
  /// Connections at once, over all addresses. A file descriptor each, and some 30 kB.
  package var connections = 2_000

  /// Connections at once of one address, behind which a whole institute may be.
  package var connectionsPerAddress = 256

  /// Connections at once on which one token asks. A notebook needs one.
  package var connectionsPerDevice = 8

  /// Requests of one token, and those without a token of one address; zero sets no bound.
  package var requestsPerSecond = 20

  /// How many requests may come at once after a pause.
  package var requestsAtOnce = 60

  /// Tokens and invites of one address that were refused; zero sets no bound. One that is good is
  /// never refused for them: a team shares an address with strangers.
  package var failuresPerMinute = 10

  /// How long nothing need come, in milliseconds: a head after a connection or an answer, a body after
  /// its head, and the reading of an answer. Then ``bytesPerSecondMin`` counts.
  package var patienceMilliseconds: Int64 = 30_000

  /// How many bytes of a body, or of an answer that is read, earn a second more, up to
  /// ``patienceMilliseconds`` in advance.
  package var bytesPerSecondMin = WireLimits.bytesPerSecondMin

  /// Bytes of bodies that are held at once, as they came and decompressed, over all requests.
  package var bodyBytes = 64 << 20

  /// Bytes of answers that wait for their readers, over all requests. A page is put off while there are more.
  package var answerBytes = 64 << 20

  /// After the last answer of a connection, how long what still comes is read and thrown away, in
  /// milliseconds: closed at once, the answer could be lost (RFC 9112, section 9.6).
  package var lingerMilliseconds: Int64 = 5_000

  /// How long a stopping server waits for what was begun, in milliseconds.
  package var drainMilliseconds: Int64 = 8_000

  package init() {}

  /// Fields of a head.
  static let headFields = 64

  /// A head without its field's separators: the target, names and values, trailers too.
  static let headBytes = 16 << 10

  /// A join names a secret and a laptop and no more, and whoever sends it has shown no token.
  static let joinBytes = 64 << 10

  /// Nothing that counts per second or minute, for tests of something else and for measuring.
  package static var withoutRates: ServerLimits {
    var limits = ServerLimits()
    limits.requestsPerSecond = 0
    limits.failuresPerMinute = 0
    return limits
  }
}
