/** Who calls and what they may do: tokens, roles, and the one authoriser in front of every route. */
@NullMarked
package dev.attune.server.auth;

import org.jspecify.annotations.NullMarked;
