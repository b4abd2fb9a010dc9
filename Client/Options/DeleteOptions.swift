import ArgumentParser

/// Whether what comes from others may take much away.
struct DeleteOptions: ParsableArguments {
  @Flag(
    name: .long,
    help: """
      Take in what comes, or send it to the notebook met, even when more than a fifth of a notebook goes \
      out of sight with what it deletes or erases.
      """)
  var acceptDeletes = false
}
