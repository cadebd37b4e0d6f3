/** What the starter adds to an application context, each part where its libraries are there. */
@NullMarked
package dev.attune.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
