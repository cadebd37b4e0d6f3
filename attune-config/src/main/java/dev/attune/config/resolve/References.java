package dev.attune.config.resolve;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * References in values: dollar-brace with a key of the same file or its imports, or with {@code app/file#key} for one
 * of another file, either followed by a colon and a value for when there is none. A second dollar sign makes it plain.
 */
public final class References {
    private static final Pattern FORM =
            Pattern.compile("\\$\\$\\{|\\$\\{([A-Za-z0-9_./#\\[\\]@-]{1,512})(?::([^{}]*))?}");

    private References() {}

    /**
     * One reference.
     *
     * @param otherwise the value for when there is none; null when there must be one
     */
    record Reference(String name, @Nullable String otherwise) {
        boolean isForeign() {
            return name.indexOf('#') >= 0;
        }
    }

    /** Every reference in a value, once each. */
    static Set<Reference> in(String value) {
        Set<Reference> found = new LinkedHashSet<>();
        if (value.indexOf("${") < 0) return found;
        Matcher matcher = FORM.matcher(value);
        while (matcher.find())
            if (matcher.group(1) != null) found.add(new Reference(matcher.group(1), matcher.group(2)));
        return found;
    }

    /** The value with each reference replaced; one that {@code by} answers with null stays as it is written. */
    static String replaced(String value, Function<Reference, @Nullable String> by) {
        if (value.indexOf("${") < 0) return value;
        Matcher matcher = FORM.matcher(value);
        StringBuilder out = new StringBuilder();
        while (matcher.find()) {
            String name = matcher.group(1);
            String put = name == null ? "${" : by.apply(new Reference(name, matcher.group(2)));
            matcher.appendReplacement(out, Matcher.quoteReplacement(put == null ? matcher.group() : put));
        }
        return matcher.appendTail(out).toString();
    }

    /** The value with the references that a release has bound. */
    static String bound(String value, Map<String, String> bindings) {
        return replaced(value, reference -> {
            String fixed = bindings.get(reference.name);
            return fixed != null ? fixed : reference.otherwise;
        });
    }
}
