import CuadernoServer
import Glibc

// Whatever folder a ledger lies in, it and its backups are for whoever runs the server alone.
umask(0o077)
await ServerCommand.run()
