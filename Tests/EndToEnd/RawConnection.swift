import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A TCP connection to a server of this machine that says exactly what it is told to.
final class RawConnection {
  private let socket: Int32

  /// - Parameter receiveBytes: how much the system takes for it before anybody reads.
  init?(port: Int, receiveBytes: Int32? = nil) {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { return nil }
    if var bytes = receiveBytes {
      _ = unsafe setsockopt(
        socket, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }
    var timeout = timeval(tv_sec: 60, tv_usec: 0)
    _ = unsafe setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isConnected = unsafe withUnsafePointer(to: address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(socket, $0, size) == 0
      }
    }
    guard isConnected else { return nil }
  }

  deinit {
    close(socket)
  }

  /// - Returns: false when the other side takes nothing more.
  @discardableResult
  func send(_ text: String) -> Bool {
    send(Array(text.utf8))
  }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    unsafe Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
  }

  /// Reads one answer, whose length its head says.
  func answer() -> (status: Int, body: [UInt8])? {
    var bytes = [UInt8]()
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let start = bytes.firstRange(of: end) {
        let head = String(decoding: bytes[..<start.lowerBound], as: UTF8.self)
        let lines = head.split(separator: "\r\n").map { $0.lowercased() }
        let length =
          lines.first { $0.hasPrefix("content-length:") }
          .flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
        if bytes.count >= start.upperBound + length {
          let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
          return (status ?? 0, Array(bytes[start.upperBound...].prefix(length)))
        }
      }
      guard let more = received(), !more.isEmpty else { return nil }
      bytes += more
    }
  }

  /// Reads until the other side has closed; false after a minute without that.
  func isClosed() -> Bool {
    while let bytes = received(), !bytes.isEmpty {}
    return errno != EAGAIN
  }

  /// Nil after an error, and empty at the end.
  private func received() -> [UInt8]? {
    errno = 0
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = unsafe recv(socket, &bytes, bytes.count, 0)
    return count < 0 ? nil : Array(bytes.prefix(count))
  }
}
