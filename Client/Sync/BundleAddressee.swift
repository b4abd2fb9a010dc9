import CuadernoNotebook
import CuadernoSync
import Foundation

/// Whom a bundle is for, and what is known to be there already.
struct BundleAddressee {
  let name: String
  /// The notebook that was heard of; nil for a server, and when nothing is known.
  let device: DeviceID?
  /// Nil when nothing is known: then the bundle holds everything.
  let frontier: VectorClock?
  private let heardMilliseconds: Int64?
  /// How many other notebooks the name fits.
  private let others: Int

  /// - Parameter word: a member's name, the beginning of a device's id, or a server's address.
  init(_ word: String, _ notebook: Notebook) throws {
    if let address = ServerAddress(word)?.text {
      name = "the server"
      let hub = try notebook.hubs().first { $0.url == address }
      (device, others) = (nil, 0)
      (frontier, heardMilliseconds) = (hub?.syncedFrontier, hub?.syncedMilliseconds)
      return
    }
    // A person who changed laptops is where they were heard from last.
    let partners = try notebook.partners(named: word)
    (device, frontier) = (partners.first?.device, partners.first?.frontier)
    name =
      try device.flatMap { device in try notebook.read { try $0.memberName(of: device) } } ?? word
    heardMilliseconds = partners.first?.heardMilliseconds
    others = max(partners.count - 1, 0)
  }

  var sentence: String {
    let name = Terminal.harmless(name)
    guard let heardMilliseconds else {
      return "Nothing is known of what \(name) holds, so it holds everything."
    }
    let time = Moment.text(heardMilliseconds)
    guard let device else { return "It holds what \(name) lacked at the sync of \(time)." }
    let short = device.description.prefix(8)
    return "It holds what \(name)'s notebook \(short) lacked when it was last heard of, \(time)."
      + (others > 0 ? " \(name) has others; name one by its id with --for." : "")
  }
}

/// The name that a bundle gets in a folder: from whom, for whom, and the day.
struct BundleName {
  private let stem: String

  init(from member: String, to partner: String?, milliseconds: Int64) {
    let day = Moment.text(milliseconds).prefix(10)
    stem = "cuaderno-\(Self.plain(member))-to-\(partner.map(Self.plain) ?? "all")-\(day)"
  }

  /// A name that is not taken there.
  func free(in folder: URL) -> URL {
    var number = 1
    while true {
      let name = number == 1 ? "\(stem).bundle" : "\(stem)-\(number).bundle"
      let url = folder.appendingPathComponent(name)
      guard FileManager.default.fileExists(atPath: url.path) else { return url }
      number += 1
    }
  }

  /// Small letters without accents, and digits, which every disk and mail program takes.
  private static func plain(_ name: String) -> String {
    let folded = name.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    let words = folded.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return words.isEmpty ? "notebook" : words.joined(separator: "-").prefix(40).lowercased()
  }
}
