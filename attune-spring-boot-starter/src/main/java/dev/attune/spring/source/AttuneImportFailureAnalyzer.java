package dev.attune.spring.source;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows a failed import without a stack trace. */
final class AttuneImportFailureAnalyzer extends AbstractFailureAnalyzer<AttuneImportException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, AttuneImportException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
    }
}
