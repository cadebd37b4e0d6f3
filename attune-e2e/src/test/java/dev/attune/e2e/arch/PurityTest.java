package dev.attune.e2e.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * Pure code gets time and chance handed in and returns facts, so that every member computes the same and a run can be
 * replayed (G8).
 */
@AnalyzeClasses(packages = "dev.attune", importOptions = ImportOption.DoNotIncludeTests.class)
class PurityTest {
    private static final String[] PURE = {
        "dev.attune.model..",
        "dev.attune.store..",
        "dev.attune.config..",
        "dev.attune.rollout..",
        "dev.attune.client.rollout..",
        "dev.attune.tuning..",
        "dev.attune.consensus.paxos.core..",
        "dev.attune.consensus.paxos.message..",
        "dev.attune.consensus.paxos.quorum.."
    };

    @ArchTest
    static final ArchRule pure_code_owns_no_threads_sockets_files_or_logs = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .and()
            .doNotHaveSimpleName("InMemoryRevisionStore")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.net..",
                    "java.nio.channels..",
                    "java.nio.file..",
                    "java.util.concurrent..",
                    "java.lang.System.Logger",
                    "java.util.logging..",
                    "org.slf4j..")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(
                    Thread.class, java.io.File.class, java.io.FileInputStream.class, java.io.FileOutputStream.class);

    @ArchTest
    static final ArchRule pure_code_reads_no_clock = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class);

    @ArchTest
    static final ArchRule pure_code_draws_no_hidden_randomness = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .callMethod(UUID.class, "randomUUID")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callConstructor(Random.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(SecureRandom.class)
            .orShould()
            .callMethod(System.class, "identityHashCode", Object.class);

    // Their hash tables are only looked up, or what is taken from them is sorted.
    private static final String LOOK_UP_ONLY = "KeyIndex|RangeIndex|RequestTable|Leases|WatchHistory|XmlDocument";

    @ArchTest
    static final ArchRule pure_code_iterates_in_a_defined_order = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .callMethod(Set.class, "copyOf", Collection.class)
            .orShould()
            .callMethod(Map.class, "copyOf", Map.class);

    @ArchTest
    static final ArchRule pure_code_keeps_hash_tables_only_to_look_up = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .and()
            .haveNameNotMatching(".*\\.(" + LOOK_UP_ONLY + ")")
            .should()
            .callConstructor(HashMap.class)
            .orShould()
            .callConstructor(HashSet.class);

    // Square roots, rounding and comparisons are the same everywhere; these may differ in the last bit.
    private static final DescribedPredicate<JavaMethodCall> INEXACT = DescribedPredicate.describe(
            "inexact functions of java.lang.Math",
            call -> call.getTargetOwner().isEquivalentTo(Math.class)
                    && List.of("sin", "cos", "tan", "exp", "log", "log10", "log1p", "expm1", "pow", "cbrt", "hypot")
                            .contains(call.getName()));

    @ArchTest
    static final ArchRule tuning_computes_the_same_bits_everywhere =
            noClasses().that().resideInAPackage("dev.attune.tuning..").should().callMethodWhere(INEXACT);
}
