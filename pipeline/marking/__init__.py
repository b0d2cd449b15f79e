"""One workbook and its findings → the workbook with them marked. No pandas: it runs fenced."""
