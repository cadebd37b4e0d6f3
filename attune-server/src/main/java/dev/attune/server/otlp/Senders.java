package dev.attune.server.otlp;

import dev.attune.server.auth.Rights;
import dev.attune.server.auth.Verb;
import dev.attune.server.signals.SignalScope;
import dev.attune.server.signals.SignalSource;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whose measurements a resource's are: {@code service.name} is the application, {@code service.instance.id} the instance,
 * {@code deployment.environment.name} the environment.
 *
 * @param rights of the caller
 * @param environment of resources that name none; empty for no such
 */
record Senders(Rights rights, String environment) {
    private static final int TEXT_MAX = 256;

    /** The source of a resource; empty when it was refused, {@code count} items with it. */
    Optional<SignalSource> of(Resource resource, long count, Received received) {
        SortedMap<String, String> attributes = attributes(resource.getAttributesList());
        String env = attributes.getOrDefault(
                "deployment.environment.name", attributes.getOrDefault("deployment.environment", environment));
        String application = attributes.getOrDefault("service.name", "");
        if (env.isEmpty() || application.isEmpty()) {
            received.refuse(
                    count,
                    env.isEmpty()
                            ? "no environment (expected: deployment.environment.name, or the header Attune-Environment)"
                            : "no application (expected: service.name)");
            return Optional.empty();
        }
        try {
            SignalScope scope = new SignalScope(env, application);
            if (!rights.allows(Verb.REPORT, env, application, "")) {
                received.foreign(count, "this token may not report for " + scope);
                return Optional.empty();
            }
            String instance = attributes.getOrDefault("service.instance.id", "");
            return Optional.of(new SignalSource(scope, instance, attributes, "otlp"));
        } catch (IllegalArgumentException e) {
            received.refuse(count, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Attributes as texts; what is no plain value is left out, what is long is cut. */
    static SortedMap<String, String> attributes(List<KeyValue> all) {
        SortedMap<String, String> attributes = new TreeMap<>();
        for (KeyValue each : all) text(each.getValue()).ifPresent(text -> attributes.put(each.getKey(), text));
        return attributes;
    }

    private static Optional<String> text(AnyValue value) {
        String text =
                switch (value.getValueCase()) {
                    case STRING_VALUE -> value.getStringValue();
                    case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
                    case INT_VALUE -> Long.toString(value.getIntValue());
                    case DOUBLE_VALUE -> String.format(Locale.ROOT, "%s", value.getDoubleValue());
                    default -> "";
                };
        if (text.isEmpty()) return Optional.empty();
        return Optional.of(text.length() > TEXT_MAX ? text.substring(0, TEXT_MAX) : text);
    }
}
