import ArgumentParser
import CuadernoLedger
import CuadernoSync
import Foundation

struct CertificateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certificate", abstract: "What the server proves itself with.",
    subcommands: [CertificateShow.self])
}

struct CertificateShow: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the key that the server made for itself, as invites and curl name it.",
    discussion: """
      It is made if it is not there yet. Keep a copy of key.pem in a safe place: with it a server on \
      another machine is the same one for every notebook, and without it each needs a new invite.
      Example: cuaderno-server certificate show
      """)

  @OptionGroup var options: LedgerOptions

  func answer(from ledger: Ledger) async throws -> Output {
    let own = OwnCertificate(folder: options.folder.path)
    let row = CertificateRow(try own.identity().fingerprint, certificate: own.certificatePath)
    return try Output(
      """
      certificate  \(row.certificate)
      key          \(row.key)
      for curl     --insecure --pinnedpubkey '\(row.curl)'
      """, json: row)
  }
}

private struct CertificateRow: Encodable {
  let certificate: String
  let key: String
  let curl: String

  init(_ fingerprint: KeyFingerprint, certificate: String) {
    self.certificate = certificate
    key = fingerprint.text
    curl = "sha256//" + Data(fingerprint.bytes).base64EncodedString()
  }
}
