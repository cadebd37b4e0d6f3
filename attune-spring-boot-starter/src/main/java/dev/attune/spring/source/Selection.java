package dev.attune.spring.source;

import org.jspecify.annotations.Nullable;

/**
 * Which files of an application a property source shows.
 *
 * @param application whose files
 * @param file exactly this one, or its variant for the profile; null for all files, but no {@code application-*}, which
 *     are variants for profiles
 * @param profile the profile; null for what every profile reads
 */
record Selection(String application, @Nullable String file, @Nullable String profile) {
    private static final String BASE = "application";

    /** The name of the property source: unlike that of any other selection. */
    String sourceName() {
        if (file != null) return "attune:" + application + "/" + exactName(file);
        return "attune:" + application + "/" + (profile == null ? "*" : BASE + "-" + profile + ".*");
    }

    boolean shows(String name) {
        if (file != null) return name.equals(exactName(file));
        String start = name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
        return profile == null ? !start.startsWith(BASE + "-") : start.equals(BASE + "-" + profile);
    }

    private String exactName(String plain) {
        if (profile == null) return plain;
        int dot = plain.lastIndexOf('.');
        return dot < 0 ? plain + "-" + profile : plain.substring(0, dot) + "-" + profile + plain.substring(dot);
    }

    Selection forProfile(String name) {
        return new Selection(application, file, name);
    }
}
