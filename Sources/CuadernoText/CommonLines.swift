/// The whole lines that several versions of a passage begin with, and those they end with.
///
/// Two people who paste the same transcript into an empty interview, and one corrects a line, have
/// one line in conflict and not two transcripts. Only whole lines count: two paragraphs that both
/// begin with "El" have nothing in common, and to write "El" once would garble the second.
struct CommonLines {
  private(set) var prefix = 0
  private(set) var suffix = 0

  /// Whether what is left of every version fills whole lines.
  private(set) var leaveWholeLines = false

  /// - Parameters:
  ///   - startsLine: whether the versions begin where a line does.
  ///   - endsLine: whether they end where one does.
  init(of versions: [ArraySlice<UInt8>], startsLine: Bool, endsLine: Bool) {
    guard let first = versions.first else { return }
    let shortest = versions.map(\.count).min() ?? 0
    let all = versions.map(Array.init)
    let whole = 0..<first.count

    var most = shortest
    for other in all.dropFirst() {
      most = min(most, all[0].commonPrefix(with: other, mine: whole, theirs: 0..<other.count))
    }
    prefix =
      stride(from: most, to: 0, by: -1).first { length in
        all.allSatisfy { $0.isLineEdge(length, startsLine: startsLine, endsLine: endsLine) }
      } ?? 0
    if !Self.hasWords(all[0], 0..<prefix) { prefix = 0 }

    most = shortest - prefix
    for other in all.dropFirst() {
      most = min(most, all[0].commonSuffix(with: other, mine: whole, theirs: 0..<other.count))
    }
    suffix =
      stride(from: most, to: 0, by: -1).first { length in
        all.allSatisfy {
          $0.isLineEdge($0.count - length, startsLine: startsLine, endsLine: endsLine)
        }
      } ?? 0
    if !Self.hasWords(all[0], first.count - suffix..<first.count) { suffix = 0 }

    leaveWholeLines = all.allSatisfy { version in
      version.isLineEdge(prefix, startsLine: startsLine, endsLine: endsLine)
        && version.isLineEdge(version.count - suffix, startsLine: startsLine, endsLine: endsLine)
    }
  }

  private static func hasWords(_ text: [UInt8], _ range: Range<Int>) -> Bool {
    Grain.lines.tokens(of: text, in: range).contains(where: \.isTelling)
  }
}

extension [UInt8] {
  /// Whether a line starts or ends at an offset.
  fileprivate func isLineEdge(_ offset: Int, startsLine: Bool, endsLine: Bool) -> Bool {
    let lineFeed = UInt8(ascii: "\n")
    if offset == 0 { return startsLine || first == lineFeed }
    if offset == count { return endsLine || last == lineFeed }
    return self[offset - 1] == lineFeed || self[offset] == lineFeed
  }
}
