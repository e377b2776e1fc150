"""The program that draws one PDF page: the file on stdin, a PNG on stdout. Only `drawings` runs it, alone.

pdfium is C code and a floor plan comes from anywhere, so it is loaded here alone, in a process that ends with its file,
knows no secret, writes no file, and has bounds of memory and processor time.

It answers one line of ASCII: `page <bytes>` and then the PNG, `pages <number>` for more than one, `locked`, or nothing.
"""

import io
import resource
import sys

import pypdfium2

MEMORY = 1_000_000_000  # bytes of addresses, of which a page of the largest size takes a third
PROCESSOR_SECONDS = 20
FILES = 32  # open at once: fonts of the machine, for a file that does not bring its own
MOST_TIMES = 8.0  # a page of a few points is not blown up without end
PASSWORD = 4  # pdfium's word for a file that asks for one


def main(edge: int) -> None:
    """Answer for the file on stdin; the longer edge of the picture has `edge` pixels."""
    bound()
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == PASSWORD:
            sys.stdout.write("locked\n")
        return
    if len(document) != 1:
        sys.stdout.write(f"pages {len(document)}\n")
        return
    page = document[0]
    scale = min(edge / max(page.get_size()), MOST_TIMES)
    picture = io.BytesIO()
    page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB").save(picture, "PNG")
    sys.stdout.buffer.write(b"page %d\n" % len(picture.getvalue()) + picture.getvalue())


def bound() -> None:
    """Let this process have no more than that, and write no file; it cannot take it back."""
    bounds = {
        resource.RLIMIT_CPU: PROCESSOR_SECONDS,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: FILES,
    }
    if sys.platform != "darwin":  # macOS gives every process terabytes of addresses and bounds none
        bounds[resource.RLIMIT_AS] = MEMORY
    for what, most in bounds.items():
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main(int(sys.argv[1]))
