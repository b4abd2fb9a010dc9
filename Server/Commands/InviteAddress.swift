import NIOCore

/// The address that an invite leads to.
struct InviteAddress: Equatable {
  /// Without a slash at the end.
  let text: String
  let isEncrypted: Bool
  /// Whether what is sent there cannot leave this machine.
  let isLocal: Bool

  init?(_ url: String) {
    guard let scheme = ["https://", "http://"].first(where: { url.hasPrefix($0) && url != $0 }),
      url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") })
    else { return nil }
    text = url.hasSuffix("/") ? String(url.dropLast()) : url
    isEncrypted = scheme == "https://"
    let authority = url.dropFirst(scheme.count).prefix { $0 != "/" }
    let host =
      authority.hasPrefix("[")
      ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
    isLocal = isLoopback(String(host))
  }
}

extension InviteAddress {
  /// Where the laptops of a local network find a server on this machine.
  static func ofThisMachine() throws -> InviteAddress {
    let addresses = try System.enumerateDevices().compactMap { device -> String? in
      guard let address = device.address, case .v4 = address else { return nil }
      return isVirtual(device.name) ? nil : address.ipAddress
    }
    return try onlyOne(of: addresses)
  }

  /// - Parameter addresses: of this machine, IPv4.
  /// - Throws: ``CommandFailure`` when it is not clear which is meant: a wrong address in an invite is
  ///   found out only on the other laptop.
  static func onlyOne(of addresses: [String]) throws(CommandFailure) -> InviteAddress {
    // What a machine gives itself where nobody gives it an address (RFC 3927).
    let usable = addresses.filter { !isLoopback($0) && !$0.hasPrefix("169.254.") }
    guard usable.count == 1, let address = InviteAddress("https://\(usable[0]):8787") else {
      let found =
        usable.isEmpty
        ? "this machine has no address on a network"
        : "this machine has \(usable.count) addresses: \(usable.joined(separator: ", "))"
      throw CommandFailure(
        "\(found); say with --url where the laptops find this server, such as "
          + "--url https://\(usable.first ?? "192.168.1.20"):8787")
    }
    return address
  }

  /// Networks inside this machine, of containers and virtual machines.
  private static func isVirtual(_ name: String) -> Bool {
    ["docker", "br-", "veth", "virbr", "lxc", "lxdbr", "vboxnet", "podman"].contains {
      name.hasPrefix($0)
    }
  }
}
