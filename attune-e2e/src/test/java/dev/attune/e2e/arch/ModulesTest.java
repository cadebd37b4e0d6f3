package dev.attune.e2e.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who may depend on whom. The module names are those of the Maven modules without {@code attune-}. */
@AnalyzeClasses(packages = "dev.attune", importOptions = ImportOption.DoNotIncludeTests.class)
class ModulesTest {
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            entry("model", Set.of()),
            entry("store", Set.of("model")),
            entry("consensus", Set.of("model")),
            entry("storage", Set.of("model", "consensus", "store")),
            entry("transport", Set.of("model", "consensus")),
            entry("consensus.raft", Set.of("model", "consensus", "storage", "transport")),
            entry("consensus.paxos", Set.of("model", "consensus", "storage", "transport")),
            entry("config", Set.of("model")),
            entry("rollout", Set.of("model")),
            entry("tuning", Set.of("model")),
            entry("client", Set.of("model")),
            entry(
                    "server",
                    Set.of(
                            "model",
                            "store",
                            "consensus",
                            "storage",
                            "transport",
                            "consensus.raft",
                            "consensus.paxos",
                            "config",
                            "rollout",
                            "tuning")),
            entry("simulator", Set.of("model", "store", "consensus", "consensus.paxos", "config", "rollout", "client")),
            entry("spring", Set.of("model", "client")),
            entry("cli", Set.of("model", "client")));

    /** The longest prefix first. */
    private static final List<String> MODULES = List.of(
            "consensus.raft",
            "consensus.paxos",
            "model",
            "store",
            "consensus",
            "storage",
            "transport",
            "config",
            "rollout",
            "tuning",
            "client",
            "server",
            "simulator",
            "spring",
            "cli");

    @ArchTest
    static final ArchRule packages_have_no_cycles =
            slices().matching("dev.attune.(**)").should().beFreeOfCycles();

    @ArchTest
    static void modules_depend_only_on_what_the_design_allows(JavaClasses classes) {
        MAY_USE.forEach((module, allowed) -> noClasses()
                .that(in(Set.of(module)))
                .should()
                .dependOnClassesThat(outside(module, allowed))
                .because("module " + module + " may depend on " + allowed + " only")
                .allowEmptyShould(true)
                .check(classes));
    }

    @ArchTest
    static final ArchRule the_sdk_and_the_model_need_nothing_but_the_jdk = noClasses()
            .that()
            .resideInAnyPackage("dev.attune.client..", "dev.attune.model..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "java..",
                    "javax.net..",
                    "javax.crypto..",
                    "dev.attune.client..",
                    "dev.attune.model..",
                    "org.jspecify..");

    private static DescribedPredicate<JavaClass> in(Set<String> modules) {
        return DescribedPredicate.describe("in " + modules, type -> modules.contains(module(type)));
    }

    private static DescribedPredicate<JavaClass> outside(String module, Set<String> allowed) {
        return DescribedPredicate.describe("of a module other than " + allowed, type -> {
            String other = module(type);
            return !other.isEmpty() && !other.equals(module) && !allowed.contains(other);
        });
    }

    /** The module of a class of ours, else the empty string. */
    private static String module(JavaClass type) {
        String name = type.getPackageName() + ".";
        for (String module : MODULES) if (name.startsWith("dev.attune." + module + ".")) return module;
        return "";
    }
}
