"""The faults: every row of the threat table that a workbook can carry, and what must be said."""

from tests import sheets
from tests.hostile import (
    BOOK,
    FIRST,
    HUGE,
    IN_J,
    IN_K,
    IN_M,
    LAST,
    LAUGHS,
    RELS,
    SHEET,
    STRINGS,
    STYLES,
    XXE,
    Fault,
    _as_link,
    _encrypted,
    _flip,
    _lying_size,
    _method,
    _overlapping,
    _wrong_crc,
    after,
    both,
    cell,
    epoch_1904,
    far,
    inline_to_shared,
    inserted_column,
    lost_column,
    members,
    moved_columns,
    ole,
    pack,
    packed,
    part,
    prefixed,
    renamed,
    resub,
    rows,
    second,
    strict,
    swap,
    tagged,
    text,
    unzipped,
    utf16,
    whole,
    without_addresses,
)


def _last_format(parts: dict[str, bytes]) -> int:
    """Return the number of the last format of cells."""
    of_cells = parts[STYLES].decode().partition("<cellXfs")[2].partition("</cellXfs>")[0]
    return of_cells.count("<xf ") - 1


T1 = [
    *(
        Fault(f"error cell {error}", "T1", ("K308",), cell("J6", f"<v>{error}</v>", ' t="e"'), IN_J)
        for error in ("#REF!", "#N/A", "#DIV/0!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!")
    ),
    Fault(
        "error cell, address last",
        "T1",
        ("K308",),
        tagged("J6", ' s="14" r="J6" t="e"', "<v>#N/A</v>"),
        IN_J,
    ),
    Fault("error cell, closed", "T1", ("K308",), tagged("J6", ' r="J6" t="e"'), IN_J),
    Fault(
        "stale sum, address last",
        "T1",
        ("K313",),
        tagged("J6", ' s="14" r="J6"', "<f>1+1</f><v>100</v>"),
        IN_J,
    ),
    Fault(
        "formula never computed, address last",
        "T1",
        ("K307",),
        tagged("J6", ' s="14" r="J6"', "<f>H6</f>"),
        IN_J,
    ),
    Fault("formula never computed", "T1", ("K307",), cell("J6", "<f>H6</f>"), IN_J),
    Fault("formula with an empty result", "T1", ("K307",), cell("J6", "<f>H6</f><v></v>"), IN_J),
    Fault("stale sum", "T1", ("K313",), cell("J6", "<f>SUM(H6:H8)</f><v>100</v>"), IN_J),
    Fault(
        "formula in no words",
        "T1",
        ("K307",),
        cell("J6", '<f t="shared" si="0"/>'),
        IN_J,
    ),
    Fault("stale one and one", "T1", ("K313",), cell("J6", "<f>1+1</f><v>100</v>"), IN_J),
    *(
        Fault(
            f"={formula} kept as {kept}",
            "T1",
            codes,
            cell("J6", f"<f>{formula}</f><v>{kept}</v>"),
            IN_J,
        )
        for formula, kept, codes in (
            ("H6*2", "2", ()),
            ("H6*2", "5", ("K313",)),
            ("H7", "24", ("K313",)),
            ("$H$7-H6", "24", ()),
            ("H7-H6", "1", ("K313",)),
            ("-H6+(H6+H7)*2/4", "12", ()),
            ("(H6+H7)*2/4", "12", ("K313",)),
            ("H7*10%", "2.5", ()),
            ("H7*10%", "25", ("K313",)),
            ("SUM(H6:H8)/2", "13", ("K313",)),
            ("1.5*H7", "37.5", ()),
            ("ROUND(H7/3,1)", "9", ("K313",)),
            # What these give is not known from the cells alone.
            *(
                (f, "9", ("K317",))
                for f in (
                    "H6/0",
                    "B6*2",
                    "H6:H7",
                    "'Kỳ tới'!H6",
                    "H6*2+",
                    "((H6)",
                    "1" * 390 + "A",
                )
            ),
        )
    ),
    Fault(
        "stale formula that cells share",
        "T1",
        ("K313", "K317"),
        both(
            cell("J6", '<f t="shared" ref="J6:J8" si="0">$H6*H$6</f><v>1</v>'),
            cell("J7", '<f t="shared" si="0"/><v>25</v>'),
            cell("J8", '<f t="shared" si="0"/><v>7</v>'),
            cell("J9", '<f t="shared" si="1"/><v>3</v>'),
        ),
        frozenset({(8, "completed")}),
    ),
    Fault("stale plus", "T1", ("K313",), cell("J6", "<f>H6+H7</f><v>100</v>"), IN_J),
    Fault("right sum", "T1", (), cell("J6", "<f>SUM(H6:H8)</f><v>27</v>"), IN_J),
    Fault(
        "stale total row",
        "T1",
        ("K314",),
        rows(
            '<row r="17"><c r="A17" t="inlineStr"><is><t>Cộng</t></is></c>'
            '<c r="J17"><f>SUM(J6:J16)</f><v>999</v></c></row>'
        ),
    ),
    Fault(
        "typed total that is wrong",
        "T1",
        ("K314",),
        rows(
            '<row r="17"><c r="A17" t="inlineStr"><is><t>Cộng</t></is></c>'
            '<c r="J17"><v>999</v></c></row>'
        ),
    ),
    *(
        Fault(f"words for a number {words}", "T1", ("K301",), text("J6", words), IN_J)
        for words in ("N/A", "NA", "null", "None", "nan", "9O", "9/10", "xong", "TRUE", "inf")
    ),
    *(
        Fault(f"number as text {words}", "T1", ("K312",), text("J6", words), IN_J)
        for words in ("8,5", "９", "12 ", "1.234,5", "1\u00a0234,5", "\u200b7", "1 234")
    ),
    Fault("number below zero with a typographic minus", "T1", ("K303",), text("J6", "−5"), IN_J),
    Fault("two readings of a number", "T1", ("K309",), text("J6", "1.234"), IN_J),
    Fault("percent of a quantity", "T1", ("K309",), text("J6", "50 %"), IN_J),
    *(
        Fault(
            f"quantity in percent, format {code}",
            "T1",
            codes,
            both(
                swap(STYLES, "</cellXfs>", f'<xf numFmtId="{number}" fontId="0"/></cellXfs>'),
                resub(
                    STYLES, "(<numFmts[^>]*>)", rf'\1<numFmt numFmtId="190" formatCode="{code}"/>'
                ),
                lambda parts: resub(
                    SHEET, '<c r="J6" s="14"><v>1<', f'<c r="J6" s="{_last_format(parts)}"><v>0.5<'
                )(parts),
            ),
            IN_J,
        )
        for number, code, codes in (
            ("9", "0", ("K309",)),
            ("10", "0", ("K309",)),
            ("190", "0.0 %", ("K309",)),
            ("190", "0&quot; %&quot;", ("K315",)),
            ("190", "0\\%", ("K315",)),
        )
    ),
    Fault("true or false", "T1", ("K301",), cell("J6", "<v>1</v>", ' t="b"'), IN_J),
    Fault("number of 30 digits", "T1", ("K301",), cell("J6", f"<v>1{'0' * 29}</v>"), IN_J),
]
T2 = [
    Fault(
        "wrong dimension",
        "T2",
        (),
        resub(SHEET, r'<dimension ref="[^"]*"/>', '<dimension ref="A1"/>'),
    ),
    Fault(
        "endless dimension",
        "T2",
        (),
        resub(SHEET, r'<dimension ref="[^"]*"/>', '<dimension ref="A1:XFD1048576"/>'),
    ),
    Fault("strict", "T2", (), strict),
    Fault("hidden row", "T2", ("K207",), swap(SHEET, '<row r="7"', '<row r="7" hidden="1"')),
    Fault(
        "row without height",
        "T2",
        ("K207",),
        resub(SHEET, r'<row r="7" ht="[\d.]*"', '<row r="7" ht="0" customHeight="1"'),
    ),
    Fault(
        "rows hidden by default",
        "T2",
        ("K207",),
        both(
            swap(SHEET, "<sheetFormatPr ", '<sheetFormatPr zeroHeight="1" '),
            resub(SHEET, r'<row r="(\d+)" ht="[\d.]*">', r'<row r="\1">'),
        ),
    ),
    Fault(
        "filtered rows",
        "T2",
        ("K207",),
        both(
            swap(SHEET, '<row r="7"', '<row r="7" hidden="true"'),
            swap(SHEET, '<row r="8"', "<row hidden = '1' r=\"8\""),
        ),
    ),
    Fault(
        "hidden column",
        "T2",
        ("K209",),
        resub(SHEET, r'<col min="10" max="10"', r'<col min="10" max="10" hidden="1"'),
    ),
    Fault(
        "column without width",
        "T2",
        ("K209",),
        resub(SHEET, r'<col min="10" max="10" width="[\d.]*"', r'<col min="10" max="10" width="0"'),
    ),
    Fault(
        "hidden sheet",
        "T2",
        ("K210",),
        swap(BOOK, 'name="Nhiệm vụ"', 'name="Nhiệm vụ" state="hidden"'),
    ),
    Fault(
        "very hidden sheet",
        "T2",
        ("K210",),
        swap(BOOK, 'name="Nhiệm vụ"', 'name="Nhiệm vụ" state="veryHidden"'),
    ),
    Fault("hidden extra sheet", "T2", ("K210",), second("Nháp", ' state="hidden"')),
    Fault("extra sheet", "T2", ("K205",), second("Nháp")),
    Fault("second sheet of the same title", "T2", ("K104",), second("Nhiệm vụ")),
    Fault("second sheet of the same folded title", "T2", ("K211",), second("NHIỆM  VỤ")),
    Fault("sheet renamed", "T2", ("K201",), renamed("Công việc")),
    Fault("sheet title in other letters", "T2", (), renamed("NHIỆM\u00a0VỤ")),
    Fault(
        "two cells merged",
        "T2",
        ("K206",),
        after('<mergeCells count="1"><mergeCell ref="D6:D7"/></mergeCells>'),
        frozenset({(7, "responsible")}),
    ),
    Fault(
        "whole columns merged",
        "T2",
        ("K206",),
        after('<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    ),
    Fault(
        "empty column merged whole",
        "T2",
        ("K212",),
        after('<mergeCells count="1"><mergeCell ref="Q1:Q1048576"/></mergeCells>'),
    ),
    Fault("columns moved", "T2", (), moved_columns),
    Fault("column lost", "T2", ("K203",), lost_column("J")),
    Fault(
        "heading reworded",
        "T2",
        (),
        cell("J5", "<is><t>SỐ LƯỢNG HOÀN THÀNH (*)</t></is>", ' t="inlineStr"'),
    ),
    Fault(
        "heading twice",
        "T2",
        ("K204",),
        swap(
            SHEET,
            '</row><row r="6"',
            '<c r="P5" t="inlineStr"><is><t>SL hoàn thành</t></is></c></row><row r="6"',
        ),
    ),
    Fault("heading row gone", "T2", ("K202",), resub(SHEET, r'<row r="5".*?</row>', "")),
    Fault(
        "sheet without cells",
        "T2",
        ("K202",),
        resub(SHEET, r"<sheetData>.*</sheetData>", "<sheetData/>"),
    ),
    Fault("tables in the common table of texts", "T2", (), inline_to_shared),
    Fault("cells without addresses", "T2", (), without_addresses),
    Fault("elements with a prefix", "T2", (), prefixed),
    Fault(
        "comments between the cells",
        "T2",
        (),
        swap(SHEET, '<c r="J6"', '<!-- <c r="Z9"><v>1</v></c> --><c r="J6"'),
    ),
    Fault(
        "text in pieces",
        "T2",
        (),
        cell(
            "M6",
            '<is><r><t>BC</t></r><r><rPr><b/></rPr><t xml:space="preserve"> 6</t></r></is>',
            ' t="inlineStr"',
        ),
    ),
    Fault("column inserted", "T2", (), inserted_column),
]
T8 = [
    Fault("text of parts", "T8", (), text("M6", "Hoà Bi\u0300nh"), IN_M),
    Fault("text with invisible signs", "T9", (), text("M6", "BC\u200b\u00a06\u202e"), IN_M),
    Fault("text with a line break escape", "T9", (), text("M6", "BC 6_x000D_\nsố"), IN_M),
    Fault("text with NUL escape", "T9", (), text("M6", "BC_x0000__x001B_"), IN_M),
    Fault("zalgo", "T9", (), text("M6", "B" + "\u0301" * 200), IN_M),
    Fault("long text", "T9", ("K901",), text("M6", "W" * 32_767), IN_M),
    Fault("endless text", "T9", ("K103",), text("M6", "W" * 32_768)),
    Fault(
        "endless text in a cell nobody reads",
        "T9",
        ("K103",),
        far("Z8", f"<is><t>{'W' * 40_000}</t></is>", ' t="inlineStr"'),
    ),
    Fault("breaks", "T9", ("K901",), text("M6", "a&#10;" * 1000), IN_M),
    Fault("formula as text", "T6", (), text("M6", "=cmd|' /C calc'!A0"), IN_M),
    Fault("markup as text", "T7", (), text("M6", "&lt;h1&gt;ĐÃ DUYỆT&lt;/h1&gt;{{ 7*7 }}"), IN_M),
    Fault("control character by number", "T9", ("K104",), text("M6", "a&#8;b")),
    Fault("character that is none", "T9", ("K104",), text("M6", "a\x01b")),
]
T12 = [
    Fault("spaces of 70 MB", "T12", ("K103",), part("xl/media/a.xml", HUGE)),
    Fault("unused member of 70 MB", "T12", ("K103",), part("xl/media/a.bin", b"\0" * 70_000_000)),
    Fault("styles of 70 MB", "T12", ("K103",), part(STYLES, HUGE)),
    Fault("texts of 70 MB", "T12", ("K103",), part(STRINGS, HUGE)),
    Fault(
        "20,000 members",
        "T12",
        ("K103",),
        lambda parts: {**parts, **{f"a/{n}": b"" for n in range(20_000)}},
    ),
    Fault("says 100 bytes", "T12", ("K104",), packed(_lying_size)),
    Fault("overlapping members", "T12", ("K104",), _overlapping),
    Fault(
        "billion laughs in the sheet",
        "T12",
        ("K104",),
        swap(SHEET, "<worksheet ", LAUGHS + "<worksheet "),
    ),
    Fault(
        "billion laughs in the texts", "T12", ("K104",), swap(STRINGS, "<sst ", LAUGHS + "<sst ")
    ),
    Fault(
        "billion laughs in the core",
        "T12",
        ("K104",),
        swap("docProps/core.xml", "<cp:core", LAUGHS + "<cp:core"),
    ),
    Fault("foreign entity", "T22", ("K104",), swap(SHEET, "<worksheet ", XXE + "<worksheet ")),
    Fault(
        "foreign DTD",
        "T22",
        ("K104",),
        swap(BOOK, "<workbook ", '<!DOCTYPE x SYSTEM "http://127.0.0.1/x"><workbook '),
    ),
    Fault("65 levels", "T12", ("K104",), after("<a>" * 65 + "</a>" * 65)),
    Fault("200,000 levels", "T12", ("K104",), after("<a>" * 200_000 + "</a>" * 200_000)),
    Fault(
        "65 attributes",
        "T12",
        ("K104",),
        after("<a " + " ".join(f'b{n}=""' for n in range(65)) + "/>"),
    ),
    Fault(
        "200,000 attributes",
        "T12",
        ("K104",),
        after("<a " + " ".join(f'b{n}=""' for n in range(200_000)) + "/>"),
    ),
    Fault("value in the last cell", "T12", ("K103",), far("XFD1048576")),
    Fault("style in the last cell", "T12", ("K212",), far("XFD1048576", "", ' s="8"')),
    Fault(
        "styles to the bottom",
        "T12",
        ("K212",),
        rows(
            "".join(f'<row r="{n}" s="8" customFormat="1"/>' for n in range(1000, 1_048_577, 1000))
        ),
    ),
    Fault("cell outside of any sheet", "T12", ("K103",), far("AAAA9999999")),
    Fault(
        "row of 2^64",
        "T12",
        ("K103",),
        rows(f'<row r="{2**64 - 1}"><c r="A{2**64 - 1}"><v>1</v></c></row>'),
    ),
    Fault(
        "texts without end claimed",
        "T12",
        ("K103",),
        resub(STRINGS, r'uniqueCount="\d+"', 'uniqueCount="4294967295"'),
    ),
    Fault(
        "texts claimed under another root",
        "T12",
        ("K103",),
        both(
            resub(STRINGS, r'uniqueCount="\d+"', 'uniqueCount="4294967295"'),
            resub(STRINGS, r"<sst(.*)</sst>", r"<x><sst\1</sst></x>"),
        ),
    ),
    Fault(
        "100,000 merged blocks",
        "T12",
        ("K103",),
        after(
            "<mergeCells>"
            + "".join(f'<mergeCell ref="P{n}:Q{n}"/>' for n in range(1, 100_001))
            + "</mergeCells>"
        ),
    ),
    Fault(
        "5,000 sheets",
        "T12",
        ("K103",),
        swap(
            BOOK,
            "</sheets>",
            "".join(f'<sheet name="t{n}" sheetId="{n + 100}" r:id="rId2"/>' for n in range(5000))
            + "</sheets>",
        ),
    ),
    Fault(
        "65 sheets",
        "T12",
        ("K103",),
        swap(
            BOOK,
            "</sheets>",
            "".join(f'<sheet name="t{n}" sheetId="{n + 100}" r:id="rId2"/>' for n in range(57))
            + "</sheets>",
        ),
    ),
    Fault(
        "5,001 names",
        "T12",
        ("K103",),
        swap(
            BOOK,
            "</definedNames>",
            "".join(f'<definedName name="n{n}">1</definedName>' for n in range(5001))
            + "</definedNames>",
        ),
    ),
    Fault(
        "70,000 cell formats",
        "T12",
        ("K103",),
        swap(STYLES, "</cellXfs>", "<xf/>" * 70_000 + "</cellXfs>"),
    ),
    Fault(
        "one text in 30,000 cells",
        "T12",
        ("K103",),
        both(
            swap(STRINGS, "</sst>", f"<si><t>{'x' * 32_000}</t></si></sst>"),
            rows(
                "".join(
                    f'<row r="{n}">'
                    + "".join(f'<c r="{c}{n}" t="s"><v>@</v></c>' for c in "ABCDEFGHIJ")
                    + "</row>"
                    for n in range(17, 3_017)
                )
            ),
            lambda parts: parts.update(
                {SHEET: parts[SHEET].replace(b"@", b"%d" % (parts[STRINGS].count(b"<si>") - 1))}
            ),
        ),
    ),
]
T13 = [
    Fault("sheet there twice", "T13", ("K104",), members((SHEET, b"<worksheet/>"))),
    Fault(
        "case twin", "T13", ("K104",), members((SHEET.replace("sheet2", "SHEET2"), b"<worksheet/>"))
    ),
    Fault("backslash twin", "T13", ("K104",), members((SHEET.replace("/", "\\"), b"<worksheet/>"))),
    Fault(
        "cell twice", "T13", ("K104",), swap(SHEET, '<c r="J6"', '<c r="J6"><v>9</v></c><c r="J6"')
    ),
    Fault("blank cell twice", "T13", ("K104",), swap(SHEET, '<c r="J6"', '<c r="J6"/><c r="J6"')),
    Fault(
        "cells out of order",
        "T13",
        ("K104",),
        swap(SHEET, '<c r="J6"', '<c r="K6"><v>9</v></c><c r="J6"'),
    ),
    Fault("cell in another's row", "T13", ("K104",), swap(SHEET, '<c r="J6"', '<c r="J7"')),
    Fault(
        "row twice",
        "T13",
        ("K104",),
        swap(SHEET, '<row r="7"', '<row r="6"><c r="Q6"><v>1</v></c></row><row r="7"'),
    ),
    Fault("empty row twice", "T13", ("K104",), swap(SHEET, '<row r="7"', '<row r="7"/><row r="7"')),
    Fault(
        "rows out of order",
        "T13",
        ("K104",),
        swap(SHEET, '<row r="7"', '<row r="20"><c r="A20"><v>1</v></c></row><row r="7"'),
    ),
    Fault("values in CDATA", "T13", (), cell("J6", "<v><![CDATA[1]]></v>")),
    Fault("true that is two", "T13", ("K104",), cell("J6", "<v>2</v>", ' t="b"')),
    Fault("unknown type of cell", "T13", ("K104",), cell("J6", "<v>2</v>", ' t="z"')),
    *(
        Fault(f"number that is none {words}", "T13", ("K104",), cell("J6", f"<v>{words}</v>"))
        for words in ("NaN", "INF", "-INF", "1e309", "nan")
    ),
    Fault("comma in a stored number", "T13", ("K312",), cell("J6", "<v>1,5</v>"), IN_J),
    Fault("word stored as a number", "T13", ("K301",), cell("J6", "<v>abc</v>"), IN_J),
    Fault("part in UTF-16", "T13", ("K104",), utf16(SHEET)),
    Fault("texts in UTF-16", "T13", ("K104",), utf16(STRINGS)),
    Fault(
        "part in windows-1258",
        "T13",
        ("K104",),
        swap(SHEET, 'encoding="UTF-8"', 'encoding="windows-1258"'),
    ),
    Fault("address with an entity", "T13", ("K104",), swap(SHEET, '<c r="J6"', '<c r="&#74;6"')),
    Fault("text past the table of texts", "T13", ("K104",), cell("M6", "<v>999999</v>", ' t="s"')),
    *(
        Fault(f"{address}: {name}", "T13", ("K104",), cell(address, inner, attributes))
        for address, name, inner, attributes in (
            ("J6", "element before a value", "<v><x/>2</v>", ""),
            ("J6", "element behind a value", "<v>2<x/></v>", ""),
            ("J6", "value in an element of a value", "<v><x>2</x></v>", ""),
            ("J6", "second value in an element", "<v>1<x>2</x></v>", ""),
            ("J6", "empty value before a formula", "<v/><f>H6</f>", ""),
            ("J6", "value before a formula", "<v>1</v><f>H6</f>", ""),
            ("J6", "empty value before another", "<v/><v>5</v>", ""),
            ("J6", "value in no element", "5", ""),
            ("J6", "text before a value", "5<v>1</v>", ""),
            ("J6", "two formulas", "<f>H6</f><f>H7</f><v>1</v>", ""),
            ("J6", "element in a formula", "<f>H6<x/></f><v>1</v>", ""),
            ("J6", "text where a number is said", "<is><t>7</t></is>", ""),
            ("J6", "text where truth is said", "<is><t>7</t></is>", ' t="b"'),
            ("J6", "value of another language", '<v xmlns="urn:other">9</v>', ""),
            ("J6", "type in capitals", "<v>3</v>", ' t="S"'),
            ("J6", "number too small to hold", "<v>1e-400</v>", ""),
            ("M6", "value where a text is said", "<v>BC 6</v>", ' t="inlineStr"'),
            ("M6", "text where a number of a text is said", "<is><t>x</t></is>", ' t="s"'),
            ("M6", "text before its element", "<is>abc<t>BC 6</t></is>", ' t="inlineStr"'),
            ("M6", "text in no element", "<is>BC 6</is>", ' t="inlineStr"'),
            ("M6", "two texts", "<is><t>BC</t><t> 6</t></is>", ' t="inlineStr"'),
            ("M6", "element in a text", "<is><t>BC<b>x</b> 6</t></is>", ' t="inlineStr"'),
            ("M6", "text in a run", "<is><r>z<t>BC 6</t></r></is>", ' t="inlineStr"'),
            (
                "M6",
                "sounds before the text",
                "<is><rPh><t>x</t></rPh><t>B</t></is>",
                ' t="inlineStr"',
            ),
            *(
                ("M6", f"text number {number}", f"<v>{number}</v>", ' t="s"')
                for number in ("-1", "+1", "1.0", "1 1", "abc", "", "9" * 23, "9999999")
            ),
        )
    ),
    *(
        Fault(
            f"item of the table of texts: {name}",
            "T13",
            ("K104",),
            swap(STRINGS, "</sst>", f"{item}</sst>"),
        )
        for name, item in (
            ("text in no element", "<si>x</si>"),
            ("element in a text", "<si><t>x<b>y</b></t></si>"),
            ("sounds first", "<si><rPh sb='0' eb='1'><t>x</t></rPh><t>y</t></si>"),
            ("item in an item", "<si><si><t>x</t></si></si>"),
        )
    ),
    Fault(
        "sounds beside a text",
        "T13",
        (),
        cell(
            "M6",
            '<is><t>BC 6</t><rPh sb="0" eb="1"><t>x</t></rPh><phoneticPr fontId="1"/></is>',
            ' t="inlineStr"',
        ),
    ),
    *(
        Fault(f"address {address}", "T13", ("K104",), swap(SHEET, 'r="J6"', f'r="{address}"'))
        for address in ("$J$6", " J6 ", "J06", "J0", "J", "6", "", "J6:J7")
    ),
    Fault("address in small letters", "T13", (), swap(SHEET, 'r="J6"', 'r="j6"')),
    *(
        Fault(f"row {row}", "T13", ("K104",), swap(SHEET, '<row r="6"', f'<row r="{row}"'))
        for row in ("0", "-6", "6.0", "", "06x")
    ),
    *(
        Fault(f"between the cells: {name}", "T13", ("K104",), edit)
        for name, edit in (
            ("cell in capitals", resub(SHEET, '<c r="J6"([^>]*)>(.*?)</c>', r'<C r="J6"\1>\2</C>')),
            ("cell in an element", resub(SHEET, '(<c r="J6".*?</c>)', r"<z>\1</z>")),
            (
                "row in a choice",
                resub(
                    SHEET,
                    '(<row r="6".*?</row>)',
                    r"<AlternateContent><Choice>\1</Choice></AlternateContent>",
                ),
            ),
            ("empty element", swap(SHEET, '<c r="J6"', '<z/><c r="J6"')),
        )
    ),
    Fault("row without a number", "T13", (), swap(SHEET, '<row r="6"', "<row")),
    Fault(
        "cell of another language",
        "T13",
        ("K104",),
        swap(SHEET, '<c r="J6"', '<c xmlns="urn:other" r="J6"'),
    ),
    Fault(
        "cell of another prefix",
        "T13",
        ("K104",),
        resub(SHEET, r'<c r="J6"([^>]*)>(.*?)</c>', r'<q:c xmlns:q="urn:q" r="J6"\1>\2</q:c>'),
    ),
    Fault(
        "table of cells of another language",
        "T13",
        ("K104",),
        swap(SHEET, "<sheetData>", '<sheetData xmlns="urn:other">'),
    ),
    Fault(
        "two parts of one number",
        "T13",
        ("K104",),
        resub(RELS, r'(<Relationship [^>]*Id="rId2"[^>]*/>)', r"\1\1"),
    ),
    Fault("two values in a cell", "T13", ("K104",), cell("J6", "<v>1</v><v>100</v>")),
    Fault(
        "value beside a text",
        "T13",
        ("K104",),
        cell("M6", "<v>7</v><is><t>BC 6</t></is>", ' t="inlineStr"'),
    ),
    Fault(
        "two tables of cells",
        "T13",
        ("K104",),
        after('<sheetData><row r="30"><c r="A30"><v>1</v></c></row></sheetData>'),
    ),
    Fault(
        "sheet that leads outside",
        "T13",
        ("K104",),
        swap(RELS, 'Target="worksheets/sheet2.xml"', 'Target="../../../../etc/passwd"'),
    ),
    Fault(
        "sheet elsewhere",
        "T13",
        ("K104",),
        swap(
            RELS,
            'Target="worksheets/sheet2.xml"',
            'Target="http://127.0.0.1/x" TargetMode="External"',
        ),
    ),
    Fault(
        "sheet that is not there",
        "T13",
        ("K104",),
        lambda parts: {n: d for n, d in parts.items() if n != SHEET},
    ),
    Fault(
        "texts that are not there",
        "T13",
        ("K104",),
        lambda parts: {n: d for n, d in parts.items() if n != STRINGS},
    ),
    Fault(
        "relations that are not there",
        "T13",
        ("K104",),
        lambda parts: {n: d for n, d in parts.items() if n != RELS},
    ),
    Fault(
        "styles that are not there",
        "T13",
        ("K312",) * 11,
        lambda parts: {n: d for n, d in parts.items() if n != STYLES},
        frozenset((row, key) for row in range(FIRST, LAST + 1) for key in ("finished", "due")),
    ),
]
T14 = [
    Fault(
        "macros",
        "T14",
        ("K213",),
        part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + bytes(600)),
        ending=".xlsm",
    ),
    Fault(
        "link to another book",
        "T14",
        ("K213",),
        part(
            "xl/externalLinks/externalLink1.xml",
            b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>',
        ),
    ),
    Fault(
        "link in a cell",
        "T14",
        (),
        after('<hyperlinks><hyperlink ref="M6" location="A1" display="x"/></hyperlinks>'),
    ),
    Fault(
        "empty fill",
        "T14",
        (),
        swap(STYLES, '<fill><patternFill patternType="none"/></fill>', "<fill/>"),
    ),
    Fault(
        "notes",
        "T14",
        (),
        part(
            "xl/comments1.xml",
            b'<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors/><commentList><comment ref="XFD1048576" authorId="0"><text><t>x</t></text></comment></commentList></comments>',
        ),
    ),
]
T15 = [
    Fault("password", "T15", ("K102",), whole(ole("EncryptedPackage"))),
    Fault("member with a password", "T15", ("K102",), packed(_encrypted)),
    Fault("Excel 97", "T15", ("K105",), whole(ole("Workbook")), ending=".xls"),
    Fault("Excel binary", "T15", ("K105",), whole(pack({"xl/workbook.bin": b""})), ending=".xlsb"),
    Fault(
        "Excel XML 2003",
        "T15",
        ("K105",),
        whole(
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
        ),
        ending=".xls",
    ),
    Fault(
        "flat Calc",
        "T15",
        ("K105",),
        whole(b'<?xml version="1.0"?><office:document/>'),
        ending=".fods",
    ),
    Fault("Outlook letter", "T15", ("K120",), whole(ole("__substg1.0_0037001F")), ending=".msg"),
    Fault("winmail", "T15", ("K120",), whole(b"\x78\x9f\x3e\x22" + bytes(90)), ending=".dat"),
    Fault("PDF", "T15", ("K121",), whole(b"%PDF-1.7\n"), ending=".pdf"),
    *(
        Fault(f"picture {ending}", "T15", ("K122",), whole(head + bytes(90)), ending=ending)
        for ending, head in (
            (".jpg", b"\xff\xd8\xff\xe0"),
            (".png", b"\x89PNG\r\n\x1a\n"),
            (".gif", b"GIF89a"),
            (".bmp", b"BM\x00\x10"),
            (".webp", b"RIFF\x00\x00\x00\x00WEBP"),
            (".tif", b"II*\x00"),
            (".heic", b"\x00\x00\x00\x18ftypheic"),
            (".xlsx", b"\xff\xd8\xff\xe0"),
        )
    ),
    Fault(
        "web page as Excel",
        "T15",
        ("K123",),
        whole(b"<html><table><tr><td>1</td></tr></table></html>"),
        ending=".xls",
    ),
    Fault(
        "MHTML as Excel",
        "T15",
        ("K123",),
        whole(b"MIME-Version: 1.0\r\nContent-Type: multipart/related"),
        ending=".xls",
    ),
    Fault("CSV as Excel", "T15", ("K124",), whole("Mã việc;Kết quả\r\nDV-28;2".encode())),
    Fault(
        "CSV of Excel", "T15", ("K124",), whole("Mã việc\tKết quả".encode("utf-16")), ending=".csv"
    ),
    Fault("Word", "T15", ("K125",), whole(pack({"word/document.xml": b"<a/>"})), ending=".docx"),
    Fault("Word 97", "T15", ("K125",), whole(ole("WordDocument")), ending=".doc"),
    Fault("RTF", "T15", ("K125",), whole(b"{\\rtf1}"), ending=".rtf"),
    Fault(
        "Writer",
        "T15",
        ("K125",),
        whole(sheets.ods_package("<a/>", sheets.ODS.replace("spreadsheet", "text"))),
        ending=".odt",
    ),
    Fault(
        "Writer's password",
        "T15",
        ("K102",),
        whole(sheets.ods_package("x", manifest="<m><m:encryption-data/></m>")),
        ending=".ods",
    ),
    Fault("RAR", "T15", ("K126",), whole(b"Rar!\x1a\x07\x00"), ending=".rar"),
    Fault("7z", "T15", ("K126",), whole(b"7z\xbc\xaf\x27\x1c"), ending=".7z"),
    Fault("zip named as a book", "T15", ("K126",), lambda parts: pack({"KT.xlsx": pack(parts)})),
    Fault("program", "T15", ("K101",), whole(b"MZ" + bytes(90)), ending=".exe"),
    Fault("who knows", "T15", ("K101",), whole(b"\x01\x02\x03\x04")),
    Fault("nothing", "T15", ("K104",), whole(b"")),
    Fault("zeros", "T15", ("K104",), whole(bytes(5000))),
    Fault("half", "T4", ("K104",), packed(lambda data: data[: len(data) // 2])),
    Fault("all but the end", "T4", ("K104",), packed(lambda data: data[:-30])),
    Fault("flipped bit", "T4", ("K104",), packed(_flip(b"xl/worksheets/sheet2.xml", 60))),
    Fault("wrong checksum", "T4", ("K104",), packed(_wrong_crc)),
    Fault("something before", "T12", ("K104",), packed(lambda data: b"PK\x03\x04" + data)),
    Fault("two packages", "T13", ("K104",), packed(lambda data: data + data)),
    Fault("unknown method", "T15", ("K104",), packed(_method(99))),
    Fault("bzip2", "T15", ("K104",), lambda parts: pack(parts, 12)),
    Fault("stored", "T15", (), lambda parts: pack(parts, 0)),
]
T16 = [
    Fault("1904", "T16", (), epoch_1904),
    Fault(
        "day of 1904 without a format",
        "T16",
        ("K312",),
        both(epoch_1904, resub(SHEET, r'<c r="K6" s="\d+"', '<c r="K6"')),
    ),
    Fault(
        "day of 1904 that is none",
        "T16",
        ("K302",),
        both(epoch_1904, resub(SHEET, r'<c r="K6" s="\d+"><v>\d+', '<c r="K6"><v>72000')),
        IN_K,
    ),
    Fault(
        "days counted from who knows when",
        "T16",
        ("K104",),
        swap(BOOK, "<workbookPr ", '<workbookPr date1904="on" '),
    ),
    *(
        Fault(f"date {words}", "T16", (code,), text("K6", words), IN_K)
        for words, code in (
            ("5/11/2026", "K312"),
            ("05-11-26", "K312"),
            ("15h30 ngày 5/11/2026", "K312"),
            ("giữa tháng 11", "K302"),
            ("31/2/2026", "K302"),
            ("9/11/2569", "K302"),
        )
    ),
    *(
        Fault(
            f"serial {words}", "T16", (code,) if code else (), cell("K6", f"<v>{words}</v>"), IN_K
        )
        for words, code in (
            ("0", "K302"),
            ("60", "K302"),
            ("-1", "K302"),
            ("1e300", "K302"),
            ("46335.5", ""),
            ("244000", "K302"),
        )
    ),
    Fault(
        "serial without a format",
        "T16",
        ("K312",),
        resub(SHEET, r'<c r="K6" s="\d+"', '<c r="K6"'),
        IN_K,
    ),
    Fault(
        "month first beside day or month",
        "T16",
        ("K311", "K311"),
        both(text("K6", "11/25/2026"), text("K7", "3/4/2026")),
        IN_K | {(7, "finished")},
    ),
]
T17 = [
    Fault("member above", "T17", ("K104",), part("../../evil.xml", b"<a/>")),
    Fault("member at the root", "T17", ("K104",), part("/etc/evil.xml", b"<a/>")),
    Fault("member on a drive", "T17", ("K104",), part("C:\\evil.xml", b"<a/>")),
    Fault("member that is a link", "T18", ("K104",), unzipped(_as_link, "xl/theme/theme1.xml")),
]
FAULTS = [*T1, *T2, *T8, *T12, *T13, *T14, *T15, *T16, *T17]
