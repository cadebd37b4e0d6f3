/** What the SDK decides, apart from threads, clocks and links; the simulator runs these very classes. */
@NullMarked
package dev.attune.client.steps;

import org.jspecify.annotations.NullMarked;
