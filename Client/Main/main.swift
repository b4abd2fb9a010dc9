import CuadernoClient
import Glibc

// Whatever folder a notebook lies in, its files, drafts and backups are for their owner alone.
umask(0o077)
CuadernoCommand.run(Array(CommandLine.arguments.dropFirst()))
