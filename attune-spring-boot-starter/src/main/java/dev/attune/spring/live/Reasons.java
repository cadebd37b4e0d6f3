package dev.attune.spring.live;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.bind.validation.ValidationErrors;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/** Says in one line why a state does not fit, for the person who released it. */
final class Reasons {
    private Reasons() {}

    static String of(Throwable failure) {
        BindException bind = find(failure, BindException.class);
        BindValidationException validation = find(failure, BindValidationException.class);
        if (validation != null) return invalid(validation.getValidationErrors());
        String root = message(root(failure));
        return bind == null ? root : bind.getName() + ": " + root;
    }

    private static String invalid(ValidationErrors errors) {
        StringBuilder text = new StringBuilder();
        for (ObjectError each : errors) {
            if (text.length() > 0) text.append("; ");
            text.append(errors.getName());
            if (each instanceof FieldError field)
                text.append('.').append(field.getField()).append(": ").append(field.getRejectedValue());
            text.append(" (expected: ").append(each.getDefaultMessage()).append(')');
        }
        return text.toString();
    }

    private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
        for (Throwable each = failure; each != null; each = each.getCause())
            if (type.isInstance(each)) return type.cast(each);
        return null;
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) root = root.getCause();
        return root;
    }

    private static String message(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isEmpty() ? failure.getClass().getName() : message;
    }
}
