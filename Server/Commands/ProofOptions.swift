import ArgumentParser
import CuadernoSync

/// What a notebook is to know the server by.
struct ProofOptions: ParsableArguments {
  @Flag(
    name: .long,
    help:
      "An authority vouches for the server at this address, as for most reverse proxies; name no key."
  )
  var publicCertificate = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The certificate that `serve --certificate` shows, if no authority vouches for it; its key is named.",
      valueName: "file"))
  var certificate: String?

  @Flag(
    name: .customLong("plain-http"),
    help: "Lead to an address of another machine without TLS; everything can be read on the way.")
  var isPlainHTTPAllowed = false

  func check(_ address: InviteAddress) throws {
    guard certificate == nil || !publicCertificate else {
      throw ValidationError("give --certificate or --public-certificate, not both")
    }
    guard address.isEncrypted || (certificate == nil && !publicCertificate) else {
      throw ValidationError("plain HTTP shows no certificate; give an https address")
    }
    guard address.isEncrypted || address.isLocal || isPlainHTTPAllowed else {
      throw ValidationError(
        "everything sent to an http address can be read on the way; give an https address, or accept "
          + "that with --plain-http")
    }
  }

  /// Nil where no key is to be named.
  func fingerprint(
    for address: InviteAddress, in folder: FolderOption
  ) throws(CertificateFault) -> KeyFingerprint? {
    guard address.isEncrypted, !publicCertificate else { return nil }
    if let certificate { return try TLSIdentity.fingerprint(ofFile: certificate) }
    return try OwnCertificate(folder: folder.path).identity().fingerprint
  }

  /// What whoever makes an invite should know besides; nil when there is nothing.
  func sentence(for address: InviteAddress) -> String? {
    if !address.isEncrypted {
      return address.isLocal
        ? nil : "Nothing sent to this address is encrypted; the member must accept that too."
    }
    guard !publicCertificate, certificate == nil else { return nil }
    return "It names this server's own key. Behind a reverse proxy, or with a certificate of an "
      + "authority, make it with --public-certificate."
  }
}
