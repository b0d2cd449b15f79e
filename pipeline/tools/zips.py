"""What the zip reader raises on archives that no writer should have made."""

import zipfile
import zlib

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError)
