import ArgumentParser
import CuadernoNotebook
import CuadernoSchema
import CuadernoSync
import Foundation

struct BundleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract: "Carry what is new by USB stick or mail, where there is no link.",
    discussion: """
      A bundle is one file with changes of the study. It is not encrypted: whoever has it can read \
      what it carries, so keep it as safe as the laptop, and remove it when it has been read.
      """,
    subcommands: [BundleWrite.self, BundleRead.self])
}

struct BundleWrite: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "write",
    abstract: "Write what somebody lacks into one file.",
    discussion: """
      Examples: cuaderno bundle write /media/ana/usb --for Luis
                cuaderno bundle write everything.bundle
      What Luis holds is known once a bundle of his was read here or his notebook was synced with. \
      Of somebody of whom nothing is known, and without --for, the bundle holds everything. Drafts, \
      and what this laptop signs in to a server with, are never in it.
      """)

  @Argument(
    help: "The file to make; in a folder it gets a name of its own.", completion: .file())
  var file: String

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "Who will read it: a member's name, the first letters of a device's id, or a server's address.",
      valueName: "partner"))
  var partner: String?

  @Flag(name: .long, help: "Overwrite a file of that name.")
  var replace = false

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let notebook = try options.open(for: .writing)
    let reader = try partner.map { try BundleAddressee($0, notebook) }
    let url = try target(notebook)
    let contents = try notebook.writeBundle(
      to: url, beyond: reader?.frontier ?? VectorClock(), isReplacing: replace)
    try notebook.close()
    options.show(
      .lines(
        [
          "Wrote and checked \(Terminal.harmless(url.lastPathComponent)): "
            + "\(counted(contents.changes, "change")), \(contents.bytes) bytes.",
          reader?.sentence ?? "It holds everything, for whoever reads it.",
          "It is not encrypted; keep it as safe as the laptop.",
        ],
        .object([
          ("file", .string(url.path)), ("changes", .integer(contents.changes)),
          ("pages", .integer(contents.pages)), ("bytes", .integer(contents.bytes)),
          ("for", .string(partner)), ("device", .string(reader?.device?.description)),
          ("isWhole", .boolean(reader?.frontier == nil)),
        ])))
  }

  private func target(_ notebook: Notebook) throws -> URL {
    let url = URL(fileURLWithPath: file)
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
      isFolder.boolValue
    else { return url }
    let name = BundleName(
      from: try notebook.identity().member, to: partner,
      milliseconds: options.surroundings.now())
    return name.free(in: url)
  }
}

struct BundleRead: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read",
    abstract: "Take in what a bundle brings.",
    discussion: """
      Examples: cuaderno bundle read /media/ana/usb/cuaderno-luis-to-ana-2017-05-14.bundle
                cuaderno bundle read everything.bundle --as Luis
      The bundle is checked whole before anything of it is taken in, and reading it again changes \
      nothing. With --as a notebook is made where there is none, for somebody who begins from a bundle. \
      Exit status 2 when there are conflicts to settle.
      """)

  @Argument(help: "The bundle.", completion: .file())
  var file: String

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Your name, as your team will see it, to begin a notebook with the bundle.",
      valueName: "name"))
  var member: String?

  @Option(
    name: .customLong("device"), help: "What to call this laptop; without it, its host name.")
  var deviceName: String?

  @OptionGroup var deletes: DeleteOptions

  @OptionGroup var options: NotebookOptions

  func run() async throws {
    let url = URL(fileURLWithPath: file)
    var notebook = try opened(url)
    let bundle: BundleStore
    do {
      bundle = try notebook.bundle(at: url)
    } catch PageFault.forked(let dot) {
      guard let parting = try notebook.parting(fromBundleAt: url) else {
        throw PageFault.forked(dot)
      }
      try notebook.close()
      try ForkedNotebook(parting: parting).mend(options)
      notebook = try options.open(for: .writing)
      bundle = try notebook.bundle(at: url)
    }
    let report = try await SyncRun(
      notebook: notebook, options: options, counterpart: .bundle, checks: .withBundle,
      acceptsDeletes: deletes.acceptDeletes,
      removed: RemovedLately(now: options.surroundings.now)
    ).sync(with: StoreHub(store: bundle, now: options.surroundings.now))
    try notebook.heard(from: bundle.header.device, holding: bundle.frontier())
    try notebook.close()
    options.show(.lines(report.lines, report.json))
    if report.conflicts > 0 { throw ExitCode(2) }
  }

  private func opened(_ url: URL) throws -> Notebook {
    let folder = options.folder
    guard let member else {
      guard folder.exists else { throw BundleReadFault.noNotebook }
      return try options.open(for: .writing)
    }
    return try Notebook.create(
      in: folder, fromBundleAt: url, member: member,
      deviceName: deviceName ?? ProcessInfo.processInfo.hostName,
      surroundings: options.surroundings)
  }
}

enum BundleReadFault: Error, Equatable, CustomStringConvertible {
  case noNotebook

  var description: String {
    switch self {
    case .noNotebook:
      "there is no notebook here; begin one with this bundle by adding --as NAME, or name another "
        + "folder with --notebook"
    }
  }
}
