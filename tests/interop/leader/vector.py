"""What onnxruntime makes of a drawn picture, for the test of our own kernels: vector.py LEADER.onnx > specs/vectors/leader-drawn.csv

The picture is ridges of a period of 9 pixels whose phase turns once around at four places; no finger has it. Lines `map,x,y,position,
direction,kind` are the network's answers at every eighth pixel, lines `minutia,x,y,degrees,type,quality` what extract.py makes of them.
"""

import sys

import numpy
from extract import minutiae, padded, session

SIDES = (85, 90)  # rows, columns
PERIOD = 9.0
# x, y and the sense of each turn of the phase.
TURNS = [(24, 24, 1), (66, 30, -1), (26, 62, -1), (62, 60, 1)]


def drawn():
    y, x = numpy.mgrid[0 : SIDES[0], 0 : SIDES[1]].astype(numpy.float64)
    phase = 2 * numpy.pi * (y + x * x / 900.0) / PERIOD
    for at_x, at_y, sense in TURNS:
        phase += sense * numpy.arctan2(y - at_y, x - at_x)
    return numpy.floor(128 + 90 * numpy.cos(phase)).astype(numpy.float32)


def main(model):
    network, grey = session(model), drawn()
    field, top, left = padded(grey)
    answer = network.run(None, {network.get_inputs()[0].name: field[None, ..., None]})[0][0]
    print("# made by tests/interop/leader/vector.py")
    print(f"# sum of the picture {int(grey.sum())}")
    for y in range(0, field.shape[0], 8):
        for x in range(0, field.shape[1], 8):
            position, direction, kind = (float(v) for v in answer[y, x, :3])
            print(f"map,{x},{y},{position:.6f},{direction:.5f},{kind:.6f}")
    for found in minutiae(network, grey):
        print("minutia," + ",".join(map(str, found)))


if __name__ == "__main__":
    main(*sys.argv[1:])
