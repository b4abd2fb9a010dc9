"""The first inputs for the readers of other programs' files: the example study, the texts that the tests are
made of, and a file of each kind.
"""
import glob, io, os, re, sqlite3, tempfile, zipfile

# In the order of `ForeignReader.all`.
FOREIGN = ["text", "table", "json", "lines", "xml", "xml-written",
           "date", "words", "described", "mapping",
           "selections", "markup", "rich-text", "draft",
           "archive", "archived-template", "template", "hostile-archive",
           "project", "code-book", "taguette", "taguette-rows", "study-table", "interview-table",
           "submissions", "study-lines", "interview", "document"]
# In the order of `TableImport.allCases`.
TABLES = ["periods", "attributes", "places", "participants", "themes", "codings", "notes"]
# The longest that is cut out of a test: a whole test is no seed.
LITERAL_MAX = 4_000

CODE = "11111111-1111-4111-8111-111111111111"
SOURCE = "22222222-2222-4222-8222-222222222222"
NOTE = "88888888-8888-4888-8888-888888888888"
VARIABLE = "66666666-6666-4666-8666-666666666666"
USER = "99999999-9999-4999-8999-999999999999"


def selection(start, end, number, name=""):
    return (f'<PlainTextSelection guid="33333333-3333-4333-8333-33333333{number:04d}" name="{name}" '
            f'startPosition="{start}" endPosition="{end}" creatingUser="{USER}"><Description>¿?'
            f'</Description><Coding guid="44444444-4444-4444-8444-44444444{number:04d}"><CodeRef '
            f'targetGUID="{CODE}"/></Coding></PlainTextSelection>')


PROJECT = f'''<?xml version="1.0" encoding="utf-8"?>
<Project name="Otro" origin="Otro" xmlns="urn:QDA-XML:project:1.0">
<Users><User guid="{USER}" name="Luis"/></Users>
<CodeBook><Codes><Code guid="{CODE}" name="Confianza" isCodable="true" color="#abc"><Description>De quién
</Description><NoteRef targetGUID="{NOTE}"/><Code guid="{CODE[:-1]}2" name="Miedo" isCodable="true"/></Code>
</Codes></CodeBook>
<Variables><Variable guid="{VARIABLE}" name="Edad" typeOfVariable="Integer"/></Variables>
<Cases><Case guid="55555555-5555-4555-8555-555555555555"><VariableValue><VariableRef
 targetGUID="{VARIABLE}"/><IntegerValue>41</IntegerValue></VariableValue><SourceRef targetGUID="{SOURCE}"/>
</Case><Case guid="55555555-5555-4555-8555-555555555556" name="Rosa Q."><SourceRef targetGUID="{SOURCE}"/>
</Case></Cases>
<Sources><TextSource guid="{SOURCE}" name="E1" plainTextPath="internal://a.txt">
{selection(0, 5, 1, "Señor")}{selection(6, 9, 2)}{selection(4, 99, 3)}
<Coding guid="44444444-4444-4444-8444-444444444455"><CodeRef targetGUID="{CODE}"/></Coding>
<NoteRef targetGUID="{NOTE}"/></TextSource>
<PDFSource guid="{SOURCE[:-1]}3" name="acta.pdf" path="internal://acta.pdf"><PDFSelection
 guid="77777777-7777-4777-8777-777777777777" page="2" firstX="1"><Coding
 guid="77777777-7777-4777-8777-777777777778"><CodeRef targetGUID="{CODE}"/></Coding></PDFSelection>
<Representation guid="77777777-7777-4777-8777-777777777779" plainTextPath="internal://b.txt">
{selection(1, 4, 4)}</Representation></PDFSource>
<AudioSource guid="{SOURCE[:-1]}4" name="a.mp3"><Transcript guid="{SOURCE[:-1]}5"
 plainTextPath="internal://b.txt"><SyncPoint guid="{SOURCE[:-1]}6" position="0"/><SyncPoint
 guid="{SOURCE[:-1]}7" position="4"/><TranscriptSelection guid="{SOURCE[:-1]}8"
 fromSyncPoint="{SOURCE[:-1]}6" toSyncPoint="{SOURCE[:-1]}7"><Coding guid="{SOURCE[:-1]}9"><CodeRef
 targetGUID="{CODE}"/></Coding></TranscriptSelection></Transcript></AudioSource></Sources>
<Notes><Note guid="{NOTE}" name="Memo" creationDateTime="2019-06-04T06:11:56.123Z"><PlainTextContent>Volver.
</PlainTextContent></Note></Notes>
<Links><Link guid="{NOTE[:-1]}9" originGUID="{NOTE}" targetGUID="{SOURCE}" name="x"/></Links>
<Sets><Set guid="{NOTE[:-1]}a" name="Mujeres"><Description>Las que</Description><MemberSource
 targetGUID="{SOURCE}"/><MemberCode targetGUID="{CODE}"/></Set></Sets></Project>'''

OWN = f'''<Project name="Coca" origin="Cuaderno 1" xmlns="urn:QDA-XML:project:1.0"><CodeBook><Codes><Code
 guid="{CODE}" name="Confianza" isCodable="true"/></Codes></CodeBook><Variables><Variable guid="{VARIABLE}"
 name="Fecha" typeOfVariable="Date"><Description>Variable in Cuaderno
Of: interview
Field: date</Description></Variable></Variables><Sources><TextSource guid="{SOURCE}" name="E1"
 plainTextPath="internal://a.txt">{selection(0, 5, 1)}<VariableValue><VariableRef targetGUID="{VARIABLE}"/>
<DateValue>2017-05-12</DateValue></VariableValue></TextSource></Sources><Sets><Set guid="{NOTE[:-1]}b"
 name="Tocache"><Description>Place in Cuaderno
Name: Tocache
Kind: town
Latitude: -8.2
Longitude: -76.5
Attribute: altura = 500</Description><MemberSource targetGUID="{SOURCE}"/></Set><Set guid="{NOTE[:-1]}c"
 name="Antes"><Description>Period in Cuaderno
Name: Antes
From: 1980
To: 1992-09</Description></Set></Sets></Project>'''

TEXTS = ["Señor año niño: «Lloré» mañana.\r\nNadie vino.", "lloro\u0301 👩‍🌾 an\u0303o\n각각"]

CODE_BOOKS = [
    f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="Otro"><Codes><Code guid="{CODE}" name="Estado" '
    f'isCodable="false" color="#aabbcc"><Description>De quién</Description><Code name="Confianza"/></Code>'
    f'</Codes><Sets><Set guid="{NOTE}" name="S"><MemberCode guid="{CODE}"/></Set></Sets></CodeBook>',
    '<CodeBook origin="Taguette 1.5"><Codes><Code name="estado.confianza"><Description>x</Description>'
    '</Code><Code name="Sr. alcalde"/></Codes></CodeBook>',
]

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = ["[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/_rels/document.xml.rels",
         "word/styles.xml", "word/header1.xml", "word/_rels/header1.xml.rels", "word/numbering.xml",
         "word/settings.xml", "word/theme/theme1.xml", "word/media/image1.png"]


def relationships(*links):
    return "<Relationships>" + "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links)) + "</Relationships>"


TEMPLATE = [
    '<Types><Default Extension="xml" ContentType="application/xml"/></Types>',
    relationships(("officeDocument", "word/document.xml")),
    f'<w:document xmlns:w="{WORD}" xmlns:r="{OFFICE}"><w:body><w:p/><w:sectPr><w:headerReference '
    'w:type="default" r:id="rId1"/><w:titlePg/><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
    '<w:pgMar w:top="-1000" w:left="1300" w:header="500" w:gutter="0"/></w:sectPr></w:body></w:document>',
    relationships(("styles", "styles.xml"), ("header", "/word/header1.xml"),
                  ("numbering", "numbering.xml"), ("settings", "settings.xml"),
                  ("theme", "theme/theme1.xml")),
    f'<w:styles xmlns:w="{WORD}"><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name '
    'w:val="Normal"/></w:style><w:style w:type="table" w:styleId="T"><w:name w:val="Table Grid"/>'
    '</w:style></w:styles>',
    f'<w:hdr xmlns:w="{WORD}"><w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText> PAGE </w:instrText>'
    '<w:fldChar w:fldCharType="end"/></w:r><w:fldSimple w:instr="DATE"/></w:p></w:hdr>',
    relationships(("image", "media/image1.png")),
    f'<w:numbering xmlns:w="{WORD}"/>', f'<w:settings xmlns:w="{WORD}"><w:evenAndOddHeaders/></w:settings>',
    "<a:theme xmlns:a=\"x\"/>", "PNG",
]

SUBMISSIONS = [
    "SubmissionDate,start,codigo,grupo-relato,punto-Latitude,punto-Longitude,punto-Altitude,punto-Accuracy,"
    "cultivos,cultivos/coca,foto,KEY,AttachmentsPresent,Status\r\n2017-05-13T10:00:00.000Z,"
    "2017-05-12T09:30:11.123-05:00,TOC-9,\"Vinieron, nadie.\",-8.18,-76.51,500,5.5,coca cacao,1,1.jpg,"
    "uuid:aaaa,1,\r\n,,,,,,,,,,,uuid:bbbb,0,not decrypted\r\n\0nombre,edad,PARENT_KEY,KEY\nLuz,7,"
    "uuid:aaaa,uuid:aaaa/g/hijos[1]\nJuan,9,uuid:aaaa/g/hijos[1],uuid:aaaa/g/hijos[1]/nietos[2]\n",
    '{"@odata.context":"x","value":[{"__id":"uuid:aaaa","__system":{"submissionDate":"2017",'
    '"attachmentsPresent":1},"start":"2017-05-12T09:30:11.123-05:00","codigo":"TOC-1","grupo":{"relato":"V",'
    '"hijos":[{"nombre":"Luz","edad":7,"nietos":[{"edad":1}]}]},"punto":{"type":"Point","coordinates":'
    '[-76.51,-8.18,500],"properties":{"accuracy":5.5}},"lugar":"Tocache","vacio":null}]}',
    '{"count":1,"next":null,"results":[{"_id":12,"grupo/relato":"Hola","punto":"-8.180000 -76.510000 500 0",'
    '"hijos":[{"hijos/edad":"7"}],"_uuid":"b","meta/rootUuid":"uuid:a","_attachments":[{}],"_geolocation":'
    '[-8.1,-76.5],"_validation_status":{"label":"Approved"}}]}\0[{"__Submissions-id":"uuid:a","edad":7}]',
    '"relato";"_punto_latitude";"_punto_longitude";"_punto_precision";"foto";"foto_URL";"_uuid";"_index"\n'
    '"Hola";"-8.18";"-76.51";"5";"b.jpg";"https://x/b.jpg";"a";"1"\n',
]

MARKUP = [
    '<p>Señor: ¿<strong>qué</strong> pasó?</p>\n<ol start="3"><li>uno<li><p>dos</ol><table><tr><th>a<td>b'
    '<tr><td>&ntilde;&#x1F44D;&#150;</table><pre>\n x\ty\n</pre><!-- c --><script>if (a<b)</script>',
    '<p>a <span class="comment-start" id="0" data-author="Ana" data-date="2017-05-12T09:30:00Z">¿Quién?'
    '</span>dijo eso<span class="comment-end" id="0"></span> y<sup>1</sup></p><section class="footnotes">'
    '<ol><li id="fn1"><p>nota<a href="#fnref1" class="footnote-back">↩</a></p></li></ol></section>',
]

TAGUETTE = ["Coca", "Entrevista 1", MARKUP[0], "estado", "estado.confianza", "+34567890", "<b>Señor</b>",
            "qué pasó", "luis"]


INTERVIEW = """---
label: TOC-2
title: Grupo focal
kind: focus group
date: 2009-06-20T14:00 America/Lima
place: Tocache
participants: Rosa
interviewers: Ana; Luis
languages: es; qu
consent: oral; may quote; 2017-05-12; 2027
attribute:edad: 41
---

P: ¿Y?
R: Lloré mucho.
"""

# What becomes of other columns and how dates are written, the pairs and what is left out.
MAPPINGS = [b"\1\0\0\0", b"\2\1label=codigo\ntext=relato\nplace=lugar\0nombre\0",
            b"\1\1label=codigo\nparticipants=nombre\nattribute:x=fecha\ndate=fecha\0\0"]


def literals(root, *names):
    """What stands between quotation marks in tests."""
    found = set()
    for name in names:
        with open(os.path.join(root, "Tests", "CuadernoExchangeTests", name + ".swift")) as file:
            text = file.read()
        blocks = re.findall(r'#?"""\n(.*?)"""#?', text, re.S)
        lines = re.findall(r'#"(.+?)"#', text) + re.findall(r'(?<![#"\\])"([^"\n]+)"(?![#"])', text)
        for block in blocks:
            block = re.sub(r"^ {4,6}", "", block, flags=re.M)
            found.add(block.replace("\\\n", ""))
        found.update(line.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t") for line in lines)
    return sorted(text.encode() for text in found if 1 < len(text) < LITERAL_MAX)


def taguette(root):
    with open(os.path.join(root, "Tests", "CuadernoExchangeTests", "TaguetteFixture.swift")) as file:
        blocks = re.findall(r'"""\n(.*?)"""', file.read(), re.S)
    more = ("INSERT INTO highlights VALUES (1, 1, 0, 6, 'Señor'), (2, 1, 7, 12, 'x');"
            "INSERT INTO highlight_tags VALUES (1, 1), (1, 2);")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x.sqlite3")
        database = sqlite3.connect(path)
        database.executescript("PRAGMA page_size = 512;" + blocks[0] + blocks[1] + more)
        database.close()
        with open(path, "rb") as file:
            return file.read()


def archive(entries, compression):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, text in entries:
            file.writestr(name, text)
    return buffer.getvalue()


def foreign(root):
    seeds = []

    def add(name, *contents):
        for content in contents:
            content = content.encode() if isinstance(content, str) else content
            seeds.append((FOREIGN.index(name), content))

    example = os.path.join(root, "Examples", "alto-huallaga")
    interviews = []
    for path in sorted(glob.glob(os.path.join(example, "interviews", "*.md")))[:3]:
        with open(path, "rb") as file:
            interviews.append(file.read()[:3_000])
    for number, name in enumerate(["periods", "attributes", "places", "participants", "themes",
                                   "codings-ana", "notes"]):
        with open(os.path.join(example, name + ".csv"), "rb") as file:
            rows = b"".join(file.readlines()[:8])
        add("table", rows)
        add("study-table", bytes([number]) + rows)
    add("study-table", b"\4tag,description,number of highlights\nestado.confianza,x,3\n",
        b"\4name;parent;description;color\nMiedo;Estado > Confianza;;#abc\n",
        "\5interview,theme,quote,memo,coder\nTOC-1,Estado > Confianza,Lloré,x,Ana\n")

    for text in TEXTS + ["a,b\n"]:
        add("text", b"\0" + text.encode(), b"\2" + text.encode("utf-16-le"),
            b"\3" + text.encode("utf-16-be"), b"\0\xff\xfe" + text.encode("utf-16-le"),
            b"\4" + text.encode("cp1252", "ignore"), b"\1\xef\xbb\xbf" + text.encode())
        add("xml-written", text)
        for unit in range(9):
            add("selections", bytes([unit]) + bytes([2, 7, 8, 11, 12, 20, 3, 30]) + text.encode())
    add("table", *literals(root, "CSVTableTests", "CSVWriterTests"))
    add("json", *literals(root, "JSONReaderTests"))
    lines = literals(root, "LinesGolden", "GeneratedLinesTests", "LinesImportTests")
    add("json", *[line for text in lines for line in text.splitlines()[:2] if line.startswith(b"{")])
    add("lines", *lines)
    add("study-lines", *[text for text in lines if text.startswith(b"{")])
    add("date", "2017", "2017-05", "2017-05-12", "2017-05-12T09:30 America/Lima", "2017-05-12T09:30:11-05:00",
        "12/5/2017", "5-12-2017 9:30", "2017-05-12T09:30:11.123Z")
    add("words", "-8.18 -76.51 500 5.5", "POINT (-76.5 -8.1 3)", "{%s}" % CODE, "oral; may quote; 2017-05-12",
        "estado.confianza", "Sr. alcalde", "attribute:edad", "uuid:AAAA", "#a0B0c0", "-1.5", "true")
    add("described", "Tocache", "a = b\n\\n", "Name: x\n\nfin")
    add("mapping", "label=Código\ntext=Relato\nattribute:edad=Edad\0Notas\0Código\nattribute:x\nlabel")
    add("markup", *[b"\0\6" + text.encode() for text in MARKUP],
        *[b"\1\4" + text for text in literals(root, "MarkupTextTests")])
    add("document", *MARKUP)
    add("rich-text", *[text for text in literals(root, "DocumentConverterTests") if b"\\" in text])
    add("draft", *[b"\0" + text for text in interviews], b"\1" + interviews[0],
        *[b"\0" + text for text in literals(root, "InterviewDraftTests") if b"---" in text])
    add("interview", INTERVIEW, *interviews)
    add("draft", "\0" + INTERVIEW)

    project = [("project.qde", PROJECT), ("sources/a.txt", TEXTS[0]), ("Sources/b.txt", TEXTS[1])]
    for compression in [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]:
        add("archive", archive(project, compression))
        add("archived-template", archive(zip(PARTS, TEMPLATE), compression))
    add("hostile-archive", b"\0\0\0\x81\5\0a\\b\nx\0../c\ny\0C:\nz", b"\x08\0\0\x81\1\0a\nx\0b/c\ny\0d\nz\0e\nw")
    add("template", b"\0".join(part.encode() for part in TEMPLATE))
    for file in [PROJECT, OWN]:
        add("xml", b"\0" + file.encode())
        add("project", b"\0".join(part.encode() for part in [file] + TEXTS))
    for file in CODE_BOOKS + TEMPLATE:
        add("xml", b"\0" + file.encode())
    add("code-book", *CODE_BOOKS)
    add("taguette", taguette(root))
    add("taguette-rows", b"\0".join(part.encode() for part in TAGUETTE))
    table = "codigo;relato;lugar;nombre;fecha\nTOC-7;Hola;Tocache > Uchiza;Luz;12/5/2017\n".encode()
    add("interview-table", MAPPINGS[0] + "label,date,place,text,edad\nTOC-1,2017,Tocache,Hola,3\n".encode(),
        MAPPINGS[1] + table, MAPPINGS[2] + table)
    for submission in SUBMISSIONS:
        add("submissions", MAPPINGS[0] + submission.encode())
    add("submissions", b"\1\0label=codigo\ntext=grupo-relato\0foto\0" + SUBMISSIONS[0].encode(),
        b"\1\0place=lugar\nlocation=punto\0\0" + SUBMISSIONS[1].encode())
    return seeds
