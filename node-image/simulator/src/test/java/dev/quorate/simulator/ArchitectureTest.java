package dev.quorate.simulator;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** What keeps a run the same for the same seed. */
@AnalyzeClasses(
    packages = "dev.quorate.simulator",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final DescribedPredicate<JavaClass> ASYNCHRONOUS_ANSWERS =
      belongToAnyOf(CompletableFuture.class, CompletionException.class, Executor.class);

  @ArchTest
  static final ArchRule noClocksThreadsAndHashOrder =
      noClasses()
          .that(not(belongToAnyOf(SimulatorMain.class)))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("java.util.concurrent..").and(not(ASYNCHRONOUS_ANSWERS)))
          .orShould()
          .dependOnClassesThat()
          .belongToAnyOf(
              Thread.class,
              Clock.class,
              Instant.class,
              InstantSource.class,
              HashMap.class,
              HashSet.class,
              Random.class)
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Math.class, "random");
}
