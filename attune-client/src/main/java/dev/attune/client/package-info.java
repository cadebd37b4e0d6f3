/** The Java SDK: the door to raw keys and to configuration. */
@NullMarked
package dev.attune.client;

import org.jspecify.annotations.NullMarked;
