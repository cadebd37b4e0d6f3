@NullMarked
package dev.attune.server.node;

import org.jspecify.annotations.NullMarked;
