package dev.attune.examples.demo;

/** Something the demonstration promises did not happen. */
final class DemoFailure extends RuntimeException {
    DemoFailure(String message) {
        super(message);
    }
}
