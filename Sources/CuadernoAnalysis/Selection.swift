package import CuadernoModel
package import CuadernoNotebook
package import CuadernoSync

/// Which codings a report counts, by what is known of the interviews they lie on. Everything that is
/// asked for has to hold.
package struct Selection: Sendable {
  /// A value that a coding must have.
  package struct Criterion: Hashable, Sendable {
    package var dimension: Dimension
    /// One of these is enough.
    package var values: Set<String>

    package init(_ dimension: Dimension, _ values: Set<String>) {
      self.dimension = dimension
      self.values = values
    }
  }

  package var criteria: [Criterion]
  /// The interview's place is one of these, or lies below or within one.
  package var places: [RecordID]
  /// One of these interviews.
  package var interviews: [RecordID]
  /// All of the interview's date lies in it.
  package var dates: Period?
  /// The interview may be quoted on this day, year, month and day as one number.
  package var quotableOn: Int?

  package init(
    criteria: [Criterion] = [], places: [RecordID] = [], interviews: [RecordID] = [],
    dates: Period? = nil, quotableOn: Int? = nil
  ) {
    self.criteria = criteria
    self.places = places
    self.interviews = interviews
    self.dates = dates
    self.quotableOn = quotableOn
  }

  package var isEverything: Bool {
    criteria.isEmpty && places.isEmpty && interviews.isEmpty && dates == nil
      && quotableOn == nil
  }
}

extension StudyData {
  /// The same study with the codings alone that were selected.
  package func selecting(_ selection: Selection) -> StudyData {
    guard !selection.isEverything else { return self }
    let isSelected = test(selection)
    let coders = selection.criteria.filter { $0.dimension == .coder }
    var known = [RecordID: Bool]()
    var selected = self
    selected.passages = passages.filter { passage in
      guard coders.allSatisfy({ passage.coder.map($0.values.contains) ?? false }) else {
        return false
      }
      if let answer = known[passage.source] { return answer }
      let answer = isSelected(sources[passage.source])
      known[passage.source] = answer
      return answer
    }
    return selected
  }

  /// The records that a selection leaves in an export.
  ///
  /// Whoever coded, an interview is selected by what is known of it, with the notes about it; with it
  /// go its participants, its place, and what that lies below and within. Notes about themes and the
  /// study belong to the code book, which is never cut but where only what may be quoted is asked for.
  package func part(_ selection: Selection) -> StudyPart {
    guard !selection.isEverything else { return .everything }
    let isSelected = test(selection)
    var records = Set(selecting(selection).passages.map(\.id))
    // They may repeat the words of anybody.
    if selection.quotableOn == nil { records.formUnion(codeBookNotes) }
    var atPlaces = Set<RecordID>()
    for (id, source) in sources where isSelected(source) {
      records.insert(id)
      records.formUnion(source.participants)
      if let place = source.place { atPlaces.insert(place) }
    }
    records.formUnion(atPlaces)
    for place in atPlaces {
      let above = placePaths.tree.path(to: place.rawValue).map { RecordID(rawValue: $0) }
      records.formUnion(above)
      for step in above {
        for other in placesWithin[step] ?? [] {
          records.formUnion(placePaths.tree.path(to: other.rawValue).map { RecordID(rawValue: $0) })
        }
      }
    }
    return StudyPart(records)
  }

  /// Whether an interview or note is selected; who coded it is not asked.
  func test(_ selection: Selection) -> (Source?) -> Bool {
    let places = selection.places.isEmpty ? nil : placesInside(selection.places)
    let interviews = selection.interviews.isEmpty ? nil : Set(selection.interviews)
    let criteria = selection.criteria.filter { $0.dimension != .coder }.map { criterion in
      (own: values(by: criterion.dimension), asked: Set(criterion.values.map(Optional.some)))
    }
    return { source in
      if let places, !(source?.place.map(places.contains) ?? false) { return false }
      if let interviews, !(source?.interview.map(interviews.contains) ?? false) { return false }
      if let day = selection.quotableOn, !(source?.mayBeQuoted(on: day) ?? false) { return false }
      if let dates = selection.dates, !(source?.date.map(dates.contains) ?? false) { return false }
      return criteria.allSatisfy { criterion in
        !criterion.own.of(source).isDisjoint(with: criterion.asked)
      }
    }
  }

  /// Places with all that lies below them, and with what is said to be within one of these: a valley's
  /// towns belong to provinces.
  func placesInside(_ places: [RecordID]) -> Set<RecordID> {
    var inside = Set(places)
    var grows = true
    // What is within one may have places below it, and so on.
    while grows {
      grows = false
      for place in placeNames.keys where !inside.contains(place) {
        let above = placePaths.tree.path(to: place.rawValue).map { RecordID(rawValue: $0) }
        let named = above + (placesWithin[place] ?? [])
        if named.contains(where: inside.contains) {
          inside.insert(place)
          grows = true
        }
      }
    }
    return inside
  }
}
