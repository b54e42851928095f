"""Workbooks made part by part, so that they can be what no program writes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PEOPLE = ["单位代码", "岗位", "姓名", "电话", "角色"]
GOOD = ["331126204", "township_deputy", "甲乙", "19900010001", "A"]


def row(number: int, values: Iterable[object], attributes: str = "") -> str:
    cells = "".join(
        f'<c r="{chr(65 + column)}{number}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
        for column, value in enumerate(values)
    )
    return f'<row r="{number}"{attributes}>{cells}</row>'


def sheet(*rows: str, after: str = "", before: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


def people(*more: str, after: str = "") -> str:
    return sheet(row(1, PEOPLE), row(2, GOOD), *more, after=after)


def merged(*areas: str) -> str:
    return (
        f'<mergeCells count="{len(areas)}">' + "".join(f'<mergeCell ref="{area}"/>' for area in areas) + "</mergeCells>"
    )


def book(
    content: str | bytes, *, parts: dict[str, str | bytes] | None = None, title: str = "people", names: str = ""
) -> bytes:
    """A workbook whose one sheet is ``content``; ``parts`` are added, or stand in for its own."""
    own: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        f'<sheet name={quoteattr(title)} sheetId="1" r:id="rId1"/></sheets>{names}</workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": content,
    }  # fmt: skip
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in {**own, **(parts or {})}.items():
            archive.writestr(name, body)
    return buffer.getvalue()


def lying_about_its_size() -> bytes:
    """The directory says that the sheet is small; what is packed is 40 MB."""
    content = bytearray(book(sheet(before=" " * 40_000_000)))
    at = content.rindex(b"PK\x01\x02")
    while content[at + 46 : at + 70] != b"xl/worksheets/sheet1.xml":
        at = content.rindex(b"PK\x01\x02", 0, at)
    content[at + 24 : at + 28] = (2000).to_bytes(4, "little")
    return bytes(content)


def locked() -> bytes:
    """A zip whose sheet wants a password."""
    content = bytearray(book(people()))
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = -1
        while (start := content.find(mark, start + 1)) >= 0:
            content[start + at] |= 1
    return bytes(content)


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {"abcdefghij"[n + 1]} "{("&" + "abcdefghij"[n] + ";") * 10}">' for n in range(9))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def with_entity(declared: str, name: str) -> bytes:
    return book(declared + people().replace("甲乙", f"&{name};"))


def prefixed(xml: str) -> str:
    return xml.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")


def with_part(name: str, content: str) -> bytes:
    return book(people(), parts={f"xl/{name}.xml": content})


MERGED_OVER = {
    "one range over 26 columns": lambda: book(people(after=merged("A2:Z40000"))),
    "one range over everything": lambda: book(people(after=merged("A2:XFD1048576"))),
    "a whole column": lambda: book(people(after=merged("A2:A1048576"))),
    "very many ranges": lambda: book(people(after=merged(*(f"A{2 * n}:B{2 * n + 1}" for n in range(1, 20_000))))),
}
REFUSED = {
    **MERGED_OVER,
    "a range that is none": lambda: book(people(after=merged("A2:Q"))),
    "nothing": lambda: b"",
    "text": lambda: b"unit code,post,name,phone\n",
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "Excel 97": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096,
    "OpenDocument": lambda: book("", parts={"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
    "binary workbook": lambda: book("", parts={"xl/workbook.bin": b"\0" * 100}),
    "some other zip": lambda: book(people())[:60] + b"\0" * 1000,
    "a password": lambda: locked(),
    "cut off": lambda: book(people())[:-300],
    "cut off in the sheet": lambda: book(people()[:-60]),
    "entities in entities": lambda: with_entity(LAUGHS, "j"),
    "an entity from outside": lambda: with_entity(OUTSIDE, "a"),
    "nested without end": lambda: book(sheet(before="<a>" * 100_000)),
    "unpacks to 70 MB": lambda: book(sheet(before=" " * 70_000_000)),
    "says it is small": lambda: lying_about_its_size(),
    "ten thousand parts": lambda: book(people(), parts={f"xl/{n}.xml": "" for n in range(10_000)}),
    "a million strings": lambda: with_part("sharedStrings", f"<sst>{'<si/>' * 1_000_000}</sst>"),
    "a string that is not there": lambda: book(sheet(row(1, PEOPLE), '<row r="2"><c r="A2" t="s"><v>7</v></c></row>')),
    "a cell of a megabyte": lambda: book(people(row(3, ["x" * 1_000_000]))),
    "thousands of columns": lambda: book(sheet(row(1, PEOPLE), f'<row r="2">{"<c><v>1</v></c>" * 16_000}</row>')),
    "many thousand rows": lambda: book(people(*(row(n, GOOD) for n in range(3, 20_020)))),
    "no sheet": lambda: book("", parts={"xl/_rels/workbook.xml.rels": "<Relationships/>"}),
    "a sheet that is not in it": lambda: book("").replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet7.xml"),
    "a thousand sheets": lambda: book(people(), parts={"xl/workbook.xml": f"<workbook>{'<sheet/>' * 1000}</workbook>"}),
}  # fmt: skip
READ = {
    "plain": lambda: book(people()),
    "UTF-16": lambda: book(('<?xml version="1.0" encoding="UTF-16"?>' + people()).encode("utf-16")),
    "a prefix for every name": lambda: book(prefixed(people())),
    "without cell references": lambda: book(people().replace(' r="', ' q="')),
    "a million formatted rows": lambda: book(people('<row s="1" customFormat="1"/>' * 1_000_000)),
    "formatted cells to the last row": lambda: book(people('<row r="1048576"><c r="XFD1048576" s="1"/></row>')),
    "styles that are nonsense": lambda: with_part("styles", "<styleSheet><fills><fill/></fills><xf/></styleSheet>"),
    "a million styles": lambda: with_part("styles", f"<a><cellXfs>{'<xf/>' * 1_000_000}</cellXfs></a>"),
    "names without end": lambda: book(people(), names='<definedName name="a">#REF!</definedName>' * 100_000),
    "a dimension that is not true": lambda: book(people(after='<dimension ref="A1:XFD1048576"/>')),
    "a workbook in the workbook": lambda: book(people(), parts={"xl/embeddings/inner.xlsx": book(people())}),
    "a heading over the header": lambda: book(
        sheet(row(1, ["名册"]), row(3, PEOPLE), row(4, GOOD), after=merged("A1:E2"))
    ),
}  # fmt: skip
