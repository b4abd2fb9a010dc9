import CuadernoModel
import CuadernoNotebook

@testable import CuadernoExchange

/// Whether an error is one of those that say to a person what is wrong with a file.
func isTold(_ error: any Error) -> Bool {
  switch error {
  case NotebookError.log: false
  case is ExchangeError, is NotebookError, is CuadernoModel.Fault, is ConverterFault,
    is TemplateFault,
    is JSONReader.Failure, is ColumnMapping.Fault, is QDAFault:
    true
  default: false
  }
}
