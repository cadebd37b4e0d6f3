package dev.attune.spring.sliced;

import org.springframework.stereotype.Component;

/** Stands for connections, schedulers, listeners. */
@Component
public class Costly {}
