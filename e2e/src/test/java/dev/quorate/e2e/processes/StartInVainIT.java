package dev.quorate.e2e.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.e2e.machine.Checkout;
import dev.quorate.e2e.machine.Output;
import dev.quorate.e2e.machine.ProcessCluster;
import dev.quorate.e2e.machine.ReservedPorts;
import dev.quorate.e2e.machine.ServerProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that cannot start says why in one line, ends with a code and leaves all as it was. */
final class StartInVainIT {
  @TempDir private Path directory;

  @Test
  void whatAnotherProcessUsesIsLeftToIt() throws Exception {
    try (var cluster = ProcessCluster.start(directory, 1)) {
      var running = cluster.nodes().getFirst();
      var ports = ReservedPorts.of(3);
      try (var sameDirectory = node("n0", ports.getFirst(), ports.get(1))) {
        assertThat(sameDirectory.dataDirectory()).isEqualTo(running.dataDirectory());
        assertRefused(
            sameDirectory.startInVain(sameDirectory.initialMember()), "is in use by process");
      }
      int taken = clientPort(running);
      try (var samePort = node("n9", taken, ports.getLast())) {
        assertRefused(samePort.startInVain(samePort.initialMember()), "127.0.0.1:" + taken);
      }

      assertThat(running.startInVain(cluster.initialCluster(), "--no-such-flag"))
          .returns(2, Output::exitCode)
          .extracting(Output::err)
          .asString()
          .contains("--no-such-flag");
      assertThat(running.runs()).isTrue();
    }
  }

  private static int clientPort(ServerProcess node) {
    return Integer.parseInt(node.endpoint().substring(node.endpoint().indexOf(':') + 1));
  }

  @Test
  void aFolderOfSomebodyElseIsNotTouched() throws Exception {
    try (var node = node()) {
      Files.createDirectory(node.dataDirectory());
      var photo = Files.writeString(node.dataDirectory().resolve("photo.jpg"), "a beach");
      assertRefused(node.startInVain(node.initialMember()), "photo.jpg");
      try (var left = Files.list(node.dataDirectory())) {
        assertThat(left).containsExactly(photo);
      }
    }
  }

  @Test
  void dataOfANewerProgramIsLeftToThat() throws Exception {
    try (var cluster = ProcessCluster.start(directory, 1)) {
      var node = cluster.nodes().getFirst();
      assertThat(node.terminate()).isZero();
      var identity = node.dataDirectory().resolve("identity");
      var newer = ofVersion(Files.readAllBytes(identity), 2);
      Files.write(identity, newer);
      assertRefused(node.startInVain(cluster.initialCluster()), "start a newer quorate-node");
      assertThat(identity).hasBinaryContent(newer);
    }
  }

  /** The version is behind the magic, the checksum behind all. */
  private static byte[] ofVersion(byte[] identity, int version) {
    int sumOffset = identity.length - Integer.BYTES;
    var file = ByteBuffer.wrap(identity.clone()).putInt(8, version);
    var crc = new CRC32C();
    crc.update(file.slice(0, sumOffset));
    return file.putInt(sumOffset, (int) crc.getValue()).array();
  }

  /** Before anything is there, and where the space ends in the middle of making the log. */
  @Test
  void aFullDiskIsNamed() throws IOException {
    try (var node = node()) {
      for (String size : List.of("16k", "1m")) {
        var command = new ArrayList<>(List.of(Checkout.path("e2e/small-disk"), size));
        command.add(directory.toString());
        command.addAll(node.command(node.initialMember()));
        var output = Output.of(Duration.ofSeconds(30), "", command);
        assertRefused(output.unlessUnsuitable(), "No space left on device");
      }
    }
  }

  private ServerProcess node() throws IOException {
    var ports = ReservedPorts.of(2);
    return node("n1", ports.getFirst(), ports.getLast());
  }

  private ServerProcess node(String name, int clientPort, int peerPort) {
    return new ServerProcess(ServerProcess.node(), name, directory, clientPort, peerPort);
  }

  private static void assertRefused(Output output, String reason) {
    assertThat(output.exitCode()).as(output.out()).isEqualTo(1);
    assertThat(output.err().lines().filter(line -> !line.startsWith("{"))).hasSize(1);
    assertThat(output.err()).contains(reason);
  }
}
