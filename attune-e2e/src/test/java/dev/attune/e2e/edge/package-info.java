@NullMarked
package dev.attune.e2e.edge;

import org.jspecify.annotations.NullMarked;
