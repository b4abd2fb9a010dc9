/// The part of DDI Codebook 2.5 that describes a study: its elements in the order of the schema.
///
/// "DDI Codebook 2.5", XML Schema of 2014, namespace `ddi:codebook:2_5`. Every element is checked against
/// these rules before it is written.
enum DDICodebook {
  static let namespace = "ddi:codebook:2_5"
  static let version = "2.5"

  struct Rule {
    /// What may be in it, in this order; text alone where it is empty.
    var children: [String]
    var required: Set<String> = []
    /// Those that stand once at most.
    var single: Set<String> = []
    var attributes: Set<String> = []
  }

  static let rules: [String: Rule] = [
    "codeBook": Rule(
      children: ["docDscr", "stdyDscr"], required: ["stdyDscr"],
      attributes: ["xmlns", "version", "xml:lang"]),
    "docDscr": Rule(children: ["citation"], single: ["citation"]),
    "stdyDscr": Rule(
      children: ["citation", "stdyInfo", "method", "dataAccs"], required: ["citation"]),
    "citation": Rule(
      children: ["titlStmt", "rspStmt", "prodStmt"], required: ["titlStmt"],
      single: ["titlStmt", "rspStmt", "prodStmt"]),
    "titlStmt": Rule(children: ["titl", "IDNo"], required: ["titl"], single: ["titl"]),
    "titl": Rule(children: []),
    "IDNo": Rule(children: [], attributes: ["agency"]),
    "rspStmt": Rule(children: ["AuthEnty"]),
    "AuthEnty": Rule(children: []),
    "prodStmt": Rule(children: ["prodDate", "software"]),
    "prodDate": Rule(children: [], attributes: ["date"]),
    "software": Rule(children: []),
    "stdyInfo": Rule(children: ["subject", "abstract", "sumDscr"]),
    "subject": Rule(children: ["keyword"]),
    "keyword": Rule(children: []),
    "abstract": Rule(children: []),
    "sumDscr": Rule(
      children: [
        "timePrd", "collDate", "nation", "geogCover", "anlyUnit", "universe", "dataKind",
      ]),
    "timePrd": Rule(children: [], attributes: ["event", "date"]),
    "collDate": Rule(children: [], attributes: ["event", "date"]),
    "nation": Rule(children: []),
    "geogCover": Rule(children: []),
    "anlyUnit": Rule(children: []),
    "universe": Rule(children: []),
    "dataKind": Rule(children: []),
    "method": Rule(children: ["dataColl"]),
    "dataColl": Rule(children: ["collMode"]),
    "collMode": Rule(children: []),
    "dataAccs": Rule(children: ["setAvail", "useStmt"]),
    "setAvail": Rule(children: ["collSize"]),
    "collSize": Rule(children: []),
    "useStmt": Rule(children: ["restrctn", "conditions"]),
    "restrctn": Rule(children: []),
    "conditions": Rule(children: []),
  ]

  static func check(_ tree: MarkupTree) throws {
    guard let rule = rules[tree.name] else { throw QDAFault.notInSchema(tree.name) }
    let names = tree.children.map(\.name)
    let places = try names.map { name in
      guard let place = rule.children.firstIndex(of: name) else {
        throw QDAFault.notInSchema(name)
      }
      return place
    }
    guard places == places.sorted(), rule.required.isSubset(of: names),
      rule.single.allSatisfy({ name in names.count { $0 == name } <= 1 }),
      rule.attributes.isSuperset(of: tree.attributes.map(\.name)),
      tree.text == nil || rule.children.isEmpty,
      tree.text != nil || !tree.children.isEmpty
    else { throw QDAFault.notInSchema(tree.name) }
    for child in tree.children { try check(child) }
  }

  /// - Returns: the elements, without what is not known of the study.
  static func codeBook(_ study: DepositDescription) -> MarkupTree {
    let date = MarkupTree("prodDate", [("date", study.written)], text: study.written)
    let title = MarkupTree("titlStmt", [MarkupTree("titl", text: study.title)])
    let own = MarkupTree(
      "titlStmt",
      [
        MarkupTree("titl", text: study.title),
        MarkupTree("IDNo", [("agency", "Cuaderno")], text: study.identifier),
      ])
    let authors = MarkupTree("rspStmt", study.creators.map { MarkupTree("AuthEnty", text: $0) })
    let document = MarkupTree(
      "docDscr",
      [
        MarkupTree(
          "citation",
          [title, MarkupTree("prodStmt", [date, MarkupTree("software", text: "Cuaderno")])])
      ])
    let citation = MarkupTree("citation", [own] + (study.creators.isEmpty ? [] : [authors]))
    return MarkupTree(
      "codeBook",
      [("xmlns", namespace), ("version", version), ("xml:lang", study.words.code)],
      [
        document,
        MarkupTree("stdyDscr", [citation, scope(study)] + method(study) + [access(study)]),
      ])
  }

  private static func scope(_ study: DepositDescription) -> MarkupTree {
    var parts = [MarkupTree]()
    if !study.keywords.isEmpty {
      parts.append(MarkupTree("subject", study.keywords.map { MarkupTree("keyword", text: $0) }))
    }
    if let description = study.description {
      parts.append(MarkupTree("abstract", text: description))
    }
    var summary = [MarkupTree]()
    for period in study.periods {
      for (event, date) in [("start", period.from), ("end", period.to)] {
        if let date {
          summary.append(
            MarkupTree("timePrd", [("event", event), ("date", date)], text: period.name))
        }
      }
    }
    if let (first, last) = study.dates {
      if first == last {
        summary.append(MarkupTree("collDate", [("event", "single"), ("date", first)], text: first))
      } else {
        summary.append(MarkupTree("collDate", [("event", "start"), ("date", first)], text: first))
        summary.append(MarkupTree("collDate", [("event", "end"), ("date", last)], text: last))
      }
    }
    summary += study.countries.map { MarkupTree("nation", text: $0) }
    summary += study.places.map { MarkupTree("geogCover", text: $0) }
    summary.append(MarkupTree("anlyUnit", text: study.words.unit))
    if !study.roles.isEmpty {
      summary.append(MarkupTree("universe", text: study.roles.joined(separator: "; ")))
    }
    summary.append(MarkupTree("dataKind", text: study.words.dataKind))
    return MarkupTree("stdyInfo", parts + [MarkupTree("sumDscr", summary)])
  }

  private static func method(_ study: DepositDescription) -> [MarkupTree] {
    let modes = study.kinds.map { MarkupTree("collMode", text: "\($0.name): \($0.count)") }
    return modes.isEmpty ? [] : [MarkupTree("method", [MarkupTree("dataColl", modes)])]
  }

  private static func access(_ study: DepositDescription) -> MarkupTree {
    MarkupTree(
      "dataAccs",
      [
        MarkupTree("setAvail", [MarkupTree("collSize", text: study.words.size(study.texts))]),
        MarkupTree(
          "useStmt",
          [MarkupTree("restrctn", text: study.words.consent(study.texts, study.all))]
            + (study.rights.map { [MarkupTree("conditions", text: $0)] } ?? [])),
      ])
  }
}
