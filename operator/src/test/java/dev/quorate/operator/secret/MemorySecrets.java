package dev.quorate.operator.secret;

import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.platform.SecretData;
import dev.quorate.operator.platform.SecretStore;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Secrets as an API server keeps them: who writes must have read what is there. */
public final class MemorySecrets implements SecretStore {
  final TreeMap<String, SecretData> held = new TreeMap<>();
  final TreeSet<String> ofOthers = new TreeSet<>();
  int writes;

  /** Somebody else writes a Secret. */
  public void put(String name, SecretData data) {
    held.put(name, data);
  }

  /** There is a Secret of this name that belongs to nobody here. */
  public void takenByOthers(String name) {
    ofOthers.add(name);
  }

  @Override
  public @Nullable SecretData read(String name) {
    return held.get(name);
  }

  @Override
  public @Nullable SecretData readOwn(String name) {
    if (ofOthers.contains(name)) {
      throw new PlatformException(name + " does not belong to the cluster");
    }
    return held.get(name);
  }

  @Override
  public SecretData write(String name, SecretData data) {
    var before = held.get(name);
    if (!Objects.equals(data.version(), before == null ? null : before.version())) {
      throw new PlatformException(name + " was changed meanwhile");
    }
    writes++;
    var written = new SecretData(data.entries(), String.valueOf(writes));
    held.put(name, written);
    return written;
  }

  @Override
  public List<String> memberHosts() {
    return List.of("*.demo-peers.default.svc", "localhost", "127.0.0.1");
  }

  @Override
  public List<String> clientHosts() {
    return List.of("demo.default.svc", "localhost");
  }
}
