/** What a program measures and logs, told to the centre over the connection that it has anyway. */
@NullMarked
package dev.attune.client.signal;

import org.jspecify.annotations.NullMarked;
