import CuadernoLog

/// What may be said of an error to whoever runs the hub; nil for one that was not made for it.
///
/// Neither `StoreError` nor `LedgerError` ever holds what a statement or a request said. The first
/// speaks of a laptop's commands where it tells what to do, which are not the hub's.
package func failureWords(_ error: any Error) -> String? {
  switch error {
  case let error as LedgerError: error.description
  case StoreError.missing: LedgerError.noLedger.description
  case StoreError.damaged:
    "ledger's file is damaged; run `cuaderno-server check`, and restore a backup if it says so; the "
      + "notebooks bring back what came after it"
  case StoreError.damagedChange(let dot):
    "change \(dot) does not match its stored hash: the disk altered it; restore a backup, and the "
      + "notebooks bring back what came after it"
  case StoreError.busy:
    "another cuaderno-server is writing; try again when it is done"
  case StoreError.newerVersion(let found, let known):
    "ledger was written by a newer cuaderno-server (schema \(found); this one knows \(known)); "
      + "update before opening it"
  case let error as StoreError: error.description
  default: nil
  }
}
