package dev.attune.testkit.spring;

import dev.attune.testkit.AttuneExtension;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.test.annotation.DirtiesContext;

/**
 * Beside {@code @SpringBootTest} or a slice of Spring Boot: gives the application a whole centre in the test's process.
 * The centre starts before the application context, holds {@link #files}, and is a parameter of type
 * {@code TestCentre} for tests that publish. {@code attune.endpoints}, {@code attune.token} and
 * {@code attune.environment} point to it, as system properties for as long as the class runs; classes that use this
 * must not run at the same time in one process. The context is not shared with other classes.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith({AttuneExtension.class, AttuneTestExtension.class})
@DirtiesContext
public @interface AttuneTest {
    /** The environment that the files are in and the application reads. */
    String environment() default "test";

    /** What the centre has before the application starts. */
    AttuneFile[] files() default {};
}
