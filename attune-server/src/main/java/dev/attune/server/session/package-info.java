/** The session protocol's server side: many operations of one client over one WebSocket. */
@NullMarked
package dev.attune.server.session;

import org.jspecify.annotations.NullMarked;
