/** The server's command line: settings, refusals with their fix, and the process's end. */
@NullMarked
package dev.attune.server;

import org.jspecify.annotations.NullMarked;
