import ArgumentParser
import CuadernoAnalysis
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Foundation

struct ReportAgreement: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agreement",
    abstract: "How far coders agree, theme by theme.",
    discussion: """
      Each unit is asked of each theme: did this coder code it or not? What nobody coded counts as \
      agreement that the theme is not there. KAPPA is Cohen's for two coders and Fleiss' for more, ALPHA \
      is Krippendorff's for nominal data, and UNITIZING his alpha for unitizing in its binary form of 2016, \
      |u-alpha (marked or not), which counts in characters and so asks where a passage begins and ends as \
      well; the alpha-u of 2004 gives other numbers. 1 is perfect, 0 is chance; nothing \
      stands where a measure cannot be had, as where nothing varies. The last line pools all themes: \
      disagreements are added, not coefficients.
      Examples:
        cuaderno report agreement
        cuaderno report agreement --coder Ana --coder Luis --unit character
        cuaderno report agreement --texts any --with-below
      """)

  @Option(
    name: .long, help: ArgumentHelp("A coder to compare; without it, everybody.", valueName: "name")
  )
  var coder: [String] = []

  @Option(
    name: .long,
    help: "What is counted: line (of the text, if not blank), character, or text.")
  var unit = CoderAgreement.Unit.line

  @Option(
    name: .long,
    help: """
      Which texts: all, for those in which each of them coded something, or any, for those in which at \
      least one did.
      """)
  var texts = CoderAgreement.Texts.all

  @Flag(name: .long, help: "A coding counts for the themes above its own too.")
  var withBelow = false

  @OptionGroup(title: "Which interviews") var selection: SelectionOptions

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let asked = coder.map(TextEntry.normalised)
    let (agreement, whenEmpty) = try options.read { reader in
      let data = try selection.data(reader)
      let found = asked.map { name in
        data.coders.contains(name)
          ? [name] : data.coders.filter { Folding.folded($0) == Folding.folded(name) }
      }
      let coders = asked.isEmpty ? data.coders : Set(found.joined()).sorted()
      let whenEmpty = selection.whenEmpty(
        data, coders: [],
        else: Self.whenEmpty(coders: coders.count, isCut: selection.selectsAnything))
      guard data.passages.isEmpty && selection.selectsAnything || found.allSatisfy({ !$0.isEmpty })
      else {
        throw ValidationError(
          "one of the names given with --coder has no codings here; `cuaderno report themes --by "
            + "coder` shows who has")
      }
      // One coder alone has nobody to agree with, and no row.
      let agreement = data.agreement(
        of: coders, in: try CodedTexts(of: data, reader), unit: unit, texts: texts,
        withThemesBelow: withBelow)
      return (agreement, whenEmpty)
    }
    options.show(
      .table(Self.table(agreement, asJSON: options.json, whenEmpty: whenEmpty)))
    guard !options.json, !agreement.rows.isEmpty else { return }
    tell(
      "\(counted(agreement.units, unit.rawValue)) in \(counted(agreement.texts, "text")) that "
        + (texts == .all ? "each of them coded." : "at least one of them coded."))
    tellUnplaced(agreement.unplaced)
  }

  /// - Parameter isCut: whether options select.
  private static func whenEmpty(coders: Int, isCut: Bool) -> String {
    guard coders < 2 else {
      return "There is no text that each of them coded. With --texts any, those count that one did."
    }
    return isCut
      ? "Agreement takes two coders or more, and fewer coded what the options select; leave one of them out."
      : "Agreement takes two coders or more; code the same texts in two notebooks, sync, and ask then."
  }

  private static func table(
    _ agreement: CoderAgreement, asJSON: Bool, whenEmpty: String
  ) -> Table {
    func numbers(_ measures: CoderAgreement.Measures) -> [JSON] {
      [
        measures.agreement, measures.kappa.coefficient, measures.alpha.coefficient,
        measures.unitizing.coefficient,
      ].map { number in
        guard let number else { return .null }
        // Rounded first, so that nothing is said to be minus nought.
        let rounded = (number * 1000).rounded() / 1000 + 0
        return asJSON ? .number(number) : .string(String(format: "%.3f", rounded))
      }
    }
    var rows = agreement.rows.map { row -> [JSON] in
      [.string(row.theme.description), .string(row.steps.joined(separator: pathSeparator))]
        + row.codings.map { .integer($0) } + numbers(row.measures)
    }
    if !rows.isEmpty {
      rows.append(
        [.null, asJSON ? .null : .string("(all)")]
          + agreement.coders.indices.map { coder in
            .integer(agreement.rows.reduce(0) { $0 + $1.codings[coder] })
          } + numbers(agreement.overall))
    }
    return Table(
      [.init("id", isForPrograms: true), .init("theme")]
        + agreement.coders.map { Table.Column($0, Terminal.harmless($0)) }
        + [.init("agreement"), .init("kappa"), .init("alpha"), .init("unitizing")],
      rows: rows, whenEmpty: whenEmpty)
  }
}

extension CoderAgreement.Unit: ExpressibleByArgument {}
extension CoderAgreement.Texts: ExpressibleByArgument {}
