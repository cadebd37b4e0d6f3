package dev.attune.tuning.expression;

/** Travels through CEL from a function without an answer to the evaluation, which becomes missing. */
final class MissingSignalException extends RuntimeException {
    MissingSignalException(String why) {
        super(why, null, false, false);
    }
}
