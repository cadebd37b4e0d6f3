@NullMarked
package dev.attune.server.api;

import org.jspecify.annotations.NullMarked;
