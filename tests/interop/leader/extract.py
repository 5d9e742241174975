"""Minutiae by the network LEADER under onnxruntime, one thread: IMAGES (SET/F_I.png, 500 dpi) -> OUT (SET/F_I.csv).

A line is x,y,angle,type,quality: pixels from the top left, degrees counter-clockwise, 1 ending or 2 bifurcation, 0 to 100; best first. One JSON
object a print on standard output tells its CPU time.
"""

import json
import math
import pathlib
import re
import sys
import time

import numpy
import onnxruntime
from PIL import Image

THRESHOLD = 0.4  # of the quality channel
MOST = 150
MULTIPLE = 32  # sides of the network's input


def session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def padded(grey):
    """The picture in the middle of sides that the network takes, filled with its first pixel; and where it begins."""
    height, width = grey.shape
    tall, wide = (-(-side // MULTIPLE) * MULTIPLE for side in (height, width))
    top, left = (tall - height) // 2, (wide - width) // 2
    field = numpy.full((tall, wide), grey[0, 0], numpy.float32)
    field[top : top + height, left : left + width] = grey
    return field, top, left


def minutiae(network, grey):
    field, top, left = padded(grey)
    name = network.get_inputs()[0].name
    answer = network.run(None, {name: field[None, ..., None]})[0][0]
    answer = answer[top : top + grey.shape[0], left : left + grey.shape[1]]
    rows, columns = numpy.nonzero(answer[..., 3] >= THRESHOLD)
    found = [(float(answer[y, x, 3]), int(y), int(x)) for y, x in zip(rows, columns)]
    for quality, y, x in sorted(found, key=lambda m: (-m[0], m[1], m[2]))[:MOST]:
        angle = round(math.degrees(float(answer[y, x, 1])) % 360, 2) % 360
        yield x, y, f"{angle:.2f}", 1 if answer[y, x, 2] >= 0.5 else 2, round(100 * quality)


def main(model, images, out):
    network = session(model)
    files = sorted(f for f in pathlib.Path(images).glob("*/*.png") if re.fullmatch(r"\d+_\d+", f.stem))
    for file in files[:1] + files:  # the first one twice: once to warm up
        grey = numpy.asarray(Image.open(file).convert("L"), numpy.float32)
        start = time.process_time()
        found = list(minutiae(network, grey))
        millis = (time.process_time() - start) * 1e3
        target = pathlib.Path(out) / file.parent.name / f"{file.stem}.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("".join(",".join(map(str, m)) + "\n" for m in found))
        print(json.dumps({"set": file.parent.name, "print": file.stem, "millis": millis, "minutiae": len(found)}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
