/** What Micrometer measures, told to the centre. */
@NullMarked
package dev.attune.spring.signal;

import org.jspecify.annotations.NullMarked;
