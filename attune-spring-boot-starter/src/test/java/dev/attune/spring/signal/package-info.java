@org.jspecify.annotations.NullMarked
package dev.attune.spring.signal;
