"""What can be wrong with a file, by code; the service's own words, shown beside, name file, row and column."""

from django.utils.translation import gettext_noop

FILES = {
    "ambiguous-dates": (
        gettext_noop("It cannot be told which number of a date is the day."),
        gettext_noop("Say date_order: dmy or date_order: mdy in the map."),
    ),
    "ambiguous-decimals": (
        gettext_noop("A comma or a dot could part thousands or decimals."),
        gettext_noop('Say decimal: "." or decimal: "," in the map.'),
    ),
    "bad-column": (
        gettext_noop("A column cannot be read as text."),
        gettext_noop("Write it as text, or leave it out."),
    ),
    "nested-column": (
        gettext_noop("A column holds more than single values."),
        gettext_noop("Leave it out, or unnest it first."),
    ),
    "bad-currency": (
        gettext_noop("That is no currency code."),
        gettext_noop("Give three letters such as CNY, USD or EUR."),
    ),
    "bad-zone": (gettext_noop("That is no time zone."), gettext_noop("Give a name such as Asia/Shanghai.")),
    "bad-encoding": (
        gettext_noop("The file cannot be read in that encoding."),
        gettext_noop("Name its true encoding in the map, such as encoding: gb18030, or save it as UTF-8."),
    ),
    "unknown-encoding": (
        gettext_noop("The file's encoding cannot be told for certain."),
        gettext_noop("Name it in the map, such as encoding: gb18030, or save the file as UTF-8."),
    ),
    "mixed-encodings": (
        gettext_noop("Most of the file is UTF-8 but some of it is not."),
        gettext_noop("Join only files of one encoding, or save it as UTF-8."),
    ),
    "nul-bytes": (
        gettext_noop("The file holds NUL bytes; it is damaged or no text."),
        gettext_noop("Export it again as CSV."),
    ),
    "bad-map": (
        gettext_noop("The map does not hold."),
        gettext_noop("Take the draft that is offered, or mend the named line."),
    ),
    "broken-archive": (gettext_noop("The archive cannot be unpacked."), gettext_noop("Download or export it again.")),
    "broken-workbook": (
        gettext_noop("The workbook cannot be read."),
        gettext_noop("Open it in a spreadsheet program and save it again as .xlsx."),
    ),
    "broken-parquet": (gettext_noop("The Parquet file cannot be read."), gettext_noop("Write it again.")),
    "old-excel": (
        gettext_noop("It is an old Excel file (.xls), or locked with a password."),
        gettext_noop("Save it as .xlsx or CSV, without a password."),
    ),
    "zip-password": (gettext_noop("The archive is locked with a password."), gettext_noop("Unpack it first.")),
    "zip-members": (
        gettext_noop("The archive holds several files."),
        gettext_noop("Unpack it and import the files one by one."),
    ),
    "nested-archive": (
        gettext_noop("The archive holds another archive."),
        gettext_noop("Unpack it and import what is inside."),
    ),
    "zip-path": (
        gettext_noop("A path in the archive leads out of its folder."),
        gettext_noop("Do not trust this file; pack it again with plain names."),
    ),
    "xml-entities": (
        gettext_noop("The workbook declares XML entities, which no spreadsheet needs."),
        gettext_noop("Do not trust this file; save it again with a spreadsheet program."),
    ),
    "unknown-format": (
        gettext_noop("It is no table, but a PDF, web page or XML file."),
        gettext_noop("Export CSV or XLSX."),
    ),
    "empty-file": (gettext_noop("The file is empty."), gettext_noop("Export it again.")),
    "no-rows": (gettext_noop("The file has a header but no rows."), gettext_noop("Export a period that has some.")),
    "no-delimiter": (
        gettext_noop("The file does not look like a table."),
        gettext_noop("Check it, or name its separator in the map (delimiter:)."),
    ),
    "no-header": (
        gettext_noop("No line looks like a header of two columns or more."),
        gettext_noop("The first line must name the columns; check the file and its separator."),
    ),
    "missing-column": (
        gettext_noop("A column that is needed was not recognised."),
        gettext_noop("Name it in the map."),
    ),
    "unknown-kind": (
        gettext_noop("The columns do not tell what the file is about."),
        gettext_noop("Choose what it holds, or write it in the map."),
    ),
    "unknown-sheet": (gettext_noop("There is no sheet of that name."), gettext_noop("Name one that the workbook has.")),
    "unreadable-file": (gettext_noop("The file cannot be read."), gettext_noop("Check it, then upload it again.")),
    "currency-needed": (
        gettext_noop("The file does not say in which currency its money is."),
        gettext_noop("Give the store's currency, such as CNY."),
    ),
    "zone-needed": (
        gettext_noop("The file's times carry offsets from UTC, so the store's time zone decides their dates."),
        gettext_noop("Give the store's time zone, such as Asia/Shanghai."),
    ),
    "date-needed": (
        gettext_noop("The file does not say which day's stock it holds."),
        gettext_noop("Give the day of the count, or add a column with the date."),
    ),
    "discount-rate": (
        gettext_noop("The discount column seems to hold shares, not money."),
        gettext_noop("Map what was paid for the line to line_amount, and leave the discount out."),
    ),
    "new-store": (
        gettext_noop("The store is new, and the file does not say all of it."),
        gettext_noop("Give its currency and its time zone."),
    ),
    "bad-rows": (
        gettext_noop("Some rows cannot be taken in."),
        gettext_noop("Mend them and upload the file again, or set them aside and import the rest."),
    ),
    "facts-busy": (
        gettext_noop("Another import is being written."),
        gettext_noop("Wait until it has finished, then try again."),
    ),
    "facts-damaged": (
        gettext_noop("A file of the facts is damaged or missing."),
        gettext_noop("Restore it from a backup; yunying check lists them all."),
    ),
}
