"""Problems of departments' files as a whole; a bad row refuses itself only (app/domain/fact.py CODES)."""

from __future__ import annotations

from app.web.problem import Problem

FILE_PROBLEMS: dict[str, Problem] = {
    "uploads-at-once": Problem(
        409,
        "上传过多",
        "Too many uploads at once",
        "贵部门已有 {limit} 个文件正在上传，请等其中一个完成后重试。",
        "{limit} files of your department are being taken in; try again when one of them is done.",
        retryable=True,
    ),
    "file-empty": Problem(422, "文件为空", "File is empty", "文件没有表头。", "The file has no header line."),
    "file-encoding": Problem(
        422,
        "编码不能识别",
        "Unknown encoding",
        "请将文件另存为 UTF-8 编码；GB18030（GBK）也可以。",
        "Save the file in UTF-8; GB18030 (GBK) is read too.",
    ),
    "workbook-unreadable": Problem(
        422,
        "工作簿无法读取",
        "Workbook cannot be read",
        "请另存为未加密的 .xlsx，或存为 UTF-8 CSV。",
        "Save it as .xlsx without a password, or as UTF-8 CSV.",
    ),
    "workbook-too-large": Problem(
        422,
        "工作簿过大",
        "Workbook too large",
        "工作簿超过上限（{limit}），请存为 CSV。",
        "The workbook is over a limit ({limit}); send it as CSV.",
    ),
    "workbook-sheets": Problem(
        422,
        "不止一张工作表",
        "More than one sheet",
        "只能有一张有内容的可见工作表，请分成多个文件。",
        "Only one visible sheet may have content; make a file of each.",
    ),
    "column-unknown": Problem(
        422,
        "列名未知",
        "Unknown column",
        "列“{column}”不在目录格式中。",
        "The column {column} is not in the published format.",
    ),
    "column-missing": Problem(422, "缺少列", "Column missing", "缺少列“{column}”。", "The column {column} is missing."),
    "column-repeated": Problem(
        422, "列重复", "Column repeated", "列“{column}”出现多次。", "The column {column} stands more than once."
    ),
}
