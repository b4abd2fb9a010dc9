#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where whoever started the server, such as systemd, is told how it is: the protocol of sd_notify(3).
struct SupervisorSocket {
  enum Notice: String {
    case ready = "READY=1"
    case stopping = "STOPPING=1"
  }

  private let path: [UInt8]

  /// - Parameter text: as in `NOTIFY_SOCKET`: an absolute path, or `@` and a name without a file.
  init?(_ text: String) {
    var bytes = Array(text.utf8)
    guard bytes.count >= 2, bytes.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path),
      !bytes.contains(0)
    else { return nil }
    switch bytes[0] {
    case UInt8(ascii: "/"): break
    // An abstract name begins with a NUL (unix(7)).
    case UInt8(ascii: "@"): bytes[0] = 0
    default: return nil
    }
    path = bytes
  }

  /// Nobody waits for an answer, and a supervisor that is gone is no reason to stop.
  ///
  /// - Returns: whether it was handed over.
  @discardableResult
  func send(_ notice: Notice) -> Bool {
    let socket = Self.datagramSocket()
    guard socket >= 0 else { return false }
    defer { _ = close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
    // A path may end with its NUL; an abstract name ends where the length says.
    let family = MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: address.sun_path)
    let length = family + path.count
    let message = Array(notice.rawValue.utf8)
    let sent = unsafe withUnsafePointer(to: address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe sendto(
          socket, message, message.count, Self.withoutSignal, $0, socklen_t(length))
      }
    }
    return sent == message.count
  }

  #if canImport(Darwin)
    private static let withoutSignal: Int32 = 0

    private static func datagramSocket() -> Int32 { socket(AF_UNIX, SOCK_DGRAM, 0) }
  #else
    private static let withoutSignal = Int32(MSG_NOSIGNAL)

    private static func datagramSocket() -> Int32 {
      socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }
  #endif
}
