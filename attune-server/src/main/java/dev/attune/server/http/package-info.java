/** The HTTP edge: every route with its permission, requests, replies, problem documents, streams and limits. */
@NullMarked
package dev.attune.server.http;

import org.jspecify.annotations.NullMarked;
