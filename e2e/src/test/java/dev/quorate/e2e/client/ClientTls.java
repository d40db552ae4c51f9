package dev.quorate.e2e.client;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Files of a client, as a Secret that is mounted holds them: read anew for every connection.
 *
 * @param folder with tls.crt, tls.key and ca.crt; null for plain text
 * @param serverName the name that the server must prove
 */
record ClientTls(@Nullable Path folder, String serverName) {
  static final ClientTls NONE = new ClientTls(null, "");

  ChannelCredentials credentials() {
    if (folder == null) {
      return InsecureChannelCredentials.create();
    }
    try {
      // One reading is of one version, although the folder is a link that is put elsewhere.
      var version = folder.toRealPath();
      return TlsChannelCredentials.newBuilder()
          .trustManager(version.resolve("ca.crt").toFile())
          .keyManager(version.resolve("tls.crt").toFile(), version.resolve("tls.key").toFile())
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the client's certificate in " + folder, e);
    }
  }
}
