/** A sample service that reads its configuration through the SDK, and a demonstration around it. */
@NullMarked
package dev.attune.examples.orders;

import org.jspecify.annotations.NullMarked;
