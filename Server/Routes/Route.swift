import CuadernoSync
import HTTPTypes

/// Everything the hub can be asked; whatever is not a case here is refused.
enum Route: Hashable, CaseIterable {
  case health
  case join
  case study(Step)

  /// What is asked of one study, by a device of that study.
  enum Step: String, CaseIterable {
    case hello, push, pull, verify
  }

  static var allCases: [Route] { [.health, .join] + Step.allCases.map(Route.study) }

  var name: String {
    switch self {
    case .health: "health"
    case .join: "join"
    case .study(let step): step.rawValue
    }
  }

  var methods: [HTTPRequest.Method] {
    switch self {
    case .health: [.get, .head]
    case .join, .study: [.post]
    }
  }
}

extension Route {
  /// The route at a request's target, and the study named in it as it stands there.
  ///
  /// Compared as bytes, without decoding or tidying: no second spelling reaches a route, and so
  /// none can get past what a proxy in front was told to keep out.
  static func at(target: String) -> (route: Route, study: Substring?)? {
    let path = target.prefix { $0 != "?" }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.first == "" else { return nil }
    switch parts.dropFirst().map(String.init) {
    case ["health"]: return (.health, nil)
    case ["v1", "join"]: return (.join, nil)
    default: break
    }
    guard parts.count == 5, parts[1] == "v1", parts[2] == "studies",
      let step = Step(rawValue: String(parts[4]))
    else { return nil }
    return (.study(step), parts[3])
  }
}
