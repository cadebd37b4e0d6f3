package dev.attune.testkit.spring;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A file that the centre of a test has before the application starts. */
@Retention(RetentionPolicy.RUNTIME)
@Target({})
public @interface AttuneFile {
    /** Whose file. */
    String application();

    /** Its name; the suffix tells the format. */
    String name();

    /** Its text. */
    String text();
}
