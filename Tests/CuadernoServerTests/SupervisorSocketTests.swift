import CuadernoTestSupport
import Foundation
import Testing

@testable import CuadernoServer

/// A supervisor gets what sd_notify(3) says, at a path and at an abstract name.
@Suite struct SupervisorSocketTests {
  /// What a supervisor listens on.
  private func listening(_ name: [UInt8]) throws -> Int32 {
    let listener = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
    let length = socklen_t(2 + name.count)
    let isBound = unsafe withUnsafePointer(to: address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(listener, $0, length) == 0
      }
    }
    try #require(isBound)
    return listener
  }

  private func received(_ socket: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = unsafe recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  @Test func `it is told at a path and at an abstract name`() throws {
    let folder = try ScratchFolder()
    let abstract = "cuaderno-\(UUID().uuidString)"
    for (text, name) in [
      (folder.file("notify"), Array(folder.file("notify").utf8)),
      ("@" + abstract, [0] + Array(abstract.utf8)),
    ] {
      let listener = try listening(name)
      defer { close(listener) }
      let supervisor = try #require(SupervisorSocket(text))
      #expect(supervisor.send(.ready))
      #expect(received(listener) == "READY=1")
      #expect(supervisor.send(.stopping))
      #expect(received(listener) == "STOPPING=1")
    }
  }

  @Test func `one that is not there or no address is passed over`() throws {
    let folder = try ScratchFolder()
    #expect(SupervisorSocket(folder.file("none"))?.send(.ready) == false)
    for text in ["", "@", "relative", "/" + String(repeating: "a", count: 200)] {
      #expect(SupervisorSocket(text) == nil)
    }
  }
}
