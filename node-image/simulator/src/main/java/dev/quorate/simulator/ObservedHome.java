package dev.quorate.simulator;

import dev.quorate.node.storage.StateHome;
import dev.quorate.node.storage.StateStorage;
import java.io.IOException;
import java.nio.file.Path;

/** Tells when a received state takes the place of the present one. */
record ObservedHome(StateHome home, Runnable onInstall) implements StateHome {
  @Override
  public StateStorage open() throws IOException {
    return home.open();
  }

  @Override
  public Path emptyIncoming() throws IOException {
    return home.emptyIncoming();
  }

  @Override
  public Path newOutgoing() throws IOException {
    return home.newOutgoing();
  }

  @Override
  public void adoptIncoming() throws IOException {
    home.adoptIncoming();
    onInstall.run();
  }
}
