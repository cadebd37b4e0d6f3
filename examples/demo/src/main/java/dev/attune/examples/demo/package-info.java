/** A demonstration: a cluster and three instances of the sample service, each a process of its own. */
@NullMarked
package dev.attune.examples.demo;

import org.jspecify.annotations.NullMarked;
