package dev.attune.testkit.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;

/** Has a scan for components find properties classes only. */
final class PropertiesOnly extends TypeExcludeFilter {
    @Override
    public boolean match(MetadataReader found, MetadataReaderFactory readers) {
        return !found.getAnnotationMetadata().hasAnnotation(ConfigurationProperties.class.getName());
    }

    // Spring compares filters to tell contexts apart; all of these are alike.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PropertiesOnly;
    }

    @Override
    public int hashCode() {
        return PropertiesOnly.class.hashCode();
    }
}
