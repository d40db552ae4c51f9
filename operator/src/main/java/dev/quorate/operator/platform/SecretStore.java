package dev.quorate.operator.platform;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Secrets of one cluster, and the names of its hosts. Whatever fails is a {@link
 * PlatformException} with a sentence for people.
 */
public interface SecretStore {
  /** What the Secret holds now, not what it held once; null if there is none. */
  @Nullable SecretData read(String name);

  /**
   * Writes a Secret of the operator's own. Fails if it was changed, or made, since it was read: who
   * makes keys must know what they replace.
   *
   * @param data with the version that was read
   * @return the same with its new version
   */
  SecretData write(String name, SecretData data);

  /**
   * The same of a Secret that the operator makes. Fails if there is one of this name that is not
   * the cluster's, because whoever made it knows the keys in it.
   */
  @Nullable SecretData readOwn(String name);

  /** The names that members have among themselves; a star stands for the member. */
  List<String> memberHosts();

  /** The names under which clients reach members. */
  List<String> clientHosts();
}
