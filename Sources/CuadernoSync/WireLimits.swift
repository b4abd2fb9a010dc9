/// What one message, one change and one clock may hold at the most.
///
/// The limits of what a person may write are in CuadernoModel's `Limits`; these are the ones that
/// hold for envelopes, whatever their payload means.
package enum WireLimits {
  /// The most bytes a payload may have: a text of 4 MiB, and room for the other fields beside it.
  package static let payloadBytes = 4 << 20 + 64 << 10

  /// The bytes of changes at which a page is full.
  ///
  /// A page is atomic, so this is what a cut line has to send again: a minute's work for a link of
  /// 17 kB/s before compression. One change larger than this travels in a page of its own.
  package static let pageBytes = 1 << 20

  /// Where shrinking pages stop: below this the headers of a request outweigh the page.
  package static let pageBytesMin = 16 << 10

  /// The most bytes a message may have, before and after it is decompressed: the largest change,
  /// the largest page and a full clock fit together.
  package static let messageBytes = payloadBytes + pageBytes + 128 << 10

  /// How many bytes earn a second of patience, with whoever sends them and whoever reads them.
  ///
  /// Half of what the worst line carries that the sync is made for, 2 kB/s.
  package static let bytesPerSecondMin = 1_000

  /// The most changes in one page; at the least possible size of a change this is never reached
  /// before ``pageBytes``.
  package static let pageChanges = 20_000

  /// The least bytes of a payload that a page is packed for: what naming a base takes, and finding it,
  /// outweighs what it saves on less.
  package static let packedPayloadBytesMin = 256

  /// The most changes that a page may be packed with: no page of ``pageBytes`` has more payloads of
  /// twice ``packedPayloadBytesMin``.
  package static let pageBases = 2_048

  /// The most bytes of their payloads: the largest one, so that it can be sent as its difference too.
  package static let pageBaseBytes = payloadBytes

  /// The least bytes of payloads on or about a record for which its own is looked up to pack them with: two
  /// codings of a sentence.
  package static let hostedBytesMin = 512

  /// How many times as long as those a record's payload may be: a text of 2 MB is not read for two codings.
  package static let hostBytesMax = 256

  /// For how many records of a page that is done, and up to how many bytes of theirs.
  package static let pageHosts = 512
  package static let pageHostBytes = 1 << 20

  /// Up to how many bytes of changes a page is packed so: those of a day, and those that a slow line has. On a
  /// fast one, where pages of a first sync are larger, time counts for more than a twentieth of the bytes.
  package static let hostedPageBytes = pageBytes / 2

  /// How many earlier changes to a record are looked at for one to pack with. A text is written again
  /// and again between two syncs, but what both sides hold of it is seldom further back.
  package static let baseSteps = 8

  /// The most devices in one clock.
  ///
  /// A study of a few dozen people who replace their laptops for years stays far below; it bounds
  /// a clock to 24 KiB.
  package static let clockDevices = 1_000

  /// The most fields one change may set.
  package static let changeFields = 1_024

  /// The most records that one can be on or about: a coding is on a text and names a theme, a note is
  /// about one record; the rest is room for kinds to come.
  package static let changeAbout = 8

  /// The most bytes of a field's key: a SHA-256.
  package static let keyBytes = 32

  /// The bytes of the random salt hashed with a payload.
  package static let saltBytes = 16

  /// The latest time, in milliseconds since 1970, that a clock is believed to show: 2200-01-01.
  package static let clockMillisecondsMax: Int64 = 7_258_118_400_000

  /// The earliest time that a hub's clock is believed to show: 2015-01-01, before there was anything
  /// to sync, and after the years in which machines with an empty battery wake up.
  package static let clockMillisecondsMin: Int64 = 1_420_070_400_000

  /// The latest time of a stamp that any store admits: 2300-01-01.
  ///
  /// A hundred years beyond every clock that is believed, so that stamps which run on from the last one
  /// never come near it, and what does was made up.
  package static let stampMillisecondsMax: Int64 = 10_413_792_000_000

  /// How far ahead of a hub's clock a stamp may be before the hub asks for another: a day, since a clock
  /// that takes local time for UTC is up to fourteen hours off and harms nobody by it.
  package static let stampAheadMillisecondsMax: Int64 = 86_400_000

  /// How far a notebook's clock may be from the hub's before it is corrected: five minutes, beyond which
  /// other programs refuse to sync. Whose write of two is shown should not hang on more.
  package static let clockToleranceMilliseconds: Int64 = 300_000

  /// The highest sequence number: what SQLite and PostgreSQL hold in a signed integer.
  package static let sequenceMax = UInt64(Int64.max)
}
