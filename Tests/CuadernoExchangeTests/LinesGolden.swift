extension LinesExportTests {
  /// The study of `small()` as it is exported; the format is docs/guide/formats.md's.
  static let golden = #"""
    {"cuaderno":"jsonl","version":1}
    {"record":"study","title":"Coca y Estado","description":"Ficción.","periods":[{"name":"Después","from":"2012","description":"de la erradicación"}],"attributeDefinitions":[{"name":"género","record":"participant","type":"choice","choices":["mujer","hombre"]}]}
    {"record":"place","id":"62acf36ba9bb618775730e4353be559d","name":"Perú","kind":"country","parent":null}
    {"record":"place","id":"8190f25101535b92250b6fd66c7b5a26","name":"Alto Huallaga","kind":"valley","parent":"62acf36ba9bb618775730e4353be559d"}
    {"record":"place","id":"85f8ed96704095d6d213ecf2eab32315","name":"Tocache","otherNames":["Tocachi"],"kind":"province","parent":"62acf36ba9bb618775730e4353be559d","within":["8190f25101535b92250b6fd66c7b5a26"],"location":{"latitude":-8.2,"longitude":-76.5,"accuracy":30000},"code":"2210"}
    {"record":"participant","id":"6bb561796f51c7aad01cc0ebbe180ade","pseudonym":"Rosa Q.","role":"agricultora","attributes":{"género":"mujer"}}
    {"record":"theme","id":"d040abcf5aa725f345b5f99cb64fe6db","name":"Estado","parent":null,"colour":"#1f3a5f"}
    {"record":"theme","id":"a682389045859a5d2ee0671df37f3be5","name":"Confianza","parent":"d040abcf5aa725f345b5f99cb64fe6db"}
    {"record":"interview","id":"53f97370de08080967baf52a59453dc5","label":"TOC-001","kind":"interview","date":"2017-05","place":"85f8ed96704095d6d213ecf2eab32315","participants":["6bb561796f51c7aad01cc0ebbe180ade"],"languages":["es","qu"],"consent":{"form":"oral","level":"may quote","date":"2017"},"text":"P: ¿Y?\nR: Lloré mucho."}
    {"record":"note","id":"6ffbe71d14d622eaee401e6dea898631","about":"study","text":"Del estudio entero."}
    {"record":"note","id":"decc0abc5c03d978c3411fa9a80574b2","about":"53f97370de08080967baf52a59453dc5","at":"2017-05-12T18:40 America/Lima","text":"Volver."}
    {"record":"coding","id":"8fa4e16549ee6566c7b60d1c1c613b68","target":{"interview":"53f97370de08080967baf52a59453dc5","field":"text"},"anchor":{"start":10,"end":22,"quote":"Lloré mucho.","prefix":"P: ¿Y?\nR: ","suffix":""},"theme":"a682389045859a5d2ee0671df37f3be5","coder":"Ana","memo":"=epígrafe","status":"exact"}

    """#
}
