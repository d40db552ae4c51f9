package dev.quorate.node;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.quorate.raft.RaftStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Random;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/** Which package of the node may know which, and what keeps the state machine a function. */
@AnalyzeClasses(packages = "dev.quorate.node", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final DescribedPredicate<JavaClass> OURS =
      resideInAnyPackage("dev.quorate.node..", "dev.quorate.raft..");

  /** A package, without those below it, uses of ours no other packages than these. */
  private static ArchRule onlyKnows(String from, String... known) {
    return noClasses()
        .that(resideInAPackage(from))
        .should()
        .dependOnClassesThat(
            OURS.and(not(resideInAPackage(from))).and(not(resideInAnyPackage(known))));
  }

  @ArchTest
  static final ArchRule theStateMachineKnowsStorageAndTheLogAlone =
      onlyKnows(
          "dev.quorate.node.kv",
          "dev.quorate.node.storage",
          "dev.quorate.raft.check",
          "dev.quorate.raft.log",
          "dev.quorate.raft.quorum");

  @ArchTest
  static final ArchRule deadlinesKnowTheStateMachineAlone =
      onlyKnows("dev.quorate.node.lease", "dev.quorate.node.kv");

  @ArchTest
  static final ArchRule storageKnowsTheCoresRecordsAlone =
      onlyKnows("dev.quorate.node.storage", "dev.quorate.raft..");

  @ArchTest
  static final ArchRule transportKnowsTheCoresRecordsAlone =
      onlyKnows("dev.quorate.node.transport", "dev.quorate.raft..");

  @ArchTest
  static final ArchRule metricsListen = onlyKnows("dev.quorate.node.metrics", "dev.quorate.raft");

  @ArchTest
  static final ArchRule replicationKnowsInterfacesAlone =
      onlyKnows(
          "dev.quorate.node.replication",
          "dev.quorate.node.execution",
          "dev.quorate.node.kv",
          "dev.quorate.node.lease",
          "dev.quorate.node.metrics",
          "dev.quorate.node.storage",
          "dev.quorate.node.transport",
          "dev.quorate.raft..");

  @ArchTest
  static final ArchRule logInsStandBesideTheStateMachine =
      onlyKnows("dev.quorate.node.auth", "dev.quorate.node.flags", "dev.quorate.node.kv");

  @ArchTest
  static final ArchRule servicesGoThroughReplication =
      onlyKnows(
          "dev.quorate.node.rpc",
          "dev.quorate.node.auth",
          "dev.quorate.node.kv",
          "dev.quorate.node.replication",
          "dev.quorate.node.tls",
          "dev.quorate.node.watch",
          "dev.quorate.raft",
          "dev.quorate.raft.quorum");

  @ArchTest static final ArchRule flagsStandAlone = onlyKnows("dev.quorate.node.flags");

  @ArchTest
  static final ArchRule tlsKnowsItsFlagsAlone =
      onlyKnows("dev.quorate.node.tls", "dev.quorate.node.flags");

  @ArchTest
  static final ArchRule compactionIsARuleOfFlagsAlone =
      onlyKnows("dev.quorate.node.compaction", "dev.quorate.node.flags");

  @ArchTest
  static final ArchRule watchesKnowTheStateAlone =
      onlyKnows(
          "dev.quorate.node.watch",
          "dev.quorate.node.execution",
          "dev.quorate.node.kv",
          "dev.quorate.node.metrics");

  @ArchTest static final ArchRule executionStandsAlone = onlyKnows("dev.quorate.node.execution");

  @ArchTest
  static final ArchRule timeAndChanceComeThroughTheExecution =
      noClasses()
          .that(resideInAnyPackage("dev.quorate.node.replication", "dev.quorate.node.watch"))
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(RandomGenerator.class, "getDefault")
          .orShould()
          .callMethod(
              CompletableFuture.class,
              "delayedExecutor",
              long.class,
              TimeUnit.class,
              Executor.class)
          .orShould()
          .callMethod(CompletableFuture.class, "orTimeout", long.class, TimeUnit.class)
          .because("the simulator runs them on virtual time");

  @ArchTest
  static final ArchRule servicesDoNotDriveTheCore =
      noClasses()
          .that(resideInAPackage("dev.quorate.node.rpc"))
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.quorate.raft")
                  .and(not(JavaClass.Predicates.belongToAnyOf(RaftStatus.class))))
          .because("a status is for showing; the core belongs to its loop");

  @ArchTest
  static final ArchRule httpStandsBesideTheServices =
      onlyKnows("dev.quorate.node.http", "dev.quorate.node.metrics", "dev.quorate.node.rpc");

  @ArchTest
  static final ArchRule theGatewayIsAClientOfTheServices =
      onlyKnows("dev.quorate.node.http.gateway", "dev.quorate.node.http");

  @ArchTest
  static final ArchRule disksAndSocketsAreChosenByTheMainClass =
      noClasses()
          .that(
              not(
                  resideInAnyPackage(
                      "dev.quorate.node",
                      "dev.quorate.node.storage.*",
                      "dev.quorate.node.transport.*")))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("dev.quorate.node.storage.*", "dev.quorate.node.transport.*"))
          .because("whoever uses a disk or a network must run on the simulated ones too");

  @ArchTest
  static final ArchRule theStateMachineTouchesNothingOutside =
      noClasses()
          .that(resideInAPackage("dev.quorate.node.kv"))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "io.grpc..",
                      "io.prometheus..",
                      "org.rocksdb..",
                      "org.slf4j..",
                      "java.io",
                      "java.net..",
                      "java.nio.file..",
                      "java.nio.channels..",
                      "java.time..",
                      "java.util.concurrent..")
                  .and(not(equivalentTo(LongAdder.class))))
          .because("the same log must give the same state on every member; counting takes no part");

  @ArchTest
  static final ArchRule theStateMachineHasNoClockThreadsOrHashOrder =
      noClasses()
          .that(resideInAnyPackage("dev.quorate.node.kv", "dev.quorate.node.lease"))
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
          .because("the same log must give the same state on every member");

  @ArchTest
  static final ArchRule names =
      noClasses()
          .should()
          .haveNameMatching(".*\\.(Abstract|Base|Common)[A-Z]\\w*")
          .orShould()
          .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)")
          .because("such a name says nothing about what the class is");
}
