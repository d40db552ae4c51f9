package dev.quorate.operator.benchmark;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.net.spi.InetAddressResolverProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The cluster's DNS for the operator's JVM: a member's name leads to the simulated members as long
 * as its pod runs, and is unknown otherwise. It is on the operator's class path, which is all that
 * differs from how the operator runs elsewhere.
 */
public final class SimulatedNames extends InetAddressResolverProvider {
  /** Where all members listen; without this property names are resolved as ever. */
  static final String ADDRESS = "quorate.benchmark.members";

  /** A folder with a file for each name of a pod that runs. */
  static final String FOLDER = "quorate.benchmark.names";

  private static final String SUFFIX = ".svc";

  @Override
  public InetAddressResolver get(Configuration configuration) {
    var address = System.getProperty(ADDRESS);
    var folder = System.getProperty(FOLDER);
    var ordinary = configuration.builtinResolver();
    return address == null || folder == null
        ? ordinary
        : new MemberResolver(address, Path.of(folder), ordinary);
  }

  @Override
  public String name() {
    return "simulated members";
  }

  private record MemberResolver(String address, Path folder, InetAddressResolver ordinary)
      implements InetAddressResolver {
    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
        throws UnknownHostException {
      if (!host.endsWith(SUFFIX)) {
        return ordinary.lookupByName(host, policy);
      }
      if (!Files.exists(folder.resolve(host))) {
        throw new UnknownHostException(host);
      }
      var bytes = ordinary.lookupByName(address, policy).findFirst().orElseThrow().getAddress();
      return Stream.of(InetAddress.getByAddress(host, bytes));
    }

    @Override
    public String lookupByAddress(byte[] bytes) throws UnknownHostException {
      return ordinary.lookupByAddress(bytes);
    }
  }
}
