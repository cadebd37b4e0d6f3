package dev.attune.store;

import dev.attune.model.ErrorCode;
import dev.attune.model.kv.OperationResult;
import org.jspecify.annotations.Nullable;

/**
 * What applying one {@link Command} returned: the same on every member.
 *
 * @param revision the store's revision after the command, also when nothing changed or it was refused
 * @param error null when it was carried out
 * @param message for people; empty without error
 * @param result of a mutation; null for other commands and for errors
 */
public record CommandResult(
        long revision, @Nullable ErrorCode error, String message, @Nullable OperationResult result) {
    public static CommandResult ok(long revision, @Nullable OperationResult result) {
        return new CommandResult(revision, null, "", result);
    }

    public static CommandResult refused(long revision, ErrorCode error, String message) {
        return new CommandResult(revision, error, message, null);
    }
}
