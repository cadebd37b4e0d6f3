@NullMarked
package dev.attune.server.tuning;

import org.jspecify.annotations.NullMarked;
