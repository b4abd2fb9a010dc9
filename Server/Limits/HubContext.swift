package import Hummingbird
import NIOCore

/// What a request came on.
package struct HubContext: RequestContext {
  package var coreContext: CoreRequestContextStorage
  let connection: ObjectIdentifier
  let peer: SocketAddress?

  package init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    connection = ObjectIdentifier(source.channel)
    peer = source.channel.remoteAddress
  }
}
