@NullMarked
package dev.attune.server.http;

import org.jspecify.annotations.NullMarked;
