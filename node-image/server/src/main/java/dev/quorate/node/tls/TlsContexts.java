package dev.quorate.node.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Contexts made of one reading of the files, for the ports and for connecting.
 *
 * @param callers tells members from those who may call Admin; null if nobody is told apart
 */
record TlsContexts(
    Map<Alpn, SslContext> servers, SslContext client, @Nullable PeerCallers callers) {
  static TlsContexts of(TlsSettings settings, TlsMaterial material) throws TlsException {
    try {
      var trust = settings.selfSigned() ? new AnyTrust() : trust(settings, material);
      var callers = callers(settings, material, trust);
      var servers = new EnumMap<Alpn, SslContext>(Alpn.class);
      for (Alpn alpn : Alpn.values()) {
        servers.put(
            alpn, server(settings, material, callers == null ? trust : callers.either(), alpn));
      }
      return new TlsContexts(servers, client(settings, material, trust), callers);
    } catch (GeneralSecurityException | IOException e) {
      throw new TlsException(
          "TLS for %s cannot be set up (%s)".formatted(settings.what(), e.getMessage()));
    }
  }

  private static SslContext server(
      TlsSettings settings, TlsMaterial material, TrustManager trust, Alpn alpn)
      throws SSLException {
    var identity = material.identity();
    var builder =
        SslContextBuilder.forServer(
                identity.key(), identity.chain().toArray(X509Certificate[]::new))
            .trustManager(trust)
            .clientAuth(clientAuth(settings, material));
    return configured(builder, settings, alpn).build();
  }

  private static ClientAuth clientAuth(TlsSettings settings, TlsMaterial material) {
    if (material.trusted().isEmpty()) {
      return ClientAuth.NONE;
    }
    return settings.trustedOptional() ? ClientAuth.OPTIONAL : ClientAuth.REQUIRE;
  }

  private static @Nullable PeerCallers callers(
      TlsSettings settings, TlsMaterial material, X509ExtendedTrustManager members)
      throws GeneralSecurityException, IOException {
    var admin = settings.admin();
    return admin == null
        ? null
        : new PeerCallers(
            members, checked(material.adminTrusted(), material.revoked(), admin.allowed()));
  }

  private static SslContext client(TlsSettings settings, TlsMaterial material, TrustManager trust)
      throws SSLException {
    var identity = material.outgoing();
    var builder =
        SslContextBuilder.forClient()
            .keyManager(identity.key(), identity.chain().toArray(X509Certificate[]::new))
            .trustManager(trust);
    return configured(builder, settings, Alpn.GRPC).build();
  }

  private static SslContextBuilder configured(
      SslContextBuilder builder, TlsSettings settings, Alpn alpn) {
    var protocols = settings.protocols();
    if (!protocols.cipherSuites().isEmpty()) {
      builder.ciphers(protocols.allCipherSuites(), SupportedCipherSuiteFilter.INSTANCE);
    }
    return builder
        .sslProvider(SslProvider.JDK)
        .protocols(protocols.versions())
        .applicationProtocolConfig(alpn.config());
  }

  private static X509ExtendedTrustManager trust(TlsSettings settings, TlsMaterial material)
      throws GeneralSecurityException, IOException {
    return checked(material.trusted(), material.revoked(), settings.allowed());
  }

  private static CheckedTrust checked(
      List<X509Certificate> trusted, List<X509CRL> revoked, AllowedNames allowed)
      throws GeneralSecurityException, IOException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted.isEmpty() ? null : store(trusted));
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager signatures) {
        return new CheckedTrust(signatures, revoked, allowed);
      }
    }
    throw new GeneralSecurityException("this JDK checks no certificates");
  }

  private static @Nullable KeyStore store(List<X509Certificate> trusted)
      throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (int i = 0; i < trusted.size(); i++) {
      store.setCertificateEntry("ca-" + i, trusted.get(i));
    }
    return store;
  }
}
