package dev.attune.e2e.arch;

import static com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;

/** Names, shapes and the parts of the JDK that attackers like. */
@AnalyzeClasses(packages = "dev.attune", importOptions = ImportOption.DoNotIncludeTests.class)
class StyleTest {
    @ArchTest
    static final ArchRule names_say_what_a_class_is =
            noClasses().should().haveNameMatching(".*\\.[A-Za-z]*(Util|Utils|Helper|Manager|Impl|Constants)$");

    @ArchTest
    static final ArchRule top_level_classes_are_final_or_abstract_or_exceptions = classes()
            .that()
            .areTopLevelClasses()
            .and()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .and()
            .areNotAssignableTo(Throwable.class)
            .and(DescribedPredicate.describe("are written by hand", StyleTest::handWritten))
            .should()
            .haveModifier(FINAL)
            .orShould()
            .haveModifier(ABSTRACT);

    @ArchTest
    static final ArchRule nothing_deserialises_java_objects = noClasses()
            .that(DescribedPredicate.describe("are written by hand", StyleTest::handWritten))
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ObjectInputStream.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(ObjectOutputStream.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.beans..", "com.caucho..", "com.alipay.hessian..", "java.rmi..", "javax.management.remote..");

    @ArchTest
    static final ArchRule nothing_runs_text_as_code = noClasses()
            .should()
            .callMethod(Runtime.class, "exec", String.class)
            .orShould()
            .callMethod(Runtime.class, "exec", String[].class)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("javax.script..", "javax.naming..", "javax.tools..");

    @ArchTest
    static final ArchRule only_tools_start_processes = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.attune.cli..", "dev.attune.e2e..", "dev.attune.bench..", "dev.attune.example..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ProcessBuilder.class);

    @ArchTest
    static final ArchRule no_state_is_static = noFields()
            .that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat(DescribedPredicate.describe("are written by hand", StyleTest::handWritten))
            .should()
            .notBeFinal()
            .because("state belongs to an instance that someone constructed");

    private static boolean handWritten(JavaClass type) {
        return !type.isAssignableTo("com.google.protobuf.AbstractMessage")
                && !type.isAssignableTo("com.google.protobuf.MessageOrBuilder")
                && !type.isAssignableTo("com.google.protobuf.GeneratedFile")
                && !type.getSimpleName().endsWith("Proto");
    }
}
