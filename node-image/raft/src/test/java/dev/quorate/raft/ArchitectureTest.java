package dev.quorate.raft;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Random;
import java.util.Timer;
import java.util.UUID;

/**
 * What keeps a run of the core a pure function of its inputs, and its packages in one direction.
 */
@AnalyzeClasses(packages = "dev.quorate.raft", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule onlyTheJdkAndAnnotations =
      noClasses()
          .should()
          .dependOnClassesThat(
              not(resideInAnyPackage("dev.quorate.raft..", "java..", "org.jspecify..")))
          .because("the core has no dependencies");

  @ArchTest
  static final ArchRule noInputOrOutput =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "java.io",
                  "java.net..",
                  "java.nio.file..",
                  "java.nio.channels..",
                  "java.time..",
                  "java.util.concurrent..",
                  "java.util.logging.."))
          .because("the core does nothing itself: it says what is to be done");

  @ArchTest
  static final ArchRule noThreadsClocksAndHashOrder =
      noClasses()
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(
              Thread.class,
              ThreadLocal.class,
              HashMap.class,
              HashSet.class,
              IdentityHashMap.class,
              Random.class,
              Timer.class,
              UUID.class)
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .because("the same inputs must give the same run");

  @ArchTest
  static final ArchRule checkStandsAlone =
      noClasses()
          .that(resideInAPackage("dev.quorate.raft.check"))
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.quorate.raft..")
                  .and(not(resideInAPackage("dev.quorate.raft.check"))));

  @ArchTest
  static final ArchRule quorumKnowsOnlyCheck =
      noClasses()
          .that(resideInAPackage("dev.quorate.raft.quorum"))
          .should()
          .dependOnClassesThat(resideInAnyPackage("dev.quorate.raft", "dev.quorate.raft.log"));

  @ArchTest
  static final ArchRule logKnowsNotTheRoles =
      noClasses()
          .that(resideInAPackage("dev.quorate.raft.log"))
          .should()
          .dependOnClassesThat(resideInAPackage("dev.quorate.raft"));

  @ArchTest
  static final ArchRule bytesAreLaidOutInTheLogAlone =
      noClasses()
          .that(not(resideInAPackage("dev.quorate.raft.log")))
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(ByteBuffer.class);

  @ArchTest
  static final ArchRule names =
      noClasses()
          .should()
          .haveNameMatching(".*\\.(Abstract|Base|Common)[A-Z]\\w*")
          .orShould()
          .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)")
          .because("such a name says nothing about what the class is");
}
