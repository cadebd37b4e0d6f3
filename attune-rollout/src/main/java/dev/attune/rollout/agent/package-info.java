/** What the instances of one node are asked, and what of their answers is stored. Pure. */
@NullMarked
package dev.attune.rollout.agent;

import org.jspecify.annotations.NullMarked;
