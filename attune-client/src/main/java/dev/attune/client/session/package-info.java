/** One duplex session to whichever member answers: calls, streams, retries and failover. For the SDK itself. */
@NullMarked
package dev.attune.client.session;

import org.jspecify.annotations.NullMarked;
