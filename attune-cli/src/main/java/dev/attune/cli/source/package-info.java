/** Key-value pairs read from files people already have. */
@NullMarked
package dev.attune.cli.source;

import org.jspecify.annotations.NullMarked;
