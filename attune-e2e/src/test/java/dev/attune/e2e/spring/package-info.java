@org.jspecify.annotations.NullMarked
package dev.attune.e2e.spring;
