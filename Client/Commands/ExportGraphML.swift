import ArgumentParser
import CuadernoAnalysis
import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct ExportGraphML: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graphml",
    abstract: "Which themes come together, as a graph for Gephi, yEd, igraph and networkx.",
    discussion: """
      A node for each theme that is used, with its codings, its texts and its colour; an edge for each \
      two themes whose passages overlap, with how often. With --inside an edge leads from the theme \
      whose passage lies inside to the other. Names of themes and numbers leave, and nothing else.
      Examples:
        cuaderno export graphml temas.graphml
        cuaderno export graphml temas.graphml --near 200 --at-least 3
        cuaderno export graphml tocache.graphml --inside --yed --place Tocache
      """)

  @OptionGroup var together: CoOccurrenceOptions

  @Option(name: .long, help: "Leave out edges with fewer pairs of codings.")
  var atLeast = 1

  @Flag(name: .customLong("yed"), help: "Add the shapes and labels that yEd draws.")
  var isForYEd = false

  @Option(name: .long, help: ArgumentHelp("Coded by this coder.", valueName: "name"))
  var coder: [String] = []

  @OptionGroup(title: "Which interviews") var selection: SelectionOptions
  @OptionGroup var file: OutputFile
  @OptionGroup var options: NotebookOptions

  func validate() throws {
    guard atLeast >= 1 else { throw ValidationError("--at-least takes a number from 1 up") }
  }

  func run() throws {
    try options.exportAndRemark(file) { reader, sink in
      let data = try StudyData(reader).selecting(
        try selection.selection(reader, coders: coder))
      try GraphMLExport.write(try graph(data, reader), isForYEd: isForYEd, to: sink)
      return [
        Remark(
          "unplaced",
          "codings that count and lie on nothing, since their place in the text is not known; see "
            + "`cuaderno coding list --review`", data.passages.count { $0.span == nil })
      ]
    }
  }

  private func graph(_ data: StudyData, _ reader: Reader) throws -> ThemeGraph {
    var colours = [RecordID: String]()
    for theme in try reader.fetchAll(Theme.self) { colours[theme.id] = theme.colour }
    let nodes = data.themeCounts().filter { $0.codings > 0 }.map { count in
      ThemeGraph.Node(
        id: count.theme, name: count.steps.last ?? "",
        path: count.steps.joined(separator: pathSeparator), colour: colours[count.theme],
        codings: count.codings, codingsBelow: count.codingsBelow, texts: count.texts)
    }
    // A coding may have a theme that is gone, or not here yet.
    let known = Set(nodes.map(\.id))
    let edges = data.coOccurrences(together.rule).filter { pair in
      pair.pairs >= atLeast && known.contains(pair.first) && known.contains(pair.second)
    }.map { pair in
      ThemeGraph.Edge(
        from: pair.first, to: pair.second, weight: pair.pairs, texts: pair.texts)
    }
    return ThemeGraph(
      title: try reader.studyHeader().title ?? "", meaning: together.meaning,
      isDirected: together.inside, nodes: nodes, edges: edges)
  }
}
