package dev.attune.bench.bed;

/** What a setting may be, the same for all contenders; both inclusive. */
record Bounds(int least, int most) {
    Bounds {
        if (least < 1 || least >= most)
            throw new IllegalArgumentException("bounds: " + least + ".." + most + " (expected: ascending, from 1)");
    }

    double clamp(double value) {
        return Math.max(least, Math.min(most, value));
    }
}
