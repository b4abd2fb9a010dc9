import NIOCore
import Synchronization

/// Who is connected, and who gives way when there are too many.
final class ConnectionPlaces: Sendable {
  private struct Place {
    let address: ClientAddress?
    /// When it began to wait for a request, in nanoseconds of the event loops' clock; nil while it has
    /// one.
    var waitingSince: UInt64?
    var device: Int64?
    let close: @Sendable () -> Void
  }

  private struct State {
    var places: [ObjectIdentifier: Place] = [:]
    var perAddress: [ClientAddress: Int] = [:]
    var perDevice: [Int64: Int] = [:]

    mutating func remove(_ id: ObjectIdentifier) -> Place? {
      guard let place = places.removeValue(forKey: id) else { return nil }
      if let address = place.address { Self.lower(&perAddress, address) }
      if let device = place.device { Self.lower(&perDevice, device) }
      return place
    }

    static func lower<Key>(_ counts: inout [Key: Int], _ key: Key) {
      let count = counts[key, default: 1] - 1
      counts[key] = count > 0 ? count : nil
    }

    func longestWaiting() -> ObjectIdentifier? {
      places.lazy.compactMap { id, place in place.waitingSince.map { (id, $0) } }
        .min { $0.1 < $1.1 }?.0
    }
  }

  private let limits: ServerLimits
  private let state = Mutex(State())

  init(_ limits: ServerLimits) {
    self.limits = limits
  }

  var count: Int { state.withLock { $0.places.count } }

  /// Gives a connection a place, or says that there is none for it.
  ///
  /// When all are taken, whoever has waited longest without asking anything gives way: a notebook asks
  /// at once, and one that is between two questions connects again.
  func admit(
    _ id: ObjectIdentifier, from address: ClientAddress?, at nanoseconds: UInt64,
    closing close: @escaping @Sendable () -> Void
  ) -> Bool {
    let (isAdmitted, evicted) = state.withLock { state -> (Bool, Place?) in
      if let address, state.perAddress[address, default: 0] >= limits.connectionsPerAddress {
        return (false, nil)
      }
      var evicted: Place?
      if state.places.count >= limits.connections {
        guard let longest = state.longestWaiting() else { return (false, nil) }
        evicted = state.remove(longest)
      }
      if let address { state.perAddress[address, default: 0] += 1 }
      state.places[id] = Place(
        address: address, waitingSince: nanoseconds, device: nil, close: close)
      return (true, evicted)
    }
    evicted?.close()
    return isAdmitted
  }

  func setWaiting(_ id: ObjectIdentifier, since nanoseconds: UInt64?) {
    state.withLock { $0.places[id]?.waitingSince = nanoseconds }
  }

  /// Counts a connection for the device that asks on it; false when that has too many already.
  func claim(_ id: ObjectIdentifier, for device: Int64) -> Bool {
    state.withLock { state in
      // Where there is no connection, as in tests, there is nothing to count.
      guard let place = state.places[id], place.device != device else { return true }
      guard state.perDevice[device, default: 0] < limits.connectionsPerDevice else { return false }
      if let before = place.device { State.lower(&state.perDevice, before) }
      state.places[id]?.device = device
      state.perDevice[device, default: 0] += 1
      return true
    }
  }

  func leave(_ id: ObjectIdentifier) {
    state.withLock { _ = $0.remove(id) }
  }
}
