/** What people and programs see: tables, JSON, progress; nothing that could drive a terminal. */
@NullMarked
package dev.attune.cli.output;

import org.jspecify.annotations.NullMarked;
