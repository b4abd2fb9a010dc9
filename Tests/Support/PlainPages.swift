package import CuadernoSync

extension PullReply {
  /// The page of a reply to a request that asked for none that is packed.
  package var page: ChangePage {
    guard case .page(let page) = content else { preconditionFailure("the page came packed") }
    return page
  }
}
