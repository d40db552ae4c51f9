package dev.quorate.node.kv;

/**
 * Who asks for something.
 *
 * @param name a user's; empty: nobody has said who it is
 * @param authRevision the revision of users and roles that the name was checked against; 0 for
 *     nobody
 */
public record Caller(String name, long authRevision) {
  public static final Caller NOBODY = new Caller("", 0);
}
