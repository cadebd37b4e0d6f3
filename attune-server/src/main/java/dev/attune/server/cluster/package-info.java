/** The cluster as its operators see it: members, their addresses, leadership and copies of all data. */
@NullMarked
package dev.attune.server.cluster;

import org.jspecify.annotations.NullMarked;
