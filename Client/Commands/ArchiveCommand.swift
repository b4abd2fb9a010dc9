import ArgumentParser
import CuadernoAnalysis
import CuadernoExchange
import CuadernoModel
import CuadernoNotebook

struct ExportArchive: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive",
    abstract: "What a data archive asks for: a data list, and the study in DDI and Dublin Core.",
    discussion: """
      A zip with data-list.csv (a row for each text), study.ddi.xml (DDI Codebook 2.5) and \
      study.dublin-core.xml; with --texts the texts too. Only what may be archived is in it: interviews \
      whose consent is "may archive" and whose embargo is over, and documents for which nobody was \
      asked. The rest is counted. Participants are there by pseudonym and role, places at one level, \
      and of the attributes only those that you name.
      Examples:
        cuaderno export archive deposit.zip --creator "Ana Flores" --level district
        cuaderno export archive deposit.zip --texts --attribute participant:género --language es
      """)

  @OptionGroup var file: NamedFile

  @Option(name: .long, help: ArgumentHelp("Whose study it is.", valueName: "name"))
  var creator: [String] = []

  @Option(name: .long, help: ArgumentHelp("On what terms it may be used.", valueName: "text"))
  var rights: String?

  @Option(
    name: .long,
    help: "How exact places are: country, region, province, district, town or valley.")
  var level = PlaceKind.province

  @Option(
    name: .long,
    help: ArgumentHelp(
      "An attribute that goes along, such as participant:género.", valueName: "kind:name"))
  var attribute: [String] = []

  @Flag(name: .long, help: "Add the texts themselves.")
  var texts = false

  @Option(name: .long, help: "The language of headings and descriptions: en or es.")
  var language = ReportLanguage.en

  @Option(name: .long, help: .hidden)
  var coder: [String] = []

  @OptionGroup(title: "Which interviews") var selection: SelectionOptions
  @OptionGroup var options: NotebookOptions

  func validate() throws {
    guard coder.isEmpty else {
      throw ValidationError(
        "--coder selects codings, and an archive holds none; select interviews with the other options"
      )
    }
    _ = try attributes
  }

  private var attributes: [Dimension] {
    get throws {
      try attribute.map { text in
        guard let dimension = Dimension(attribute: text) else {
          throw ValidationError(
            "--attribute takes participant:NAME, interview:NAME or place:NAME")
        }
        return dimension
      }
    }
  }

  /// As the study has them, each once.
  private func attributes(_ reader: Reader) throws -> [DepositExport.AttributeName] {
    var names = [DepositExport.AttributeName]()
    for typed in try attributes {
      guard
        case .attribute(let kind, let text) = try reader.known(typed, givenWith: "--attribute")
      else { continue }
      let name = DepositExport.AttributeName(kind, text)
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  func run() throws {
    let now = options.surroundings.now()
    var deposit = DepositExport.Options(
      creators: creator.map(TextEntry.normalised), rights: rights.map(TextEntry.normalised),
      level: level, attributes: [], hasTexts: texts,
      language: language == .es ? .spanish : .english, milliseconds: now)
    let report = try options.read { reader in
      try reader.tellIfBlind()
      deposit.attributes = try attributes(reader)
      let part = try selection.part(reader).part
      return try WholeFile.write(file.path) { path in
        try DepositExport.write(reader, of: part, options: deposit, to: path)
      }
    }
    let left = DepositReport.Reason.allCases.compactMap { reason in
      report.leftOut[reason].map { (reason, $0) }
    }
    var warnings = left.map { "\($0.words): \($1)" }
    if report.attributes > 0 {
      warnings.append(
        "attributes left out, since --attribute does not name them: \(report.attributes)")
    }
    options.show(
      TableExportLines(
        file.path, held: ["texts": report.texts], order: ["texts"], warnings: warnings,
        consents: ConsentCounts(),
        counts: left.map { ($0.rawValue, $1) } + [("attributesLeftOut", report.attributes)]
      ).output)
  }
}
