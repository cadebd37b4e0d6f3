/** Subscriptions of instances to the files of their application. */
@NullMarked
package dev.attune.server.subscribe;

import org.jspecify.annotations.NullMarked;
