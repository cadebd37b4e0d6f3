package dev.attune.model.config;

import dev.attune.model.Bytes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which instances a gray rule is for. An instance belongs to it when every condition that is given holds; a condition
 * that is empty is not given.
 *
 * @param applications the instance's application is one of these
 * @param addresses the instance's ip is one of these or lies in one of these networks ({@code 10.0.0.0/8})
 * @param labels the instance has each of these labels with this value
 * @param basisPoints how many of ten thousand instances; {@link #EVERYONE} for no such condition
 */
public record Audience(Set<String> applications, List<String> addresses, Map<String, String> labels, int basisPoints) {
    /** A share that leaves nobody out. */
    public static final int EVERYONE = 10_000;

    private static final int CONDITIONS_MAX = 256;

    public Audience {
        if (basisPoints < 0 || basisPoints > EVERYONE)
            throw new IllegalArgumentException("basisPoints: " + basisPoints + " (expected: 0.." + EVERYONE + ")");
        if (applications.size() > CONDITIONS_MAX || addresses.size() > CONDITIONS_MAX || labels.size() > CONDITIONS_MAX)
            throw new IllegalArgumentException("audience: too many conditions (expected: <= " + CONDITIONS_MAX + ")");
        applications.forEach(each -> Names.require("application", each));
        addresses.forEach(Network::parse);
        applications = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(applications));
        addresses = List.copyOf(addresses);
        labels = java.util.Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /**
     * Whether the instance belongs to the audience. A share is sticky: the same salt puts an instance at the same
     * place, so a larger share keeps everyone that a smaller one had.
     */
    public boolean matches(InstanceSpec instance, String salt) {
        if (!applications.isEmpty() && !applications.contains(instance.application())) return false;
        for (Map.Entry<String, String> label : labels.entrySet())
            if (!label.getValue().equals(instance.labels().get(label.getKey()))) return false;
        if (!addresses.isEmpty()
                && addresses.stream().noneMatch(each -> Network.parse(each).contains(instance.ip()))) return false;
        return basisPoints == EVERYONE || place(salt, instance.id()) < basisPoints;
    }

    /** Where in 0..9999 an instance stands. */
    static int place(String salt, String instance) {
        String hash = Digests.sha256(Bytes.utf8(salt + "\n" + instance));
        return (int) (Long.parseLong(hash.substring(0, 8), 16) % EVERYONE);
    }
}
