/** The Spring Boot starter. */
@NullMarked
package dev.attune.spring;

import org.jspecify.annotations.NullMarked;
