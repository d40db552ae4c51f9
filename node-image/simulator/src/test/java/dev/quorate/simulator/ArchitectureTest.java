package dev.quorate.simulator;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Random;

/** What keeps a run the same for the same seed. */
@AnalyzeClasses(
    packages = "dev.quorate.simulator",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule noClocksThreadsAndHashOrder =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("java.time..", "java.util.concurrent..", "java.net.."))
          .orShould()
          .dependOnClassesThat()
          .belongToAnyOf(Thread.class, HashMap.class, HashSet.class, Random.class)
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Math.class, "random");
}
