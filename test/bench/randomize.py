"""The same work as the task `randomize`, with Pillow and numpy: `randomize.py MODE INPUT OUTPUT`; prints the seconds it took.
Interpreter and libraries are loaded before the clock starts."""

import sys
import time

import numpy
from PIL import Image

BLOCK = 60


def blocks(pixels, random):
    height, width, channels = pixels.shape
    rows, columns = height // BLOCK, width // BLOCK
    whole = pixels[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK, channels)
    squares = whole.swapaxes(1, 2).reshape(rows * columns, BLOCK, BLOCK, channels)
    moved = squares[random.permutation(rows * columns)].reshape(rows, columns, BLOCK, BLOCK, channels)
    result = pixels.copy()
    result[: rows * BLOCK, : columns * BLOCK] = moved.swapaxes(1, 2).reshape(rows * BLOCK, columns * BLOCK, channels)
    return result


def pixels_of(image, random):
    # Four bytes a pixel are shuffled as one number: several times as fast as rows of three.
    numbers = numpy.array(image.convert("RGBA")).view(numpy.uint32).reshape(-1)
    random.shuffle(numbers)
    rgba = numbers.view(numpy.uint8).reshape(image.height, image.width, 4)
    return numpy.ascontiguousarray(rgba[:, :, :3])


mode, source, target = sys.argv[1:]
random = numpy.random.Generator(numpy.random.SFC64(1))
started = time.perf_counter()
image = Image.open(source)
if mode == "blocks":
    result = blocks(numpy.asarray(image), random)
else:
    result = pixels_of(image, random)
# Noise does not compress: level 0 for it, the default otherwise.
options = {} if mode == "blocks" else {"compress_level": 0}
Image.fromarray(result).save(target, "PNG", **options)
print(time.perf_counter() - started)
