package import Hummingbird

/// What a request carries along; bodies are bounded by the route that reads them.
package struct StudyRequestContext: RequestContext {
  package var coreContext: CoreRequestContextStorage

  package init(source: Source) {
    coreContext = .init(source: source)
  }
}
