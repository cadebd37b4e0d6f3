/** A sample Spring Boot service that follows its configuration. */
@NullMarked
package dev.attune.examples.orders;

import org.jspecify.annotations.NullMarked;
