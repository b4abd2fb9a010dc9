/// The parts of messages that errors name, in the words that people read.
package enum WirePart: String, Sendable {
  case about = "records that a change is about"
  case action
  case answer = "hello reply's answer"
  case baseDevices = "devices of bases"
  case bases
  case bytesMax = "page size"
  case changes
  case clockDevices = "devices in a clock"
  case clockSequences = "sequence numbers in a clock"
  case content = "change's payload or erased digest"
  case contextDevices = "devices in a context"
  case contextSequences = "sequence numbers in a context"
  case device = "device id"
  case deviceName = "device name"
  case devices = "devices in a page"
  case difference = "difference of the frontier"
  case erased = "erased digest"
  case fieldKey = "field key"
  case fieldKeys = "field keys"
  case fieldNumbers = "fields in a change"
  case frame
  case frontier
  case frontierDigest = "frontier digest"
  case head = "chain head"
  case heads = "chain heads in a page"
  case knownDigest = "known digest"
  case link = "chain link"
  case listItems = "items in a list"
  case member = "member's name"
  case message = "problem's message"
  case newChanges = "number of new changes"
  case number
  case page
  case payload
  case problemCode = "problem's code"
  case record = "record id"
  case registers = "digest of the registers"
  case remaining = "number of changes left"
  case role
  case salt
  case secret = "invite's secret"
  case study = "study id"
  case token
  case unpacks = "whether pages are unpacked"
}
