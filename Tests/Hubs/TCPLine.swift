import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A TCP line between a client and a server on this machine that breaks as it is told.
///
/// Blocking sockets and two threads for each connection: what passes, and where it stops, is then
/// decided for each byte in one place.
final class TCPLine: Sendable {
  enum Direction: Sendable, CaseIterable { case toServer, toClient }

  enum Fault: Equatable, Sendable {
    case none
    /// After so many bytes in a direction, over all connections, the connection is closed, once.
    case cut(Direction, afterBytes: Int, isReset: Bool)
    /// After so many bytes nothing more passes on that connection, which stays open.
    case stall(Direction, afterBytes: Int)
    /// After so many bytes to the server nothing more is taken on that connection, once: as with a cable that
    /// was pulled out.
    case silent(afterBytes: Int)
    /// Bytes pass in pieces of at most so many.
    case pieces(Int)
    /// Everything a connection has sent is sent a second time when it ends, over a new one.
    case repeated
    /// So many bytes a second pass in each direction, and few wait on the way.
    case slow(bytesPerSecond: Int)

    /// Whether few bytes wait on the way.
    fileprivate var holdsLittle: Bool {
      switch self {
      case .slow, .silent: true
      default: false
      }
    }
  }

  private struct State {
    var passed: [Direction: Int] = [:]
    var connections = 0
    var isOver = false
  }

  private let fault: Fault
  private let serverPort: Int
  private let listener: Int32
  private let state = Mutex(State())
  let port: Int

  /// Listens on a free port of this machine until it is closed.
  init(to serverPort: Int, fault: Fault) throws {
    self.fault = fault
    self.serverPort = serverPort
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard listener >= 0 else { throw Missing() }
    if fault.holdsLittle {
      var bytes: Int32 = 8 << 10
      _ = unsafe setsockopt(
        listener, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = Self.address(port: 0)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    var length = size
    let listener = listener
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(listener, pointer, size) == 0 && listen(listener, 64) == 0
          && getsockname(listener, pointer, &length) == 0
      }
    }
    guard isBound else { throw Missing() }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { self.accept() }
  }

  /// Bytes that have passed, by direction.
  var passed: [Direction: Int] { state.withLock { $0.passed } }

  /// How many connections have been made over it.
  var connections: Int { state.withLock { $0.connections } }

  /// Takes no more connections; those that are open end with their client.
  func close() {
    _ = shutdown(listener, Int32(SHUT_RDWR))
    _ = Glibc.close(listener)
  }

  private static let piecesPerSecond = 20

  private static func address(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }

  private func accept() {
    while true {
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else { return }
      state.withLock { $0.connections += 1 }
      guard let server = connected() else {
        _ = Glibc.close(client)
        continue
      }
      for socket in [client, server] { Self.sendAtOnce(socket) }
      let connection = Connection(client: client, server: server)
      Thread.detachNewThread { self.pump(connection, .toServer) }
      Thread.detachNewThread { self.pump(connection, .toClient) }
    }
  }

  /// Without waiting for more to send with it, which would cost 40 ms a message.
  private static func sendAtOnce(_ socket: Int32) {
    var yes: Int32 = 1
    _ = unsafe setsockopt(
      socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
  }

  private func connected() -> Int32? {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Self.address(port: serverPort)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(server, $0, size) == 0
      }
    }
    if isConnected { return server }
    _ = Glibc.close(server)
    return nil
  }

  /// Both sockets of a connection, closed when neither direction is in use any more.
  private final class Connection: Sendable {
    let client: Int32
    let server: Int32
    let sent = Mutex<[UInt8]>([])

    init(client: Int32, server: Int32) {
      self.client = client
      self.server = server
    }

    /// - Parameter isReset: ends with RST, so that the other side's unread bytes are lost too.
    func end(isReset: Bool) {
      for socket in [client, server] {
        if isReset {
          var linger = linger(l_onoff: 1, l_linger: 0)
          _ = unsafe setsockopt(
            socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        }
        _ = shutdown(socket, Int32(SHUT_RDWR))
      }
    }

    deinit {
      _ = Glibc.close(client)
      _ = Glibc.close(server)
    }
  }

  private func pump(_ connection: Connection, _ direction: Direction) {
    let (source, target) =
      direction == .toServer
      ? (connection.client, connection.server) : (connection.server, connection.client)
    var size = 16 << 10
    if case .pieces(let bytes) = fault { size = bytes }
    if case .slow(let bytes) = fault { size = bytes / Self.piecesPerSecond }
    while let bytes = received(source, size) {
      if case .slow = fault { usleep(UInt32(1_000_000 / Self.piecesPerSecond)) }
      let (allowed, isLast) = passing(bytes.count, direction)
      send(bytes.prefix(allowed), to: target)
      if direction == .toServer, fault == .repeated {
        connection.sent.withLock { $0 += bytes }
      }
      guard isLast else { continue }
      switch fault {
      case .silent:
        // Until the client has given it up.
        var state = pollfd(fd: source, events: 0, revents: 0)
        while unsafe poll(&state, 1, 100) >= 0, Int32(state.revents) & (POLLHUP | POLLERR) == 0 {}
        connection.end(isReset: true)
      case .cut(_, _, let isReset):
        connection.end(isReset: isReset)
      default:
        // Keeps reading, so that nobody notices but by waiting.
        while received(source, size) != nil {}
        connection.end(isReset: false)
      }
      return
    }
    _ = shutdown(target, Int32(SHUT_WR))
    if direction == .toServer, fault == .repeated {
      sendAgain(connection.sent.withLock { $0 })
    }
  }

  /// How many of some bytes pass, and whether the line breaks behind them.
  private func passing(_ count: Int, _ direction: Direction) -> (Int, Bool) {
    state.withLock { state in
      let before = state.passed[direction, default: 0]
      var allowed = count
      var isLast = false
      switch fault {
      case .cut(direction, let limit, _), .stall(direction, let limit),
        .silent(let limit) where direction == .toServer:
        if !state.isOver, before + count >= limit {
          allowed = limit - before
          isLast = true
          state.isOver = true
        }
      default: break
      }
      state.passed[direction] = before + allowed
      return (allowed, isLast)
    }
  }

  private func sendAgain(_ bytes: [UInt8]) {
    guard !bytes.isEmpty, let server = connected() else { return }
    send(bytes[...], to: server)
    _ = shutdown(server, Int32(SHUT_WR))
    while received(server, 16 << 10) != nil {}
    _ = Glibc.close(server)
  }

  private func received(_ socket: Int32, _ size: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: size)
    let count = unsafe recv(socket, &bytes, size, 0)
    guard count > 0 else { return nil }
    return Array(bytes.prefix(count))
  }

  private func send(_ bytes: ArraySlice<UInt8>, to socket: Int32) {
    var rest = bytes
    while !rest.isEmpty {
      let chunk = Array(rest)
      let count = unsafe Glibc.send(socket, chunk, chunk.count, Int32(MSG_NOSIGNAL))
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
