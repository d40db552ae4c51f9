package dev.quorate.node.tls;

import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of one kind of port, as its files say at the moment: whoever connects after they changed
 * meets the new ones, and files that are not good change nothing. Connections that are open stay.
 */
public final class ReloadedTls {
  private static final Logger LOG = LoggerFactory.getLogger(ReloadedTls.class);

  private final TlsSettings settings;
  private final InstantSource clock;
  private final List<Path> files;
  private final Map<Alpn, SslContext> servers = new EnumMap<>(Alpn.class);
  private final SslContext client;
  private FileStamps stamps;
  private volatile TlsContexts present;
  private volatile TlsInUse inUse;

  private ReloadedTls(TlsSettings settings, InstantSource clock) throws TlsException {
    this.settings = settings;
    this.clock = clock;
    this.files = filesOf(settings);
    this.stamps = FileStamps.of(files);
    var material = TlsMaterial.read(settings, clock.instant());
    this.present = TlsContexts.of(settings, material);
    this.inUse = TlsInUse.of(material);
    tell(material.identity().certificate());
    for (Alpn alpn : Alpn.values()) {
      servers.put(
          alpn, new SwitchingSslContext(() -> Objects.requireNonNull(present.servers().get(alpn))));
    }
    this.client = new SwitchingSslContext(() -> present.client());
  }

  /**
   * Reads the files for the first time.
   *
   * @throws TlsException if they are not good
   */
  public static ReloadedTls open(TlsSettings settings, InstantSource clock) throws TlsException {
    return new ReloadedTls(settings, clock);
  }

  private static List<Path> filesOf(TlsSettings settings) {
    var files = new ArrayList<Path>();
    for (var pair : Arrays.asList(settings.identity(), settings.outgoing())) {
      if (pair != null) {
        files.add(pair.certificate());
        files.add(pair.key());
      }
    }
    var admin = settings.admin();
    var adminTrusted = admin == null ? null : admin.trustedCaFile();
    for (var file : Arrays.asList(settings.trustedCaFile(), adminTrusted, settings.revokedFile())) {
      if (file != null) {
        files.add(file);
      }
    }
    return files;
  }

  /** For a port that speaks this. */
  public SslContext server(Alpn alpn) {
    return Objects.requireNonNull(servers.get(alpn));
  }

  /** For connections that this node begins. */
  public SslContext client() {
    return client;
  }

  /** Which certificates whoever connects now meets. */
  public TlsInUse inUse() {
    return inUse;
  }

  /** Whether those who may call Admin are told from members. */
  public boolean tellsAdminsApart() {
    return settings.admin() != null;
  }

  /** Whether whoever shows this is a member. */
  public boolean isMember(X509Certificate[] chain) {
    var callers = present.callers();
    return callers == null || callers.isMember(chain);
  }

  /** Whether whoever shows this may call Admin. */
  public boolean isAdmin(X509Certificate[] chain) {
    var callers = present.callers();
    return callers == null || callers.isAdmin(chain);
  }

  /** Looks at the files and reads them if they changed; for one thread. */
  public void refresh() {
    var now = FileStamps.of(files);
    if (now.equals(stamps)) {
      return;
    }
    // Before they are read: what changes meanwhile is seen the next time.
    stamps = now;
    try {
      take();
    } catch (TlsException e) {
      LOG.error(
          "the TLS files for {} changed and are not good, the old ones stay in use: {}",
          settings.what(),
          e.getMessage());
    } catch (RuntimeException e) {
      // Out of here it would end the timer's task, and no file would ever be looked at again.
      LOG.error(
          "the TLS files for {} changed and cannot be read, the old ones stay in use",
          settings.what(),
          e);
    }
  }

  private void take() throws TlsException {
    var material = TlsMaterial.read(settings, clock.instant());
    present = TlsContexts.of(settings, material);
    inUse = TlsInUse.of(material);
    tell(material.identity().certificate());
  }

  private void tell(X509Certificate certificate) {
    var ends = certificate.getNotAfter().toInstant();
    if (ends.isBefore(clock.instant())) {
      LOG.warn(
          "the TLS certificate for {} of \"{}\" expired at {}: replace it",
          settings.what(),
          certificate.getSubjectX500Principal(),
          ends);
    } else {
      LOG.info(
          "TLS certificate for {}: \"{}\", valid until {}",
          settings.what(),
          certificate.getSubjectX500Principal(),
          ends);
    }
  }
}
