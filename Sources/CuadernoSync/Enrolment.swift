/// How a notebook becomes a device of a study: the one request that carries an invite, not a token.
package struct JoinRequest: Hashable, Sendable {
  /// The invite's secret, as it was typed or pasted.
  package var secret: String
  package var device: DeviceID

  /// What the person calls this laptop.
  package var deviceName: String

  /// The study of a notebook that holds one already; nil for a new notebook, which takes the hub's.
  ///
  /// A study on the hub takes the id of the first notebook that joins with one; after that another
  /// id is refused, so that two studies are never mixed by mistake.
  package var study: StudyID?

  package init(secret: String, device: DeviceID, deviceName: String, study: StudyID?) {
    self.secret = secret
    self.device = device
    self.deviceName = deviceName
    self.study = study
  }
}

package struct JoinReply: Hashable, Sendable {
  package var study: StudyID

  /// What every later request is authorised with; the hub keeps only its hash.
  package var token: String

  /// The name of the member whom the invite was made for.
  package var member: String

  /// The member's role in the study, as CuadernoModel's `Role` spells it.
  package var role: String

  package init(study: StudyID, token: String, member: String, role: String) {
    self.study = study
    self.token = token
    self.member = member
    self.role = role
  }
}
