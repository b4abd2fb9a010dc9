import ArgumentParser

/// Whether what comes from others may take much away.
struct DeleteOptions: ParsableArguments {
  @Flag(
    name: .long,
    help: "Take in what comes even when it deletes more than a fifth of this notebook.")
  var acceptDeletes = false
}
