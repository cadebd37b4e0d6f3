package dev.attune.testkit.spring;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.core.annotation.AliasFor;

/**
 * A test slice: how an application's configuration binds and follows the centre, and nothing else of the application.
 * Of what {@code @SpringBootApplication} finds only {@code @ConfigurationProperties} classes become beans (needs
 * {@code @ConfigurationPropertiesScan}; others are brought by {@code @Import} or {@code @EnableConfigurationProperties}
 * on a class named in {@link #classes}); of auto-configurations only those that bind and validate properties and those of
 * Attune. There is no web server. The centre is that of {@link AttuneTest}, with the same limits.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE)
@ImportAutoConfiguration
@AttuneTest
public @interface AttuneConfigTest {
    /** The environment that the files are in and the application reads. */
    @AliasFor(annotation = AttuneTest.class)
    String environment() default "test";

    /** What the centre has before the application starts. */
    @AliasFor(annotation = AttuneTest.class)
    AttuneFile[] files() default {};

    /** Properties in the form {@code key=value}, for instance {@code spring.config.import=attune:}. */
    @AliasFor(annotation = SpringBootTest.class)
    String[] properties() default {};

    /** What to start instead of the application that lies in the test's package or above. */
    @AliasFor(annotation = SpringBootTest.class)
    Class<?>[] classes() default {};
}
