/** Files of the centre as property sources of Spring's environment. */
@NullMarked
package dev.attune.spring.source;

import org.jspecify.annotations.NullMarked;
