import HTTPTypes

/// Everything that the owner's listener can be asked; whatever is not a case here is refused.
enum OwnerRoute: String, CaseIterable {
  case metrics, status, enter, leave
  case style = "style.css"

  var methods: [HTTPRequest.Method] {
    switch self {
    case .metrics, .status, .enter, .style: [.get, .head]
    case .leave: [.post]
    }
  }

  /// Whether it is for whoever has come in by a link. The others say nothing of any study.
  var needsEntry: Bool {
    switch self {
    case .status, .leave: true
    case .metrics, .enter, .style: false
    }
  }

  /// - Parameter target: compared as it stands, like ``Route``'s.
  init?(target: String) {
    let path = target.prefix { $0 != "?" }
    guard path.first == "/" else { return nil }
    self.init(rawValue: String(path.dropFirst()))
  }
}
