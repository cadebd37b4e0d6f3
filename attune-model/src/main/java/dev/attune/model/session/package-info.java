/**
 * The binary session protocol between the SDK and a member: batches of frames over one duplex connection, so that
 * concurrent operations share messages in both directions. Pure values and their wire form.
 */
@NullMarked
package dev.attune.model.session;

import org.jspecify.annotations.NullMarked;
