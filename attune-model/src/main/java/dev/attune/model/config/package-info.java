/** Files, releases and what an instance is told of them: the values client and server share. Pure. */
@NullMarked
package dev.attune.model.config;

import org.jspecify.annotations.NullMarked;
