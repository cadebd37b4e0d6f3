/** The centre of a test of a Spring Boot application. */
@NullMarked
package dev.attune.testkit.spring;

import org.jspecify.annotations.NullMarked;
