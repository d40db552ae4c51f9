package dev.quorate.operator;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The arrows between the operator's packages, and what keeps its policy pure. */
@AnalyzeClasses(
    packages = "dev.quorate.operator",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "dev.quorate.operator";
  private static final String PLAN = "dev.quorate.operator.plan..";
  private static final String STATUS = "dev.quorate.operator.status..";
  private static final String CERTIFICATE = "dev.quorate.operator.certificate..";
  private static final String SECRET = "dev.quorate.operator.secret..";
  private static final String X509 = "dev.quorate.operator.x509..";
  private static final String OBSERVE = "dev.quorate.operator.observe..";
  private static final String ACT = "dev.quorate.operator.act..";
  private static final String RECONCILE = "dev.quorate.operator.reconcile..";
  private static final String RESOURCE = "dev.quorate.operator.resource..";
  private static final String PORT = "dev.quorate.operator.platform";
  private static final String KUBERNETES = "dev.quorate.operator.platform.kubernetes..";
  private static final String LOCAL = "dev.quorate.operator.platform.local..";
  private static final String CRDS = "dev.quorate.crds..";

  /** Without what everybody may use: the base class of custom resources, and reading YAML. */
  private static final DescribedPredicate<JavaClass> KUBERNETES_CLIENT =
      resideInAnyPackage("io.fabric8.kubernetes.client..", "io.javaoperatorsdk..")
          .and(not(resideInAPackage("io.fabric8.kubernetes.client.utils..")))
          .and(not(DescribedPredicate.describe("CustomResource", ArchitectureTest::isResource)));

  private static boolean isResource(JavaClass type) {
    return type.getName().equals("io.fabric8.kubernetes.client.CustomResource");
  }

  @ArchTest
  static final ArchRule PLANNING_IS_A_FUNCTION =
      noClasses()
          .that()
          .resideInAnyPackage(PLAN, STATUS, CERTIFICATE)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "java.io..",
                      "java.net..",
                      "java.nio..",
                      "java.util.concurrent..",
                      "java.util.random..",
                      "org.slf4j..",
                      "io.grpc..")
                  .or(resideInAPackage("io.fabric8..").and(not(isCustomResourceModel())))
                  .or(JavaClass.Predicates.type(Thread.class))
                  .or(JavaClass.Predicates.type(Random.class))
                  .or(JavaClass.Predicates.type(UUID.class))
                  .or(JavaClass.Predicates.type(ThreadLocalRandom.class))
                  .or(JavaClass.Predicates.type(java.time.Clock.class))
                  .or(JavaClass.Predicates.type(java.time.InstantSource.class)))
          .because("the same cluster must always get the same plan, whatever the hour or machine");

  @ArchTest
  static final ArchRule PLANNING_KNOWS_NO_HASH_ORDER =
      noClasses()
          .that()
          .resideInAnyPackage(PLAN, CERTIFICATE)
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.type(HashMap.class).or(JavaClass.Predicates.type(HashSet.class)))
          .because("hash order differs from run to run: use TreeMap, TreeSet or lists");

  @ArchTest
  static final ArchRule POLICY_KNOWS_ONLY_THE_PORT =
      noClasses()
          .that()
          .resideInAnyPackage(PLAN, STATUS, CERTIFICATE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(OBSERVE, ACT, RECONCILE, RESOURCE, SECRET, X509, KUBERNETES, LOCAL);

  @ArchTest
  static final ArchRule THE_PORT_KNOWS_ONLY_THE_RESOURCES =
      classes()
          .that()
          .resideInAPackage(PORT)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(PORT, CRDS, "java..", "org.jspecify..")
                  .or(isCustomResourceModel()));

  @ArchTest
  static final ArchRule ONLY_RECONCILE_OBSERVES_AND_ACTS =
      classes()
          .that()
          .resideInAnyPackage(OBSERVE, ACT)
          .should()
          .onlyBeAccessed()
          .byAnyPackage(OBSERVE, ACT, RECONCILE, ROOT);

  @ArchTest
  static final ArchRule KEYS_ARE_MADE_IN_ONE_PLACE =
      classes()
          .that()
          .resideInAnyPackage(SECRET, X509)
          .should()
          .onlyBeAccessed()
          .byAnyPackage(SECRET, X509, RECONCILE);

  @ArchTest
  static final ArchRule NOTHING_BUT_THE_MAIN_CLASS_CHOOSES_A_PLATFORM =
      classes()
          .that()
          .resideInAnyPackage(KUBERNETES, LOCAL)
          .should()
          .onlyBeAccessed()
          .byAnyPackage(KUBERNETES, LOCAL, ROOT);

  @ArchTest
  static final ArchRule THE_PLATFORMS_DO_NOT_KNOW_EACH_OTHER =
      noClasses()
          .that()
          .resideInAPackage(LOCAL)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(KUBERNETES, RESOURCE)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule KUBERNETES_LEAVES_POLICY_ALONE =
      noClasses()
          .that()
          .resideInAPackage(KUBERNETES)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(LOCAL, PLAN, STATUS, OBSERVE, ACT);

  @ArchTest
  static final ArchRule RESOURCES_ARE_MADE_WITHOUT_A_CLIENT =
      noClasses()
          .that()
          .resideInAPackage(RESOURCE)
          .should()
          .dependOnClassesThat(KUBERNETES_CLIENT)
          .because(
              "what should be there is a function of the spec; what is there is not its concern");

  @ArchTest
  static final ArchRule ONLY_ONE_PACKAGE_TALKS_TO_KUBERNETES =
      noClasses()
          .that()
          .resideOutsideOfPackages(KUBERNETES, ROOT)
          .should()
          .dependOnClassesThat(KUBERNETES_CLIENT);

  private static DescribedPredicate<JavaClass> isCustomResourceModel() {
    return resideInAPackage("io.fabric8.kubernetes.api.model..")
        .or(DescribedPredicate.describe("CustomResource", ArchitectureTest::isResource));
  }
}
