"""The program that decodes one HEIC photo: its bytes on stdin, a small picture on stdout. Only `heic` runs it.

The libraries behind it have crashed on damaged photos, so they are loaded here alone, in a process that ends with its
photo, knows no secret, opens no file, and has bounds of memory and processor time.

It answers one line of ASCII, `<width> <height> <small width> <small height> <mode> <bytes of EXIF>`, then the EXIF and
the small picture's raw pixels; of a photo of too many pixels the line alone. Whatever else happens, it just ends.
"""

import io
import resource
import sys

import pi_heif

MEMORY = 250_000_000  # bytes of addresses for the program itself and one thread's stock, more than they take
MEMORY_A_PIXEL = 16  # bytes; the most that was measured is 13, of ten bits a colour with transparency
PROCESSOR_SECONDS = 20  # 50 megapixels take four
MOST_EXIF = 1_000_000  # bytes; more says nothing


def main(most_pixels: int, edge: int) -> None:
    """Answer for the photo on stdin; the small picture's longer edge has at most `edge` pixels."""
    bound(MEMORY + MEMORY_A_PIXEL * most_pixels, PROCESSOR_SECONDS)
    pi_heif.options.DECODE_THREADS = 1  # each more would take addresses for itself
    pi_heif.options.THUMBNAILS = pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False
    image = pi_heif.HeifImageFile(io.BytesIO(sys.stdin.buffer.read()))
    if image.width * image.height <= most_pixels:
        image.load()  # which may show that the photo is larger than its header says
    size, exif, pixels = image.size, image.info.get("exif") or b"", b""
    if len(exif) > MOST_EXIF:
        exif = b""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if size[0] * size[1] <= most_pixels:
        image.thumbnail((edge, edge))
        pixels = image.convert(mode).tobytes()
    said = (*size, *image.size, mode, len(exif))
    sys.stdout.buffer.write(" ".join(map(str, said)).encode("ascii") + b"\n" + exif + pixels)


def bound(memory: int, seconds: int) -> None:
    """Let this process have no more than that, and open and write no file; only root could take it back."""
    bounds = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_CORE: 0,  # a dump would hold the photo
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 3,  # stdin, stdout and stderr, which are open
    }
    if sys.platform != "darwin":  # macOS gives every process terabytes of addresses and bounds none
        bounds[resource.RLIMIT_AS] = memory
    for what, most in bounds.items():
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
