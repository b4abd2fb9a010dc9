import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct PlaceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "place",
    abstract: "Places, in their administrative hierarchy and in valleys that cross it.",
    subcommands: [
      PlaceAdd.self, PlaceEdit.self, PlaceShow.self, PlaceList.self, PlaceTree.self,
      PlaceDelete.self,
    ])
}

struct PlaceFields: ParsableArguments {
  @Option(name: .long, help: "Another name; several are possible.")
  var otherName: [String] = []

  @Option(name: .long, help: "country, region, province, district, town, valley or other.")
  var kind: String?

  @Option(name: .long, help: "The place it belongs to, by name or path.")
  var parent: String?

  @Option(name: .long, help: "A valley or other place that it lies in too; several are possible.")
  var within: [String] = []

  @Option(name: .long, help: "A place that it does not lie in after all.")
  var removeWithin: [String] = []

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Degrees of WGS 84 and, if known, the accuracy in metres: -8.1887,-76.5100,50",
      valueName: "lat,lon[,accuracy]"))
  var location: String?

  @Option(name: .long, help: "The official code, such as UBIGEO.")
  var code: String?

  @Option(
    name: .long,
    help: ArgumentHelp("An attribute; several are possible.", valueName: "name=value"))
  var attribute: [String] = []

  func collect(into collector: inout FieldCollector) throws {
    collector.setList(.Place.otherNames, otherName)
    collector.set(.Place.kind, kind)
    try collector.setReference(.Place.parent, parent, .place)
    try collector.setMembers(.Place.within, add: within, remove: removeWithin, .place)
    if let location {
      collector.append(.Place.location, value: .location(try Self.location(location)))
    }
    collector.set(.Place.code, code)
    try collector.setAttributes(.Place.attributes, attribute)
  }

  private static func location(_ text: String) throws -> Location {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0.trimmingPrefix { $0 == " " })
    }
    guard (2...3).contains(numbers.count), let latitude = numbers[0], let longitude = numbers[1],
      numbers.count == 2 || numbers[2] != nil
    else {
      throw ValidationError("--location takes LATITUDE,LONGITUDE or LATITUDE,LONGITUDE,ACCURACY")
    }
    return Location(
      latitude: latitude, longitude: longitude, accuracy: numbers.count == 3 ? numbers[2] : nil)
  }
}

struct PlaceAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a place.",
    discussion: """
      Example: cuaderno place add Pólvora --kind district --parent "San Martín > Tocache" \
      --within "Valle del Alto Huallaga" --location -7.9080,-76.6690
      """)

  @Argument(help: "Its name.")
  var name: String

  @OptionGroup(title: "Fields") var fields: PlaceFields
  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.add(.place) { collector in
      collector.set(.Place.name, name)
      try fields.collect(into: &collector)
    }
  }
}

struct PlaceEdit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a place, or move it under another.")

  @Argument(help: "Name, path or id.")
  var place: String

  @Option(name: .long, help: "A new name.")
  var name: String?

  @OptionGroup(title: "Fields") var fields: PlaceFields
  @OptionGroup var clear: ClearOption
  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.edit(place, .place) { collector, _ in
      collector.set(.Place.name, name)
      try fields.collect(into: &collector)
      try collector.clear(clear.clear, of: .place)
    }
  }
}

struct PlaceShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a place.")

  @Argument(help: "Name, path or id.")
  var place: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      let id = try reader.resolve(place, .place).id
      options.show(.card(try reader.card(id, .place)))
    }
  }
}

struct PlaceList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the places with their paths.")

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      let paths = try reader.placePaths()
      let within = try reader.references(.Place.within)
      let rows = try reader.fetchAll(Place.self)
        .map { (paths.path(to: $0.id), $0) }.sorted { $0.0 < $1.0 }
        .map { path, place -> [JSON] in
          [
            .string(place.id.description), .string(place.id.short), .string(path),
            .string(place.kind?.rawValue),
            .array(within[place.id, default: []].map { .string(paths.path(to: $0)) }),
            place.location.map { .number($0.latitude) } ?? .null,
            place.location.map { .number($0.longitude) } ?? .null, .string(place.code),
          ]
        }
      options.show(
        .table(
          Table(
            [
              .init("id", isForPrograms: true), .init("shortID", "ID"), .init("path"),
              .init("kind"), .init("within"), .init("latitude"), .init("longitude"),
              .init("code"),
            ], rows: rows, whenEmpty: "No places. Add one with `cuaderno place add NAME`.")))
    }
  }
}

struct PlaceTree: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tree", abstract: "Draw the places as a tree.")

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      let places = try reader.fetchAll(Place.self).map { place in
        let kind = place.kind.map { " (\($0.rawValue))" } ?? ""
        return TreeDrawing.Node(id: place.id, name: place.name ?? "", remark: kind)
      }
      options.show(
        TreeDrawing(nodes: places, tree: try reader.tree(.Place.parent)).output(
          whenEmpty: "No places. Add one with `cuaderno place add NAME`."))
    }
  }
}

struct PlaceDelete: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete a place that nothing refers to.")

  @Argument(help: "Name, path or id.")
  var place: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.delete(place, .place)
  }
}
