/** Beans of Spring Cloud's refresh scope. */
@NullMarked
package dev.attune.spring.cloud;

import org.jspecify.annotations.NullMarked;
